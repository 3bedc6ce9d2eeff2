"""The storage of uploaded files in a folder, and what all storages share."""

import errno
import logging
import os
import secrets
import sqlite3
import threading
from contextlib import suppress
from functools import partial
from pathlib import Path

from django.core.files.storage import FileSystemStorage
from django.core.signals import request_finished, request_started
from django.db import DatabaseError, connection, transaction
from django.dispatch import receiver

log = logging.getLogger(__name__)

INCOMING = "incoming"  # the folder of uploads in progress

AWAY = "The file storage does not answer. Try again in a moment."
FULL = "The disk of this site is full. Free some space, then save again."
CLOSED = "This site may not write to its data folder. Give its user write permission, then save again."
BROKEN = "The disk of this site failed during a write. Check the disk, then save again."
OF_ERRNO = {
    errno.ENOSPC: FULL, errno.EDQUOT: FULL, errno.EFBIG: FULL,
    errno.EROFS: CLOSED, errno.EACCES: CLOSED, errno.EPERM: CLOSED,
    errno.EIO: BROKEN,
}  # fmt: skip
OF_SQLITE = {
    sqlite3.SQLITE_FULL: FULL,
    sqlite3.SQLITE_READONLY: CLOSED, sqlite3.SQLITE_PERM: CLOSED,
    sqlite3.SQLITE_IOERR: BROKEN,
}  # fmt: skip
OF_SQLSTATE = {"53100": FULL, "25006": CLOSED, "58030": BROKEN}  # PostgreSQL's codes


class StorageError(OSError):
    """The file storage does not answer, or refuses a request."""


def storage_message(error):
    """Return a sentence for users if an exception means that the disk or the file storage failed, else ""."""
    if isinstance(error, StorageError):
        return AWAY
    if isinstance(error, OSError):
        return OF_ERRNO.get(error.errno, "")
    if isinstance(error, DatabaseError):
        # Extended result codes have the primary one in their last byte.
        code = getattr(error.__cause__, "sqlite_errorcode", 0) & 0xFF
        return OF_SQLITE.get(code) or OF_SQLSTATE.get(getattr(error.__cause__, "sqlstate", ""), "")
    return ""


class FolderStorage(FileSystemStorage):
    """Stores each file completely or not at all, and returns when it is on the disk."""

    def _save(self, name, content):
        incoming = f"{INCOMING}/{secrets.token_hex(16)}"
        part, path = Path(self.path(incoming)), Path(self.path(name))
        try:
            super()._save(incoming, content)
            sync(part)
            path.parent.mkdir(parents=True, exist_ok=True)
            part.replace(path)
        finally:
            part.unlink(missing_ok=True)
        for folder in list(path.parents)[: name.count("/") + 1]:
            sync(folder)
        delete_unless_committed(self, name)
        return name

    def delete(self, name):
        super().delete(name)
        folder = Path(self.path(name)).parent
        if folder != Path(self.location):
            with suppress(OSError):  # it has other files
                folder.rmdir()


def sync(path):
    """Flush a file, or the names in a folder, to the disk."""
    if path.is_dir() and os.name == "nt":
        return  # Windows does this itself
    handle = os.open(path, os.O_RDONLY if path.is_dir() else os.O_RDWR)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


class _Uncommitted(threading.local):
    def __init__(self):
        self.files = set()


_uncommitted = _Uncommitted()


def delete_unless_committed(storage, name):
    """Delete a new file at the end of the request, unless the current transaction is committed."""
    if connection.in_atomic_block:
        _uncommitted.files.add((storage, name))
        transaction.on_commit(partial(_uncommitted.files.discard, (storage, name)))


@receiver(request_started)
def forget_uncommitted(**kwargs):
    _uncommitted.files.clear()  # they do not belong to a request


@receiver(request_finished)
def delete_uncommitted(**kwargs):
    if connection.in_atomic_block:
        return
    while _uncommitted.files:
        storage, name = _uncommitted.files.pop()
        try:
            storage.delete(name)
        except OSError as error:
            log.warning("%s is unused and could not be deleted (%s). Run “manage.py check_files --mend”.", name, error)


def opened(storage, name):
    """Return a stored file, open for reading, and when it was modified. Raise FileNotFoundError or StorageError."""
    try:
        return storage.open(name), storage.get_modified_time(name)
    except StorageError:
        raise
    except OSError as error:  # also of a folder, or of a name too long for the disk
        raise FileNotFoundError(name) from error
