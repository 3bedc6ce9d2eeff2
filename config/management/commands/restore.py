from functools import partial
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from tqdm import tqdm

from config.upkeep.backups import ERRORS
from config.upkeep.backups.restore import restore


class Command(BaseCommand):
    help = "Restores a backup, completely or not at all. Creates the site if there is none yet."
    requires_system_checks = []  # a new site has no secret key yet

    def add_arguments(self, parser):
        parser.add_argument("file", type=Path, help="a backup made by “manage.py backup”")
        parser.add_argument("--replace", action="store_true", help="replace a site that has content")

    def handle(self, *, file, replace, **options):
        bar = partial(tqdm, unit="B", unit_scale=True, disable=None, leave=False)
        try:
            rows, files = restore(file, bar, replace=replace)
        except ERRORS as error:
            raise CommandError(str(error).strip().splitlines()[0]) from error
        self.stdout.write(
            f"{rows} rows and {files} files restored. Restart running servers; everybody must log in again."
        )
