from functools import partial

from django.core.management.base import BaseCommand, CommandError
from tqdm import tqdm

from config.upkeep import stored_files

SOME_MISSING = 3


class Command(BaseCommand):
    help = (
        "Compares the uploaded files with what names them: rows, texts, and their history. Files that are missing are "
        "named, each with what shows it; of files that nothing names it tells how many. Exit code 0: none is missing; "
        "3: some are."
    )

    def add_arguments(self, parser):
        parser.add_argument(
            "--mend",
            action="store_true",
            help="remove files that nothing has named for a day, and make the sizes of pictures that are missing",
        )

    def handle(self, *, mend, verbosity, **options):
        bar = partial(tqdm, desc="Names", unit=" names", disable=None, leave=False)
        found = stored_files.check(bar)
        for name, owner in found.missing.items():
            self.stderr.write(f"{name} is missing: {owner}.")
        if verbosity > 1:
            for name in found.orphans:
                self.stdout.write(f"Nothing names {name}.")
        self.stdout.write(f"{found.files} files, {len(found.orphans)} that nothing names.")
        if mend:
            removed = stored_files.mend(found)
            made = stored_files.mend_renditions(partial(bar, desc="Pictures", unit=" pictures"))
            self.stdout.write(f"{removed} removed; the others are younger than a day. {made} sizes of pictures made.")
        if found.missing:
            message = f"{len(found.missing)} are missing. Upload them again, or restore a backup that has them."
            raise CommandError(message, returncode=SOME_MISSING)
