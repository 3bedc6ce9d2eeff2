"""An interrupted import can be continued, with the same result."""

import io
import os
import re
import signal
import sqlite3
import subprocess
import sys
import time
from itertools import count
from pathlib import Path
from shutil import copytree

import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction

from publications.imports import steps
from publications.models import Authorship, Origin, Publication, TaggedPublication
from tests import make
from tests.running import WITHOUT_PANDOC

pytestmark = pytest.mark.slow

BASE = Path(__file__).resolve().parents[3]
# Two entries of one work far from each other, a preprint before and after its article, keys and titles that collide,
# and one that is identified only by its journal and pages.
RECORD = "".join(
    [
        "@misc{a1, title={On Looms}, author={Lovelace, Ada}, eprint={1842.00001}, year={1842}}\n",
        *(
            f"@article{{k{n}, title={{Engine}}, author={{Babbage, C.}}, year={{18{n:02}}}, journal={{J}},"
            f" doi={{10.1000/{n}}}, keywords={{engines, no {n % 3}}}}}\n"
            for n in range(9)
        ),
        "@article{k3, title={Sketches of Cats}, author={Lear, Edward}, year={1871}, journal={J}}\n",
        "@article{a2, title={On Looms}, author={Lovelace, Ada}, year={1843}, journal={Memoirs}, doi={10.1000/looms}}\n",
        "@article{, author={Lovelace, Ada}, journal={Memoirs}, volume={3}, year={1843}}\n",
        "@article{a2, title={On Looms}, author={Lovelace, Ada}, year={1843}, journal={Memoirs}, doi={10.1000/looms}}\n",
        "@misc{, title={Engine}, author={Babbage, C.}, howpublished={arXiv}, year={1803}}\n",
        "@article{old, title={On Mills}, author={Byron}, year={1840}, journal={J}, volume={7}}\n",
    ]
)


def state():
    """Return everything that an import writes, except primary keys and times."""
    works = Publication.objects.order_by("slug")
    ties = TaggedPublication.objects.order_by("content_object__slug", "tag__key")
    return [
        list(works.values_list(
            "slug", "title", "type", "doi", "arxiv_id", "citation_key", "issued", "volume", "extra", "state",
            "version_of__slug",
        )),
        list(Authorship.objects.order_by("publication__slug", "role", "position").values_list(
            "publication__slug", "role", "position", "name", "parts", "person__slug",
        )),
        list(ties.values_list("content_object__slug", "tag__key")),
        [(str(origin), repr(origin.reference)) for origin in Origin.objects.order_by("publication__slug", "source")],
    ]  # fmt: skip


def take(file):
    """(exit code, what was written to both)"""
    out = io.StringIO()
    try:
        call_command("import_publications", file, publish=True, stdout=out, stderr=out)
    except CommandError as error:
        return error.returncode, f"{out.getvalue()}{error}"
    return 0, out.getvalue()


class StopAt:
    """Raises KeyboardInterrupt at the query with that number."""

    def __init__(self, number):
        self.left = number

    def __call__(self, execute, *query):
        self.left -= 1
        if self.left == 0:
            signal.raise_signal(signal.SIGINT)
        return execute(*query)


@pytest.fixture
def record(db, tmp_path, monkeypatch):
    monkeypatch.setattr(steps, "CHUNK", 3)
    make.person("Ada Lovelace")
    make.publication("On Mills", authors=["Byron"], issued="1840", type="article-journal", citation_key="old")
    path = tmp_path / "record.bib"
    path.write_text(RECORD)
    return path


# Django leaves psycopg's cursor open if Ctrl-C interrupts its opening.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_an_interrupted_import_can_be_continued_with_the_same_result(record):
    with transaction.atomic():
        assert take(record)[0] == 0
        whole = state()
        transaction.set_rollback(True)

    for moment in count(1, 17):
        with transaction.atomic():
            with connection.execute_wrapper(StopAt(moment)):
                code, said = take(record)
            if code == 0:  # it has fewer queries than that
                break
            saved = re.search(r"Interrupted after (\d+) entries of .*\. Run the same command again", said)[1]
            assert code == 130
            assert int(saved) in (0, 3, 6, 9, 12, 15, RECORD.count("\n"))

            assert take(record)[0] == 0
            assert state() == whole
            transaction.set_rollback(True)

    assert moment > 100


def test_batches_match_the_same_works_as_one_plan(record, monkeypatch):
    with transaction.atomic():
        take(record)
        in_chunks = state()
        transaction.set_rollback(True)
    monkeypatch.setattr(steps, "CHUNK", 500)

    _, said = take(record)

    assert "1 repeated" in said
    assert state() == in_chunks


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_an_interrupted_dry_run_changes_nothing(record):
    before = state()

    with connection.execute_wrapper(StopAt(5)), pytest.raises(CommandError, match="Interrupted. Nothing was changed"):
        call_command("import_publications", record, dry_run=True, stdout=io.StringIO())

    assert state() == before


def test_each_batch_is_imported_before_the_next_is_read(db, monkeypatch):
    monkeypatch.setattr(steps, "CHUNK", 10)
    asked = 0

    def references():
        nonlocal asked
        for asked in range(1, 101):
            yield steps.Reference(type="book", title=f"Engine {asked}")

    for number, _ in enumerate(steps.import_all(references(), "bib"), 1):
        assert asked == number * 10 == Publication.objects.count()


class Site:
    """A separate site in a folder, whose commands are processes."""

    def __init__(self, folder):
        self.folder = folder
        inherited = {name: value for name, value in os.environ.items() if name not in ("DATABASE_URL", "DATA_DIR")}
        own = {"DATA_DIR": str(folder), "DJANGO_SETTINGS_MODULE": "config.settings"}
        self.environment = inherited | own | WITHOUT_PANDOC

    def start(self, *arguments):
        command = [sys.executable, BASE / "manage.py", *arguments]
        return subprocess.Popen(command, env=self.environment, text=True, stdout=-1, stderr=subprocess.STDOUT)

    def run(self, *arguments):
        process = self.start(*arguments)
        said, _ = process.communicate()
        return process.returncode, said

    def rows(self, query="SELECT slug, title, citation_key, doi, extra FROM publications_publication ORDER BY id"):
        with sqlite3.connect(self.folder / "db.sqlite3") as database:
            return database.execute(query).fetchall()


@pytest.mark.parametrize(("stop", "code"), [(signal.SIGINT, 130), (signal.SIGKILL, -signal.SIGKILL)])
def test_a_stopped_process_leaves_complete_batches_and_the_next_one_continues(empty_site, tmp_path, stop, code):
    file = tmp_path / "record.bib"
    books = (f"@book{{b{n}, title={{Engine {n % 40}}}, year={{{1500 + n % 500}}}}}\n" for n in range(3000))
    file.write_text("".join(books))
    whole, stopped = (Site(copytree(empty_site, tmp_path / name)) for name in ("whole", "stopped"))
    code_of_whole, said = whole.run("import_publications", file)
    assert code_of_whole == 0, said

    process = stopped.start("import_publications", file)
    while not stopped.rows() and process.poll() is None:
        time.sleep(0.01)
    process.send_signal(stop)
    said, _ = process.communicate()

    saved = len(stopped.rows())
    assert process.returncode == code
    assert 0 < saved < 3000
    assert saved % steps.CHUNK == 0
    assert stop == signal.SIGKILL or f"entries of {file}. Run the same command again to continue." in said
    assert stopped.run("import_publications", file)[0] == 0
    assert stopped.rows() == whole.rows()
