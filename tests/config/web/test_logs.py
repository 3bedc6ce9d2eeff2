"""What a running site writes to its log, mails, and reports to Sentry."""

import gzip
import json
import logging
import shutil
import socket
import socketserver
import sqlite3
import sys
import threading
from contextlib import closing, contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer

import brotli
import httpx
import pytest

from config import checks
from config.web import logs
from tests.running import free_port, served, wait_until

CLIENT_IP = "203.0.113.77"
SECRETS = (CLIENT_IP, "127.0.0.1", "tyger", "ada@example.org", "cookie-of-mine", "evil.example")


@pytest.fixture
def folder(first_run, tmp_path):
    return shutil.copytree(first_run[0], tmp_path / "var")


@contextmanager
def listening(server):
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        server.server_close()


@contextmanager
def mail_server():
    """Yield its port, and the list of mails that it has received."""
    mails = []

    class Session(socketserver.StreamRequestHandler):
        def handle(self):
            self.wfile.write(b"220 sink\r\n")
            for line in self.rfile:
                if line.upper().startswith(b"DATA"):
                    self.wfile.write(b"354 go on\r\n")
                    mails.append(b"".join(iter(self.rfile.readline, b".\r\n")).decode())
                self.wfile.write(b"221 bye\r\n" if line.upper().startswith(b"QUIT") else b"250 ok\r\n")

    with listening(socketserver.ThreadingTCPServer(("127.0.0.1", 0), Session)) as port:
        yield port, mails


@contextmanager
def sentry():
    """Yield its port, and the list of events that it has received."""
    events = []

    class Ingest(BaseHTTPRequestHandler):
        def do_POST(self):
            body = self.rfile.read(int(self.headers["Content-Length"]))
            body = {"gzip": gzip.decompress, "br": brotli.decompress}[self.headers["Content-Encoding"]](body)
            events.extend(
                json.loads(line) for line in body.splitlines() if b'"event_id"' in line and b"platform" in line
            )
            self.send_response(200)
            self.end_headers()

        def log_message(self, *args):
            pass

    with listening(HTTPServer(("127.0.0.1", 0), Ingest)) as port:
        yield port, events


def send_bad_requests(address):
    port = int(address.rpartition(":")[2])
    headers = {
        "X-Forwarded-For": CLIENT_IP,
        "Cookie": "sessionid=cookie-of-mine",
        "Referer": "https://evil.example/?tyger",
    }
    with httpx.Client(base_url=address, headers=headers, timeout=600) as client:
        client.get("/no-such-page/?q=tyger")
        client.get("/preview/tyger/")
        client.get("/publications/?q=tyger%00")
        client.get("/cv/", headers={"Host": CLIENT_IP})
        client.post("/admin/login/?next=tyger", data={"username": "ada@example.org", "password": "tyger"})
        client.get("/forged%0a2026-01-01%20ERROR%20root:%20all%20is%20lost")
    with socket.create_connection(("127.0.0.1", port)) as raw:
        raw.sendall(b"GET / HTTP/1.1\r\nHost: tyger\r\nbad header\r\n\r\n")
        raw.recv(1000)


@pytest.mark.slow
def test_json_lines_contain_no_personal_data(folder):
    with served(folder, LOG_FORMAT="json", ACCESS_LOG="on") as get:
        send_bad_requests(get.address)
        get("/publications/?q=tyger")

    lines = [json.loads(line) for line in get.errors.splitlines()]
    assert not [word for word in SECRETS if word in get.errors]
    assert {"time", "level", "logger", "message"} <= set.intersection(*map(set, lines))
    (missing,) = [line for line in lines if line["message"] == "Not Found: /no-such-page/"]
    assert (missing["method"], missing["path"], missing["status"]) == ("GET", "/no-such-page/", 404)
    requests = [(line["path"], line["status"]) for line in lines if line["logger"] == "site.requests"]
    assert ("/publications/", 200) in requests
    assert ("/preview/…/", 404) in requests
    assert not [line for line in lines if "traceback" in line]


@pytest.mark.slow
def test_plain_lines_contain_no_personal_data_and_cannot_be_forged(folder):
    with served(folder) as get:
        send_bad_requests(get.address)
        get("/publications/")

    assert not [word for word in SECRETS if word in get.errors]
    assert "WARNING django.request: Not Found: /no-such-page/\n" in get.errors
    assert "\n2026-01-01 ERROR root" not in get.errors
    assert "Traceback" not in get.errors
    assert "site.requests" not in get.errors


