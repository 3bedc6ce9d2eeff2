"""Uploaded files in a store that speaks S3: Amazon's own, MinIO, Ceph and their like. Needs ``django-storages[s3]``."""

import io
import time
from contextlib import contextmanager
from functools import wraps
from urllib.parse import urljoin

from boto3.exceptions import Boto3Error
from boto3.s3.transfer import TransferConfig
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from django.conf import settings
from django.core.files.base import File
from django.utils.encoding import filepath_to_uri
from storages.backends import s3
from storages.utils import clean_name

from profiles.content.storage import StorageError, options_of, until_committed

BUFFER = 2**18
REST = 5  # seconds without asking a store that did not answer
PATIENCE = {"connect_timeout": 2, "read_timeout": 10, "retries": {"total_max_attempts": 2, "mode": "standard"}}
# Checksums that Amazon's library adds since 2025, and that many other stores refuse.
PLAIN = {"request_checksum_calculation": "when_required", "response_checksum_validation": "when_required"}


def told(method):
    """A method of django-storages that fails as Django's own storage does: with an OSError."""

    @wraps(method)
    def wrapped(self, *args, **kwargs):
        with self.asked():
            return method(self, *args, **kwargs)

    return wrapped


class S3Storage(s3.S3Storage):
    """The bucket is private: what is in it is handed out by the site, under the site's own addresses."""

    _asked_again_at = 0.0

    def get_default_settings(self):
        found = super().get_default_settings() | options_of(settings.MEDIA_STORAGE_URL)
        found["client_config"] = Config(s3={"addressing_style": found["addressing_style"]}, **PATIENCE, **PLAIN)
        found["transfer_config"] = TransferConfig(use_threads=False)  # ten threads hold 80 MB of a large file
        return found

    def deconstruct(self):
        # Whoever makes it anew, as django-pictures does for each rendition, gets this one and its open connections.
        return "django.core.files.storage.DefaultStorage", [], {}

    def url(self, name):
        return urljoin(settings.MEDIA_URL, filepath_to_uri(name).lstrip("/"))

    def _open(self, name, mode="rb"):
        if mode != "rb":
            return super()._open(name, mode)
        with self.asked():
            found = self.bucket.Object(self._normalize_name(clean_name(name)))
            found.load()
        return S3File(self, found, name)

    @told
    def _save(self, name, content):
        name = super()._save(name, content)
        until_committed(self, name)
        return name

    delete = told(s3.S3Storage.delete)
    exists = told(s3.S3Storage.exists)
    listdir = told(s3.S3Storage.listdir)
    size = told(s3.S3Storage.size)
    get_modified_time = told(s3.S3Storage.get_modified_time)

    @contextmanager
    def asked(self):
        """Raises FileNotFoundError, or StorageError; a store that did not answer is left alone for a while."""
        if time.monotonic() < self._asked_again_at:
            raise StorageError("The store of files did not answer a moment ago.")
        try:
            yield
        except ClientError as error:
            is_missing = error.response["ResponseMetadata"]["HTTPStatusCode"] == 404
            if is_missing and error.response["Error"]["Code"] != "NoSuchBucket":
                raise FileNotFoundError(str(error)) from error
            raise StorageError(str(error)) from error
        except (BotoCoreError, Boto3Error) as error:
            self._asked_again_at = time.monotonic() + REST
            raise StorageError(str(error)) from error


class S3File(File):
    """A file of the store, open for reading."""

    def __init__(self, storage, found, name):
        self._of = storage, found
        self.size, self.modified = found.content_length, found.last_modified
        super().__init__(self._reader(), name)

    def _reader(self):
        return io.BufferedReader(Reader(*self._of), BUFFER)

    def open(self, mode=None):
        if self.closed:
            self.file = self._reader()
        self.seek(0)
        return self


class Reader(io.RawIOBase):
    """The bytes of an object, asked for from where one reads, and never held as a whole."""

    def __init__(self, storage, found):
        self._storage, self._found = storage, found
        self._at, self._body = 0, None

    def readable(self):
        return True

    def seekable(self):
        return True

    def tell(self):
        return self._at

    def seek(self, offset, whence=io.SEEK_SET):
        at = offset + {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._found.content_length}[whence]
        if at != self._at:
            self._let_go()
            self._at = at
        return at

    def readinto(self, buffer):
        if self._at >= self._found.content_length:
            return 0
        with self._storage.asked():
            if self._body is None:
                self._body = self._found.get(Range=f"bytes={self._at}-")["Body"]
            data = self._body.read(len(buffer))
        buffer[: len(data)] = data
        self._at += len(data)
        return len(data)

    def close(self):
        self._let_go()
        super().close()

    def _let_go(self):
        if self._body is not None:
            self._body.close()
            self._body = None
