from django.core.management.base import BaseCommand, CommandError

from config.upkeep import quickstart


class Command(BaseCommand):
    help = "Sets up what is missing (data folder, database, first site, editor, static files), then serves the site."
    requires_system_checks = []  # at first there is neither a secret key nor a database to check

    def add_arguments(self, parser):
        parser.add_argument("--port", type=int, default=8000, help="where to serve on 127.0.0.1 (default: 8000)")
        parser.add_argument("--name", help="the name of the site's owner")
        parser.add_argument("--no-server", dest="server", action="store_false", help="set up only")
        parser.add_argument(
            "--no-backup", dest="backup", action="store_false", help="migrate a site that is there without a backup"
        )

    def handle(self, *, port, name, server, backup, **options):
        try:
            if server:
                quickstart.check_port(port)
            for title, step in quickstart.steps(name, backup=backup):
                self.say(f"{title:<14}", ending="")
                try:
                    self.say(step())
                except quickstart.QuickstartError:
                    self.say("failed")
                    raise
        except quickstart.QuickstartError as error:
            raise CommandError(error) from error
        if server:
            self.say(quickstart.welcome(port))
            quickstart.serve(port)

    def say(self, text, **options):
        """At once, for a step may take seconds, and the server takes this process's place."""
        self.stdout.write(text, **options)
        self.stdout.flush()
