"""Uploaded files: checked by what they hold, and served in parts to those who may see their publication."""

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
# What a file of that ending holds, at that place from its beginning.
SIGNATURES = {
    **{ending: [(0, ZIP)] for ending in ZIPPED},
    **{ending: [(0, OLE)] for ending in ("doc", "ppt", "xls")},
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
CHUNK = 2**16


def check_file(upload):
    """The upload as it may be kept: an image is written anew without its metadata, others are as they came.

    Raises ValidationError where the file is too large, or does not hold what its ending says.
    """
    ending = upload.name.rpartition(".")[2].lower()
    if upload.size > settings.UPLOAD_MAX_MB * 2**20:
        raise ValidationError(
            f"“{upload.name}” has {upload.size / 2**20:.0f} MB, more than the {settings.UPLOAD_MAX_MB} MB that this "
            "site takes (setting UPLOAD_MAX_MB). Make it smaller, or put it elsewhere and give its address.",
            code="too_large",
        )
    if ending in IMAGES:
        return clean_image(upload, longest=LARGEST_IMAGE_SIDE)
    upload.seek(0)
    head = upload.read(HEAD)
    upload.seek(0)
    if not _holds(head, ending):
        message = f"“{upload.name}” does not hold what “.{ending}” says. Save it again in that format, or rename it."
        raise ValidationError(message, code="wrong_content")
    return upload


def _holds(head, ending):
    if ending == "pdf":
        return b"%PDF-" in head[:1024]
    if ending in TEXTS:
        return b"\0" not in head
    signatures = SIGNATURES.get(ending)
    return signatures is None or any(head[at:].startswith(mark) for at, mark in signatures)


def digest(file):
    """SHA-256 of an open file, in hexadecimal digits."""
    file.seek(0)
    found = hashlib.sha256()
    while chunk := file.read(CHUNK):
        found.update(chunk)
    file.seek(0)
    return found.hexdigest()


class Part:
    """A part of an open file, as a file."""

    def __init__(self, file, start, length):
        file.seek(start)
        self._file, self._left = file, length

    def read(self, size=-1):
        data = self._file.read(self._left if size < 0 else min(size, self._left))
        self._left -= len(data)
        return data

    def close(self):
        self._file.close()


def serve(request, file, *, name, etag, modified):
    """The response with an open file, or with the part that is asked for (RFC 9110, one range).

    ``etag`` is that of its content, ``modified`` the moment since when it is what is here. The browser asks each time
    whether it may still show what it has.
    """
    etag, modified = quote_etag(etag), int(modified.timestamp())
    size = file.size
    content_type = mimetypes.guess_type(name)[0] or "application/octet-stream"
    if content_type.startswith("text/") or content_type == "application/json":
        content_type += "; charset=utf-8"
    response = get_conditional_response(request, etag=etag, last_modified=modified)
    if response is not None:
        file.close()
    else:
        asked = request.headers.get("Range", "")
        if request.headers.get("If-Range", etag) not in (etag, http_date(modified)):
            asked = ""
        part = _range(asked, size)
        if part == "none":
            file.close()
            response = HttpResponse(status=416, headers={"Content-Range": f"bytes */{size}"})
        elif part:
            start, end = part
            response = FileResponse(Part(file, start, end - start + 1), status=206, content_type=content_type)
            response.headers["Content-Range"] = f"bytes {start}-{end}/{size}"
            response.headers["Content-Length"] = str(end - start + 1)
        else:
            response = FileResponse(file, content_type=content_type)
            response.headers["Content-Length"] = str(size)
        response.headers["Content-Disposition"] = content_disposition_header(as_attachment=False, filename=name)
    if request.method == "HEAD" and response.streaming:
        response.streaming_content = ()  # or a server reads it all, to throw it away
    response.headers["ETag"] = etag
    response.headers["Last-Modified"] = http_date(modified)
    response.headers["Accept-Ranges"] = "bytes"
    response.headers["Cache-Control"] = "no-cache"
    # Whatever the file holds, it runs nothing under this site's name.
    response.headers["Content-Security-Policy"] = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
    return response


def _range(header, size):
    """(first, last) byte of a Range header; "none" where it cannot be; None where the whole is meant."""
    found = re.fullmatch(r"bytes=\s*(\d{0,18})-(\d{0,18})\s*", header, re.ASCII)
    if not found or not (found[1] or found[2]):
        return None  # of several ranges, the whole is a right answer
    if not found[1]:
        length = min(int(found[2]), size)
        return (size - length, size - 1) if length else "none"
    start, end = int(found[1]), min(int(found[2] or size - 1), size - 1)
    if found[2] and int(found[2]) < start:
        return None
    return (start, end) if start < size else "none"
