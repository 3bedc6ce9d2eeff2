from django.core.management.base import BaseCommand, CommandError

from publications.citations import styles, update_citations
from publications.models import Publication


class Command(BaseCommand):
    help = "Formats the citations that are missing or outdated, for example after a style was added."

    def handle(self, **options):
        if not styles():
            raise CommandError("pandoc is not installed. Install pypandoc-binary, then run this command again.")
        total = 0
        for number in update_citations(Publication.objects.all()):
            total += number
            if number:
                self.stdout.write(f"{total} …")
        self.stdout.write(f"Citations of {total} publications formatted.")
