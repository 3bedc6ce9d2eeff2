"""Calls the WSGI application as a server does, with whatever bytes a client may send."""

import io
import sys
from dataclasses import dataclass
from urllib.parse import unquote_to_bytes

from config.wsgi import application


@dataclass
class Answer:
    status: int
    headers: list[tuple[str, str]]
    body: bytes


def environ_of(target, method="GET", body=b"", headers=(), **extra):
    """Return the WSGI environ of a request for a target: a path with its query.

    ``headers`` are pairs of a name and a value. Target and headers are strings in which each character is a byte, as in
    WSGI. ``extra`` overrides keys of the environ.
    """
    path, _, query = target.partition("?")
    environ = {
        "REQUEST_METHOD": method,
        "SCRIPT_NAME": "",
        "PATH_INFO": unquote_to_bytes(path.encode("latin-1")).decode("latin-1"),
        "QUERY_STRING": query,
        "SERVER_NAME": "testserver",
        "SERVER_PORT": "80",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "HTTP_HOST": "testserver",
        "REMOTE_ADDR": "127.0.0.1",
        "CONTENT_LENGTH": str(len(body)) if body else "",
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(body),
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
    }
    for name, value in headers:
        key = name.upper().replace("-", "_")
        environ[key if key in ("CONTENT_TYPE", "CONTENT_LENGTH") else f"HTTP_{key}"] = value
    return environ | extra


def ask(target, method="GET", body=b"", headers=(), **extra):
    """Return the site's Answer to a request; for the arguments see ``environ_of``."""
    environ = environ_of(target, method, body, headers, **extra)
    answer = Answer(0, [], b"")

    def start_response(status, headers, exc_info=None):
        answer.status, answer.headers = int(status[:3]), headers

    pieces = application(environ, start_response)
    try:
        answer.body = b"".join(pieces)
    finally:
        if hasattr(pieces, "close"):
            pieces.close()
    return answer
