"""Uploaded images: checked within a memory limit, rotated upright, and saved again without metadata."""

import io
import re
import secrets
import warnings

from django.apps import apps
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from pictures.models import PictureField, PillowPicture
from pictures.validators import MinSizeValidator
from PIL import Image, ImageCms, ImageOps, UnidentifiedImageError

from profiles.content.slugs import readable_name

MEGA = 1_000_000
MAX_BYTES = 40 * MEGA
# Decoding an image of so many pixels leaves a process below 300 MB. A JPEG is decoded at a fraction of its size where
# that is enough, but a progressive one needs memory for all its coefficients, and other formats for all their pixels.
MAX_PIXELS = {"JPEG": 70 * MEGA, "MPO": 70 * MEGA, "PNG": 12 * MEGA}
MAX_PIXELS_PROGRESSIVE = 20 * MEGA
MAX_PIXELS_OTHER = 10 * MEGA
MAX_SIDE = 3000  # pixels: more than the largest rendition on a screen of double density
FORMATS = ("JPEG", "PNG", "WEBP", "AVIF", "GIF")
PILLOW_ERRORS = (OSError, SyntaxError, ValueError, EOFError, Image.DecompressionBombError)
HEIC = re.compile(rb"....ftyp(?:heic|heix|hevc|mif1|msf1)", re.DOTALL)
ORIENTATION = 0x0112  # the EXIF tag

CENTRE = "50,50"
validate_focus = RegexValidator(
    r"\A(?:100|[1-9]?[0-9]),(?:100|[1-9]?[0-9])\Z",
    "Write two numbers from 0 to 100: how far from the left and from the top, in per cent, as in 50,30.",
)
FOCUS_IN_PATH = re.compile(r"_x(\d{1,3})y(\d{1,3})/[^/]+$")
SIZE_IN_PATH = re.compile(r"images/text/[\w-]+_(\d{1,4})x(\d{1,4})/[^/]+$", re.ASCII)
THUMBNAIL_WIDTHS = (400, 800)  # pixels: of a thumbnail in a gallery, on screens of single and double density


class BrokenPictureError(Exception):
    """The original of a picture is missing or damaged. The message continues “The photo of Ada …”."""


def clean_image(upload, *, longest=MAX_SIDE):
    """Return an upload (any file object with ``name`` and ``size``) as a new file.

    The new image is upright, in sRGB, at most ``longest`` pixels wide and high, and has no metadata. Raises
    ValidationError.
    """
    if upload.size > MAX_BYTES:
        raise ValidationError(
            f"This file has {upload.size / MEGA:.0f} MB, more than the {MAX_BYTES // MEGA} MB that an image may have. "
            "Export it with 3,000 pixels or less.",
            code="too_large",
        )
    upload.seek(0)
    try:
        with _open(upload) as source:
            source_format = source.format
            image = _decode(source, longest)
    except PILLOW_ERRORS as error:
        message = "This image is damaged or incomplete. Export it again, or choose another one."
        raise ValidationError(message, code="damaged") from error
    # Drawings and screenshots suffer from JPEG.
    is_lossless = source_format in ("PNG", "GIF") and image.width * image.height < 4 * MEGA
    new_format, suffix = ("PNG", ".png") if is_lossless or image.mode == "RGBA" else ("JPEG", ".jpg")
    buffer = io.BytesIO()
    image.save(buffer, new_format, quality=92)
    name = readable_name(f"{upload.name.rpartition('.')[0] or upload.name}{suffix}")
    cleaned = SimpleUploadedFile(name, buffer.getvalue(), Image.MIME[new_format])
    cleaned.image = image
    return cleaned


