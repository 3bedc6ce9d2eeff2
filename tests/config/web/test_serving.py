"""gunicorn with our worker, one process and one thread, before an application that is as slow as it is told to be."""

import os
import re
import resource
import select
import signal
import socket
import subprocess
import sys
import threading
import time
from contextlib import ExitStack, closing, contextmanager, suppress
from http.client import HTTPConnection
from pathlib import Path

import httpx
import pytest

from tests.running import ROOT, wait_until

CONFIGURATION = """
from config.web import serving

serving.HEAD_SECONDS, serving.IDLE_SECONDS, serving.LARGEST_AT_ONCE = 1, 2, 1
worker_class, workers, threads = "config.web.serving.Waitress", 1, 1
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
    if path == "/kept":
        status, headers, body = at_hand(environ)
        start_response(status, headers)
        return [body]
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

def at_hand(environ):
    if environ["PATH_INFO"] == "/kept":
        return "200 OK", [("Content-Length", "4")], b"kept" if environ["REQUEST_METHOD"] == "GET" else b""

application.at_hand = at_hand
"""
LONG = 100 * 2**20  # bytes
HALF = b"GET / HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Half: "


class Server:
    def __init__(self, folder, *options):
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.address = free.getsockname()
        self.url = f"http://127.0.0.1:{self.address[1]}"
        (folder / "configuration.py").write_text(CONFIGURATION)
        (folder / "slow.py").write_text(APPLICATION)
        self.began = folder / "began"
        command = [
            *(sys.executable, "-m", "gunicorn", f"--config={folder}/configuration.py", f"--pythonpath={folder}"),
            *(f"--bind=127.0.0.1:{self.address[1]}", "--log-level=error", *options, "slow:application"),
        ]
        env = os.environ | {"DJANGO_SETTINGS_MODULE": "config.settings", "DATA_DIR": str(folder), "UPLOAD_MAX_MB": "1"}
        self.process = subprocess.Popen(command, cwd=ROOT, env=env)

    def get(self, path="/", **options):
        return httpx.get(self.url + path, trust_env=False, timeout=30, **options)

    def post(self, path, size):
        return httpx.post(self.url + path, content=b"a" * size, trust_env=False, timeout=30)

    def open_files(self):
        (worker,) = children(self.process.pid)
        return len(list(Path(f"/proc/{worker}/fd").iterdir()))

    def answers(self):
        try:
            return self.get().is_success
        except httpx.TransportError:
            return False

    def connect(self, sent):
        client = socket.create_connection(self.address, timeout=30)
        client.sendall(sent)
        return client


@contextmanager
def started(*arguments):
    server = Server(*arguments)
    try:
        wait_until(server.answers)
        yield server
    finally:
        server.process.terminate()
        server.process.wait()


@pytest.fixture(scope="module")
def server(tmp_path_factory):
    with started(tmp_path_factory.mktemp("server")) as server:
        yield server


@pytest.fixture
def own_server(tmp_path):
    with started(tmp_path) as server:
        yield server


def children(process):
    return [int(child) for child in Path(f"/proc/{process}/task/{process}/children").read_text().split()]


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


def test_who_takes_nothing_of_an_answer_keeps_nobody_waiting_and_is_cut_off(own_server):
    before = own_server.open_files()
    with own_server.connect(b"GET /long HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n") as client:
        assert own_server.answers()
        wait_until(lambda: own_server.open_files() > before)
        wait_until(lambda: own_server.open_files() <= before)

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


@pytest.mark.parametrize("path", ["/", "/parts", "/sized", "/kept"])
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
        (b"POST /admin/ HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n" + b"f" * 100_000, b"400"),
        (b"POST /admin/ HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nA: " + b"f" * 100_000, b"400"),
        (b"GET / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\n\r\n", b"200"),
        (b"POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 900000000\r\n\r\n", b"413"),
        (b"GET / HTTP/1.1\r\n\r\n", b"400"),
        (b"GET / HTTP/1.0\r\n\r\n", b"200"),
    ],
    ids=["digits", "address", "chunk", "trailer", "nothing expected", "too much expected", "no host", "no host in 1.0"],
)
def test_what_cannot_be_read_has_an_answer_at_once(server, sent, answer):
    with server.connect(sent) as client:
        assert client.recv(12)[9:] == answer


def test_what_is_at_hand_waits_for_no_thread(server):
    with server.connect(b"GET /slow HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n") as busy:
        wait_until(server.began.exists)
        assert [server.get("/kept").text for _ in range(3)] == ["kept"] * 3

        assert select.select([busy], [], [], 0)[0] == []
        assert received(busy) > 0


