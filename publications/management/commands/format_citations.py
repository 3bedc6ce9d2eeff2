from django.core.management.base import BaseCommand, CommandError

from publications.citations import styles
from publications.citations.stored import update_with_bar
from publications.models import Publication


class Command(BaseCommand):
    help = "Formats the citations that are missing or outdated, for example after a style was added."

    def handle(self, **options):
        if not styles.available():
            raise CommandError("pandoc is not installed. Install pypandoc-binary, then run this command again.")
        total = update_with_bar(Publication.objects.all())
        self.stdout.write(f"Citations of {total} publications formatted.")
