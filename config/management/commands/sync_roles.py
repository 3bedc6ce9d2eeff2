from django.core.management.base import BaseCommand

from config.editing import roles


class Command(BaseCommand):
    help = "Resets the permissions of the groups Owner, Editor and Assistant."

    def handle(self, **options):
        for name, (given, taken) in roles.sync().items():
            self.stdout.write(f"{name}: {given} permissions added, {taken} removed.")
