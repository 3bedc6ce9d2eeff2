"""The site's icon in all sizes: the owner's photo, or the initials of their name."""

import hashlib
import io
from dataclasses import astuple, dataclass

from django.core.files.storage import default_storage
from PIL import Image, ImageOps

from config.pictures.cache import cached
from config.pictures.cards import heading_font
from config.pictures.tokens import colour
from config.text.typesetting import typeset
from profiles.content.images import focus_of
from profiles.content.storage import StorageError

SIZES = (48, 180, 192, 512)  # pixels: browsers, Apple's home screens, and two for the web manifest


@dataclass(frozen=True)
class Icon:
    """Everything that the icon shows; ``key`` is a hash of it."""

    photo: str = ""  # its name in the storage
    letters: str = ""
    hue: int = 250
    typefaces: str = ""

    @classmethod
    def of_site(cls, owner, look):
        photo = owner.photo.name if owner and owner.is_public_page and owner.photo else ""
        return cls(photo, owner.monogram if owner else "", look.hue, look.typefaces)

    @property
    def key(self):
        return hashlib.sha256(repr(astuple(self)).encode()).hexdigest()[:16]

    def png(self, size):
        """Return the bytes of the PNG in a size, from the cache if it was drawn before."""
        return cached(f"icon:{self.key}:{size}", lambda: self.draw(size))

    def draw(self, size):
        content = {
            "size": size,
            "letters": self.letters,
            "font": heading_font(self.typefaces or "inter"),
            "ground": colour("accent", self.hue, "light"),
            "ink": colour("paper", self.hue, "light"),
        }
        return self.from_photo(size) or typeset("icon.typ", content, format="png", ppi=72)

    def from_photo(self, size):
        """Return the bytes of the icon made of the photo, or None without a photo."""
        if not self.photo:
            return None
        file = io.BytesIO()
        try:
            with default_storage.open(self.photo) as stored, Image.open(stored) as photo:
                photo.draft("RGB", (2 * size, 2 * size))
                icon = ImageOps.fit(photo.convert("RGB"), (size, size), centering=focus_of(self.photo))
                icon.save(file, "PNG", optimize=True)
        except StorageError:
            raise  # rather than cache an icon without the photo
        except OSError:
            return None  # the file is missing, which the admin's content check reports
        return file.getvalue()
