"""The storage of uploaded files: a folder, or the S3 bucket of MEDIA_STORAGE_URL (content/s3.py)."""

import errno
import logging
import os
import re
import secrets
import sqlite3
import threading
from contextlib import suppress
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit

from django.core.files.storage import FileSystemStorage
from django.core.signals import request_finished, request_started
from django.db import DatabaseError, connection, transaction
from django.dispatch import receiver

SCHEMES = {"s3": "https", "s3+http": "http"}
HOST = re.compile(r"(?:[\w.-]+|\[[\da-f:.]+\])(?::\d{1,5})?|", re.ASCII | re.IGNORECASE)
BUCKET = re.compile(r"[A-Za-z0-9][\w.-]{1,62}", re.ASCII)
SHAPE = (
    "Write it as s3://KEY:SECRET@host/bucket?region=…, with a “/” in the secret as %2F; s3+http:// for a server "
    "without TLS; s3:///bucket for Amazon, with KEY and SECRET in AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY."
)


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
    """The store of uploaded files does not answer, or refuses what is asked of it."""


def trouble(error):
    """A sentence where it is the disk or the store of files that an exception tells of, else ""."""
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
    """Django's own, but a file is there whole and on the disk when ``save`` returns, and before that not at all."""

    def _save(self, name, content):
        incoming = f"{INCOMING}/{secrets.token_hex(16)}"
        part = Path(self.path(incoming))
        try:
            super()._save(incoming, content)
            sync(part)
            path = Path(self.path(name))
            new = [folder for folder in path.parents if not folder.exists()]
            path.parent.mkdir(parents=True, exist_ok=True)
            while not _claimed(path):
                name = self.get_available_name(name)
                path = Path(self.path(name))
            part.replace(path)
            for folder in (path.parent, *(folder.parent for folder in new)):
                sync(folder)
        finally:
            part.unlink(missing_ok=True)
        until_committed(self, name)
        return name

    def delete(self, name):
        super().delete(name)
        folder = Path(self.path(name)).parent
        if folder != Path(self.location):
            with suppress(OSError):  # others are in it
                folder.rmdir()


def _claimed(path):
    """Whether there was no file of that name: now there is, an empty one, so that nobody else takes it."""
    try:
        path.touch(exist_ok=False)
    except FileExistsError:
        return False
    return True


def sync(path):
    """Have what was written to a file, or the names in a folder, on the disk, whatever happens to the machine."""
    if path.is_dir() and not hasattr(os, "O_DIRECTORY"):
        return  # Windows keeps the names of a folder by itself
    handle = os.open(path, os.O_RDONLY if path.is_dir() else os.O_RDWR)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


class _Uncommitted(threading.local):
    def __init__(self):
        self.files = []


_uncommitted = _Uncommitted()


def until_committed(storage, name):
    """Have a new file removed at the end of the request, unless the transaction that it came with is committed."""
    if connection.in_atomic_block:
        _uncommitted.files.append((storage, name))
        transaction.on_commit(lambda: _forget(storage, name))


def _forget(storage, name):
    _uncommitted.files = [entry for entry in _uncommitted.files if entry != (storage, name)]


@receiver(request_started)
def forget_uncommitted(**kwargs):
    _uncommitted.files.clear()  # of something else than a request


@receiver(request_finished)
def remove_uncommitted(**kwargs):
    if connection.in_atomic_block:
        return
    while _uncommitted.files:
        storage, name = _uncommitted.files.pop()
        try:
            storage.delete(name)
        except OSError as error:
            log.warning("%s is of no use and could not be removed (%s): manage.py check_files --mend", name, error)


def opened(storage, name):
    """A stored file, open for reading, and when it was last changed. Raises FileNotFoundError where there is none."""
    try:
        file = storage.open(name)
        return file, getattr(file, "modified", None) or storage.get_modified_time(name)
    except StorageError:
        raise
    except OSError as error:  # also of a folder, or of a name too long for a disk
        raise FileNotFoundError(name) from error


def options_of(address):
    """What an address as in MEDIA_STORAGE_URL says, as options of django-storages. Raises ValueError.

    The error never quotes the address, which holds the secret.
    """
    parts = urlsplit(address)
    login, _, host = parts.netloc.rpartition("@")
    key, _, secret = login.partition(":")
    bucket, _, folder = unquote(parts.path).strip("/").partition("/")
    more = dict(parse_qsl(parts.query))
    if parts.scheme not in SCHEMES or not HOST.fullmatch(host) or not BUCKET.fullmatch(bucket):
        raise ValueError("it does not name a host and a bucket")
    if bool(key) != bool(secret):
        raise ValueError("a key goes with its secret")
    if strange := more.keys() - {"region", "addressing"}:
        raise ValueError(f"“{min(strange)}” is none of its options, which are region and addressing")
    if more.get("addressing", "path") not in ("path", "virtual"):
        raise ValueError("addressing is path or virtual")
    return {
        "endpoint_url": f"{SCHEMES[parts.scheme]}://{host}" if host else None,
        "bucket_name": bucket,
        "location": folder,
        "region_name": more.get("region"),
        "addressing_style": more.get("addressing"),
        **({"access_key": unquote(key), "secret_key": unquote(secret)} if key else {}),
    }
