"""The site under several WSGI servers, and what granian withstands without a proxy in front of it."""

import os
import signal
import socket
import sys
import threading
from contextlib import ExitStack, suppress
from pathlib import Path

import httpx
import pytest

from tests.running import wait_until

pytestmark = pytest.mark.slow

PAGES = [
    "/", "/publications/", "/publications/?tag=benchmarking", "/publications/moe-cap/", "/publications/moe-cap.bib",
    "/projects/", "/tags/", "/people/", "/search/?q=erhu", "/cv.json", "/feed/", "/robots.txt", "/no-such-page/",
    "/admin/login/", "/healthz",
]  # fmt: skip
CLIENTS = 300
HALF_A_HEAD = b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Half: "
UPLOAD = b"POST /admin/login/ HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 1000\r\n\r\n"
# Headers that differ from one request to the next, or that the server adds.
OWN_HEADERS = {"connection", "content-length", "date", "expires", "server", "set-cookie", "transfer-encoding", "via"}


@pytest.fixture(scope="module")
def site(new_site, tmp_path_factory):
    with new_site(tmp_path_factory.mktemp("servers") / "site", UPLOAD_MAX_MB="1") as site:
        yield site


@pytest.fixture(scope="module")
def granian(site):
    with site.serve() as process:
        yield process


def get(site, path, **options):
    return httpx.get(site.url + path, timeout=600, trust_env=False, **options)


def connect(site, sent):
    client = socket.create_connection(("127.0.0.1", site.port))
    client.sendall(sent)
    return client


def responses(site):
    """Return {path: (status, headers, body)}, without what a token makes different each time."""
    found = {}
    for path in PAGES:
        answer = get(site, path)
        headers = {name: value for name, value in answer.headers.items() if name not in OWN_HEADERS}
        body = "" if "csrfmiddlewaretoken" in answer.text else answer.text
        found[path] = (answer.status_code, headers, body)
    return found


@pytest.mark.skipif(sys.platform == "win32", reason="gunicorn does not run on Windows")
def test_every_server_gives_the_same_answers(new_site, tmp_path):
    site = new_site(tmp_path / "site")
    bind = f"127.0.0.1:{site.port}"
    gunicorn = [sys.executable, "-m", "gunicorn", f"--bind={bind}", "--no-control-socket", "config.wsgi:application"]
    commands = {
        "granian": None,
        "gunicorn sync": gunicorn,
        "gunicorn gthread": [*gunicorn, "--worker-class=gthread", "--threads=4"],
        "waitress": [sys.executable, "-m", "waitress", f"--listen={bind}", "config.wsgi:application"],
    }
    found = {}
    for name, command in commands.items():
        with site.serve(command=command):
            found[name] = responses(site)

    expected = found.pop("granian")
    assert [expected[path][0] for path in PAGES] == [200] * 12 + [404, 200, 200]
    for name, answers in found.items():
        assert answers == expected, name


@pytest.mark.usefixtures("granian")
@pytest.mark.parametrize("sent", [b"", HALF_A_HEAD, UPLOAD], ids=["nothing", "half of the headers", "no body"])
def test_clients_that_stop_half_way_do_not_stop_visitors(site, sent):
    with ExitStack() as clients:
        for _ in range(CLIENTS):
            clients.enter_context(connect(site, sent))

        assert [get(site, path).status_code for path in ("/", "/publications/", "/projects/?q=1")] == [200] * 3


@pytest.mark.usefixtures("granian")
@pytest.mark.parametrize("head", [UPLOAD, UPLOAD.replace(b"/admin/login/", b"/")], ids=["admin", "public"])
def test_clients_that_send_a_body_one_byte_at_a_time_do_not_stop_visitors(site, head):
    is_over = threading.Event()

    def send_slowly(clients):
        while not is_over.wait(0.1):
            for client in clients:
                with suppress(OSError):
                    client.send(b"a")

    with ExitStack() as stack:
        clients = [stack.enter_context(connect(site, head)) for _ in range(CLIENTS)]
        for client in clients:
            client.setblocking(False)  # the server need not read what it refuses
        sender = threading.Thread(target=send_slowly, args=(clients,))
        sender.start()
        try:
            for number in range(5):
                assert get(site, f"/publications/?q={number}").status_code == 200
        finally:
            is_over.set()
            sender.join()


@pytest.mark.usefixtures("granian")
@pytest.mark.parametrize(("path", "most"), [("/", 2**16), ("/admin/login/", 22 * 2**20)])
def test_a_body_above_the_limit_gets_a_sentence(site, path, most):
    head = f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: {most + 1}\r\n\r\n".encode()
    with connect(site, head) as client:
        answer = client.recv(2**16)

    assert answer.startswith(b"HTTP/1.1 413 ")
    assert f"The request is larger than {most:,} bytes.".encode() in answer


def children(process):
    return set(Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split())


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_a_reload_replaces_the_workers_and_loses_no_request(site, granian):
    before, is_over, statuses = children(granian), threading.Event(), []

    def visit():
        with httpx.Client(base_url=site.url, timeout=600, trust_env=False) as client:
            while not is_over.is_set():
                statuses.append(get_as_browsers_do(client))

    visitors = [threading.Thread(target=visit) for _ in range(4)]
    with connect(site, UPLOAD + b"a" * 500) as upload:
        for visitor in visitors:
            visitor.start()
        os.kill(granian.pid, signal.SIGHUP)
        try:
            wait_until(lambda: children(granian) - before)
            upload.sendall(b"a" * 500)
            uploaded = upload.recv(100)
            wait_until(lambda: not children(granian) & before)
        finally:
            is_over.set()
            for visitor in visitors:
                visitor.join()

    assert set(statuses) == {200}
    assert uploaded.startswith(b"HTTP/1.1 403 ")  # the body is complete, but has no CSRF token
    assert get(site, "/").status_code == 200


def get_as_browsers_do(client):
    """Return the status of the home page; ask again if the connection was closed before there was an answer."""
    for _ in range(3):
        with suppress(httpx.TransportError):
            return client.get("/").status_code
    return "lost"
