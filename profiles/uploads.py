"""Where uploaded files are kept."""

import secrets
from pathlib import PurePath

from profiles.slugs import make_slug


def readable_name(filename):
    """A file name fit for an address: "My Paper (final).PDF" becomes "my-paper-final.pdf"."""
    path = PurePath(filename)
    return f"{make_slug(path.stem) or 'file'}{path.suffix.lower()}"


def image_path(instance, filename):
    """Images are served to anyone who knows the address, so the address of a draft's cannot be guessed."""
    return f"images/{secrets.token_urlsafe(12)}/{readable_name(filename)}"
