"""Where uploaded files are kept."""

import secrets
from pathlib import PurePath

from profiles.slugs import make_slug


def readable_name(filename):
    """A file name fit for an address: "My Paper (final).PDF" becomes "my-paper-final.pdf"."""
    path = PurePath(filename)
    return f"{make_slug(path.stem) or 'file'}{path.suffix.lower()}"


def image_path(instance, filename):
    """Images are served to anyone who knows the address, so the address of a draft's cannot be guessed.

    It ends with the focal point (profiles.images.FocalPicture).
    """
    x, y = (instance.focus or "50,50").split(",")
    return f"images/{secrets.token_urlsafe(12)}_x{x}y{y}/{readable_name(filename)}"
