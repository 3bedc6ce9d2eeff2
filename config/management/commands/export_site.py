from pathlib import Path
from urllib.parse import urlsplit

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from tqdm import tqdm

from config.upkeep.export.folder import ExportError
from config.upkeep.export.site import Export, check

LOCAL = "http://127.0.0.1:8000"


class Command(BaseCommand):
    help = (
        "Writes the public site as files for any static host. Run it again to write what has changed and to remove "
        "what is gone. Exit code 1 if an address failed."
    )

    def add_arguments(self, parser):
        parser.add_argument("folder", type=Path, help="a new or empty folder, or the folder of an earlier export")
        parser.add_argument(
            "--base-url", metavar="URL",
            help="where the files will be served, for example https://ada.github.io/site (default: SITE_URL)",
        )  # fmt: skip

    def handle(self, *, folder, base_url, **options):
        base = self.base(base_url or settings.SITE_URL)
        try:
            check()
            export = Export(folder, base)
            with tqdm(desc="Export", unit=" files", disable=None, leave=False) as progress:
                for _ in export.run():
                    progress.total = len(export.names)
                    progress.update()
        except ExportError as error:
            raise CommandError(error) from error
        except OSError as error:
            message = f"{error.filename or folder} cannot be used ({error.strerror}). Choose another folder."
            raise CommandError(message) from error
        files = export.folder
        self.stdout.write(f"{files.written} written, {files.unchanged} unchanged, {files.removed} removed.")
        if export.failed:
            message = "\n".join(["Not written:", *export.failed])
            raise CommandError(message)

    def base(self, url):
        if not url:
            self.stderr.write(f"Without --base-url or SITE_URL, absolute links begin with {LOCAL}.")
            return LOCAL
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.netloc or parts.query or parts.fragment:
            message = f"“{url}” is not the address of a site. An example is https://ada.github.io/site."
            raise CommandError(message)
        return url.rstrip("/")
