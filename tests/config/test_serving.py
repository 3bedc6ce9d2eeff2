"""gunicorn with our worker, one process and one thread, before an application that is as slow as it is told to be."""

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from contextlib import ExitStack, closing, suppress
from http.client import HTTPConnection

import httpx
import pytest

from tests.running import ROOT, wait_until

CONFIGURATION = """
from config import serving

serving.HEAD_SECONDS, serving.IDLE_SECONDS = 1, 2
worker_class, workers, threads = "config.serving.Waitress", 1, 1
graceful_timeout = 5
control_socket_disable = True
"""
APPLICATION = """
import time
from pathlib import Path

def application(environ, start_response):
    path = environ["PATH_INFO"]
    if path == "/known":
        start_response("304 Not Modified", [("ETag", "x")])
        return []
    if path == "/sized":
        start_response("200 OK", [("Content-Length", "5")])
        return [b"sized"]
    start_response("200 OK", [("Content-Type", "text/plain")])
    if path == "/parts":
        return iter([b"some", b"more"])
    if path == "/slow":
        Path(__file__).with_name("began").touch()
        time.sleep(1.5)
    if path == "/long":
        return (b"a" * 2**20 for _ in range(100))
    return [str(len(environ["wsgi.input"].read())).encode()]
"""
LONG = 100 * 2**20  # bytes
HALF = b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Half: "


class Server:
    def __init__(self, folder):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.address = free.getsockname()
        self.url = f"http://127.0.0.1:{self.address[1]}"
        (folder / "configuration.py").write_text(CONFIGURATION)
        (folder / "slow.py").write_text(APPLICATION)
        self.began = folder / "began"
        command = [sys.executable, "-m", "gunicorn", f"--config={folder}/configuration.py", f"--pythonpath={folder}",
                   f"--bind=127.0.0.1:{self.address[1]}", "--log-level=error", "slow:application"]  # fmt: skip
        env = os.environ | {"DJANGO_SETTINGS_MODULE": "config.settings", "DATA_DIR": str(folder)}
        self.process = subprocess.Popen(command, cwd=ROOT, env=env)

    def get(self, path="/", **options):
        return httpx.get(self.url + path, trust_env=False, timeout=30, **options)

    def answers(self):
        try:
            return self.get().is_success
        except httpx.TransportError:
            return False

    def connect(self, sent):
        client = socket.create_connection(self.address, timeout=30)
        client.sendall(sent)
        return client


@pytest.fixture
def server(tmp_path):
    server = Server(tmp_path)
    try:
        wait_until(server.answers)
        yield server
    finally:
        server.process.terminate()
        server.process.wait()


def received(client):
    """The number of bytes that come until the server ends the connection; waits for that."""
    size = 0
    with suppress(ConnectionResetError):
        while some := client.recv(2**16):
            size += len(some)
    return size


def drip(client, seconds):
    """Send a byte now and then until that is over or the client is cut off."""
    try:
        for _ in range(int(seconds / 0.2)):
            client.sendall(b"a")
            time.sleep(0.2)
    except OSError:
        return


@pytest.mark.parametrize(
    "sent",
    [b"", HALF, b"POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 1000\r\n\r\nhalf"],
    ids=["nothing", "half of the headers", "half of the body"],
)
def test_slow_clients_keep_nobody_waiting_and_are_cut_off(server, sent):
    with ExitStack() as open_ones:
        clients = [open_ones.enter_context(server.connect(sent)) for _ in range(100)]

        assert server.answers()
        assert [received(client) for client in clients] == [0] * 100


def test_who_takes_nothing_of_an_answer_keeps_nobody_waiting_and_is_cut_off(server):
    with server.connect(b"GET /long HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n") as client:
        assert server.answers()
        time.sleep(5)

        assert 0 < received(client) < LONG


def test_headers_that_come_a_byte_at_a_time_are_cut_off(server):
    with server.connect(HALF) as client:
        began = time.monotonic()
        drip(client, seconds=20)

        assert received(client) == 0
        assert time.monotonic() - began < 15


def test_a_body_may_take_as_long_as_bytes_of_it_come(server):
    head = b"POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\nContent-Length: 20\r\n\r\n"
    with server.connect(head) as client:
        drip(client, seconds=4)

        assert client.recv(1000).endswith(b"20")


def test_a_connection_serves_one_request_after_the_other(server):
    with httpx.Client(base_url=server.url, trust_env=False) as client:
        streams = set()
        for path, status, text in [("/", 200, "0"), ("/known", 304, ""), ("/parts", 200, "somemore")] * 2:
            answer = client.get(path)
            assert (answer.status_code, answer.text) == (status, text)
            streams.add(answer.extensions["network_stream"].get_extra_info("client_addr"))

        assert len(streams) == 1
        assert client.get("/known", headers={"Connection": "close"}).headers["connection"] == "close"


@pytest.mark.parametrize("path", ["/", "/parts", "/sized"])
def test_a_head_has_no_body_that_the_next_answer_would_begin_with(server, path):
    client = HTTPConnection(*server.address, timeout=30)
    with closing(client):
        client.request("HEAD", path)
        assert client.getresponse().read() == b""
        socket_before = client.sock
        client.request("GET", "/parts")

        assert client.getresponse().read() == b"somemore"
        assert client.sock is socket_before is not None


@pytest.mark.parametrize(
    ("sent", "answer"),
    [
        (b"GET / HTTP/1.1\r\nHost: a\r\nContent-Length: " + b"9" * 6000 + b"\r\n\r\n", b"400"),
        (b"GET http://[::1/ HTTP/1.1\r\nHost: a\r\n\r\n", b"400"),
        (b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n" + b"f" * 100_000, b"400"),
        (b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nA: " + b"f" * 100_000, b"400"),
        (b"GET / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\n\r\n", b"200"),
        (b"POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 900000000\r\n\r\n", b"413"),
    ],
    ids=["digits", "address", "chunk", "trailer", "nothing expected", "too much expected"],
)
def test_what_cannot_be_read_has_an_answer_at_once(server, sent, answer):
    with server.connect(sent) as client:
        assert client.recv(12) == b"HTTP/1.1 " + answer


def test_headers_without_end_are_refused(server):
    answer = server.get(headers={"X-Long": "a" * 100_000})

    assert answer.status_code == 431
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Security-Policy"] == "default-src 'none'; frame-ancestors 'none'"


def test_who_is_being_answered_gets_the_answer_when_the_server_is_stopped(server):
    answers = []
    client = threading.Thread(target=lambda: answers.append(server.get("/slow").status_code))
    client.start()
    wait_until(server.began.exists)

    server.process.send_signal(signal.SIGTERM)
    client.join()

    assert answers == [200]
    assert server.process.wait(10) == 0
    assert not server.answers()
