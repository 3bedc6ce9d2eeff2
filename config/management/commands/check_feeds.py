from functools import partial

from django.core.management.base import BaseCommand, CommandError
from tqdm import tqdm

from config.upkeep import feeds
from profiles.models import FollowedFeed
from publications.imports import inbox


class Command(BaseCommand):
    help = (
        "Reads the feeds that the site follows. New entries become suggestions for posts in the admin; nothing is "
        "published. Exit code 1 if a feed cannot be read."
    )

    def handle(self, **options):
        followed = list(FollowedFeed.objects.all())
        bar = partial(tqdm, desc="Feeds", unit=" feeds", disable=None, leave=False)
        with inbox.client() as client:
            tally = feeds.check(client, followed, progress=bar)
        self.stdout.write(f"{tally.new} new suggestions.")
        if tally.failed:
            for one in FollowedFeed.objects.exclude(error=""):
                self.stderr.write(f"{one.url}: {one.error}")
            raise CommandError(f"{tally.failed} of {len(followed)} feeds cannot be read.")
