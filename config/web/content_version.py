"""The content version: text that changes with every committed change of the database.

The database itself reports changes to every process, including bulk updates and SQL: ``PRAGMA data_version`` on
SQLite, ``pg_current_snapshot()`` on PostgreSQL. The version also changes when time alone changes what visitors see:
when scheduled content or a file under an embargo opens, when an upcoming talk is over, and at midnight, which
separates other upcoming events from past ones.

Compare a version only with versions of the same process.
"""

import sqlite3
import threading
import time
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path

from django.apps import apps
from django.db import DEFAULT_DB_ALIAS, DatabaseError, InterfaceError, connections
from django.db.models.functions import Now
from django.utils import timezone

from profiles.models import Occasion


class ContentVersion:
    """The content version as this process sees it. Threads may share it."""

    def __init__(self):
        self.lock = threading.Lock()
        self.number = 0
        self.database_state = None
        self.ends = 0.0  # time.monotonic() at which time alone changes what visitors see

    def current(self):
        """Return the version; "" without a database, and in a transaction, which may see rows that nobody else sees."""
        database = connections[DEFAULT_DB_ALIAS]
        if database.in_atomic_block:
            return ""
        try:
            state = sqlite_state(database) if database.vendor == "sqlite" else postgresql_state(database)
            started = time.monotonic()
            if state != self.database_state or started >= self.ends:
                seconds = seconds_until_next_change()
                with self.lock:
                    self.number += 1
                    self.database_state = state
                    self.ends = started + seconds
        except (DatabaseError, InterfaceError, sqlite3.Error):
            return ""
        return str(self.number)

    def last(self):
        """Return the last version that was seen, without asking the database; "" if it has ended since."""
        return str(self.number) if time.monotonic() < self.ends else ""


monitor_lock = threading.Lock()  # not every build of SQLite lets threads share a connection: macOS has one


@cache
def sqlite_monitor(name):
    """Return a connection that only asks for the version of a database: its own changes would not count."""
    # Tests use a database in memory, whose name is a URI already.
    address = name if name.startswith("file:") else f"{Path(name).absolute().as_uri()}?mode=ro"
    return sqlite3.connect(address, uri=True, isolation_level=None, check_same_thread=False)


def sqlite_state(database):
    monitor = sqlite_monitor(str(database.settings_dict["NAME"]))
    with monitor_lock:
        return monitor.execute("PRAGMA data_version").fetchone()[0]


def postgresql_state(database):
    try:
        return current_snapshot(database)
    except (DatabaseError, InterfaceError):
        database.close()  # the server may have been restarted: try once more on a new connection
        return current_snapshot(database)


def current_snapshot(database):
    with database.cursor() as cursor:
        cursor.execute("SELECT pg_current_snapshot()")
        return cursor.fetchone()[0]


def seconds_until_next_change():
    """Return the seconds until scheduled content opens, by the clock of the database, a talk is over, or midnight."""
    moments = []
    for model in apps.get_models():
        if not model._meta.proxy:
            for field in getattr(model, "opens_by", ()):
                openings = model._base_manager.filter(**{f"{field}__gt": Now()}).order_by(field)
                for moment, database_now in openings.values_list(field, Now())[:1]:
                    moments.append((moment - database_now).total_seconds())
    now = timezone.localtime()
    upcoming = (occasion for occasion in Occasion.objects.not_long_ago() if occasion.is_upcoming)
    moments += [(occasion.over_at - now).total_seconds() for occasion in upcoming]
    # Not 24 hours from the last midnight: a day of the site's time zone may have 23 or 25.
    midnight = timezone.make_aware(datetime.combine(now.date() + timedelta(days=1), datetime.min.time()))
    return min([*moments, (midnight - now).total_seconds()])


content_version = ContentVersion()
