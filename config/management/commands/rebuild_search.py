from django.core.management.base import BaseCommand, CommandError
from tqdm import tqdm

from profiles.search import indexing


class Command(BaseCommand):
    help = (
        "Rebuilds the search index. The site updates it with every change, so this is only needed after rows were "
        "changed in the database directly. The search keeps working while it runs."
    )

    def handle(self, **options):
        total = sum(one.model.objects.count() for one in indexing.INDEXED.values())
        try:
            with tqdm(total=total, desc="Search", unit=" documents", disable=None, leave=False) as bar:
                written = indexing.rebuild(progress=bar.update)
        except KeyboardInterrupt:
            message = "Stopped. Documents that were not reached are as before. Run the command again to rebuild them."
            raise CommandError(message, returncode=130) from None
        self.stdout.write(f"{written} documents indexed.")
