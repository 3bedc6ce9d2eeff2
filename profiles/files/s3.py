"""Uploaded files in an S3 bucket. Needs ``django-storages[s3]``."""

from contextlib import contextmanager
from urllib.parse import urljoin

from boto3.exceptions import Boto3Error
from boto3.s3.transfer import TransferConfig
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from django.conf import settings
from django.utils.encoding import filepath_to_uri
from storages.backends import s3

from profiles.files.storage import StorageError, delete_unless_committed

CLIENT_CONFIG = Config(
    connect_timeout=2,
    read_timeout=10,
    retries={"total_max_attempts": 2, "mode": "standard"},
    # Many S3 servers other than Amazon's refuse the checksums that boto3 adds by default.
    request_checksum_calculation="when_required",
    response_checksum_validation="when_required",
)


@contextmanager
def os_errors():
    """Raise the errors of boto3 as FileNotFoundError or StorageError."""
    try:
        yield
    except ClientError as error:
        is_missing = error.response["Error"]["Code"] in ("404", "NoSuchKey")
        raise (FileNotFoundError if is_missing else StorageError)(str(error)) from error
    except (BotoCoreError, Boto3Error) as error:
        raise StorageError(str(error)) from error


class S3Storage(s3.S3Storage):
    """A private bucket. The site serves its files, at the site's own URLs. Errors are OSErrors, as of a folder."""

    transfer_config = TransferConfig(use_threads=False)  # threads would hold 80 MB of a large file in memory

    def __init__(self, **options):
        super().__init__(**options)
        self.client_config = self.client_config.merge(CLIENT_CONFIG)

    def deconstruct(self):
        # django-pictures makes the storage anew for each rendition: let it use this one and its open connections.
        return "django.core.files.storage.DefaultStorage", [], {}

    def url(self, name):
        return urljoin(settings.MEDIA_URL, filepath_to_uri(name))

    @os_errors()
    def _open(self, name, mode="rb"):
        return super()._open(name, mode)

    @os_errors()
    def _save(self, name, content):
        name = super()._save(name, content)
        delete_unless_committed(self, name)
        return name

    delete = os_errors()(s3.S3Storage.delete)
    exists = os_errors()(s3.S3Storage.exists)
    listdir = os_errors()(s3.S3Storage.listdir)
    size = os_errors()(s3.S3Storage.size)
    get_modified_time = os_errors()(s3.S3Storage.get_modified_time)
