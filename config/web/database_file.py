"""The file of an SQLite database, which can be deleted or replaced while it is open: what is saved then is lost."""

from pathlib import Path

from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.signals import connection_created
from django.dispatch import receiver

GONE = "The site’s database file is gone. Put it back, or restore a backup."
REPLACED = "The site’s database file was replaced while the site was running. Restart the site."

_opened = {}  # alias of a database → what identifies the file that this process has opened first


def file_of(database):
    """Return what identifies the file of a database, None if there is no file; "" for a database without one."""
    name = str(database.settings_dict["NAME"])
    if database.vendor != "sqlite" or name.startswith("file:"):
        return ""
    try:
        found = Path(name).stat()
    except FileNotFoundError:
        return None
    return found.st_dev, found.st_ino


@receiver(connection_created)
def remember_file(connection, **kwargs):
    if file := file_of(connection):
        _opened.setdefault(connection.alias, file)


def is_open():
    return connections[DEFAULT_DB_ALIAS].connection is not None


def problem():
    """Return a sentence if the database file is gone or is not the one opened first, else "". Opens no connection."""
    file = file_of(connections[DEFAULT_DB_ALIAS])
    if file is None:
        return GONE
    return REPLACED if file and file != _opened.get(DEFAULT_DB_ALIAS, file) else ""