def _open(upload):
    """Read the header of an image. Raise ValidationError if it is not an image, or too large."""
    header = upload.read(64)
    upload.seek(0)
    if HEIC.match(header):
        raise ValidationError(
            "This is a HEIC photo, which browsers cannot show. Export it as JPEG (on an iPhone: Settings, Camera, "
            "Formats, Most Compatible) and choose that.",
            code="heic",
        )
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)  # the limits below are lower
            image = Image.open(upload, formats=FORMATS)
    except Image.DecompressionBombError as error:
        raise _too_many_pixels("more than 170", MAX_PIXELS_OTHER) from error
    except UnidentifiedImageError as error:
        raise ValidationError("Upload a valid image: a JPEG, PNG, WebP or AVIF file.", code="invalid_image") from error
    pixels, limit = image.width * image.height, MAX_PIXELS.get(image.format, MAX_PIXELS_OTHER)
    if image.info.get("progressive"):
        limit = MAX_PIXELS_PROGRESSIVE
    if pixels > limit:
        raise _too_many_pixels(f"{pixels / MEGA:.0f}", limit)
    return image


def _too_many_pixels(megapixels, limit):
    return ValidationError(
        f"This image has {megapixels} megapixels; the limit for its format is {limit // MEGA}. "
        "Export it as a JPEG of 3,000 pixels or less.",
        code="too_many_pixels",
    )


def _decode(image, longest):
    """Return the pixels without metadata: upright, in sRGB, as RGB or RGBA."""
    profile = image.info.get("icc_profile")
    orientation = Image.Exif()
    orientation[ORIENTATION] = image.getexif().get(ORIENTATION, 1)
    image.draft("RGB", (longest, longest))  # decodes a JPEG at a half, a quarter or an eighth of its size
    image.load()
    has_alpha = image.mode in ("RGBA", "LA", "PA") or "transparency" in image.info
    image.thumbnail((longest, longest))
    if image.mode in ("I", "I;16"):
        image = _to_8_bits(image)
    if image.mode not in ("RGB", "RGBA", "CMYK"):
        image = image.convert("RGBA" if has_alpha else "RGB")
    if profile:
        image = _to_srgb(image, profile)
    if image.mode == "CMYK":
        image = image.convert("RGB")
    image.info = {"exif": orientation.tobytes()}
    image = ImageOps.exif_transpose(image)
    image.info = {}  # Pillow would write the EXIF data again
    return image


def _to_8_bits(image):
    """Return a 16-bit greyscale image with its tones in 8 bits, which Pillow's ``convert`` would clip."""
    eight_bits = image.convert("I").point(lambda tone: tone * (1 / 257)).convert("L")
    if "transparency" in image.info:
        eight_bits.info["transparency"] = image.info["transparency"] // 257
    return eight_bits


def _to_srgb(image, profile):
    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        mode = "RGBA" if image.mode == "RGBA" else "RGB"
        return ImageCms.profileToProfile(image, source, ImageCms.createProfile("sRGB"), outputMode=mode)
    except ImageCms.PyCMSError:
        return image  # the profile is broken


def image_path(instance, filename):
    """Return a path that cannot be guessed, because an image is served to everyone who knows its address.

    The folder ends with the focal point (see FocalPicture).
    """
    x, y = (instance.focus or CENTRE).split(",")
    return f"images/{secrets.token_urlsafe(12)}_x{x}y{y}/{readable_name(filename)}"


class FocalPicture(PillowPicture):
    """A rendition that is cropped around the focal point, which is part of the original's path.

    A rendition is identified by its path alone and cached for ever, so a new focal point needs a new path.
    """

    def resize(self, image):
        if not self.aspect_ratio:
            return super().resize(image)
        return ImageOps.fit(image, (int(self.width), int(self.height)), centering=focus_of(self.parent_name))


def focus_of(path):
    """Return the focal point in a path as fractions from the left and the top; the centre if there is none."""
    found = FOCUS_IN_PATH.search(path)
    return (int(found[1]) / 100, int(found[2]) / 100) if found else (0.5, 0.5)


def refocus(picture, focus):
    """Move a stored picture to a path with this focal point ("x,y"). Does not save the row."""
    x, y = (int(part) / 100 for part in (focus or CENTRE).split(","))
    is_new = not picture.closed  # a new upload is stored at a path with its focal point anyway
    if not picture or is_new or focus_of(picture.name) == (x, y) or not picture.storage.exists(picture.name):
        return
    with picture.storage.open(picture.name) as file:
        content = ContentFile(file.read())
    picture.save(picture.name.rpartition("/")[2], content, save=False)


