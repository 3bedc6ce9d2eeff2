"""Uploaded files: their size, and content that matches their name."""

from django.conf import settings
from django.core.exceptions import ValidationError

from profiles.files.images import clean_image

ZIPPED = ("zip", "epub", "docx", "pptx", "xlsx", "odt", "odp", "ods", "key", "npz")
ZIP, OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
# The bytes that files with an extension contain, and their position.
SIGNATURES = {
    **{extension: [(0, ZIP)] for extension in ZIPPED},
    **{extension: [(0, OLE)] for extension in ("doc", "ppt", "xls")},
    "ps": [(0, b"%!")],
    "gz": [(0, b"\x1f\x8b")],
    "xz": [(0, b"\xfd7zXZ\0")],
    "bz2": [(0, b"BZh")],
    "7z": [(0, b"7z\xbc\xaf\x27\x1c")],
    "tar": [(257, b"ustar")],
    "gif": [(0, b"GIF8")],
    "mp4": [(4, b"ftyp")],
    "webm": [(0, b"\x1aE\xdf\xa3")],
    "mp3": [(0, b"ID3"), (0, b"\xff\xfb"), (0, b"\xff\xf3"), (0, b"\xff\xf2")],
    "ogg": [(0, b"OggS")],
    "parquet": [(0, b"PAR1")],
    "h5": [(0, b"\x89HDF")],
}
TEXTS = {"txt", "md", "bib", "csv", "tsv", "json", "ipynb", "py", "r", "jl"}
IMAGES = {"jpg", "jpeg", "png", "webp", "avif"}
LARGEST_IMAGE_SIDE = 6000
HEAD = 2048


def check_file(upload):
    """Return a valid upload, an image without its metadata.

    Raise ValidationError if the file is too large, or if its content does not match its extension.
    """
    extension = upload.name.rpartition(".")[2].lower()
    if upload.size > settings.UPLOAD_MAX_MB * 2**20:
        raise ValidationError(
            f"“{upload.name}” has {upload.size / 2**20:.0f} MB, more than the {settings.UPLOAD_MAX_MB} MB that this "
            "site accepts (setting UPLOAD_MAX_MB). Make it smaller, or put it on another site and enter its address.",
            code="too_large",
        )
    if extension in IMAGES:
        return clean_image(upload, longest=LARGEST_IMAGE_SIDE)
    upload.seek(0)
    head = upload.read(HEAD)
    upload.seek(0)
    if not _matches(head, extension):
        message = f"“{upload.name}” does not contain a “.{extension}” file. Save it in that format, or rename it."
        raise ValidationError(message, code="wrong_content")
    return upload


def _matches(head, extension):
    if extension == "pdf":
        return b"%PDF-" in head[:1024]
    if extension in TEXTS:
        return b"\0" not in head
    signatures = SIGNATURES.get(extension)
    return signatures is None or any(head[at:].startswith(mark) for at, mark in signatures)
