"""The content version: text that changes with every committed change of the database.

The database itself tells of changes, by whatever path they come, in every process: ``PRAGMA data_version`` on SQLite,
``pg_current_snapshot()`` on PostgreSQL. The version also changes when time alone changes what visitors see: when
scheduled content opens, and at midnight, which separates upcoming events from past ones.

A version is a number of this process: compare it only with other versions of the same process.
"""

import sqlite3
import threading
import time
from datetime import timedelta
from pathlib import Path

from django.apps import apps
from django.db import DatabaseError, InterfaceError, connection
from django.db.models.functions import Now
from django.utils import timezone

from profiles.content.publishing import Publishable


class Unknown(Exception):  # noqa: N818 (a state of the database, not a mistake of the caller)
    """The database does not answer."""


class ContentVersion:
    """The content version as this process sees it. Threads may share it."""

    def __init__(self):
        self.lock = threading.Lock()
        self.number = 0
        self.database_state = None
        self.ends = 0.0  # time.monotonic() at which scheduled content opens, or of midnight
        self.monitor = None  # SQLite: (name of the database, a connection that only asks for its version)

    def current(self):
        """Return the version, or "" within a transaction, which may see rows that nobody else sees.

        Raises Unknown if the database does not answer.
        """
        if connection.in_atomic_block:
            return ""
        try:
            state = self._sqlite_state() if connection.vendor == "sqlite" else self._postgresql_state()
            if state != self.database_state or time.monotonic() >= self.ends:
                self._begin(state)
        except (DatabaseError, InterfaceError, sqlite3.Error) as error:
            raise Unknown from error
        return str(self.number)

    def last(self):
        """Return the last version that was seen, without the database; "" if time has ended it since."""
        return str(self.number) if time.monotonic() < self.ends else ""

    def _begin(self, state):
        """Begin a new version: the database has changed, or the last version has ended."""
        started = time.monotonic()
        seconds = seconds_until_next_opening()
        with self.lock:
            self.number += 1
            self.database_state = state
            self.ends = started + seconds

    def _sqlite_state(self):
        name = str(connection.settings_dict["NAME"])
        with self.lock:
            if self.monitor is None or self.monitor[0] != name:
                # Tests use a database in memory, whose name is an address already.
                address = name if name.startswith("file:") else f"{Path(name).absolute().as_uri()}?mode=ro"
                database = sqlite3.connect(address, uri=True, isolation_level=None, check_same_thread=False)
                self.monitor = (name, database)
            return self.monitor[1].execute("PRAGMA data_version").fetchone()[0]

    def _postgresql_state(self):
        try:
            return self._ask_postgresql()
        except (DatabaseError, InterfaceError):
            connection.close()  # the server may have been restarted: a new connection tells
            return self._ask_postgresql()

    def _ask_postgresql(self):
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_current_snapshot()")
            return cursor.fetchone()[0]


def seconds_until_next_opening():
    """Return the seconds until visitors see something else although nobody has saved anything.

    By the database's clock, which decides what is published: until scheduled content opens, or until midnight.
    """
    moments = []
    now = timezone.now()
    for model in apps.get_models():
        if issubclass(model, Publishable) and not model._meta.proxy:
            for field in model.opens_by:
                openings = model._base_manager.filter(**{f"{field}__gt": Now()}).order_by(field)
                for moment, database_now in openings.values_list(field, Now())[:1]:
                    moments.append((moment - database_now).total_seconds())
    midnight = timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0, tzinfo=None)
    # Not by 24 hours: a day of the site's time zone may have 23 or 25.
    tomorrow = timezone.make_aware(midnight + timedelta(days=1))
    return min([*moments, (tomorrow - now).total_seconds()])


content_version = ContentVersion()
