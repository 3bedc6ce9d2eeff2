from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from tqdm import tqdm

from config.upkeep.export.addresses import LINKS, RELATIVE
from config.upkeep.export.folder import ExportError
from config.upkeep.export.site import HERE, Export, check


class Command(BaseCommand):
    help = (
        "Writes the whole public site as files that any static host serves. A further run writes what has changed, "
        "and removes what is gone."
    )

    def add_arguments(self, parser):
        parser.add_argument("folder", type=Path, help="where the files go: a new folder, or that of an earlier export")
        parser.add_argument(
            "--base-url", metavar="URL", help="where the files are going to be served (default: SITE_URL)"
        )
        parser.add_argument(
            "--links", choices=LINKS, default=RELATIVE,
            help="of pages: relative, which work in any folder (default); from the root of the host; or absolute",
        )  # fmt: skip

    def handle(self, *, folder, base_url, links, **options):
        base = self.base(base_url or settings.SITE_URL)
        try:
            check()
            export = Export(folder, base, links)
            for _ in tqdm(export.run(), total=export.count(), desc="Export", unit=" files", disable=None, leave=False):
                pass
        except ExportError as error:
            raise CommandError(error) from error
        tally = export.tally
        self.stdout.write(f"{tally.written} written, {tally.unchanged} unchanged, {tally.removed} removed.")
        if export.failed:
            lines = "\n".join(export.failed.values())
            message = f"Not written:\n{lines}"
            raise CommandError(message)

    def base(self, address):
        if not address:
            self.stderr.write(f"Without --base-url or SITE_URL, feeds, site map and canonical links begin with {HERE}.")
            return HERE
        parts = urlsplit(address)
        if parts.scheme not in ("http", "https") or not parts.netloc or parts.query or parts.fragment:
            message = f"“{address}” is no address of a site. Write it as in https://ada.example.org or …/folder."
            raise CommandError(message)
        return address.rstrip("/")
