from django.core.management.base import BaseCommand
from tqdm import tqdm

from profiles import indexing


class Command(BaseCommand):
    help = (
        "Writes the index of the search anew. It follows every change by itself; this is for after an interrupted "
        "upgrade, or a database that was filled behind the site's back. Stopped, it goes on at the next search."
    )

    def handle(self, **options):
        with tqdm(desc="Documents", unit=" changes", disable=None, leave=False) as bar:
            written = indexing.rebuild(progress=bar.update)
        self.stdout.write(f"{written} documents.")
