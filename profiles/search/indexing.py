"""How the index of the search follows what changes.

By whatever path a change comes, a trigger of the database notes which documents it is in (bulk updates and imports
send no signals), and whoever asks next has them written anew first. The full-text tables are made after each migration.
"""

import time
from dataclasses import dataclass

from django.db import DEFAULT_DB_ALIAS, DatabaseError, connection, transaction

from profiles.content.batches import batched
from profiles.models.search import Stale
from profiles.search import triggers
from profiles.search.queries import LETTERS, PARTS, WEIGHTS

STALE = Stale._meta.db_table
ROWS = {"insert": ("NEW",), "update": ("OLD", "NEW"), "delete": ("OLD",)}
CHUNK = 500  # changes that are followed in one transaction
AT_ONCE = 100  # documents in memory, each of which may have some hundred thousand characters
# The kind of a Stale that stands behind all that a rebuild has noted: while it is there, the rebuild is not over.
REBUILD = "rebuild"
MOST_SECONDS = 5  # that whoever asks waits for what has changed before


@dataclass(frozen=True)
class Watched:
    """A table whose rows are part of documents: SQL for the numbers of those documents, of the row ``{row}``."""

    table: str
    keys: str
    columns: tuple[str, ...] = ()  # changes of other columns are of no concern


@dataclass(frozen=True)
class Kind:
    """Objects of one model that are searched. ``documents`` takes numbers of rows and gives {number: Document}."""

    model: type
    index: type
    documents: object
    watched: tuple[Watched, ...]

    @property
    def name(self):
        return self.model._meta.model_name

    @property
    def table(self):
        return self.index._meta.db_table


KINDS = {}


def register(model, index, documents, *watched):
    """Search a model; ``index`` is its SearchIndex."""
    KINDS[model._meta.model_name] = Kind(model, index, documents, watched)


def refresh(seconds=MOST_SECONDS, progress=None):
    """Write anew the documents that have changed, for at most so long (None: until all are); how many were written.

    With a limit it is a search that asks: where the database cannot be written, it is answered from what is there.
    """
    done, end = 0, seconds and time.monotonic() + seconds
    while not end or time.monotonic() < end:
        try:
            written = _refresh_some()
        except DatabaseError:
            if end:
                break
            raise
        if not written:
            break
        done += written
        if progress:
            progress(written)
    if done > CHUNK and connection.vendor == "sqlite":
        # So that the planner knows how many rows there are; PostgreSQL sees to it by itself.
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA analysis_limit = 1000")
            cursor.execute("ANALYZE")
    return done


def refresh_for(request):
    """The same for who searches now. While some is left to write, nothing of what is found is kept for others: the
    edition of the site does not move when it is done."""
    refresh()
    if request.content_version and Stale.objects.exists():
        request.content_version, request.fragment_seconds = "", 0


def _refresh_some():
    if not Stale.objects.exists():
        return 0
    with transaction.atomic():
        # What another process is at, it finishes.
        stale = Stale.objects.select_for_update(skip_locked=connection.vendor == "postgresql").order_by("pk")
        rows = list(stale[:CHUNK])
        Stale.objects.filter(pk__in=[row.pk for row in rows]).delete()
        # Read after the rows are gone: a change that comes now leaves a row of its own.
        for name, kind in KINDS.items():
            for keys in batched(sorted({row.object_id for row in rows if row.kind == name}), AT_ONCE):
                _write(kind, keys)
    return sum(row.kind in KINDS for row in rows)


def rebuild(progress=None):
    """Write the whole index anew; how many documents."""
    begin_rebuild()
    return refresh(seconds=None, progress=progress)


def begin_rebuild():
    """Empty the index, and note all documents: whoever refreshes the index now goes on with the rebuild."""
    tables = triggers.tables()
    with transaction.atomic():
        Stale.objects.all().delete()
        for kind in KINDS.values():
            if kind.table in tables:
                with connection.cursor() as cursor:
                    cursor.execute(f"DROP TABLE {kind.table}")  # sooner done than its rows are deleted
            _make_table(kind.table)
            if connection.vendor == "sqlite":
                _weigh(kind.table)
            mark_all(kind)
        Stale.objects.create(kind=REBUILD, object_id=0)


def is_being_rebuilt():
    return Stale.objects.filter(kind=REBUILD).exists()


def mark_all(kind):
    """Have all documents of a kind written anew."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {STALE} (kind, object_id) "  # noqa: S608 (names of tables)
            f"SELECT %s, id FROM {kind.model._meta.db_table}",
            [kind.name],
        )


def _write(kind, keys):
    rows = [(key, *document.parts()) for key, document in kind.documents(keys).items()]
    columns, values = ", ".join(PARTS), "%s, %s, %s, %s"
    if connection.vendor == "postgresql":
        columns = kind.table
        values = " || ".join(f"setweight(to_tsvector('simple', %s), '{letter}')" for letter in LETTERS.values())
    with connection.cursor() as cursor:
        # Names of tables and columns are ours.
        cursor.executemany(f"DELETE FROM {kind.table} WHERE rowid = %s", [(key,) for key in keys])  # noqa: S608
        cursor.executemany(f"INSERT INTO {kind.table} (rowid, {columns}) VALUES (%s, {values})", rows)  # noqa: S608


def after_migrate(sender, using=DEFAULT_DB_ALIAS, plan=(), **kwargs):
    """Signal handler: once all apps are migrated, which the last of them tells."""
    if not triggers.is_last_app(sender, using):
        return
    tables = triggers.tables()
    if not {watched.table for kind in KINDS.values() for watched in kind.watched} | {STALE} <= tables:
        return  # not all apps are there yet
    with transaction.atomic():
        for kind in KINDS.values():
            is_new = kind.table not in tables
            if is_new:
                _make_table(kind.table)
            if connection.vendor == "sqlite":
                _weigh(kind.table)
            if is_new or plan:
                mark_all(kind)  # what changed meanwhile, no trigger has told


@triggers.register
def noting_triggers():
    for kind in KINDS.values():
        for watched in kind.watched:
            for event, rows in ROWS.items():
                notes = " ".join(
                    f"INSERT INTO {STALE} (kind, object_id) SELECT '{kind.name}', found.key "  # noqa: S608
                    f"FROM ({watched.keys.format(row=row)}) AS found WHERE found.key IS NOT NULL;"
                    for row in rows
                )
                name = f"search_{kind.name}_{watched.table}_{event}"
                yield triggers.Trigger(name, watched.table, event, notes, watched.columns)


def _make_table(table):
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(f"CREATE TABLE {table} (rowid bigint PRIMARY KEY, {table} tsvector NOT NULL)")
            cursor.execute(f"CREATE INDEX {table}_words ON {table} USING gin ({table})")
        else:
            # The words come folded; prefixes of two and three letters are looked up, longer ones are few.
            options = "tokenize = 'unicode61 remove_diacritics 0', prefix = '2 3'"
            cursor.execute(f"CREATE VIRTUAL TABLE {table} USING fts5({', '.join(PARTS)}, {options})")


def _weigh(table):
    with connection.cursor() as cursor:
        weights = ", ".join(map(str, WEIGHTS))
        cursor.execute(f"INSERT INTO {table} ({table}, rank) VALUES ('rank', 'bm25({weights})')")  # noqa: S608
