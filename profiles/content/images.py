"""Uploaded images: checked within a memory limit, rotated upright, and saved again without metadata."""

import io
import re
import warnings

from django.apps import apps
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.validators import RegexValidator
from pictures.models import PictureField, PillowPicture
from PIL import Image, ImageCms, ImageOps, UnidentifiedImageError

from profiles.content.uploads import readable_name

MEGA = 1_000_000
MOST_BYTES = 40 * MEGA
# So many that decoding them leaves a process below 300 MB. A JPEG is decoded at a fraction of its size where that is
# enough; of a progressive one all coefficients are held at once, of the others all pixels, of some of them twice.
MOST_PIXELS = {"JPEG": 70 * MEGA, "MPO": 70 * MEGA, "PNG": 12 * MEGA}
MOST_PIXELS_PROGRESSIVE = 20 * MEGA
MOST_PIXELS_ELSE = 10 * MEGA
LONGEST_SIDE = 3000  # pixels: more than the largest rendition on a screen of double density
FORMATS = ("JPEG", "PNG", "WEBP", "AVIF", "GIF")
DAMAGES = (OSError, SyntaxError, ValueError, EOFError, Image.DecompressionBombError)  # what Pillow raises
HEIC = re.compile(rb"....ftyp(?:heic|heix|hevc|mif1|msf1)", re.DOTALL)

CENTRE = "50,50"
validate_focus = RegexValidator(
    r"\A(?:100|[1-9]?[0-9]),(?:100|[1-9]?[0-9])\Z",
    "Write two numbers from 0 to 100: how far from the left and from the top, in per cent, as in 50,30.",
)
FOCUS_IN_PATH = re.compile(r"_x(\d{1,3})y(\d{1,3})/[^/]+$")


class BrokenPictureError(Exception):
    """What is wrong with the original of a picture, and what to do: the rest of a sentence."""


def clean_image(upload, *, longest=LONGEST_SIDE):
    """The image of an upload (any file object with ``name``) as a new file: upright, in sRGB, at most ``longest``
    pixels wide and high, and without metadata. Raises ValidationError with what is wrong and what to do.
    """
    if upload.size > MOST_BYTES:
        raise ValidationError(
            f"This file has {upload.size / MEGA:.0f} MB, more than the {MOST_BYTES // MEGA} MB that an image may have. "
            "Export it smaller: 3,000 pixels are plenty.",
            code="too_large",
        )
    upload.seek(0)
    try:
        with _opened(upload) as opened:
            kind = opened.format
            image = _decoded(opened, longest)
    except DAMAGES as error:
        message = "This image is damaged or was cut off on its way. Export it again, or choose another one."
        raise ValidationError(message, code="damaged") from error
    finally:
        upload.seek(0)
    # What was without loss stays so, where it is not vast: drawings and screenshots suffer from JPEG.
    without_loss = image.mode == "RGBA" or (kind in ("PNG", "GIF") and image.width * image.height < 4 * MEGA)
    kind, ending = ("PNG", ".png") if without_loss else ("JPEG", ".jpg")
    buffer = io.BytesIO()
    image.save(buffer, kind, quality=92)
    name = readable_name(f"{upload.name.rpartition('.')[0] or upload.name}{ending}")
    cleaned = SimpleUploadedFile(name, buffer.getvalue(), Image.MIME[kind])
    cleaned.image = image
    return cleaned


def _opened(upload):
    """The image with nothing but its head read. Raises ValidationError for what is none, or is too large."""
    head = upload.read(64)
    upload.seek(0)
    if HEIC.match(head):
        raise ValidationError(
            "This is a HEIC photo, which browsers cannot show. Export it as JPEG (on an iPhone: Settings, Camera, "
            "Formats, Most Compatible) and choose that.",
            code="heic",
        )
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)  # told below, in words
            image = Image.open(upload, formats=FORMATS)
    except Image.DecompressionBombError as error:
        raise _too_many_pixels("more than 170", MOST_PIXELS_ELSE) from error
    except UnidentifiedImageError as error:
        raise ValidationError(
            "Upload a valid image: this file is none, or of a kind that is not taken. JPEG, PNG, WebP and AVIF are.",
            code="invalid_image",
        ) from error
    pixels = image.width * image.height
    most = MOST_PIXELS.get(image.format, MOST_PIXELS_ELSE)
    if image.info.get("progressive"):
        most = MOST_PIXELS_PROGRESSIVE
    if pixels > most:
        raise _too_many_pixels(f"{pixels / MEGA:.0f}", most)
    return image


