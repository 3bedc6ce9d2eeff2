"""Receives request bodies before Django handles them, and refuses bodies that are too large.

Some servers, granian among them, start the application while a body is still arriving. Without this module each slow
upload would occupy a thread of the server, and a body that breaks off would look like a short one.
"""

import errno
import logging
from contextlib import ExitStack
from io import BytesIO
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
    """A response that is sent in place of the application's: a status line and a sentence."""

    def __init__(self, status, sentence):
        super().__init__(sentence)
        self.status, self.sentence = status, sentence


def limit_bodies(application):
    """Wrap a WSGI application so that it is called with complete bodies of a permitted size only."""
    slots = BoundedSemaphore(BODIES_AT_ONCE)

    def with_limit(environ, start_response):
        try:
            body = complete_body(environ, slots)
        except Refusal as refusal:
            text = f"{refusal.sentence}\n".encode()
            start_response(refusal.status, [*HEADERS, ("Content-Length", str(len(text)))])
            return [] if environ["REQUEST_METHOD"] == "HEAD" else [text]
        if body is None:
            return application(environ, start_response)
        with body:
            return application(environ | {"wsgi.input": body}, start_response)

    return with_limit


def complete_body(environ, slots):
    """Return the request's body as a file, or None if it has none; raise Refusal if it is not acceptable.

    The body of a request to a public address is left out: no public page reads one.
    """
    length = content_length(environ)
    most = max_bytes(environ["PATH_INFO"])
    if length > most:
        raise Refusal("413 Content Too Large", f"The request is larger than {most:,} bytes.")
    if environ.get("HTTP_TRANSFER_ENCODING"):
        raise Refusal("411 Length Required", "Send the request with a Content-Length header.")
    if not length:
        return None
    if most == PUBLIC_BYTES:
        return BytesIO()
    if not slots.acquire(blocking=False):
        raise Refusal("503 Service Unavailable", "The site is receiving too many uploads. Try again in a minute.")
    try:
        return receive(environ["wsgi.input"], length)
    finally:
        slots.release()


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


def receive(source, length):
    """Copy a body of that length into a temporary file and return the file."""
    with ExitStack() as on_failure:
        body = on_failure.enter_context(SpooledTemporaryFile(max_size=IN_MEMORY))
        try:
            while (missing := length - body.tell()) > 0:
                chunk = source.read(min(CHUNK, missing))
                if not chunk:
                    raise Refusal("400 Bad Request", "The request ended before its body was complete.")
                body.write(chunk)
        except OSError as error:  # the client has gone, or the temporary folder is full
            if error.errno not in DISK_FULL:
                raise Refusal("400 Bad Request", "The request's body could not be read.") from error
            log.error("The folder for temporary files (%s) is full.", gettempdir())
            raise Refusal("507 Insufficient Storage", "The disk of this site is full.") from error
        body.seek(0)
        on_failure.pop_all()
        return body