def test_answers_come_in_the_order_of_what_was_asked_for(server):
    asked = ["/kept", "/kept", "/sized", "/kept", "/parts", "/kept"]
    requests = b"".join(f"GET {path} HTTP/1.1\r\nHost: a\r\n\r\n".encode() for path in asked)
    with server.connect(requests + b"GET /kept HTTP/1.0\r\n\r\n") as client:
        answers = b"".join(iter(lambda: client.recv(2**16), b""))

    bodies = re.findall(rb"kept|sized|some|more", answers)
    assert b" ".join(bodies) == b"kept kept sized kept some more kept kept"


@pytest.mark.parametrize("path", ["kept", "sized"])
def test_of_many_requests_at_once_the_first_are_answered_and_the_connection_ends(server, path):
    with server.connect(f"GET /{path} HTTP/1.1\r\nHost: a\r\n\r\n".encode() * 100) as client:
        answers = b"".join(iter(lambda: client.recv(2**16), b""))

    assert answers.count(b"200 OK") == 8
    assert answers.count(b"Connection: close") == 1


def test_headers_without_end_are_refused(server):
    answer = server.get(headers={"X-Long": "a" * 100_000})

    assert answer.status_code == 431
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Content-Security-Policy"] == "default-src 'none'; frame-ancestors 'none'"


def test_who_is_being_answered_gets_the_answer_when_the_server_is_stopped(own_server):
    answers = []
    client = threading.Thread(target=lambda: answers.append(own_server.get("/slow").status_code))
    client.start()
    wait_until(own_server.began.exists)

    own_server.process.send_signal(signal.SIGTERM)
    client.join()

    assert answers == [200]
    assert own_server.process.wait(10) == 0
    assert not own_server.answers()


def test_requests_over_a_connection_that_was_kept_are_answered_while_the_processes_are_renewed(own_server):
    with httpx.Client(base_url=own_server.url, trust_env=False) as client:
        client.get("/")
        own_server.process.send_signal(signal.SIGHUP)
        ends_at, answers = time.monotonic() + 3, []
        while time.monotonic() < ends_at:
            answers.append(client.get("/"))

    assert {answer.status_code for answer in answers} == {200}
    assert "close" in {answer.headers.get("connection") for answer in answers}


@pytest.mark.parametrize("head", [b"Content-Length: 8000000", b"Transfer-Encoding: chunked"])
def test_who_sends_too_much_may_read_that_it_is_refused(server, head):
    with server.connect(b"POST / HTTP/1.1\r\nHost: a\r\n" + head + b"\r\n\r\n") as client:
        client.sendall(b"7A1200\r\n" + b"a" * 4_000_000)

        assert client.recv(12) == b"HTTP/1.1 413"


def test_the_admin_takes_what_a_form_may_have(server):
    assert server.post("/admin/", 22 * 2**20).text == str(22 * 2**20)
    assert server.post("/admin/", 22 * 2**20 + 1).status_code == 413
    assert server.post("/", 2**16).text == str(2**16)
    assert server.post("/", 2**16 + 1).status_code == 413


def test_the_latest_are_cut_off_where_many_send_much_at_a_time(server):
    head = b"POST /admin/ HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: 10000100\r\n\r\n"
    with ExitStack() as open_ones:
        clients = [open_ones.enter_context(server.connect(head)) for _ in range(4)]
        for client in clients:
            client.sendall(b"a" * 10_000_000)
        for _ in range(100):  # in which none of them is idle
            time.sleep(0.03)
            for client in clients:
                with suppress(OSError):
                    client.sendall(b"a")

        assert [received(client) > 0 for client in clients] == [True, True, False, False]


def test_a_client_that_asks_for_the_end_of_the_connection_has_it(server):
    with server.connect(b"GET / HTTP/1.1\r\nHost: a\r\nConnection: TE, close\r\n\r\n") as client:
        began = time.monotonic()

        assert received(client) > 0
        assert time.monotonic() - began < 1


def test_a_unix_socket_and_an_address_are_served_together(tmp_path):
    with started(tmp_path, f"--bind=unix:{tmp_path}/socket") as server, socket.socket(socket.AF_UNIX) as client:
        client.connect(f"{tmp_path}/socket")
        client.sendall(b"GET / HTTP/1.0\r\n\r\n")

        assert client.recv(12) == b"HTTP/1.0 200"
        assert server.answers()


def test_what_does_not_fit_into_the_temporary_folder_is_refused_with_a_sentence(tmp_path):
    with started(tmp_path) as server:
        for process in (server.process.pid, *children(server.process.pid)):
            resource.prlimit(process, resource.RLIMIT_FSIZE, (2**20, 2**20))
        answer = server.post("/admin/", 2**21)

        assert answer.status_code == 507
        assert "The disk of this site is full." in answer.text
        assert server.post("/admin/", 2**18).is_success
