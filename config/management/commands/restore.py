from functools import partial
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from tqdm import tqdm

from config.upkeep.backups import BackupError, restoring


class Command(BaseCommand):
    help = "Puts a backup in the place of this site, whole or not at all. Where there is no site yet, it makes one."
    requires_system_checks = []  # where there is no site yet, there is no secret key either

    def add_arguments(self, parser):
        parser.add_argument("file", type=Path, nargs="?", help="what “manage.py backup” has written")
        parser.add_argument("--replace", action="store_true", help="give up the site that is here")
        parser.add_argument("--finish", action="store_true", help="clear up after a restore that was stopped")

    def handle(self, *, file, replace, finish, **options):
        if finish == bool(file):
            raise CommandError("Name the file of a backup, or --finish.")
        try:
            if finish:
                self.stdout.write(", ".join(restoring.finish()) or "Nothing was left to do.")
                return
            restored = restoring.restore(
                file, partial(tqdm, unit="B", unit_scale=True, disable=None, leave=False), replace=replace
            )
        except BackupError as error:
            raise CommandError(error) from error
        self.stdout.write(f"{restored.rows} rows and {restored.files} files. Whoever was signed in signs in anew.")
        if restored.renumbered:
            self.stdout.write("Restart the servers that are running: kinds of content have other numbers now.")
