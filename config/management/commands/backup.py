from functools import partial
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.template.defaultfilters import filesizeformat
from tqdm import tqdm

from config.upkeep.backups import ERRORS, create
from config.upkeep.backups.archive import Archive


class Command(BaseCommand):
    help = "Writes the database and the uploaded files to one archive, consistently, while the site is running."

    def add_arguments(self, parser):
        parser.add_argument("path", type=Path, help="the new file (.zip), or a folder, where the name has the date")
        parser.add_argument("--keep", type=int, metavar="N", help="in a folder: delete all but the newest N backups")
        parser.add_argument("--overwrite", action="store_true", help="overwrite an existing file")
        parser.add_argument("--check", action="store_true", help="only check an existing backup for damage")

    def handle(self, *, path, keep, overwrite, check, **options):
        bar = partial(tqdm, unit="B", unit_scale=True, disable=None, leave=False)
        if keep is not None and (keep < 1 or not path.is_dir()):
            raise CommandError("--keep takes a number from 1, and an existing folder.")
        try:
            if check:
                with path.open("rb") as file:
                    archive = Archive(file, bar)
                self.stdout.write(f"{path} is complete: {archive.row_count} rows, {archive.manifest['made_at']}.")
                return
            backup = (
                create.create_in(path, bar, keep=keep, by="Command line")
                if path.is_dir()
                else create.create(path, bar, overwrite=overwrite, by="Command line")
            )
        except ERRORS as error:
            raise CommandError(str(error).strip().splitlines()[0]) from error
        size = filesizeformat(backup.path.stat().st_size).replace("\xa0", " ")
        self.stdout.write(f"{backup.path}: {backup.rows} rows, {backup.files} files, {size}.")
        if backup.missing:
            self.stderr.write(f"Missing uploads, which are not in the backup: {', '.join(backup.missing)}.")
