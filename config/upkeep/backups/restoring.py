"""Putting a backup in the place of a site, whole or not at all.

First all of the backup is read and checked, then its files are written beside those that are there, then all rows are
exchanged in one transaction. Whoever reads meanwhile reads the old site; whoever saves waits. Stopped before the end of
the transaction, the site is the old one, with files that nothing names; after it, the new one. ``finish()`` clears up.
"""

import secrets
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.contrib.sessions.models import Session
from django.core.files import locks
from django.db import Error, connection, transaction

from config.upkeep import installation
from config.upkeep.backups import BackupError, files, first_line, states, told
from config.upkeep.backups.archive import Archive
from config.upkeep.backups.tables import tables
from config.upkeep.backups.upgrading import upgraded
from profiles.models import Safekeeping
from profiles.search import indexing

# What each migrated database has, whatever is in the site.
GIVEN = {"django_content_type", "auth_permission", "auth_group", "auth_group_permissions"}


@dataclass(frozen=True)
class Restored:
    """``renumbered``: servers that are running remember numbers of kinds of content that are others now."""

    rows: int
    files: int
    renumbered: bool


def restore(path, bar, *, replace=False):
    """Put a backup in the place of this site. Raises BackupError, and then nothing is changed.

    ``bar`` makes a progress bar as tqdm does. A site that has content is given up only where ``replace`` says so.
    """
    with told(), Archive(path) as archive:
        archive.check(bar)
        _refuse_newer(archive.manifest["migrations"], path)
        is_new = _prepare()
        with _alone():
            _settle_all()
            if not replace and (found := _content()):
                raise BackupError(f"There is a site here already ({found}). To give it up for this one, add --replace.")
            kinds = _kinds()
            exchange = files.Exchange(secrets.token_hex(16))
            try:
                exchange.begin(archive, bar)
                with upgraded(archive, bar) as source:
                    rows = _exchange_rows(source, exchange.key, path.name, bar)
            finally:
                _settle(exchange)
        count = sum(len(archive.names(place)) for place in files.places())
        return Restored(rows, count, renumbered=not is_new and kinds != _kinds())


def finish():
    """Clear up after restores that were stopped: "restored" or "not restored" for each. Raises BackupError."""
    with told(), _alone():
        return _settle_all()


def _settle_all():
    return [_settle(files.Exchange(key)) for key in files.Exchange.begun()]


def _settle(exchange):
    """As the database says: the rows were exchanged, and the note of it with them, or they were not."""
    if Safekeeping.objects.filter(key=exchange.key).exists():
        exchange.finish()
        return "restored"
    exchange.undo()
    return "not restored"


def _refuse_newer(migrations, place):
    if strange := states.unknown(migrations):
        raise BackupError(f"{place} was made by a newer version ({strange} is not known here). Take the newer code.")


def _prepare():
    """A site without a database gets one (True); that of another version is not touched."""
    try:
        installation.create_data_folder()
        installation.create_secret_key()
        is_new = not connection.introspection.table_names()
        if is_new:
            installation.migrate()
    except installation.InstallationError as error:
        raise BackupError(error) from error
    if states.pending(connection):
        raise BackupError("The database is not up to date with this code. Run “manage.py migrate” first.")
    _refuse_newer(states.applied(connection), f"The database {settings.DATABASES['default']['NAME']}")
    return is_new


@contextmanager
def _alone():
    """No two restores at a time: one would clear up after the other."""
    with (Path(settings.DATA_DIR) / "restore.lock").open("w") as file:
        is_free = locks.lock(file, locks.LOCK_EX | locks.LOCK_NB)
        if is_free and connection.vendor == "postgresql":  # which several machines may have in common
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_try_advisory_lock(hashtext('academic-site restore'))")
                is_free = cursor.fetchone()[0]
        if not is_free:
            raise BackupError("Another restore is under way.")
        yield


def _content():
    """What is in the site, in a few words, or nothing."""
    counts = {table: table.count() for table in tables(connection) if table.name not in GIVEN}
    most = sorted(filter(counts.get, counts), key=counts.get, reverse=True)[:3]
    found = [f"{counts[table]} {table.model._meta.verbose_name_plural}" for table in most]
    if any(next(files.names(storage), None) for storage in files.places().values()):
        found.append("uploaded files")
    return ", ".join(found)


def _kinds():
    return set(ContentType.objects.values_list("pk", "app_label", "model"))


def _exchange_rows(source, key, name, bar):
    """How many rows there are now."""
    found = tables(connection)
    with connection.constraint_checks_disabled(), transaction.atomic():
        with _without_triggers(found):
            for table in found:
                table.clear()
            Session.objects.all().delete()  # of users who are others now
            with bar(total=sum(source.counts.values()), desc="Rows", unit=" rows") as progress:
                for table in found:
                    _fill(table, source, progress)
            connection.check_constraints()
        for table in found:
            table.go_on_after(source.last_numbers.get(table.name) or 0)
        with bar(total=None, desc="Search", unit=" documents") as progress:
            indexing.rebuild(progress=progress.update)
        Safekeeping.objects.create(kind=Safekeeping.Kind.RESTORE, key=key, file=name[-255:])
        return sum(source.counts.values())


def _fill(table, source, progress):
    wanted, written = source.counts.get(table.name, 0), 0

    def rows():
        nonlocal written
        for row in source.rows(table.name) if wanted else ():
            yield row
            written += 1
            progress.update()

    try:
        table.add(rows())
    except Error as error:
        message = f"The database refused a row of {table.name}, after {written}: {first_line(error)}"
        raise BackupError(message) from error
    if written != wanted:
        raise BackupError(f"The backup has {written} rows of {table.name}, and says {wanted}.")


@contextmanager
def _without_triggers(found):
    """What they would note for each row is done once for all; and from here on nobody else writes."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            names = [connection.ops.quote_name(table.name) for table in found]
            cursor.execute(f"LOCK TABLE {', '.join(names)} IN SHARE ROW EXCLUSIVE MODE")
            for name in names:
                cursor.execute(f"ALTER TABLE {name} DISABLE TRIGGER USER")
            yield
            for name in names:
                cursor.execute(f"ALTER TABLE {name} ENABLE TRIGGER USER")
        else:
            cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
            triggers = cursor.fetchall()
            for name, _ in triggers:
                cursor.execute(f"DROP TRIGGER {connection.ops.quote_name(name)}")
            yield
            for _, statement in triggers:
                cursor.execute(statement)
