from functools import partial

from django.core.management.base import BaseCommand, CommandError
from tqdm import tqdm

from config.upkeep import stored_files

SOME_MISSING = 3


class Command(BaseCommand):
    help = (
        "Compares the uploaded files with the rows, texts and revisions that refer to them. Lists missing files and "
        "counts unused ones. Exit code 0: no file is missing; 3: some are."
    )

    def add_arguments(self, parser):
        text = "delete files that are unused and older than a day, and create missing thumbnails"
        parser.add_argument("--mend", action="store_true", help=text)

    def handle(self, *, mend, verbosity, **options):
        bar = partial(tqdm, desc="Files", unit=" references", disable=None, leave=False)
        found = stored_files.check(bar)
        for name, owner in found.missing.items():
            self.stderr.write(f"{name} is missing: {owner}.")
        if verbosity > 1:
            for name in found.orphans:
                self.stdout.write(f"{name} is unused.")
        self.stdout.write(f"{found.files} files, {len(found.orphans)} unused.")
        if mend:
            removed = stored_files.mend(found)
            made = stored_files.mend_renditions(partial(bar, desc="Thumbnails", unit=" images"))
            self.stdout.write(f"{removed} deleted; files of the last 24 hours stay. {made} thumbnails created.")
        if found.missing:
            message = f"{len(found.missing)} files are missing. Upload them again, or restore a backup."
            raise CommandError(message, returncode=SOME_MISSING)
