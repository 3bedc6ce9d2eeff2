"""Responses with files, which support byte ranges (RFC 9110)."""

import hashlib
import mimetypes
import re

from django.http import FileResponse, HttpResponse
from django.utils.cache import get_conditional_response
from django.utils.http import content_disposition_header, http_date, quote_etag


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
