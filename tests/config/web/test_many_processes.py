"""Several server processes: after a save, the next request to any of them shows it."""

import os
import re
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager

import httpx
import pytest
from django.db import connection

from tests.running import wait_until

pytestmark = pytest.mark.slow

WORKERS = 4
READERS = 6
SAVES = 12
MAKE = """
from profiles.models import Section
print(Section.objects.create(title="Counted", body="Saved 0 times", state="published").pk)
"""


@pytest.fixture
def site(new_site, tmp_path):
    """A site on the database server and cache of the test run."""
    environment = {name: os.environ[name] for name in ("CACHE_URL",) if name in os.environ}
    with ExitStack() as stack:
        if connection.vendor == "postgresql":
            environment["DATABASE_URL"] = stack.enter_context(own_database())
        yield stack.enter_context(new_site(tmp_path / "site", **environment))


@contextmanager
def own_database():
    """Yield the address of an empty database, which is dropped afterwards."""
    import psycopg

    name = f"processes_{os.getpid()}"
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as server:
        server.execute(f"CREATE DATABASE {name}")
        try:
            yield re.sub(r"/\w+$", f"/{name}", os.environ["DATABASE_URL"])
        finally:
            server.execute(f"DROP DATABASE {name} WITH (FORCE)")


def test_no_visitor_sees_an_old_page_after_a_save(site):
    (editor,) = site.editors()
    change = f"/admin/profiles/section/{site.shell(MAKE).split()[-1]}/change/"
    saved, done, wrong, asked = [0], threading.Event(), [], []

    def read(path):
        etag = ""
        # A new connection for each request, which any of the processes may accept.
        with httpx.Client(base_url=site.url, headers={"Connection": "close"}, timeout=60, trust_env=False) as client:
            while not done.is_set():
                least = saved[0]
                answer = client.get(path, headers={"If-None-Match": etag})
                asked.append(answer.status_code)
                if answer.status_code == 200:
                    shown = int(re.search(r"Saved (\d+) times", answer.text)[1])
                    etag = answer.headers["ETag"]
                if shown < least:
                    wrong.append((path, shown, least, answer.status_code))

    def save():
        try:
            for count in range(1, SAVES + 1):
                editor.open(change, "section_form")
                answer = editor.save(change, body=f"Saved {count} times")
                assert answer.status_code == 302, answer.text
                saved[0] = count
                enough = len(asked) + 3 * READERS  # however slow the machine is
                wait_until(lambda enough=enough: len(asked) >= enough)
        finally:
            done.set()

    with site.serve(workers=WORKERS), ThreadPoolExecutor(READERS + 1) as threads:
        readers = [threads.submit(read, ("/", "/?from=mail")[n % 2]) for n in range(READERS)]
        threads.submit(save).result()
        for reader in readers:
            reader.result()

    assert not wrong
    assert {200, 304} == set(asked)
