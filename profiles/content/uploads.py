"""Names and paths of uploaded files."""

import secrets
from pathlib import PurePath

from profiles.content.slugs import make_slug


def readable_name(filename):
    """Return a file name that is safe in an address: "My Paper (final).PDF" becomes "my-paper-final.pdf"."""
    path = PurePath(filename)
    return f"{make_slug(path.stem) or 'file'}{path.suffix.lower()}"


def image_path(instance, filename):
    """Return a path that cannot be guessed, because an image is served to everyone who knows its address.

    The folder ends with the focal point (profiles.content.images.FocalPicture).
    """
    x, y = (instance.focus or "50,50").split(",")
    return f"images/{secrets.token_urlsafe(12)}_x{x}y{y}/{readable_name(filename)}"
