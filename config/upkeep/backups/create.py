"""Creating a backup while the site is in use."""

import json
import os
import re
from collections import namedtuple
from contextlib import contextmanager, suppress
from datetime import UTC, datetime

from django.apps import apps as installed_apps
from django.conf import settings
from django.db import connection

from config.upkeep import migrations
from config.upkeep.backups import BackupError, files
from config.upkeep.backups.archive import ArchiveWriter
from config.upkeep.backups.tables import tables
from config.upkeep.stored_files import file_names
from profiles.models import BackupRecord

# ``missing`` are the names of uploads that rows refer to and that no longer exist.
Backup = namedtuple("Backup", "path rows files missing")
BEFORE_UPGRADE = "before-upgrade"  # the start of the names of backups that quickstart makes


def create(path, bar, *, overwrite=False, by="", apps=installed_apps):
    """Create a backup. Its file gets its name when it is complete. Raise one of ERRORS.

    ``bar`` is called as ``tqdm`` is. ``by`` says who makes the backup. ``apps`` are those of an earlier migration state
    if the database is behind.
    """
    if path.exists() and not overwrite:
        raise BackupError(f"{path} already exists. Choose another name, or add --overwrite.")
    if apps is installed_apps and migrations.are_behind(migrations.applied()):
        raise BackupError("The database is not up to date with this code. Run “manage.py migrate” first.")
    part = path.with_name(f".{path.name}.part")
    part.unlink(missing_ok=True)  # of a backup that was interrupted
    try:
        with open(part, "x+b", opener=lambda name, flags: os.open(name, flags, 0o600)) as file:
            backup = _write(path, ArchiveWriter(file), bar, apps)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
    if apps is installed_apps:  # a database that is behind may not have this table
        BackupRecord.objects.create(file=path.name[-255:], created_by=by)
    return backup


def create_in(folder, bar, *, keep=None, name="", by="", apps=installed_apps):
    """Create a backup named after the site and the time, then delete all but the newest ``keep`` of that name."""
    name = name or settings.SITE_HOST or "site"
    backup = create(folder / f"{name}-{datetime.now(UTC):%Y-%m-%d-%H%M%S}.zip", bar, by=by, apps=apps)
    pattern = re.compile(re.escape(name) + r"-\d{4}-\d\d-\d\d-\d{6}\.zip")
    found = sorted(path for path in folder.iterdir() if pattern.fullmatch(path.name))
    for path in found[:-keep] if keep else []:
        path.unlink()
    return backup


def create_before_upgrade(folder, bar):
    """Create a backup of a database that is behind this code, and keep the newest three of these."""
    folder.mkdir(mode=0o700, exist_ok=True)
    return create_in(folder, bar, keep=3, name=BEFORE_UPGRADE, apps=migrations.apps_after(migrations.applied()))


@contextmanager
def _snapshot():
    """Read the database as of one moment, without blocking writers.

    Not ``transaction.atomic()``: on SQLite the site's transactions are immediate, which locks out other writers.
    """
    is_postgresql = connection.vendor == "postgresql"
    with connection.cursor() as cursor:
        cursor.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY" if is_postgresql else "BEGIN DEFERRED")
        try:
            yield
        finally:
            cursor.execute("ROLLBACK")


def _write(path, writer, bar, apps):
    facts, named = {}, set()
    with _snapshot():
        applied = migrations.applied()  # the first query starts the snapshot, so list the files after it
        existing = {place: list(file_names(storage)) for place, storage in files.storages().items()}
        for table in tables(apps):
            facts[table.name] = {"rows": 0, "last_number": table.last_id()}
            writer.add(f"tables/{table.name}.jsonl", _lines(table, facts[table.name], named, bar))
    for place, storage in files.storages().items():
        for name in bar(existing[place], desc=place.title(), unit=" files"):
            with suppress(FileNotFoundError), storage.open(name) as file:  # deleted since the listing
                writer.add(f"{place}/{name}", file.chunks())
    missing = sorted(named - set(existing["media"]))
    site, database = settings.SITE_URL, connection.vendor
    writer.finish(site=site, database=database, migrations=applied, missing=missing, tables=facts)
    return Backup(path, sum(fact["rows"] for fact in facts.values()), sum(map(len, existing.values())), missing)


def _lines(table, facts, named, bar):
    """Yield the rows of a table as lines of JSON. Count them, and collect the names of the files they refer to."""
    for row in bar(table.rows(), total=table.count(), desc=table.name, unit=" rows"):
        facts["rows"] += 1
        named.update(row[column] for column in table.file_columns if row[column])
        yield json.dumps(row, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"
