"""Making a backup while the site is in use."""

import os
import re
import time
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import chain
from pathlib import Path

from django.apps import apps as installed
from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, connections

from config.upkeep.backups import BackupError, files, states, told
from config.upkeep.backups.archive import Writer
from config.upkeep.backups.tables import LEFT_OUT, as_line, tables
from profiles.models import Safekeeping

CHUNK = 2**18


@dataclass(frozen=True)
class Made:
    """``missing`` are files that rows name and that are not kept any more."""

    path: Path
    rows: int
    files: int
    size: int
    missing: list[str]


def make(path, bar, *, overwrite=False, apps=installed):
    """Write a backup; it has its name once it is whole. Raises BackupError.

    ``bar`` makes a progress bar as tqdm does. ``apps`` may be those of an earlier state of the migrations, where the
    database is in that state still.
    """
    if path.exists() and not overwrite:
        raise BackupError(f"{path} is there already. Choose another name, or add --overwrite.")
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    with told():
        _refuse_unfinished(apps)
        try:
            with open(part, "x+b", opener=_for_its_owner_alone) as file, Writer(file) as writer:
                rows, count, missing = _write(writer, bar, apps)
            part.replace(path)
        finally:
            part.unlink(missing_ok=True)
        if apps is installed:  # the note's own table may be another one
            Safekeeping.objects.create(kind=Safekeeping.Kind.BACKUP, file=path.name[-255:])
        return Made(path, rows, count, path.stat().st_size, missing)


def make_in(folder, keep, bar, *, name="", apps=installed):
    """Write a backup under a name with its date, and then delete all but the newest ``keep`` of that name there."""
    if not folder.is_dir():
        raise BackupError(f"{folder} is no folder. Make it first.")
    name = name or settings.SITE_HOST or "site"
    made = make(folder / f"{name}-{datetime.now(UTC):%Y-%m-%d-%H%M%S}.zip", bar, apps=apps)
    ours = re.escape(name) + r"-\d{4}-\d\d-\d\d-\d{6}\.zip"
    old = sorted(path for path in folder.iterdir() if re.fullmatch(ours, path.name))[:-keep] if keep else []
    yesterday = time.time() - 24 * 3600
    stopped = [path for path in folder.iterdir() if re.fullmatch(rf"\.{ours}\.\d+\.part", path.name)]
    for path in (*old, *(path for path in stopped if path.stat().st_mtime < yesterday)):
        path.unlink()
    return made


def make_before_upgrade(folder, bar):
    """Write a backup of a database that is behind this code, and keep the newest three such."""
    connection = connections[DEFAULT_DB_ALIAS]
    with told():
        folder.mkdir(mode=0o700, exist_ok=True)
    return make_in(folder, 3, bar, name="before-upgrade", apps=states.apps(connection))


def _refuse_unfinished(apps):
    if apps is installed and states.pending(connections[DEFAULT_DB_ALIAS]):
        raise BackupError("The database is not up to date with this code. Run “manage.py migrate” first.")
    if files.Exchange.begun():
        raise BackupError("A restore is under way. If it was stopped, run “manage.py restore --finish” first.")


@contextmanager
def snapshot():
    """A connection of its own on which all is read as of one moment, and nobody waits for it."""
    connection = connections.create_connection(DEFAULT_DB_ALIAS)
    if connection.vendor == "sqlite":
        options = {**connection.settings_dict["OPTIONS"], "transaction_mode": "DEFERRED"}
        connection.settings_dict = {**connection.settings_dict, "OPTIONS": options}
    try:
        connection.set_autocommit(False, force_begin_transaction_with_broken_autocommit=True)
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY")
        yield connection
    finally:
        connection.close()


def _write(writer, bar, apps):
    """How many rows and files were written, and the names of those that are missing."""
    made_at = datetime.now(UTC)
    with snapshot() as connection:
        migrations = states.applied(connection)
        # From here on all is of one moment. A file is written before the row or the text that names it.
        there = {place: dict.fromkeys(files.names(storage)) for place, storage in files.places().items()}
        facts, named = _write_tables(writer, tables(connection, apps), made_at, bar)
    missing = []
    with bar(total=sum(map(len, there.values())), desc="Files", unit=" files") as progress:
        for place, storage in files.places().items():
            of_rows = named if place == "media" else {}
            for name in chain(of_rows, (name for name in there[place] if name not in of_rows)):
                try:
                    with storage.open(name) as file:
                        writer.add(f"{place}/{name}", files.chunks(file), made_at, compressed=False)
                except FileNotFoundError:
                    missing += [name] if name in of_rows else []
                progress.update()
    written = len(writer.members) - len(facts)
    writer.finish(
        made_at,
        {
            "site": settings.SITE_URL, "database": connection.vendor, "migrations": migrations,
            "left_out": sorted(LEFT_OUT), "missing": missing, "tables": facts,
        },
    )  # fmt: skip
    return sum(table["rows"] for table in facts.values()), written, missing


def _write_tables(writer, found, made_at, bar):
    """({table: facts of it}, {name: None} of the files that rows name)."""
    facts, named = {}, {}
    with bar(total=sum(table.count() for table in found), desc="Rows", unit=" rows") as progress:
        for table in found:
            rows = 0

            def lines(table=table):
                nonlocal rows
                for row in table.rows():
                    rows += 1
                    progress.update()
                    named.update(dict.fromkeys(filter(None, map(row.get, table.files))))
                    yield as_line(row)

            writer.add(f"tables/{table.name}.jsonl", _joined(lines()), made_at, compressed=True)
            facts[table.name] = {"rows": rows, "last_number": table.last_number()}
    return facts, named


def _joined(lines):
    some, size = [], 0
    for line in lines:
        some.append(line)
        size += len(line)
        if size > CHUNK:
            yield b"".join(some)
            some, size = [], 0
    yield b"".join(some)


def _for_its_owner_alone(path, flags):
    return os.open(path, flags, 0o600)
