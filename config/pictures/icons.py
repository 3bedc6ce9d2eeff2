"""The site's icon in all sizes: the owner's photo, or the initials of the site's name."""

import hashlib
import io
from dataclasses import astuple, dataclass

from PIL import Image, ImageDraw, ImageFont

from config.pictures.cache import cached
from config.pictures.photos import cropped
from config.pictures.tokens import colour
from config.text.typesetting import FONTS

SIZES = (48, 180, 192, 512)  # pixels: browsers, Apple's home screens, and two for the web manifest


@dataclass(frozen=True)
class Icon:
    """Everything that the icon shows; ``key`` is a hash of it."""

    photo: str = ""  # its name in the storage
    letters: str = ""
    theme: str = "classic"
    accent: str = "blue"

    @classmethod
    def of_site(cls, settings, look):
        return cls(settings.icon_photo, settings.monogram, look.theme, look.accent)

    @property
    def key(self):
        return hashlib.sha256(repr(astuple(self)).encode()).hexdigest()[:16]

    def png(self, size):
        """Return the bytes of the PNG in a size, from the cache if it was drawn before."""
        return cached(f"icon:{self.key}:{size}", lambda: self.draw(size))

    def draw(self, size):
        file = io.BytesIO()
        image = cropped(self.photo, (size, size)) or self.from_letters(size)
        image.quantize().save(file, "PNG", optimize=True)  # 256 colours: half the size of a photo
        return file.getvalue()

    def from_letters(self, size):
        image = Image.new("RGB", (size, size), colour("accent", self.theme, self.accent, "light"))
        face = "inter-600.ttf" if self.letters.isascii() else "noto-sans-letters.ttf"
        font = ImageFont.truetype(FONTS / face, size * (0.62 if len(self.letters) == 1 else 0.46))
        paper = colour("paper", self.theme, self.accent, "light")
        ImageDraw.Draw(image).text((size / 2, size / 2), self.letters, fill=paper, font=font, anchor="mm")
        return image
