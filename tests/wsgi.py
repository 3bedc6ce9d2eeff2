"""The WSGI application as a server calls it, without one: whatever bytes a client may send."""

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


def ask(target, method="GET", body=b"", headers=(), **environ):
    """The Answer to a request for a target, a path with its query; ``headers`` are (name, value) as on the wire.

    Both are texts of which each letter is a byte, as in WSGI. ``environ`` has what else a server would tell.
    """
    path, _, query = target.partition("?")
    told = {
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
        told[key if key in ("CONTENT_TYPE", "CONTENT_LENGTH") else f"HTTP_{key}"] = value
    answer = Answer(0, [], b"")

    def start_response(status, headers, exc_info=None):
        answer.status, answer.headers = int(status[:3]), headers

    pieces = application(told | environ, start_response)
    try:
        answer.body = b"".join(pieces)
    finally:
        if hasattr(pieces, "close"):
            pieces.close()
    return answer
