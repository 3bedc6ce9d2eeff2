"""Keeps the search index up to date.

``register()`` names the models whose rows are part of a document. When such a row is saved or deleted, a signal
schedules the documents it is part of, and they are written once its transaction is committed. Bulk operations send no
signals: code that uses them calls ``schedule()`` or ``row_changed()`` itself. ``rebuild()`` writes the whole index.

The full-text tables are created after each migration, since Django's migrations have no operation for them.
"""

import threading
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field

from django.apps import apps
from django.db import DEFAULT_DB_ALIAS, connection, transaction
from django.db.models.signals import post_delete, post_save, pre_save

from profiles.content.batches import batched
from profiles.search.queries import LETTERS, PARTS, WEIGHTS

AT_ONCE = 100  # documents in memory, each of which may have some hundred thousand characters
MANY = 500  # written documents after which SQLite updates the statistics that its query planner uses


@dataclass(frozen=True)
class Kind:
    """A model that is searched.

    ``documents`` takes primary keys and returns {primary key: Document}. ``sources`` maps each model whose rows are
    part of documents to a function that takes such a row and returns the primary keys of those documents. ``names``
    maps models whose rows are part of very many documents to the fields that matter and such a function: their
    documents are only written when one of those fields has changed.
    """

    model: type
    index: type
    documents: Callable
    sources: dict = field(default_factory=dict)
    names: dict = field(default_factory=dict)

    @property
    def table(self):
        return self.index._meta.db_table


KINDS = {}  # by the name of the model
_scheduled = threading.local()


def register(model, index, documents, *, sources=None, names=None):
    """Makes a model searchable; ``index`` is its SearchIndex. See Kind for the other arguments."""
    sources = {model: lambda row: [row.pk], **(sources or {})}
    KINDS[model._meta.model_name] = Kind(model, index, documents, sources, names or {})
    for sender in _with_proxies(sources):
        post_save.connect(_after_change, sender, dispatch_uid="search")
        post_delete.connect(_after_change, sender, dispatch_uid="search")
    for sender in _with_proxies(names or {}):
        pre_save.connect(_before_save, sender, dispatch_uid="search")


def _with_proxies(models):
    return [model for model in apps.get_models() if model._meta.concrete_model in models]


def _after_change(sender, instance, **kwargs):
    for kind in KINDS.values():
        if keys := kind.sources.get(sender._meta.concrete_model):
            schedule(kind.model, keys(instance))


def _before_save(sender, instance, **kwargs):
    """Schedules the documents that have the name of a row, if the name is about to change."""
    for kind in KINDS.values():
        fields, keys = kind.names.get(sender._meta.concrete_model, ((), None))
        stored = sender._base_manager.filter(pk=instance.pk).values(*fields).first() if fields else None
        if stored and any(stored[name] != getattr(instance, name) for name in fields):
            schedule(kind.model, keys(instance))


def row_changed(row):
    """Schedules all documents that a row is part of, after a change that sent no signal."""
    for kind in KINDS.values():
        if keys := kind.sources.get(row._meta.concrete_model):
            schedule(kind.model, keys(row))
        if row._meta.concrete_model in kind.names:
            schedule(kind.model, kind.names[row._meta.concrete_model][1](row))


def schedule(model, keys):
    """Schedules the documents of rows to be written when the current transaction is committed."""
    _pending()[model].update(keys)
    # An error in the index must not make a save fail that is already committed: Django logs it.
    transaction.on_commit(refresh, robust=True)


def _pending():
    """{model: primary keys of the documents to write} of this thread."""
    if not hasattr(_scheduled, "keys"):
        _scheduled.keys = defaultdict(set)
    return _scheduled.keys


def refresh():
    """Writes the scheduled documents."""
    pending, _scheduled.keys = _pending(), defaultdict(set)
    for model, keys in pending.items():
        for some in batched(sorted(keys), AT_ONCE):
            _write(KINDS[model._meta.model_name], some)
    if sum(map(len, pending.values())) > MANY:
        _analyze()


def rebuild(progress=None):
    """Writes the whole index and returns the number of documents. ``progress`` is called with the number written.

    Documents are replaced one by one, so that the search works meanwhile and a stopped rebuild loses nothing.
    """
    written = 0
    remove_orphans()
    for kind in KINDS.values():
        for some in batched(list(kind.model._base_manager.order_by("pk").values_list("pk", flat=True)), AT_ONCE):
            _write(kind, some)
            written += len(some)
            if progress:
                progress(len(some))
    _analyze()
    return written


def remove_orphans():
    """Deletes the documents whose rows no longer exist."""
    with connection.cursor() as cursor:
        for kind in KINDS.values():
            rows = kind.model._meta.db_table
            cursor.execute(f"DELETE FROM {kind.table} WHERE rowid NOT IN (SELECT id FROM {rows})")  # noqa: S608 (own names)


def _write(kind, keys):
    """Writes the documents of rows, and deletes those of rows that no longer exist."""
    columns, values = ", ".join(PARTS), "%s, %s, %s, %s"
    if connection.vendor == "postgresql":
        columns = kind.table
        values = " || ".join(f"setweight(to_tsvector('simple', %s), '{letter}')" for letter in LETTERS.values())
    with transaction.atomic(), connection.cursor() as cursor:
        # Another process with the same rows waits here, and then reads what this one has read or newer.
        list(kind.model._base_manager.select_for_update().filter(pk__in=keys).order_by("pk").values_list("pk"))
        rows = [(key, *document.parts()) for key, document in kind.documents(keys).items()]
        # The names of tables and columns are our own.
        cursor.executemany(f"DELETE FROM {kind.table} WHERE rowid = %s", [(key,) for key in keys])  # noqa: S608
        cursor.executemany(f"INSERT INTO {kind.table} (rowid, {columns}) VALUES (%s, {values})", rows)  # noqa: S608


def _analyze():
    """Updates the statistics of SQLite's query planner. PostgreSQL does so by itself."""
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA analysis_limit = 1000")
            cursor.execute("ANALYZE")


def after_migrate(sender, using=DEFAULT_DB_ALIAS, plan=(), **kwargs):
    """Creates the full-text tables after the last app's migrations, and rebuilds the index if any migration ran.

    Data migrations send no signals.
    """
    if using != DEFAULT_DB_ALIAS or sender is not list(apps.get_app_configs())[-1]:
        return
    with connection.cursor() as cursor:
        tables = set(connection.introspection.table_names(cursor))
    if not {kind.model._meta.db_table for kind in KINDS.values()} <= tables:
        return  # some apps are not migrated yet
    missing = [kind.table for kind in KINDS.values() if kind.table not in tables]
    for table in missing:
        _create_table(table)
    if plan or missing:
        rebuild()
    else:
        remove_orphans()  # the tables may just have been emptied (flush)


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
