"""Uploaded pictures in the pictures that the site draws."""

import io

from django.core.files.storage import default_storage
from PIL import Image, ImageOps

from profiles.files.images import focus_of
from profiles.files.storage import StorageError

DOCUMENT = (480, 480)  # pixels, for 3 cm


def cropped(name, size):
    """Return the picture with that name in the storage, cropped around its focal point to a size; None without one.

    What is transparent becomes white.
    """
    if not name:
        return None
    try:
        with default_storage.open(name) as file, Image.open(file) as picture:
            picture.draft("RGB", tuple(2 * pixels for pixels in size))
            mode = "RGBA" if picture.has_transparency_data else "RGB"
            image = ImageOps.fit(picture.convert(mode), size, centering=focus_of(name))
    except StorageError:
        raise  # rather than cache a picture without it
    except OSError:
        return None  # the file is missing, which the admin's content check reports
    if mode == "RGB":
        return image
    opaque = Image.new("RGB", size, "white")
    opaque.paste(image, mask=image)
    return opaque


def jpeg_of(photo):
    """Return a photo as the bytes of a square JPEG for documents, b"" without one."""
    image = cropped(photo.name, DOCUMENT) if photo else None
    if image is None:
        return b""
    file = io.BytesIO()
    image.save(file, "JPEG", quality=85)
    return file.getvalue()
