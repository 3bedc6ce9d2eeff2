"""A server on this machine that imitates the services."""

import contextlib
import json
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest

from publications.sources import Client

SERVICES = [
    "https://doi.org", "https://export.arxiv.org", "https://eutils.ncbi.nlm.nih.gov", "https://pmc.ncbi.nlm.nih.gov",
    "https://openlibrary.org", "https://pub.orcid.org", "https://api.openalex.org", "https://dblp.org",
    "https://api.crossref.org", "https://paper.example.org",
]  # fmt: skip


class Service:
    """``answers`` maps the beginning of a path to (status, headers, body), to a list of them, taken one by one, or to
    a function of the request's handler. ``asked`` holds the (path, headers) of all requests."""

    def __init__(self):
        self.answers, self.asked = {}, []

    def handle(self, handler):
        self.asked.append((handler.path, dict(handler.headers)))
        found = max((start for start in self.answers if handler.path.startswith(start)), key=len, default=None)
        answer = self.answers.get(found, (404, {}, b""))
        if isinstance(answer, list):
            answer = answer.pop(0)
        if callable(answer):
            answer(handler)
            return
        status, headers, body = answer
        if not isinstance(body, bytes):
            body = body.encode() if isinstance(body, str) else json.dumps(body).encode()
        handler.send_response(status)
        for name, value in ({"Content-Type": "application/json", "Content-Length": len(body)} | headers).items():
            handler.send_header(name, value)
        handler.end_headers()
        handler.wfile.write(body)


@pytest.fixture
def service():
    service = Service()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            # The client may leave, as it should.
            with contextlib.suppress(BrokenPipeError, ConnectionResetError):
                service.handle(self)

        def log_message(self, *arguments):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
    service.url = f"http://127.0.0.1:{server.server_port}"
    yield service
    server.shutdown()
    server.server_close()


def client_of(service, *, timeout=60, deadline=600):
    """Return a Client that waits as long as a busy machine needs, unless a test says otherwise."""
    mirrors = dict.fromkeys(SERVICES, service.url)
    return Client(
        "ada@example.org", mirrors=mirrors, allow_private=True, timeout=timeout, deadline=deadline, pause=0.01
    )


@pytest.fixture
def client(service):
    with client_of(service) as client:
        yield client


def drip(pieces, pause):
    """An answer that comes piece by piece."""

    def answer(handler):
        handler.send_response(200)
        handler.send_header("Content-Type", "application/json")
        handler.end_headers()
        for piece in pieces:
            handler.wfile.write(piece)
            handler.wfile.flush()
            time.sleep(pause)

    return answer
