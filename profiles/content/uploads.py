"""Names and paths of uploaded files."""

import re
import secrets
from pathlib import PurePath

from profiles.content.slugs import make_slug

DEVICE = re.compile(r"aux|con|nul|prn|com\d|lpt\d")  # names that Windows does not allow


def readable_name(filename):
    """Return a file name that is safe in an address: "My Paper (final).PDF" becomes "my-paper-final.pdf"."""
    path = PurePath(filename)
    stem = make_slug(path.stem) or "file"
    return f"{stem}-{path.suffix.lower()}" if DEVICE.fullmatch(stem) else f"{stem}{path.suffix.lower()}"


def image_path(instance, filename):
    """Return a path that cannot be guessed, because an image is served to everyone who knows its address.

    The folder ends with the focal point (profiles.content.images.FocalPicture).
    """
    x, y = (instance.focus or "50,50").split(",")
    return f"images/{secrets.token_urlsafe(12)}_x{x}y{y}/{readable_name(filename)}"
