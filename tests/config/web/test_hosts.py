"""One site on two machines that share the database, the cache, the bucket and the secret key, but no folder."""

import hashlib
import os
import re
import secrets
import shutil
from contextlib import contextmanager
from functools import partial

import httpx
import psycopg
import pytest
import redis

from tests import s3
from tests.profiles.files.test_images import phone_photo
from tests.publications.test_admin import ADD, form
from tests.publications.test_files import PAPER
from tests.running import PASSWORD, quickstart, served

pytestmark = [pytest.mark.slow, pytest.mark.postgresql, pytest.mark.redis]
POSTGRESQL = os.environ.get("DATABASE_URL") or "postgres://postgres@127.0.0.1:5432/postgres"
REDIS = os.environ.get("CACHE_URL") or "redis://127.0.0.1:6379/0"


@contextmanager
def database():
    """Yield the address of an empty database, which is dropped afterwards."""
    name = f"test_hosts_{secrets.token_hex(6)}"
    with psycopg.connect(POSTGRESQL, autocommit=True) as server:
        server.execute(f"CREATE DATABASE {name}")
        try:
            yield f"{POSTGRESQL.rpartition('/')[0]}/{name}"
        finally:
            server.execute(f"DROP DATABASE {name} WITH (FORCE)")


@contextmanager
def secret_key():
    """Yield a secret key, and delete the cache entries of its site afterwards."""
    key = secrets.token_urlsafe(50)
    try:
        yield key
    finally:
        with redis.Redis.from_url(REDIS) as client:
            for entry in client.scan_iter(f"{hashlib.sha256(key.encode()).hexdigest()[:12]}:*"):
                client.delete(entry)


@pytest.fixture
def environment():
    with database() as address, secret_key() as key, s3.store() as port:
        yield {
            "DATABASE_URL": address,
            "CACHE_URL": REDIS,
            "MEDIA_STORAGE_URL": s3.make_bucket(port, "media"),
            "SECRET_KEY": key,
        }


def submit(client, address, data, **files):
    """Submit a form as a browser does from its page, and return the response."""
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', client.get(address).text)[1]
    return client.post(address, data=data | {"csrfmiddlewaretoken": token}, files=files or None)


visit = partial(httpx.get, timeout=600)


@pytest.fixture
def machines(first_run, tmp_path):
    """The data folders of two machines, with their static files collected already."""
    not_copied = shutil.ignore_patterns("db.sqlite3*", "media", "secret_key")
    return [shutil.copytree(first_run[0], tmp_path / name, ignore=not_copied) for name in ("a", "b")]


def test_what_is_saved_on_one_machine_is_shown_by_the_other(environment, machines):
    code, output, errors = quickstart(machines[0], "--no-server", **environment)
    assert (code, errors) == (0, "")
    editor = {"username": "editor", "password": PASSWORD.search(output)[1]}
    with (
        served(machines[0], **environment) as a,
        served(machines[1], **environment) as b,
        httpx.Client(timeout=600) as client,
    ):
        assert "On Engines" not in b("/publications/")
        assert submit(client, f"{a.address}/admin/login/", editor).status_code == 302

        added = submit(
            client, b.address + ADD, form(state="published", image_alt="Red and blue", image_focus="50,50"),
            files=("paper.pdf", PAPER), image=("curve.jpg", phone_photo()),
        )  # fmt: skip

        assert added.status_code == 302
        for address in (a.address, b.address):
            page = visit(f"{address}/publications/on-engines/").text
            image = re.search(r"/media/images/[^\s\"]+", page)[0]
            assert visit(address + image).status_code == 200
            part = visit(f"{address}/publications/on-engines/paper.pdf", headers={"range": "bytes=0-99"})
            assert (part.status_code, part.content) == (206, PAPER[:100])
            assert "On Engines" in visit(f"{address}/publications/").text
    assert not [path for folder in machines for path in (folder / "media").rglob("*")]
