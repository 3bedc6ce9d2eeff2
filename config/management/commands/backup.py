from functools import partial
from pathlib import Path

from django.core.management.base import BaseCommand, CommandError
from django.template.defaultfilters import filesizeformat
from tqdm import tqdm

from config.upkeep.backups import BackupError, making
from config.upkeep.backups.archive import Archive


class Command(BaseCommand):
    help = "Writes database and uploaded files as they are at this moment into one file, while the site is in use."

    def add_arguments(self, parser):
        parser.add_argument("path", type=Path, help="the new file (.zip), or a folder for a file with today's date")
        parser.add_argument("--keep", type=int, metavar="N", help="in a folder: delete all but the newest N afterwards")
        parser.add_argument("--overwrite", action="store_true", help="a file that is there already")
        parser.add_argument("--check", action="store_true", help="make none: check each byte of one that is there")

    def handle(self, *, path, keep, overwrite, check, **options):
        bar = partial(tqdm, unit="B", unit_scale=True, disable=None, leave=False)
        if keep is not None and (keep < 1 or not path.is_dir()):
            raise CommandError("--keep takes a number from 1 on, and a folder that is there.")
        try:
            if check:
                with Archive(path) as archive:
                    archive.check(bar)
                self.stdout.write(f"{path} is whole: {sum(archive.counts.values())} rows, of {archive.made_at}.")
                return
            made = making.make_in(path, keep, bar) if path.is_dir() else making.make(path, bar, overwrite=overwrite)
        except BackupError as error:
            raise CommandError(error) from error
        size = filesizeformat(made.size).replace("\xa0", " ")
        self.stdout.write(f"{made.path}: {made.rows} rows, {made.files} files, {size}.")
        if made.missing:
            self.stderr.write(f"Gone from the uploaded files, and not in it: {', '.join(made.missing)}.")
