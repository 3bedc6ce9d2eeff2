"""Where uploaded files are kept: in a folder, or in the S3-compatible store of MEDIA_STORAGE_URL (profiles/s3.py)."""

import re
from urllib.parse import parse_qsl, unquote, urlsplit

SCHEMES = {"s3": "https", "s3+http": "http"}
HOST = re.compile(r"(?:[\w.-]+|\[[\da-f:.]+\])(?::\d{1,5})?|", re.ASCII | re.IGNORECASE)
BUCKET = re.compile(r"[A-Za-z0-9][\w.-]{1,62}", re.ASCII)
SHAPE = (
    "Write it as s3://KEY:SECRET@host/bucket?region=…, with a “/” in the secret as %2F; s3+http:// for a server "
    "without TLS; s3:///bucket for Amazon, with KEY and SECRET in AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY."
)


class StorageError(OSError):
    """The store of uploaded files does not answer, or refuses what is asked of it."""


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
