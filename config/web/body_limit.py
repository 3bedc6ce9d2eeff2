"""Receives request bodies before Django handles them, and refuses bodies that are too large.

Some servers, granian among them, start the application while a body is still arriving. Without this module each slow
upload would occupy a thread of the server, and a body that breaks off would look like a short one.
"""

import errno
import logging
from tempfile import SpooledTemporaryFile, gettempdir
from threading import BoundedSemaphore

from django.conf import settings

log = logging.getLogger(__name__)

PUBLIC_BYTES = 64 * 2**10  # no public page reads a body
BODIES_AT_ONCE = 12  # per process; the other threads stay free for visitors
CHUNK = 2**18
IN_MEMORY = 2 * 2**20  # larger bodies are written to a temporary file
DISK_FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)

HEADERS = [
    ("Content-Type", "text/plain; charset=utf-8"),
    ("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'"),
    ("X-Content-Type-Options", "nosniff"),
    ("Cache-Control", "no-store"),
]


class Refusal(Exception):  # noqa: N818 (an answer, not an error)
    """The status line and the sentence of a response that is sent in place of the application's."""


def limit_bodies(application):
    """Wrap a WSGI application so that it is called with complete bodies of a permitted size only."""
    slots = BoundedSemaphore(BODIES_AT_ONCE)

    def with_limit(environ, start_response):
        length = content_length(environ)
        if not length and not environ.get("HTTP_TRANSFER_ENCODING"):
            return application(environ, start_response)
        with SpooledTemporaryFile(max_size=IN_MEMORY) as body:
            try:
                receive(environ, length, body, slots)
            except Refusal as refusal:
                status, sentence = refusal.args
                text = f"{sentence}\n".encode()
                start_response(status, [*HEADERS, ("Content-Length", str(len(text)))])
                return [] if environ["REQUEST_METHOD"] == "HEAD" else [text]
            return application(environ | {"wsgi.input": body}, start_response)

    return with_limit


def content_length(environ):
    """Return the announced length of the body; 0 if there is none or it is not a number."""
    text = environ.get("CONTENT_LENGTH") or ""
    return int(text[:19]) if text.isascii() and text.isdigit() else 0


def max_bytes(path):
    """Return the largest permitted body for a path: files and a form in the admin, next to nothing elsewhere.

    The admin gets twice UPLOAD_MAX_MB, so that a form can still say which of its files is too large.
    """
    is_admin = path.startswith(f"/{settings.ADMIN_PATH}/")
    return (2 * settings.UPLOAD_MAX_MB + 20) * 2**20 if is_admin else PUBLIC_BYTES


def receive(environ, length, body, slots):
    """Copy the body of a request into the file ``body``; raise Refusal if it is not acceptable.

    The body of a request to a public address is left out: no public page reads one.
    """
    most = max_bytes(environ["PATH_INFO"])
    if length > most:
        raise Refusal("413 Content Too Large", f"The request is larger than {most:,} bytes.")
    if environ.get("HTTP_TRANSFER_ENCODING"):
        raise Refusal("411 Length Required", "Send the request with a Content-Length header.")
    if most == PUBLIC_BYTES:
        return
    if not slots.acquire(blocking=False):
        raise Refusal("503 Service Unavailable", "The site is receiving too many uploads. Try again in a minute.")
    try:
        while (missing := length - body.tell()) > 0:
            chunk = environ["wsgi.input"].read(min(CHUNK, missing))
            if not chunk:
                raise Refusal("400 Bad Request", "The request ended before its body was complete.")
            body.write(chunk)
    except OSError as error:  # the client has gone, or the temporary folder is full
        if error.errno not in DISK_FULL:
            raise Refusal("400 Bad Request", "The request's body could not be read.") from error
        log.error("The folder for temporary files (%s) is full.", gettempdir())
        raise Refusal("507 Insufficient Storage", "The disk of this site is full.") from error
    finally:
        slots.release()
    body.seek(0)
