"""Creating a backup while the site is in use, and the reminder to create one."""

import json
import os
import re
from collections import namedtuple
from contextlib import contextmanager, suppress
from datetime import UTC, datetime

from django.apps import apps as installed_apps
from django.conf import settings
from django.contrib.auth import get_user_model
from django.db import connection
from django.db.models import Min
from django.utils import timezone

from config.upkeep import migrations
from config.upkeep.backups import BackupError, files
from config.upkeep.backups.archive import ArchiveWriter
from config.upkeep.backups.tables import tables
from config.upkeep.stored_files import file_names
from profiles.models import BackupRecord

ADVICE = "Run “manage.py backup FOLDER --keep 14”, ideally every night from cron or a timer."
# ``missing`` are the names of uploads that rows refer to and that no longer exist.
Backup = namedtuple("Backup", "path rows files missing")


def create(path, bar, *, overwrite=False, apps=installed_apps):
    """Create a backup. Its file gets its name when it is complete. Raises one of ERRORS.

    ``bar`` is called as ``tqdm`` is. ``apps`` are those of an earlier migration state if the database is behind.
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
        BackupRecord.objects.create(file=path.name[-255:])
    return backup


def create_in(folder, bar, *, keep=None, name="", apps=installed_apps):
    """Create a backup named after the site and the time, then delete all but the newest ``keep`` of that name."""
    name = name or settings.SITE_HOST or "site"
    backup = create(folder / f"{name}-{datetime.now(UTC):%Y-%m-%d-%H%M%S}.zip", bar, apps=apps)
    pattern = re.compile(re.escape(name) + r"-\d{4}-\d\d-\d\d-\d{6}\.zip")
    found = sorted(path for path in folder.iterdir() if pattern.fullmatch(path.name))
    for path in found[:-keep] if keep else []:
        path.unlink()
    return backup


def create_before_upgrade(folder, bar):
    """Create a backup of a database that is behind this code, and keep the newest three of these."""
    folder.mkdir(mode=0o700, exist_ok=True)
    return create_in(folder, bar, keep=3, name="before-upgrade", apps=migrations.apps_after(migrations.applied()))


def overdue():
    """Return a message for the admin's home page if the last backup is older than BACKUP_MAX_DAYS, else ""."""
    if not settings.BACKUP_MAX_DAYS:
        return ""
    last = BackupRecord.objects.order_by("-created_at").first()
    # A new site gets the same time for its first backup.
    since = last.created_at if last else get_user_model().objects.aggregate(first=Min("date_joined"))["first"]
    days = (timezone.now() - since).days if since else 0
    if days < settings.BACKUP_MAX_DAYS:
        return ""
    return f"The last backup was made {days} days ago. {ADVICE}" if last else f"There is no backup yet. {ADVICE}"


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
    with _snapshot():
        applied = migrations.applied()  # the first query starts the snapshot, so list the files after it
        existing = {place: list(file_names(storage)) for place, storage in files.storages().items()}
        facts, named = _write_tables(writer, tables(apps), bar)
    for place, storage in files.storages().items():
        for name in bar(existing[place], desc=place.title(), unit=" files"):
            with suppress(FileNotFoundError), storage.open(name) as file:  # deleted since the listing
                writer.add(f"{place}/{name}", file.chunks())
    missing = sorted(named - set(existing["media"]))
    writer.finish(
        site=settings.SITE_URL, database=connection.vendor, migrations=applied,
        missing=missing, tables=facts,
    )  # fmt: skip
    return Backup(path, sum(fact["rows"] for fact in facts.values()), sum(map(len, existing.values())), missing)


def _write_tables(writer, found, bar):
    """Return ({table: row count and last ID}, the names of all files that rows refer to)."""
    facts, named = {}, set()

    def lines(table):
        for row in bar(table.rows(), total=table.count(), desc=table.name, unit=" rows"):
            facts[table.name]["rows"] += 1
            named.update(row[column] for column in table.file_columns if row[column])
            yield json.dumps(row, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"

    for table in found:
        facts[table.name] = {"rows": 0, "last_number": table.last_id()}
        writer.add(f"tables/{table.name}.jsonl", lines(table))
    return facts, named