def store_in_text(image):
    """Store a clean image for use in texts, with its thumbnails. Return its name, whose folder ends with its size."""
    width, height = image.image.size
    name = default_storage.save(f"images/text/{secrets.token_urlsafe(12)}_{width}x{height}/{image.name}", image)
    for thumbnail in thumbnails_in_text(name):
        thumbnail.save(FocalPicture.pre_process(image.image))
    return name


def thumbnails_in_text(name):
    """Return the thumbnails of an image in a text; none if it is small, or was stored without them."""
    found = SIZE_IN_PATH.fullmatch(name)
    widths = [width for width in THUMBNAIL_WIDTHS if found and width < int(found[1])]
    return [FocalPicture(name, "WEBP", None, default_storage, width) for width in widths]


def all_pictures():
    """Return a generator of (object, picture) for all pictures, and their number."""
    fields = [
        field for model in apps.get_models() for field in model._meta.local_fields if isinstance(field, PictureField)
    ]
    rows = [(field, field.model._base_manager.exclude(**{field.name: ""}).order_by("pk")) for field in fields]
    pictures = ((item, getattr(item, field.name)) for field, some in rows for item in some.iterator(chunk_size=100))
    return pictures, sum(some.count() for _, some in rows)


def make_renditions(picture, *, anew=False):
    """Create the missing renditions of a stored picture, or all of them; return how many.

    Raise BrokenPictureError.
    """
    try:
        wanted = [r for r in picture.get_picture_files_list() if anew or not r.storage.exists(r.name)]
        if wanted:
            with picture.storage.open(picture.name) as file, Image.open(file) as opened:
                image = FocalPicture.pre_process(opened)
            for rendition in wanted:
                rendition.save(image)
    except FileNotFoundError as error:
        raise BrokenPictureError("is missing. Upload it again.") from error
    except PILLOW_ERRORS as error:
        raise BrokenPictureError(f"cannot be read ({error}). Upload it again.") from error
    return len(wanted)


class Pictured(models.Model):
    """A model with a picture that has an alternative text and is cropped around a focal point.

    ``picture_name`` is the name of the PictureField. The names of the other two fields end with ``_alt`` and
    ``_focus``.
    """

    picture_name = "image"

    class Meta:
        abstract = True

    @property
    def picture(self):
        return getattr(self, self.picture_name)

    @property
    def focus(self):
        return getattr(self, f"{self.picture_name}_focus")

    def clean_fields(self, exclude=None):
        # Checks new uploads only: the file of a stored picture may be missing.
        stored = {self.picture_name} if self.picture and self.picture.closed else set()
        super().clean_fields({*(exclude or ()), *stored})

    def clean(self):
        super().clean()
        alt = f"{self.picture_name}_alt"
        if self.picture and not getattr(self, alt):
            raise ValidationError({alt: f"Say in “alternative text” what the {self.picture_name} shows."})

    def save(self, *args, **kwargs):
        refocus(self.picture, self.focus)
        super().save(*args, **kwargs)


class Illustrated(Pictured):
    """A model with an image in landscape format: small in lists, as wide as its own page."""

    image = PictureField(
        upload_to=image_path,
        max_length=255,
        blank=True,
        width_field="image_width",
        height_field="image_height",
        aspect_ratios=["16/9"],
        container_width=1200,
        grid_columns=3,
        validators=[MinSizeValidator(480, 270)],
    )
    image_width = models.PositiveIntegerField(null=True, blank=True, editable=False)
    image_height = models.PositiveIntegerField(null=True, blank=True, editable=False)
    image_focus = models.CharField(
        "focal point",
        max_length=7,
        blank=True,
        default=CENTRE,
        validators=[validate_focus],
        help_text="Click the most important point: it stays visible when the image is cropped.",
    )
    image_alt = models.CharField(
        "alternative text", max_length=200, blank=True, help_text="Describe the image for people who cannot see it."
    )

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                condition=Q(image="") | ~Q(image_alt=""),
                name="%(app_label)s_%(class)s_image_has_alt",
                violation_error_message="Say in “alternative text” what the image shows.",
            )
        ]
