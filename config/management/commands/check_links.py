from datetime import timedelta
from functools import partial

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone
from tqdm import tqdm

from config.upkeep import links
from publications.imports import inbox
from publications.sources import SourceError


class Command(BaseCommand):
    help = (
        "Checks the external links of the site, one request at a time to each host. The content check in the admin "
        "lists dead ones."
    )

    def add_arguments(self, parser):
        text = "skip links that answered recently (default: 20)"
        parser.add_argument("--again-after", type=int, default=20, metavar="HOURS", help=text)

    def handle(self, *, again_after, **options):
        since = timezone.now() - timedelta(hours=again_after)
        bar = partial(tqdm, desc="Links", unit=" hosts", disable=None, leave=False)
        try:
            with inbox.client() as client:
                tally = links.check(client, since=since, progress=bar)
        except SourceError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(f"{tally.alive} alive, {tally.dead} dead.")
