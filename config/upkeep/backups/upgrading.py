"""A backup of an older version of the site, brought up to date in a database of its own before it is restored."""

import tempfile
from contextlib import contextmanager
from pathlib import Path

from django.core.management import call_command
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.sqlite3.base import DatabaseWrapper
from django.db.migrations.executor import MigrationExecutor

from config.upkeep.backups import states
from config.upkeep.backups.tables import tables


class Upgraded:
    """What an Archive says of tables, from a database."""

    def __init__(self, database):
        self._tables = {table.name: table for table in tables(database)}
        self.counts = {name: table.count() for name, table in self._tables.items()}
        self.last_numbers = {name: table.last_number() for name, table in self._tables.items()}

    def rows(self, name):
        return self._tables[name].rows()


@contextmanager
def upgraded(archive, bar):
    """Yields the tables of an archive as this code has them; the archive itself where it is of this version."""
    migrations = archive.manifest["migrations"]
    if not states.is_older(migrations):
        yield archive
        return
    with tempfile.TemporaryDirectory() as folder:
        database = _database(Path(folder) / "older.sqlite3")
        try:
            # Migrations that make or read files and rows by themselves take this database for the site's.
            with _taken_for_the_site(database):
                _fill(database, archive, bar)
                call_command("migrate", interactive=False, verbosity=0)
            yield Upgraded(database)
        finally:
            database.close()


def _database(path):
    # Lost with this process, so that nothing has to be on the disk.
    pragmas = "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;"
    settings = {"ENGINE": "django.db.backends.sqlite3", "NAME": str(path), "OPTIONS": {"init_command": pragmas}}
    connections.configure_settings({DEFAULT_DB_ALIAS: settings})  # adds the settings that every connection has
    return DatabaseWrapper(settings, DEFAULT_DB_ALIAS)


def _fill(database, archive, bar):
    executor = MigrationExecutor(database)
    state = executor.migrate(states.last(archive.manifest["migrations"], executor.loader.graph))
    found = tables(database, state.apps)
    with (
        database.constraint_checks_disabled(),
        bar(total=sum(archive.counts.values()), desc="Upgrade", unit=" rows") as progress,
    ):
        for table in found:
            table.clear()  # of what migrations have made
            if table.name in archive.counts:
                table.add(_counted(archive.rows(table.name), progress))


def _counted(rows, progress):
    for row in rows:
        yield row
        progress.update()


@contextmanager
def _taken_for_the_site(database):
    site = connections[DEFAULT_DB_ALIAS]
    connections[DEFAULT_DB_ALIAS] = database
    try:
        yield
    finally:
        connections[DEFAULT_DB_ALIAS] = site
