from django.conf import settings
from django.core.management.base import CommandError
from django.core.management.commands import migrate

from config.upkeep import InstallationError, installation


class Command(migrate.Command):
    """Django's own command, which first creates the data folder of a new site: SQLite would not find it."""

    def execute(self, *args, **options):
        if not settings.DATA_DIR.exists():
            try:
                self.stdout.write(f"Data folder {installation.create_data_folder()}")
            except InstallationError as error:
                raise CommandError(error) from error
        return super().execute(*args, **options)
