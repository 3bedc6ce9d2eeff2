"""quickstart as a user runs it: in a process of its own, on a folder of its own, with a real server."""

import os
import re
import shutil
import socket
import sqlite3
import subprocess
import sys
import time
import urllib.request
from contextlib import closing, contextmanager
from urllib.error import URLError

import pytest
from django.conf import settings

TAKEN_FROM_THE_SHELL = ("PATH", "SYSTEMROOT", "LANG", "HOME")
PASSWORD = re.compile(r"Sign in as “editor” with the password (\S{12,})")


def process(folder, *arguments, **environment):
    kept = {name: os.environ[name] for name in TAKEN_FROM_THE_SHELL if name in os.environ}
    return subprocess.Popen(
        [sys.executable, "manage.py", "quickstart", *arguments],
        cwd=settings.BASE_DIR,
        env={**kept, "PYTHONUTF8": "1", "DATA_DIR": str(folder), **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
    )


def quickstart(folder, *arguments, **environment):
    """Exit code, output and errors of a run that ends by itself."""
    running = process(folder, *arguments, **environment)
    output, errors = running.communicate(timeout=90)
    return running.returncode, output, errors


@contextmanager
def served(folder, *arguments, **environment):
    """Yields a function that fetches a page's text, as soon as the site answers; ``get.address`` is the site's.

    Afterwards ``get.errors`` is what it has logged.
    """
    port = free_port()
    running = process(folder, f"--port={port}", *arguments, **environment)

    def get(path):
        with urllib.request.urlopen(f"http://127.0.0.1:{port}{path}", timeout=20) as response:
            return response.read().decode()

    get.address = f"http://127.0.0.1:{port}"
    try:
        wait_until_it_answers(running, get)
        yield get
    finally:
        running.terminate()
        get.output, get.errors = running.communicate(timeout=30)


def wait_until_it_answers(running, get):
    end = time.monotonic() + 60
    while running.poll() is None and time.monotonic() < end:
        try:
            get("/healthz")
        except (URLError, ConnectionError):
            time.sleep(0.05)
        else:
            return
    running.kill()
    pytest.fail(f"quickstart does not answer: {running.communicate()}")


def free_port():
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def one_line(errors):
    return errors.startswith("CommandError: ") and errors.count("\n") == 1


@pytest.fixture(scope="module")
def first_run(tmp_path_factory):
    """The data folder that the first run in an empty folder leaves, and what the run printed."""
    folder = tmp_path_factory.mktemp("quickstart") / "var"
    code, output, errors = quickstart(folder, "--no-server")
    assert (code, errors) == (0, "")
    return folder, output


@pytest.fixture
def folder(first_run, tmp_path):
    """A copy of that data folder, for one test to change."""
    return shutil.copytree(first_run[0], tmp_path / "var")


def test_the_first_run_makes_everything_and_prints_the_password(first_run):
    folder, output = first_run

    assert sorted(path.name for path in folder.iterdir()) == [
        "db.sqlite3", "media", "secret_key", "start.lock", "static", "static.fingerprint",
    ]  # fmt: skip
    assert len(PASSWORD.findall(output)) == 1
    assert "loaded (15 entries)" in output


def test_of_several_starts_at_once_one_makes_the_site_and_the_others_find_it(tmp_path):
    starts = [process(tmp_path / "var", "--no-server") for _ in range(3)]
    outputs = "".join(start.communicate(timeout=90)[0] for start in starts)

    assert [start.returncode for start in starts] == [0, 0, 0]
    assert len(PASSWORD.findall(outputs)) == 1
    assert outputs.count("loaded (15 entries)") == 1
    assert outputs.count("not loaded") == 2


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such permissions")
def test_the_secret_key_is_for_its_owner_alone(first_run):
    key = first_run[0] / "secret_key"

    assert key.stat().st_mode & 0o777 == 0o600
    assert len(key.read_text().strip()) >= 50


def content_of(database):
    """All rows but those of the search, whose index follows what has changed."""
    return [line for line in database.iterdump() if not re.search('"(?:profiles_stale|search_|sqlite_)', line)]


def test_a_second_run_keeps_everything_and_is_quick(folder):
    key = (folder / "secret_key").read_text()
    with closing(sqlite3.connect(folder / "db.sqlite3")) as database:
        database.execute("UPDATE profiles_person SET headline = 'Countess' WHERE is_owner")
        database.commit()
        before = content_of(database)

    started = time.monotonic()
    code, output, errors = quickstart(folder, "--no-server")
    took = time.monotonic() - started

    with closing(sqlite3.connect(folder / "db.sqlite3")) as database:
        assert content_of(database) == before
    assert (code, errors) == (0, "")
    assert (folder / "secret_key").read_text() == key
    assert PASSWORD.search(output) is None
    assert "collected" not in output
    assert took < 10  # about one second on an idle machine


def test_the_server_answers_with_the_facts_of_the_first_site(folder):
    with served(folder, "--name", "Ada Lovelace") as get:
        home, paper, static = get("/"), get("/publications/moe-cap/"), get("/admin/login/")

    for fact in ("Ada Lovelace", "PhD Student at the University of Edinburgh", "ContextPilot", "4–13×", "erhu"):
        assert fact in home
    assert "Datasets and Benchmarks Track" in paper
    assert re.search(r"/static/admin/css/base\.[0-9a-f]{12}\.css", static)


def test_name_renames_the_owner_and_an_unusable_one_is_refused(folder):
    code, output, _ = quickstart(folder, "--no-server", "--name", "Ada  King Lovelace")
    refused, _, errors = quickstart(folder, "--no-server", "--name", " ")

    assert (code, refused) == (0, 1)
    assert "Ada King Lovelace" in output
    assert one_line(errors)
    with closing(sqlite3.connect(folder / "db.sqlite3")) as database:
        owner = database.execute("SELECT name, family, slug FROM profiles_person WHERE is_owner").fetchall()
    assert owner == [("Ada King Lovelace", "Lovelace", "ada-king-lovelace")]


def test_a_taken_port_is_told_before_anything_is_made(tmp_path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]

        code, output, errors = quickstart(tmp_path / "var", f"--port={port}")

    assert (code, output) == (1, "")
    assert one_line(errors)
    assert f"Port {port} cannot be used" in errors
    assert not (tmp_path / "var").exists()


def test_a_port_that_is_none_is_told(tmp_path):
    code, _, errors = quickstart(tmp_path / "var", "--port=70000")

    assert code == 1
    assert one_line(errors)


def test_a_folder_that_cannot_be_made_is_told(tmp_path):
    (tmp_path / "file").touch()

    code, _, errors = quickstart(tmp_path / "file" / "var", "--no-server")

    assert code == 1
    assert one_line(errors)
    assert "set DATA_DIR to a folder that is" in errors


def test_a_database_of_a_newer_version_is_left_alone(folder):
    with closing(sqlite3.connect(folder / "db.sqlite3")) as database:
        database.execute(
            "INSERT INTO django_migrations (app, name, applied) VALUES ('profiles', '9999_later', '2040-01-01')"
        )
        database.commit()

    code, _, errors = quickstart(folder, "--no-server")

    assert code == 1
    assert one_line(errors)
    assert "was made by a newer version (profiles.9999_later is not known here)" in errors


def test_a_file_that_is_no_database_is_told(tmp_path):
    (tmp_path / "db.sqlite3").write_bytes(b"This is not a database. " * 100)

    code, _, errors = quickstart(tmp_path, "--no-server")

    assert code == 1
    assert one_line(errors)
    assert "file is not a database" in errors


def test_a_database_of_something_else_is_left_alone(tmp_path):
    with closing(sqlite3.connect(tmp_path / "db.sqlite3")) as database:
        database.execute("CREATE TABLE recipe (name text)")
        database.commit()

    code, _, errors = quickstart(tmp_path, "--no-server")

    assert code == 1
    assert one_line(errors)
    assert "belongs to something else" in errors
