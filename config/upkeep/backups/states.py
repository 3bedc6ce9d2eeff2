"""Which migrations a database, a backup and this code have been through."""

from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.loader import MigrationLoader


def applied(connection):
    """{app: the names of the migrations that a database has been through}."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT app, name FROM django_migrations ORDER BY app, name")
        found = {}
        for app, name in cursor.fetchall():
            found.setdefault(app, []).append(name)
        return found


def pending(connection):
    """The steps that a database is behind this code."""
    executor = MigrationExecutor(connection)
    return executor.migration_plan(executor.loader.graph.leaf_nodes())


def apps(connection):
    """The models as the migrations that a database has been through left them."""
    loader = MigrationExecutor(connection).loader
    return loader.project_state(last(applied(connection), loader.graph)).apps


def unknown(migrations):
    """The first of these migrations that this code does not have, as "app.name"; or None."""
    loader = MigrationLoader(None)
    known = set(loader.disk_migrations)
    for migration in loader.disk_migrations.values():
        known.update(migration.replaces)
    return next((f"{app}.{name}" for app, name in nodes(migrations) if (app, name) not in known), None)


def is_older(migrations):
    """Whether this code has migrations that are not among these."""
    return bool(set(MigrationLoader(None).graph.nodes) - set(nodes(migrations)))


def last(migrations, graph):
    """Those of these migrations that no other one of them builds on, as (app, name)."""
    known = {node: graph.node_map[node] for node in nodes(migrations) if node in graph.node_map}
    return [key for key, node in known.items() if not any(child.key in known for child in node.children)]


def nodes(migrations):
    return [(app, name) for app, names in migrations.items() for name in names]
