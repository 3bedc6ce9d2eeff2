"""The site's icon in all sizes, from one image: the owner's photo, or the first letters of their name."""

import hashlib
import io
from dataclasses import astuple, dataclass

from django.core.files.storage import default_storage
from PIL import Image, ImageDraw, ImageFont, ImageOps

from config.pictures.cache import cached
from config.pictures.cards import EVERY_LETTER, FONTS, HEADINGS, OWN_LETTERS
from config.pictures.tokens import colour
from profiles.content.images import focus_of
from profiles.content.storage import StorageError

SIZES = (48, 180, 192, 512)  # pixels: of browsers, of Apple's home screens, and two of the web manifest


@dataclass(frozen=True)
class Icon:
    """What the icon shows, and therefore its identity."""

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
        """The picture's bytes, drawn once for each size."""
        return cached(f"icon:{self.key}:{size}", lambda: self.draw(size))

    def draw(self, size):
        image = self._from_photo(size) or self._from_letters(size)
        file = io.BytesIO()
        image.save(file, "PNG", optimize=True)
        return file.getvalue()

    def _from_photo(self, size):
        if not self.photo:
            return None
        try:
            with default_storage.open(self.photo) as file, Image.open(file) as photo:
                photo.draft("RGB", (2 * size, 2 * size))
                return ImageOps.fit(photo.convert("RGB"), (size, size), centering=focus_of(self.photo))
        except StorageError:
            raise  # a wrong icon would be kept
        except OSError:
            return None  # gone from the disk, as the admin's page of the site's health tells

    def _from_letters(self, size):
        image = Image.new("RGB", (size, size), colour("accent", self.hue, "light").rgb)
        face = HEADINGS.get(self.typefaces, HEADINGS["inter"])
        face = face if OWN_LETTERS.fullmatch(self.letters) else EVERY_LETTER
        font = ImageFont.truetype(FONTS / face, size * (0.62 if len(self.letters) == 1 else 0.46))
        paper = colour("paper", self.hue, "light").rgb
        ImageDraw.Draw(image).text((size / 2, size / 2), self.letters, fill=paper, font=font, anchor="mm")
        return image
