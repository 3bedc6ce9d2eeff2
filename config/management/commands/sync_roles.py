from django.core.management.base import BaseCommand

from config.editing import roles


class Command(BaseCommand):
    help = "Gives the groups Owner, Editor and Assistant the permissions that they should have, and no others."

    def handle(self, **options):
        for name, (given, taken) in roles.sync().items():
            self.stdout.write(f"{name}: {given} permissions given, {taken} taken away.")
