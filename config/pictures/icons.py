"""The site's icon in all sizes: the owner's photo, or the initials of their name."""

import hashlib
import io
from dataclasses import astuple, dataclass

from django.core.files.storage import default_storage
from PIL import Image, ImageDraw, ImageFont, ImageOps

from config.pictures.cache import cached
from config.pictures.tokens import colour
from config.text.typesetting import FONTS
from profiles.content.images import focus_of
from profiles.content.storage import StorageError

SIZES = (48, 180, 192, 512)  # pixels: browsers, Apple's home screens, and two for the web manifest


@dataclass(frozen=True)
class Icon:
    """Everything that the icon shows; ``key`` is a hash of it."""

    photo: str = ""  # its name in the storage
    letters: str = ""
    hue: int = 250

    @classmethod
    def of_site(cls, owner, look):
        photo = owner.photo.name if owner and owner.is_public_page and owner.photo else ""
        return cls(photo, owner.monogram if owner else "", look.hue)

    @property
    def key(self):
        return hashlib.sha256(repr(astuple(self)).encode()).hexdigest()[:16]

    def png(self, size):
        """Return the bytes of the PNG in a size, from the cache if it was drawn before."""
        return cached(f"icon:{self.key}:{size}", lambda: self.draw(size))

    def draw(self, size):
        file = io.BytesIO()
        image = self.from_photo(size) or self.from_letters(size)
        image.save(file, "PNG", optimize=True)
        return file.getvalue()

    def from_letters(self, size):
        image = Image.new("RGB", (size, size), colour("accent", self.hue, "light"))
        face = "inter-600.ttf" if self.letters.isascii() else "noto-sans-letters.ttf"
        font = ImageFont.truetype(FONTS / face, size * (0.62 if len(self.letters) == 1 else 0.46))
        paper = colour("paper", self.hue, "light")
        ImageDraw.Draw(image).text((size / 2, size / 2), self.letters, fill=paper, font=font, anchor="mm")
        return image

    def from_photo(self, size):
        """Return the photo, cropped around its focal point; None without a photo."""
        if not self.photo:
            return None
        try:
            with default_storage.open(self.photo) as file, Image.open(file) as photo:
                photo.draft("RGB", (2 * size, 2 * size))
                return ImageOps.fit(photo.convert("RGB"), (size, size), centering=focus_of(self.photo))
        except StorageError:
            raise  # rather than cache an icon without the photo
        except OSError:
            return None  # the file is missing, which the admin's content check reports
