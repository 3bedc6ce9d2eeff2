"""The benchmarks run from end to end; their figures are not asserted."""

import os
import shutil
import subprocess
import sys

import pytest
from django.conf import settings

pytestmark = pytest.mark.slow
needs_wrk = pytest.mark.skipif(
    not shutil.which("wrk") and os.environ.get("CI") != "true", reason="wrk is not installed"
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("benchmarks")


def run(name, *arguments):
    """Return the first cells of all rows that a benchmark prints."""
    command = [sys.executable, "-m", f"tests.benchmarks.{name}", *arguments]
    done = subprocess.run(command, cwd=settings.BASE_DIR, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    *lines, origin = done.stdout.splitlines()
    assert f"-m tests.benchmarks.{name} " in origin
    return [line.split("|")[1].strip(" -") for line in lines if line.startswith("|")]


@needs_wrk
def test_load_measures_pages_in_turn(folder):
    quick = ("--count=30", "--rounds=1", "--duration=1", "--connections=4", "--page=home")

    first, *rows = run("load", f"--folder={folder}", *quick)

    assert first == "page"
    assert [row.partition("(")[0].strip() for row in rows if row] == [
        "home, cached", "home, 304", "home, uncached", "home, after a change",
    ]  # fmt: skip


def test_growth_measures_pages_of_visitors_and_editors(folder):
    cells = run("growth", f"--folder={folder}", "--counts=30", "--rounds=1", "--times=1")

    for cell in ("fragments cached, ms", "after a change, ms", "list, last page", "search, rare word", "admin's list"):
        assert cell in cells


def test_footprint_measures_memory_and_start(folder):
    cells = run("footprint", f"--folder={folder}", "--count=30", "--pages=20", "--rounds=1")

    assert "after 20 different pages" in cells
