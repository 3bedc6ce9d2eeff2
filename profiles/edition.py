"""The site's edition: what all pages have in common between two changes that a visitor could see.

A page, or a part of one, that was made in an edition stays right for as long as the edition lasts. Triggers of the
database move it with whatever changes a table of content, in the same transaction: whoever reads the new rows reads
the new edition, in every process, and nobody reads it before. It also ends where time alone changes what is shown:
when something is published by its hour, when the authors of a work are shown, and at midnight, which parts what is to
come from what is past.

The token is random and no number, so that a restored backup never counts up to what was kept before it.
"""

import hashlib
import sys
import threading
import time
from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.apps import apps
from django.db import DEFAULT_DB_ALIAS, Error, connection, connections
from django.db.models.functions import Now
from django.utils import timezone

from profiles.content.publishing import Publishable, is_published
from profiles.models.edition import Edition as Row
from profiles.search import triggers

TABLE = Row._meta.db_table
QUERY = f"SELECT token FROM {TABLE} WHERE id = 1"  # noqa: S608 (the name of a table)
MOVE = {
    "sqlite": (
        f"INSERT INTO {TABLE} (id, token, moved_at) "  # noqa: S608
        "VALUES (1, lower(hex(randomblob(16))), strftime('%Y-%m-%d %H:%M:%f', 'now')) "
        "ON CONFLICT (id) DO UPDATE SET token = excluded.token, moved_at = excluded.moved_at;"
    ),
    "postgresql": (
        f"INSERT INTO {TABLE} (id, token, moved_at) "  # noqa: S608
        "VALUES (1, replace(gen_random_uuid()::text, '-', ''), clock_timestamp()) "
        "ON CONFLICT (id) DO UPDATE SET token = excluded.token, moved_at = excluded.moved_at;"
    ),
}
# Whoever moves the edition holds its row until the commit. So that nobody who saves waits for somebody who saves
# something else, a transaction notes once that it has to be moved, by a row that only it sees, and does so at its end.
NOTE = f"""
    IF current_setting('site.edition', true) IS DISTINCT FROM pg_current_xact_id()::text THEN
        PERFORM set_config('site.edition', pg_current_xact_id()::text, true);
        INSERT INTO {TABLE} (id, token, moved_at) VALUES (-pg_current_xact_id()::text::bigint, '', clock_timestamp());
    END IF;
"""  # noqa: S608


@dataclass(frozen=True)
class Edition:
    """``key`` tells editions apart, ``began`` (aware) is when it began, ``ends`` (by time.monotonic()) when it is over
    if nothing changes before."""

    key: str
    began: datetime
    ends: float
    token: str

    @property
    def last_modified(self):
        """Its beginning in whole seconds since 1970, as HTTP dates go.

        Within the same second it is the one before, since another edition may begin in what is left of it, and the two
        must not be taken for one.
        """
        return min(int(self.began.timestamp()), int(time.time()) - 1)


class Unknown(Exception):  # noqa: N818 (a state, not a mistake)
    """The database does not tell the edition at this moment."""


_known = None


def current():
    """The Edition at this moment; None where there is none to rely on, as within a transaction.

    One query of one row, or a few more where it has moved. Raises Unknown where the database does not answer.
    """
    global _known  # noqa: PLW0603 (one a process, replaced whole)
    database = connections[DEFAULT_DB_ALIAS]  # not by the proxy, which finds it anew for each attribute
    if database.in_atomic_block:
        return None
    try:
        token = _token(database)
        known = _known
        if token is not None and (known is None or known.token != token or time.monotonic() >= known.ends):
            known = _known = _edition()
    except Error as error:
        raise Unknown from error
    return known if token is not None else None


def _token(database):
    raw = database.connection
    if raw is not None:
        try:
            # Past Django's cursors, which cost more than all the rest of a page that is kept.
            row = raw.execute(QUERY).fetchone()
        except database.Database.Error:
            database.close()  # the next cursor opens a new one
        else:
            return row and row[0]
    with database.cursor() as cursor:
        cursor.execute(QUERY)
        row = cursor.fetchone()
        return row and row[0]


def _edition():
    token, moved_at, now = Row.objects.filter(pk=1).values_list("token", "moved_at", Now()).get()
    midnight = timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)
    # Not by 24 hours: a day may have 23 or 25.
    next_midnight = timezone.make_aware(midnight.replace(tzinfo=None) + timedelta(days=1))
    last, following = [moved_at, midnight], [next_midnight]
    for moments in _moments():
        last += moments(lte=now).reverse()[:1]
        following += moments(gt=now)[:1]
    began, end = max(last), min(following)
    key = hashlib.sha256(f"{token} {began.isoformat()}".encode()).hexdigest()[:20]
    return Edition(key, began, time.monotonic() + (end - now).total_seconds(), token)


