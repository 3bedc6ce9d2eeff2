"""Uploaded files: validation of their content, and responses that support byte ranges."""

import hashlib
import mimetypes
import re

from django.conf import settings
from django.core.exceptions import ValidationError
from django.http import FileResponse, HttpResponse
from django.utils.cache import get_conditional_response
from django.utils.http import content_disposition_header, http_date, quote_etag

from profiles.content.images import clean_image

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


def digest(file):
    """Return the SHA-256 of an open file, in hexadecimal digits."""
    file.seek(0)
    found = hashlib.file_digest(file, "sha256").hexdigest()
    file.seek(0)
    return found


class FilePart:
    """A part of an open file, as a file."""

    def __init__(self, file, start, length):
        file.seek(start)
        self._file, self._left, self.close = file, length, file.close

    def read(self, size=-1):
        data = self._file.read(self._left if size < 0 else min(size, self._left))
        self._left -= len(data)
        return data


def serve(request, file, *, name, etag, modified):
    """Return the response with an open file, or with the part that a Range header asks for (RFC 9110).

    ``etag`` is the hash of the content, ``modified`` the time of the last change. Browsers revalidate each time.
    """
    etag, modified = quote_etag(etag), int(modified.timestamp())
    response = get_conditional_response(request, etag=etag, last_modified=modified)
    if response is None:
        is_current = request.headers.get("If-Range", etag) in (etag, http_date(modified))
        response = _file_response(file, name, request.headers.get("Range", "") if is_current else "")
        response.headers["Content-Disposition"] = content_disposition_header(as_attachment=False, filename=name)
    if not response.streaming:
        file.close()
    elif request.method == "HEAD":
        response.streaming_content = ()  # some servers would read the whole file
    response.headers["ETag"] = etag
    response.headers["Last-Modified"] = http_date(modified)
    response.headers["Accept-Ranges"] = "bytes"
    response.headers["Cache-Control"] = "no-cache"
    # Scripts in the file must not run with the rights of this site.
    response.headers["Content-Security-Policy"] = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
    return response


def _file_response(file, name, range_header):
    size, content_type = file.size, mimetypes.guess_type(name)[0] or "application/octet-stream"
    if content_type.startswith("text/") or content_type == "application/json":
        content_type += "; charset=utf-8"
    part = _range(range_header, size)
    if part is None:
        return FileResponse(file, content_type=content_type, headers={"Content-Length": str(size)})
    start, end = part
    if start > end:
        return HttpResponse(status=416, headers={"Content-Range": f"bytes */{size}"})
    headers = {"Content-Range": f"bytes {start}-{end}/{size}", "Content-Length": str(end - start + 1)}
    part = FilePart(file, start, end - start + 1)
    return FileResponse(part, status=206, content_type=content_type, headers=headers)


def _range(header, size):
    """Return the first and last byte of a Range header; None if it is missing, invalid, or has several ranges.

    The last byte comes before the first if the range is outside of the file.
    """
    found = re.fullmatch(r"bytes=\s*(\d{0,18})-(\d{0,18})\s*", header, re.ASCII)
    if not found or not (found[1] or found[2]):
        return None
    if not found[1]:
        return size - min(int(found[2]), size), size - 1
    if found[2] and int(found[2]) < int(found[1]):
        return None
    return int(found[1]), min(int(found[2] or size), size - 1)
