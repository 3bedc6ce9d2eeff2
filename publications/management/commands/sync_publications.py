from functools import partial

from django.core.management.base import BaseCommand, CommandError
from tqdm import tqdm

from profiles.models import Person
from publications.imports import inbox
from publications.sources import SourceError


class Command(BaseCommand):
    help = (
        "Searches ORCID, OpenAlex, DBLP and Crossref for the owner's works and adds new ones to the import inbox of the"
        " admin. Nothing is published or changed. Exit code 1 if a service failed."
    )

    def add_arguments(self, parser):
        parser.add_argument(
            "services",
            nargs="*",
            metavar="SERVICE",
            help=f"{', '.join(inbox.SERVICES)}; default: every service that the person has an identifier for",
        )
        parser.add_argument("--person", metavar="SLUG", help="search for this person instead of the owner")

    def handle(self, *, services, person, **options):
        unknown = set(services) - set(inbox.SERVICES)
        if unknown:
            raise CommandError(f"There is no service “{min(unknown)}”. Choose from {', '.join(inbox.SERVICES)}.")
        whose = Person.objects.filter(slug=person).first() if person else Person.objects.owner()
        if whose is None:
            raise CommandError(
                f"There is no person with the slug “{person}”." if person else "The site has no owner yet."
            )
        asked = services or [name for name, service in inbox.SERVICES.items() if service.identifier(whose)]
        if not asked:
            raise CommandError(f"{whose} has no ORCID iD and no link to DBLP or OpenAlex yet. Add one to the person.")
        failed = 0
        with inbox.client() as network:
            for name in asked:
                label = inbox.SERVICES[name].label
                bar = partial(tqdm, desc=label, unit=" works", disable=None, leave=False)
                try:
                    _, news = inbox.sync(whose, name, network, progress=bar)
                except SourceError as error:
                    failed += 1
                    self.stderr.write(f"{label}: {error}")
                    continue
                self.stdout.write(
                    f"{label}: {news or 'no'} suggestion{'' if news == 1 else 's'} to review in the admin."
                )
        if failed:
            raise CommandError(f"{failed} of {len(asked)} services failed.")
