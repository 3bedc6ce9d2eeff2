from django.core.management.base import BaseCommand, CommandError
from tqdm import tqdm

from profiles.models import Stale
from profiles.search import indexing

STOPPED = 130


class Command(BaseCommand):
    help = (
        "Rebuilds the search index. The index is updated with every change; rebuild it after an interrupted upgrade or "
        "after the database was changed by another program. An interrupted run is continued by the next one."
    )

    def add_arguments(self, parser):
        parser.add_argument("--anew", action="store_true", help="start over instead of continuing an interrupted run")

    def handle(self, *, anew, **options):
        try:
            if anew or not indexing.is_being_rebuilt():
                indexing.begin_rebuild()
            else:
                self.stdout.write("Continuing an interrupted run.")
            total = Stale.objects.exclude(kind=indexing.REBUILD).count()
            with tqdm(total=total, desc="Search", unit=" documents", disable=None, leave=False) as bar:
                written = indexing.refresh(seconds=None, progress=bar.update)
        except KeyboardInterrupt:
            raise CommandError(self.stopped_message(), returncode=STOPPED) from None
        self.stdout.write(f"{written} documents indexed.")

    def stopped_message(self):
        if not indexing.is_being_rebuilt():
            return "Stopped. The index is unchanged."
        left = Stale.objects.exclude(kind=indexing.REBUILD).count()
        return f"Stopped; {left} documents are left. Run the command again to continue."
