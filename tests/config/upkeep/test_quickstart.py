"""The command quickstart, in a separate process, on a new folder, with a real server."""

import os
import re
import shutil
import socket
import sqlite3
from contextlib import closing

import pytest

from tests.running import PASSWORD, is_one_line, quickstart, served, start_quickstart

pytestmark = pytest.mark.slow


@pytest.fixture
def folder(first_run, tmp_path):
    """A copy of the data folder of the first run, which a test may change."""
    return shutil.copytree(first_run[0], tmp_path / "var")


def test_the_first_run_creates_everything_and_prints_the_password(first_run):
    folder, output = first_run

    assert sorted(path.name for path in folder.iterdir()) == [
        "db.sqlite3", "media", "secret_key", "start.lock", "static", "static.fingerprint",
    ]  # fmt: skip
    assert len(PASSWORD.findall(output)) == 1
    assert "loaded (15 entries)" in output


def test_of_several_concurrent_starts_one_creates_the_site_and_the_others_find_it(tmp_path):
    starts = [start_quickstart(tmp_path / "var", "--no-server") for _ in range(3)]
    outputs = "".join(start.communicate()[0] for start in starts)

    assert [start.returncode for start in starts] == [0, 0, 0]
    assert len(PASSWORD.findall(outputs)) == 1
    assert outputs.count("loaded (15 entries)") == 1
    assert outputs.count("not loaded") == 2


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such permissions")
def test_only_the_owner_can_read_the_secret_key(first_run):
    key = first_run[0] / "secret_key"

    assert key.stat().st_mode & 0o777 == 0o600
    assert len(key.read_text().strip()) >= 50


def content_of(database):
    """Return all rows but those of the search index, which is updated."""
    return [line for line in database.iterdump() if not re.search('"(?:profiles_stale|search_|sqlite_)', line)]


def test_a_second_run_changes_nothing(folder):
    key = (folder / "secret_key").read_text()
    with closing(sqlite3.connect(folder / "db.sqlite3")) as database:
        database.execute("UPDATE profiles_person SET headline = 'Countess' WHERE is_owner")
        database.commit()
        before = content_of(database)

    code, output, errors = quickstart(folder, "--no-server")

    with closing(sqlite3.connect(folder / "db.sqlite3")) as database:
        assert content_of(database) == before
    assert (code, errors) == (0, "")
    assert (folder / "secret_key").read_text() == key
    assert PASSWORD.search(output) is None
    assert "collected" not in output


def test_the_server_shows_the_first_site(folder):
    with served(folder, "--name", "Ada Lovelace") as get:
        home, paper, static = get("/"), get("/publications/moe-cap/"), get("/admin/login/")

    for fact in ("Ada Lovelace", "PhD Student at the University of Edinburgh", "ContextPilot", "4–13×", "erhu"):
        assert fact in home
    assert "Datasets and Benchmarks Track" in paper
    assert re.search(r"/static/admin/css/base\.[0-9a-f]{12}\.css", static)


def test_empty_starts_with_only_the_owner_and_removes_the_example_content(folder, tmp_path):
    code, output, _ = quickstart(tmp_path / "new", "--no-server", "--empty", "--name", "Ada Lovelace")
    assert (code, "empty: only its owner" in output) == (0, True)

    code, output, _ = quickstart(folder, "--no-server", "--empty")

    assert (code, "Removed: 4 projects, 2 publications, " in output) == (0, True)
    with served(folder) as get:
        assert "<nav" not in get("/")


def test_name_renames_the_owner_and_an_empty_one_is_rejected(folder):
    code, output, _ = quickstart(folder, "--no-server", "--name", "Ada  King Lovelace")
    refused, _, errors = quickstart(folder, "--no-server", "--name", " ")

    assert (code, refused) == (0, 1)
    assert "Ada King Lovelace" in output
    assert is_one_line(errors)
    with closing(sqlite3.connect(folder / "db.sqlite3")) as database:
        owner = database.execute("SELECT name, family, slug FROM profiles_person WHERE is_owner").fetchall()
    assert owner == [("Ada King Lovelace", "Lovelace", "ada-king-lovelace")]


def test_a_port_in_use_is_reported_before_anything_is_created(tmp_path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]

        code, output, errors = quickstart(tmp_path / "var", f"--port={port}")

    assert (code, output) == (1, "")
    assert is_one_line(errors)
    assert f"Port {port} cannot be used" in errors
    assert not (tmp_path / "var").exists()


def test_an_impossible_port_is_reported(tmp_path):
    code, _, errors = quickstart(tmp_path / "var", "--port=70000")

    assert code == 1
    assert is_one_line(errors)


def test_a_folder_that_cannot_be_created_is_reported(tmp_path):
    (tmp_path / "file").touch()

    code, _, errors = quickstart(tmp_path / "file" / "var", "--no-server")

    assert code == 1
    assert is_one_line(errors)
    assert "set DATA_DIR to another folder" in errors


def test_a_database_of_a_newer_version_is_not_changed(folder):
    with closing(sqlite3.connect(folder / "db.sqlite3")) as database:
        database.execute(
            "INSERT INTO django_migrations (app, name, applied) VALUES ('profiles', '9999_later', '2040-01-01')"
        )
        database.commit()

    code, _, errors = quickstart(folder, "--no-server")

    assert code == 1
    assert is_one_line(errors)
    assert "was created by a newer version (this one has no profiles.9999_later)" in errors


def test_a_file_that_is_not_a_database_is_reported(tmp_path):
    (tmp_path / "db.sqlite3").write_bytes(b"This is not a database. " * 100)

    code, _, errors = quickstart(tmp_path, "--no-server")

    assert code == 1
    assert is_one_line(errors)
    assert "file is not a database" in errors


def test_a_database_of_another_program_is_not_changed(tmp_path):
    with closing(sqlite3.connect(tmp_path / "db.sqlite3")) as database:
        database.execute("CREATE TABLE recipe (name text)")
        database.commit()

    code, _, errors = quickstart(tmp_path, "--no-server")

    assert code == 1
    assert is_one_line(errors)
    assert "belongs to another program" in errors
