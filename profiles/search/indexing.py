"""Updates the search index.

``register()`` names the models whose rows are part of a document. When such a row is saved or deleted, a signal
schedules the documents that it is part of, and they are written once its transaction is committed. Bulk operations send
no signals: code that uses them calls ``schedule()`` or ``row_changed()`` itself. ``rebuild()`` writes the whole index.

The full-text tables are created after each migration, since Django's migrations have no operation for them.
"""

import threading
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from operator import attrgetter

from django.apps import apps
from django.db import DEFAULT_DB_ALIAS, connection, transaction
from django.db.models.signals import post_delete, post_save, pre_save

from profiles.content.batches import batched
from profiles.search.queries import PARTS, WEIGHT_LETTERS, WEIGHTS

BATCH = 100  # documents in memory; one may have some hundred thousand characters
ANALYZE_FROM = 500  # written documents after which SQLite updates the statistics that its query planner uses


@dataclass(frozen=True)
class IndexedModel:
    """A model that can be searched, and its SearchIndex.

    ``documents`` takes primary keys and returns {primary key: Document}. ``rows`` maps each model whose rows are part
    of a document to the attribute that leads to its primary key ("publication_id"). ``names`` maps models whose rows
    are part of very many documents to (lookup from the document's object, fields): the documents are only written when
    one of these fields changes.
    """

    model: type
    index: type
    documents: Callable
    rows: dict
    names: dict

    @property
    def table(self):
        return self.index._meta.db_table

    def keys_of_row(self, row):
        """Return the primary keys of the documents that a row is part of, without those that only have its name."""
        attribute = self.rows.get(row._meta.concrete_model)
        return [attrgetter(attribute)(row)] if attribute else []

    def keys_of_name(self, row):
        """Return the primary keys of the documents that have the name of a row."""
        lookup, _ = self.names.get(row._meta.concrete_model, ("", ()))
        return self.model._base_manager.filter(**{lookup: row.pk}).values_list("pk", flat=True) if lookup else []


INDEXED = {}  # {name of the model: IndexedModel}
_scheduled = threading.local()


def register(model, index, documents, *, rows=None, names=None):
    """Make a model searchable. Call it when the apps are ready; see IndexedModel for the arguments."""
    rows, names = {model: "pk", **(rows or {})}, names or {}
    INDEXED[model._meta.model_name] = IndexedModel(model, index, documents, rows, names)
    for sender in apps.get_models():  # also proxies, which send their own signals
        if sender._meta.concrete_model in rows:
            post_save.connect(_schedule_row, sender, dispatch_uid="search")
            post_delete.connect(_schedule_row, sender, dispatch_uid="search")
        if sender._meta.concrete_model in names:
            pre_save.connect(_schedule_name, sender, dispatch_uid="search")


def _schedule_row(instance, **kwargs):
    for one in INDEXED.values():
        if keys := one.keys_of_row(instance):
            schedule(one.model, keys)


def _schedule_name(instance, **kwargs):
    for one in INDEXED.values():
        _, fields = one.names.get(instance._meta.concrete_model, ("", ()))
        stored = type(instance)._base_manager.filter(pk=instance.pk).values(*fields).first() if fields else None
        if stored and any(stored[name] != getattr(instance, name) for name in fields):
            schedule(one.model, one.keys_of_name(instance))


def row_changed(row):
    """Schedule all documents that a row is part of, after a change that sent no signal."""
    for one in INDEXED.values():
        if keys := [*one.keys_of_row(row), *one.keys_of_name(row)]:
            schedule(one.model, keys)


def schedule(model, keys):
    """Schedule the documents of rows to be written when the current transaction is committed."""
    _pending()[model].update(keys)
    # The save is committed by then, so an error must not make it fail: Django logs it.
    transaction.on_commit(refresh, robust=True)


def _pending():
    """Return {model: primary keys of the documents to write} of this thread."""
    if not hasattr(_scheduled, "keys"):
        _scheduled.keys = defaultdict(set)
    return _scheduled.keys


