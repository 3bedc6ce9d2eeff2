from django.core.management.base import BaseCommand, CommandError

from config.upkeep import InstallationError, quickstart, server


class Command(BaseCommand):
    help = "Sets up what is missing (data folder, database, first site, editor, static files), then serves the site."
    requires_system_checks = []  # at first there is neither a secret key nor a database to check

    def add_arguments(self, parser):
        host, port = server.default_address()
        parser.add_argument("--host", default=host, help=f"the address to listen on (default: {host})")
        parser.add_argument("--port", type=int, default=port, help=f"the port to listen on (default: {port})")
        parser.add_argument("--name", help="set the name of the site's owner")
        parser.add_argument("--empty", action="store_true", help="start without, or remove, the example content")
        parser.add_argument("--no-server", dest="server", action="store_false", help="set up only")
        parser.add_argument(
            "--no-backup", dest="backup", action="store_false", help="migrate an existing site without a backup"
        )

    def handle(self, *, host, port, name, empty, backup, **options):
        try:
            if options["server"]:
                server.check_port(host, port)
            quickstart.run_steps(self.report, name, empty=empty, backup=backup)
        except InstallationError as error:
            raise CommandError(error) from error
        if options["server"]:
            self.write(server.welcome(host, port))
            server.serve(host, port)

    def report(self, title, step):
        """Run a step and write its title before it and its result after it."""
        self.write(f"{title:<14}", ending="")
        try:
            self.write(step())
        except InstallationError:
            self.write("failed")
            raise

    def write(self, text, **options):
        """Write at once, for a step may take seconds and the server may replace this process."""
        self.stdout.write(text, **options)
        self.stdout.flush()
