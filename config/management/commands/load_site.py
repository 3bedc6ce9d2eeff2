from pathlib import Path

from django.core.management.base import BaseCommand, CommandError

from config.upkeep.first_site import FIRST_SITE, SiteFileError, load


class Command(BaseCommand):
    help = "Adds the entries of a TOML file that the site lacks; existing entries are not changed."

    def add_arguments(self, parser):
        parser.add_argument("file", nargs="?", type=Path, default=FIRST_SITE, help="default: first_site.toml")

    def handle(self, *, file, **options):
        try:
            counts = load(file)
        except SiteFileError as error:
            raise CommandError(error) from error
        self.stdout.write(f"{counts.added} added, {counts.existing} existed.")
