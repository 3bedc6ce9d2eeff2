"""The migrations of a database, a backup and this code: {app: [names in order]}, as in the manifest of a backup."""

from itertools import groupby

from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder


class NewerVersionError(Exception):
    """A database or backup was made by a newer version of this site."""


def applied():
    """Return the migrations of the database."""
    keys = sorted(MigrationRecorder(connection).applied_migrations())
    return {app: [name for _, name in group] for app, group in groupby(keys, lambda key: key[0])}


def refuse_newer(migrations, name):
    """Raise NewerVersionError if this code does not have one of these migrations. ``name`` says what they are of."""
    disk = MigrationLoader(None).disk_migrations
    known = {*disk, *(replaced for migration in disk.values() for replaced in migration.replaces)}
    for key in sorted(_keys(migrations) - known):
        raise NewerVersionError(
            f"{name} was created by a newer version (this one has no {'.'.join(key)}). Install the newer version."
        )


def are_behind(migrations):
    """Return whether this code has migrations that are not among these."""
    return bool(set(MigrationLoader(None).graph.nodes) - _keys(migrations))


def apps_after(migrations):
    """Return the app registry with the models as they are after these migrations."""
    graph = MigrationLoader(None).graph
    return graph.make_state(nodes=sorted(_keys(migrations) & graph.nodes.keys())).apps


def migrate_to(migrations):
    """Apply these migrations to an empty database."""
    executor = MigrationExecutor(connection)
    nodes = executor.loader.graph.nodes
    executor.migrate([max(key for key in _keys({app: migrations[app]}) if key in nodes) for app in migrations])


def _keys(migrations):
    return {(app, name) for app, names in migrations.items() for name in names}
