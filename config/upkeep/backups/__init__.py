"""Backups of the whole site, each a single file, and restoring them.

A backup is a ZIP archive that can be read without this code:

    manifest.json              when the backup was made, migrations, row counts
    tables/<table>.jsonl       one JSON object per row, keyed by column: dates and times in ISO 8601 with their offset,
                               decimals as strings, JSON columns as the text of that JSON
    media/<name>               uploaded files and the picture sizes made from them
    styles/<name>              the owner's own citation styles

The archive's comment, its last 64 bytes, is the SHA-256 of all bytes before it, in hexadecimal.

Not included: sessions and failed logins, the search index (rebuilt by a restore), when backups were made, and the
secret key.
"""

from django.core.exceptions import SuspiciousOperation
from django.db import Error

from config.upkeep.migrations import NewerVersionError


class BackupError(Exception):
    """A backup or restore is refused. The message says why, and what to do about it, in one line."""


ERRORS = (BackupError, NewerVersionError, Error, OSError, SuspiciousOperation)  # raised by create and restore
