from django.core.management.base import BaseCommand, CommandError
from tqdm import tqdm

from profiles.models import Stale
from profiles.search import indexing

STOPPED = 130


class Command(BaseCommand):
    help = (
        "Writes the index of the search anew. It follows every change by itself; this is for after an interrupted "
        "upgrade, or a database that was filled behind the site's back. Stopped, the same command goes on with the "
        "documents that are left, as does each search meanwhile."
    )

    def add_arguments(self, parser):
        parser.add_argument("--anew", action="store_true", help="begin anew, even where an earlier run was stopped")

    def handle(self, *, anew, **options):
        try:
            if anew or not indexing.is_being_rebuilt():
                indexing.begin_rebuild()
            else:
                self.stdout.write("Going on with the rest of a run that was stopped.")
            total = Stale.objects.exclude(kind=indexing.REBUILD).count()
            with tqdm(total=total, desc="Search", unit=" documents", disable=None, leave=False) as bar:
                written = indexing.refresh(seconds=None, progress=bar.update)
        except KeyboardInterrupt:
            raise CommandError(self.stopped(), returncode=STOPPED) from None
        self.stdout.write(f"{written} documents.")

    def stopped(self):
        if not indexing.is_being_rebuilt():
            return "Stopped. The index is as it was before."
        left = Stale.objects.exclude(kind=indexing.REBUILD).count()
        return f"Stopped with {left} documents to go. The same command goes on with them."