@pytest.mark.slow
def test_an_error_is_mailed_and_reported_once_without_personal_data(folder):
    with closing(sqlite3.connect(folder / "db.sqlite3")) as database:
        database.execute("ALTER TABLE projects_highlight RENAME TO gone")
    with mail_server() as (mail_port, mails), sentry() as (sentry_port, events):
        environment = {
            "ADMINS": "admin@example.org",
            "EMAIL_URL": f"smtp://127.0.0.1:{mail_port}",
            "SENTRY_DSN": f"http://key@127.0.0.1:{sentry_port}/1",
            "WEB_CONCURRENCY": "1",
        }
        with served(folder, **environment) as get:
            send_bad_requests(get.address)
            address = f"{get.address}/projects/?q=tyger"
            headers = {"X-Forwarded-For": CLIENT_IP, "Cookie": "sessionid=cookie-of-mine", "User-Agent": "evil.example"}
            for _ in range(5):
                assert httpx.get(address, headers=headers, timeout=600).status_code == 503
            wait_until(lambda: mails and events)

    (mail,) = mails
    assert "To: admin@example.org" in mail
    assert "path: /projects/" in mail
    assert "no such table: projects_highlight" in mail
    reported = json.dumps(events)
    assert {event["request"]["url"] for event in events} == {f"http://…:{get.address.rpartition(':')[2]}/projects/"}
    assert {event["exception"]["values"][-1]["type"] for event in events} == {"OperationalError"}
    assert not [word for word in SECRETS if word in mail + reported]


def test_at_most_ten_mails_an_hour_are_sent_and_the_rest_is_counted(settings, mailoutbox):
    settings.ADMINS = [("", "admin@example.org")]
    mail = logs.Mail()

    for number in range(10_000):
        mail.handle(logging.LogRecord("x", logging.ERROR, "", 0, f"Fault {number}", (), None))
    mail.sent_at.clear()
    mail.handle(logging.LogRecord("x", logging.ERROR, "", 0, "An hour later", (), None))

    assert len(mailoutbox) == 11
    assert mailoutbox[-1].body.endswith("9990 more errors were not mailed since the last mail; the log has them.")


def test_a_mail_server_that_does_not_answer_breaks_no_page(settings, capsys):
    settings.ADMINS = [("", "admin@example.org")]
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", free_port()

    logs.Mail().handle(logging.LogRecord("x", logging.ERROR, "", 0, "A fault", (), None))

    assert "ConnectionRefusedError" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("from 203.0.113.7:80, 2001:db8::1 and ::1", "from …:80, … and …"),
        ("at 12:34:56 of 2026-01-02T03:04:05", "at 12:34:56 of 2026-01-02T03:04:05"),
        ("GET /search/?q=engines HTTP", "GET /search/… HTTP"),
        ("/preview/abc_DEF-1/paper.pdf", "/preview/…/paper.pdf"),
        ("Key exists\nDETAIL:  Key (email)=(ada) already exists.\n", "Key exists\nDETAIL: …\n"),
        ("Ada <ada.l@mail.example.org> wrote", "Ada <…> wrote"),
        ("django 5.2.19 at line 12", "django 5.2.19 at line 12"),
    ],
)
def test_personal_data_is_removed(text, expected):
    assert logs.anonymize(text) == expected


def test_an_unusable_sentry_dsn_is_an_error(settings, monkeypatch):
    settings.SENTRY_DSN = "https://sentry.example.org"
    assert [error.id for error in checks.check_sentry(None)] == ["config.E011"]

    settings.SENTRY_DSN = "https://key@sentry.example.org/1"
    assert checks.check_sentry(None) == []
    monkeypatch.setattr(checks, "find_spec", lambda name: None)
    assert [error.id for error in checks.check_sentry(None)] == ["config.E010"]


def test_an_unknown_log_format_is_a_warning(settings):
    settings.LOG_FORMAT = "xml"

    assert [warning.id for warning in checks.check_log_format(None)] == ["config.W010"]


def test_sentry_is_not_imported_unless_it_is_set():
    assert "config.web.sentry" not in sys.modules