def refresh():
    """Write the scheduled documents."""
    pending, _scheduled.keys = _pending(), defaultdict(set)
    for model, keys in pending.items():
        for some in batched(sorted(keys), BATCH):
            _write(INDEXED[model._meta.model_name], some)
    if sum(map(len, pending.values())) > ANALYZE_FROM:
        _analyze()


def rebuild(progress=None):
    """Write the whole index and return the number of documents. Call ``progress`` with the number of each batch.

    The batches replace the documents one after the other, so that the search works during a rebuild, and a rebuild that
    is stopped loses nothing.
    """
    written = 0
    remove_orphans()
    for one in INDEXED.values():
        for some in batched(list(one.model._base_manager.order_by("pk").values_list("pk", flat=True)), BATCH):
            _write(one, some)
            written += len(some)
            if progress:
                progress(len(some))
    _analyze()
    return written


def remove_orphans():
    """Delete the documents whose rows no longer exist."""
    with connection.cursor() as cursor:
        for one in INDEXED.values():
            rows = one.model._meta.db_table
            cursor.execute(f"DELETE FROM {one.table} WHERE rowid NOT IN (SELECT id FROM {rows})")  # noqa: S608 (own names)


def _write(one, keys):
    """Write the documents of rows, and delete those of rows that no longer exist."""
    columns, values = ", ".join(PARTS), "%s, %s, %s, %s"
    if connection.vendor == "postgresql":
        columns = one.table
        values = " || ".join(f"setweight(to_tsvector('simple', %s), '{letter}')" for letter in WEIGHT_LETTERS.values())
    with transaction.atomic(), connection.cursor() as cursor:
        # Locks the rows, so that another process does not write older documents over these.
        list(one.model._base_manager.select_for_update().filter(pk__in=keys).order_by("pk").values_list("pk"))
        rows = [(key, *document.parts()) for key, document in one.documents(keys).items()]
        # The names of tables and columns are our own.
        cursor.executemany(f"DELETE FROM {one.table} WHERE rowid = %s", [(key,) for key in keys])  # noqa: S608
        cursor.executemany(f"INSERT INTO {one.table} (rowid, {columns}) VALUES (%s, {values})", rows)  # noqa: S608


def _analyze():
    """Update the statistics of SQLite's query planner. PostgreSQL does this automatically."""
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA analysis_limit = 1000")
            cursor.execute("ANALYZE")


def after_migrate(sender, using=DEFAULT_DB_ALIAS, plan=(), **kwargs):
    """Create the full-text tables after the last app's migrations.

    If any migration ran, rebuild the index, because data migrations send no signals.
    """
    if using != DEFAULT_DB_ALIAS or sender is not list(apps.get_app_configs())[-1]:
        return
    with connection.cursor() as cursor:
        tables = set(connection.introspection.table_names(cursor))
    if not {one.model._meta.db_table for one in INDEXED.values()} <= tables:
        return  # some apps are not migrated yet
    missing = [one.table for one in INDEXED.values() if one.table not in tables]
    for table in missing:
        _create_table(table)
    if plan or missing:
        rebuild()
    else:
        remove_orphans()  # the command flush may have emptied the other tables


def _create_table(table):
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute(f"CREATE TABLE {table} (rowid bigint PRIMARY KEY, {table} tsvector NOT NULL)")
            cursor.execute(f"CREATE INDEX {table}_words ON {table} USING gin ({table})")
            return
        # The words are already folded. Prefixes of two and three letters have an index; longer ones match few words.
        options = "tokenize = 'unicode61 remove_diacritics 0', prefix = '2 3'"
        cursor.execute(f"CREATE VIRTUAL TABLE {table} USING fts5({', '.join(PARTS)}, {options})")
        weights = ", ".join(map(str, WEIGHTS))
        cursor.execute(f"INSERT INTO {table} ({table}, rank) VALUES ('rank', 'bm25({weights})')")  # noqa: S608
