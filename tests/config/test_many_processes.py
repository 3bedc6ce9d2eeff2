"""Several server processes at once: what one has saved, the next request to any of them shows."""

import os
import re
import socket
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlencode

import pytest
from django.db import connection

from tests.running import Fields

MANAGE = Path(__file__).resolve().parents[2] / "manage.py"
WORKERS = 4
READERS = 6
SAVES = 12
PREPARE = """
from django.contrib.auth import get_user_model
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
editor = get_user_model().objects.get(is_superuser=True)
session = SessionStore()
session[SESSION_KEY] = str(editor.pk)
session[BACKEND_SESSION_KEY] = "config.door.Editors"
session[HASH_SESSION_KEY] = editor.get_session_auth_hash()
from config.door import renew
renew(session)
session.save()
from profiles.models import Section
print(session.session_key, Section.objects.create(title="Counted", body="Saved 0 times", state="published").pk)
"""


@pytest.fixture
def server(tmp_path):
    """(port, session key of an editor, number of a section) of a site with four processes, on the tests' database
    server and cache."""
    env = {name: value for name, value in os.environ.items() if name != "SECRET_KEY"}
    env |= {"DATA_DIR": str(tmp_path), "DJANGO_SETTINGS_MODULE": "config.settings"}
    if connection.vendor == "postgresql":
        with own_database() as env["DATABASE_URL"]:
            yield from running(env)
    else:
        yield from running(env)


class own_database:  # noqa: N801 (a context manager)
    def __enter__(self):
        self.name = f"processes_{os.getpid()}"
        self.execute(f"CREATE DATABASE {self.name}")
        return re.sub(r"/\w+$", f"/{self.name}", os.environ["DATABASE_URL"])

    def __exit__(self, *error):
        self.execute(f"DROP DATABASE {self.name} WITH (FORCE)")

    def execute(self, sql):
        import psycopg

        with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as server:
            server.execute(sql)


def running(env):
    def manage(*arguments):
        return subprocess.run(
            [sys.executable, MANAGE, *arguments], env=env, check=True, capture_output=True, text=True
        ).stdout

    manage("quickstart", "--no-server")
    key, number = manage("shell", "--no-imports", "-c", PREPARE).split()[-2:]
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "gunicorn", "config.wsgi:application", f"--bind=127.0.0.1:{port}",
               f"--workers={WORKERS}", "--log-level=error", "--no-control-socket"]  # fmt: skip
    with subprocess.Popen(command, env=env, cwd=MANAGE.parent) as process:
        try:
            for _ in range(300):
                with socket.socket() as client:
                    if client.connect_ex(("127.0.0.1", port)) == 0:
                        break
                time.sleep(0.1)
            yield port, key, number
        finally:
            process.terminate()


def fetch(port, method, path, body=None, **headers):
    client = HTTPConnection("127.0.0.1", port, timeout=60)
    client.request(method, path, body, {name.replace("_", "-"): value for name, value in headers.items()})
    answer = client.getresponse()
    text = answer.read().decode()
    client.close()
    return answer.status, answer.headers, text


def test_no_reader_sees_an_old_page_once_a_save_was_answered(server):
    port, key, number = server
    change = f"/admin/profiles/section/{number}/change/"
    saved, done, wrong, asked = [0], threading.Event(), [], []

    def read(path):
        etag = ""
        while not done.is_set():
            least = saved[0]
            status, headers, text = fetch(port, "GET", path, If_None_Match=etag)
            asked.append(status)
            if status == 200:
                shown = int(re.search(r"Saved (\d+) times", text)[1])
                etag = headers["ETag"]
            if shown < least:
                wrong.append((path, shown, least, status))

    def save():
        try:
            for count in range(1, SAVES + 1):
                _, headers, form = fetch(port, "GET", change, Cookie=f"sessionid={key}")
                token = headers["Set-Cookie"].partition("csrftoken=")[2].partition(";")[0]
                body = urlencode({**Fields.of(form, "section_form"), "body": f"Saved {count} times", "_save": "Save"})
                status, _, text = fetch(
                    port, "POST", change, body, Cookie=f"sessionid={key}; csrftoken={token}",
                    Content_Type="application/x-www-form-urlencoded",
                )  # fmt: skip
                assert status == 302, text
                saved[0] = count
        finally:
            done.set()

    with ThreadPoolExecutor(READERS + 1) as threads:
        readers = [threads.submit(read, ("/", "/?from=mail")[n % 2]) for n in range(READERS)]
        threads.submit(save).result()
        for reader in readers:
            reader.result()

    assert not wrong
    assert {200, 304} == set(asked)
    assert len(asked) > SAVES * 10