def _moments():
    """Functions that give the moments, in order, of what opens by itself; each takes the bounds of the moment."""

    def moments_of(model, field, condition):
        def moments(**bounds):
            bounds = {f"{field}__{name}": value for name, value in bounds.items()}
            rows = model._base_manager.filter(condition, is_published(), **bounds)
            return rows.order_by(field).values_list(field, flat=True)

        return moments

    for model in apps.get_models():
        if issubclass(model, Publishable) and not model._meta.proxy:
            for field, condition in model.opens_by.items():
                yield moments_of(model, field, condition)


def models_seen():
    """The models whose rows a visitor could see: all of the site's own but those that say ``moves_edition = False``."""
    labels = {model._meta.app_label for model in apps.get_models() if issubclass(model, Publishable)}
    return [
        model
        for model in apps.get_models(include_auto_created=True)
        if model._meta.app_label in labels
        and model._meta.managed
        and not model._meta.proxy
        and getattr(model, "moves_edition", True)
    ]


@triggers.register
def moving_triggers():
    if connection.vendor == "postgresql":
        for table in (model._meta.db_table for model in models_seen()):
            yield triggers.Trigger(f"edition_{table}", table, "INSERT OR UPDATE OR DELETE", NOTE, each="STATEMENT")
        done = f"DELETE FROM {TABLE} WHERE id = NEW.id; {MOVE['postgresql']}"  # noqa: S608
        yield triggers.Trigger("edition_move", TABLE, "INSERT", done, when="NEW.id < 0", at_commit=True)
    else:
        for table in (model._meta.db_table for model in models_seen()):
            for event in triggers.EVENTS:
                yield triggers.Trigger(f"edition_{table}_{event}", table, event, MOVE["sqlite"])


def move():
    """Have all pages made anew, for a change that no row tells of."""
    with connection.cursor() as cursor:
        cursor.execute(MOVE[connection.vendor])


def after_migrate(sender, using, plan=(), **kwargs):
    """Signal handler: pages are made by other code now, and the triggers were away meanwhile."""
    if triggers.is_last_app(sender, using) and TABLE in triggers.tables():
        move()


class Memory:
    """What this process keeps of one edition at a time, the least recently used dropped past ``limit`` bytes.

    Values are kept with their size in bytes, which the caller knows.
    """

    overhead = 300  # bytes that an entry takes by itself, roughly

    def __init__(self, limit):
        self.limit = limit
        self.size = 0
        self._entries = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key, edition):
        """The value that was kept in this edition, or None."""
        try:
            kept_in, value, _ = self._entries[key]
            if kept_in != edition.key:
                return None
            self._entries.move_to_end(key)
        except KeyError:  # another thread may have dropped it meanwhile
            return None
        return value

    def last(self, key):
        """The value that was kept last, in whatever edition, or None."""
        return self._entries.get(key, (None, None))[1]

    def put(self, key, edition, value, size):
        size += self.overhead
        if size > self.limit // 4:
            return
        with self._lock:
            self._drop(key)
            self._entries[key] = (edition.key, value, size)
            self.size += size
            while self.size > self.limit:
                self._drop(next(iter(self._entries)))

    def _drop(self, key):
        _, _, size = self._entries.pop(key, (None, None, 0))
        self.size -= size


# Parts of pages, which several pages have in common: cards, facets, counts.
PARTS = Memory(6 * 2**20)


def kept_each(request, keys, make):
    """{key: value} of what visitors are shown, each made once an edition; for anybody else it is made each time.

    ``make`` takes a list of keys and gives {key: value}. Values are texts, numbers and tuples of them, and depend on
    nothing but the key, the content of the site and that a visitor asks: not on the address or the host that was
    asked. What is left out, or None, is left out and not kept.
    """
    current = getattr(request, "edition", None)
    found = {key: PARTS.get(key, current) for key in keys} if current else {}
    missing = [key for key in keys if found.get(key) is None]
    made = {key: value for key, value in make(missing).items() if value is not None} if missing else {}
    if current:
        for key, value in made.items():
            PARTS.put(key, current, value, _size(key) + _size(value))
    return {key: value for key, value in {**found, **made}.items() if value is not None}


def _size(value):
    return sys.getsizeof(value) + (sum(map(_size, value)) if isinstance(value, tuple) else 0)


def kept(request, key, make):
    """One such value, which ``make`` gives."""
    return kept_each(request, [key], lambda _: {key: make()}).get(key)


class KeptRows:
    """Rows of a list, by slices, with no more than the fields that ``model.brief_fields`` names, the primary key first.

    ``rows`` gives the rows themselves, and is called where a slice of them is not kept. ``key`` tells such lists apart.
    """

    def __init__(self, request, key, model, rows):
        self.request = request
        self.key = key
        self.model = model
        self.rows = rows

    def __getitem__(self, wanted):
        fields = self.model.brief_fields

        def make():
            return tuple(tuple(getattr(row, field) for field in fields) for row in self.rows()[wanted])

        found = kept(self.request, ("rows", *self.key, wanted.start, wanted.stop), make)
        return [self.model.from_db(None, fields, row) for row in found]