def _too_many_pixels(megapixels, most):
    return ValidationError(
        f"This image has {megapixels} megapixels; at most {most // MEGA} can be taken of its kind. "
        "Export it at 3,000 pixels or less, as JPEG, and choose that.",
        code="too_many_pixels",
    )


def _decoded(image, longest):
    """The pixels, upright, in sRGB, RGB or RGBA, and no larger than asked."""
    profile = image.info.get("icc_profile")
    orientation = image.getexif().get(0x0112, 1)
    image.draft("RGB", (longest, longest))  # a JPEG only: decodes a half, a quarter or an eighth of it
    image.load()
    has_alpha = image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info
    image.thumbnail((longest, longest))
    image = image.convert("RGBA" if has_alpha else "RGB") if image.mode not in ("RGB", "RGBA", "CMYK") else image
    if profile:
        image = _in_srgb(image, profile)
    image = image.convert("RGB") if image.mode == "CMYK" else image
    image.info = {}
    plain = Image.Exif()
    plain[0x0112] = orientation
    image.info["exif"] = plain.tobytes()
    image = ImageOps.exif_transpose(image)
    # Pillow writes a comment again that it has read, and much else.
    image.info = {}
    return image


def _in_srgb(image, profile):
    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        mode = "RGBA" if image.mode == "RGBA" else "RGB"
        return ImageCms.profileToProfile(image, source, ImageCms.createProfile("sRGB"), outputMode=mode)
    except ImageCms.PyCMSError:
        return image  # a broken profile says nothing


class FocalPicture(PillowPicture):
    """A rendition that is cropped around the focal point, which is part of the original's path.

    A rendition is identified by its path alone and cached for ever, so a new focal point needs a new path.
    """

    def resize(self, image):
        if not self.aspect_ratio:
            return super().resize(image)
        return ImageOps.fit(image, (int(self.width), int(self.height)), centering=focus_of(self.parent_name))


def focus_of(path):
    """Returns the focal point in a path as fractions from the left and the top; the centre if there is none."""
    found = FOCUS_IN_PATH.search(path)
    return (int(found[1]) / 100, int(found[2]) / 100) if found else (0.5, 0.5)


def refocus(picture, focus):
    """Moves a saved picture to a path with this focal point ("x,y"). Does not save the row."""
    x, y = (int(part) / 100 for part in (focus or CENTRE).split(","))
    is_new = not picture.closed  # an upload is stored at a path with its focal point anyway
    if not picture or is_new or focus_of(picture.name) == (x, y) or not picture.storage.exists(picture.name):
        return
    with picture.storage.open(picture.name) as file:
        content = ContentFile(file.read())
    picture.save(picture.name.rpartition("/")[2], content, save=False)


def all_pictures():
    """Returns a generator of (object, picture) for all pictures, and their number."""
    fields = [
        field
        for model in apps.get_models()
        if not model._meta.proxy
        for field in model._meta.local_fields
        if isinstance(field, PictureField)
    ]
    rows = [(field, field.model._base_manager.exclude(**{field.name: ""}).order_by("pk")) for field in fields]
    pictures = ((item, getattr(item, field.name)) for field, some in rows for item in some.iterator(chunk_size=100))
    return pictures, sum(some.count() for _, some in rows)


def make_renditions(picture, *, anew=False):
    """Make the renditions of a saved picture that are not there, or ``anew`` all of them; returns how many.

    Raises BrokenPictureError.
    """
    try:
        wanted = [r for r in picture.get_picture_files_list() if anew or not r.storage.exists(r.name)]
        if wanted:
            with picture.storage.open(picture.name) as file, Image.open(file) as opened:
                image = FocalPicture.pre_process(opened)
            for rendition in wanted:
                rendition.save(image)
    except FileNotFoundError as error:
        message = "is no longer there. Upload it again."
        raise BrokenPictureError(message) from error
    except DAMAGES as error:
        message = f"cannot be read ({error}). Upload it again."
        raise BrokenPictureError(message) from error
    return len(wanted)
