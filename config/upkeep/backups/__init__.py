"""Backups of the whole site, each one file, and their way back.

A backup is a plain ZIP archive that reads well without this code:

    manifest.json              when and of what it was made, and size and SHA-256 of each other file
    tables/<table>.jsonl       the rows of a table, one JSON object a line, by the names of the columns: times in
                               ISO 8601 with their zone, decimals as text, columns of JSON as that JSON's text
    media/<name>               uploaded files, and the sizes of pictures that were made of them
    styles/<name>              the owner's own citation styles

The archive's comment, its last 64 bytes, is the SHA-256 in hexadecimal of all bytes before it.

Left out are who is signed in and who tried to (sessions, failed sign-ins), what is made of the rest (the index of the
search), what is about the place and not about the site (when it was backed up last), and the secret key.
"""

from contextlib import contextmanager

from django.core.exceptions import SuspiciousOperation
from django.db import Error


class BackupError(Exception):
    """Why there is no backup, or why it was not restored, and what to do about it, in one line."""


@contextmanager
def told():
    """Failures of the database, of a disk or of a store, as a BackupError."""
    try:
        yield
    except Error as error:
        raise BackupError(f"The database refused: {first_line(error)}") from error
    except (OSError, SuspiciousOperation) as error:
        reason = getattr(error, "strerror", "") or error
        place = getattr(error, "filename", "") or "The files"
        raise BackupError(f"{place} cannot be read or written: {reason}") from error


def first_line(error):
    return str(error).strip().splitlines()[0]
