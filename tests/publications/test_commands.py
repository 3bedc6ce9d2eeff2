"""The management commands of publications."""

import io
import signal
from itertools import count
from types import SimpleNamespace

import pytest
from django.core.management import CommandError, call_command

from publications.models import Batch, Publication
from publications.references import bibtex
from tests import make

pytestmark = pytest.mark.django_db

GOOD = "@book{good, title={On Engines}, author={Lovelace, A.}, year=1843}\n"
BROKEN = "@book{broken, title={Unclosed, year=1843\n"


def run(*arguments, **options):
    """(exit code, what was written to standard output, to standard error)"""
    out, err = io.StringIO(), io.StringIO()
    try:
        call_command(*arguments, stdout=out, stderr=err, **options)
    except CommandError as error:
        err.write(str(error))
        return error.returncode, out.getvalue(), err.getvalue()
    return 0, out.getvalue(), err.getvalue()


@pytest.fixture
def file(tmp_path):
    def write(text, name="record.bib"):
        path = tmp_path / name
        path.write_bytes(text.encode() if isinstance(text, str) else text)
        return str(path)

    return write


def test_a_file_is_imported_as_drafts(file):
    code, out, _ = run("import_publications", file(GOOD))

    assert code == 0
    assert "1 new. 1 added, 0 changed, 0 unchanged, 0 skipped." in out
    assert Publication.objects.get().state == "draft"


def test_a_second_run_changes_nothing(file):
    run("import_publications", file(GOOD))

    code, out, _ = run("import_publications", file(GOOD))

    assert (code, "0 added, 0 changed, 1 unchanged" in out) == (0, True)


def test_failed_entries_are_named_and_the_exit_code_is_3(file):
    code, _, err = run("import_publications", file(GOOD + BROKEN))

    assert code == 3
    assert "Entry 2 (broken), line 2" in err
    assert "1 of 2 entries could not be imported." in err
    assert Publication.objects.count() == 1


@pytest.mark.parametrize("text", ["", BROKEN, "nothing of the kind"])
def test_a_file_without_entries_gives_exit_code_1(file, text):
    code, _, err = run("import_publications", file(text))

    assert code == 1
    assert "Nothing was imported." in err


def test_a_missing_file_is_reported():
    code, _, err = run("import_publications", "nowhere.bib")

    assert (code, "nowhere.bib: The file cannot be read: No such file or directory." in err) == (1, True)


def test_a_dry_run_prints_the_changes_without_making_them(file):
    run("import_publications", file(GOOD))
    news = GOOD.replace("year=1843", "year=1843, publisher={Taylor}")

    code, out, _ = run("import_publications", file(news), dry_run=True)

    assert code == 0
    assert "changed: On Engines\n  publisher: “” → “Taylor”" in out
    assert Publication.objects.get().publisher == ""


def test_options_publish_works_and_match_the_owner(file):
    owner = make.owner(name="Ada Lovelace")

    run("import_publications", file(GOOD), publish=True, owner=owner.slug)

    assert Publication.objects.published().get().authorships.get().person == owner


def test_an_unknown_owner_is_reported(file):
    assert run("import_publications", file(GOOD), owner="nobody")[0] == 1
    assert not Publication.objects.exists()


def test_standard_input_is_read_in_the_given_format(monkeypatch):
    monkeypatch.setattr("sys.stdin", SimpleNamespace(buffer=io.BytesIO(b"TY  - BOOK\nTI  - On Engines\nER  - \n")))

    code, _, _ = run("import_publications", "-", format="ris")

    assert (code, Publication.objects.get().title) == (0, "On Engines")


def test_latin_1_is_imported_with_a_warning(file):
    code, _, err = run("import_publications", file("@book{a, title={Große Motoren}}".encode("latin-1")))

    assert (code, Publication.objects.get().title) == (0, "Große Motoren")
    assert "The file is not in UTF-8." in err


def test_published_works_are_exported_with_each_version_separate():
    work = make.publication("Engines", tags=["a"], issued="2021", type="article-journal")
    make.publication("Engines, a preprint", tags=["a"], issued="2020", type="article", version_of=work)
    make.publication("Drafted", state="draft")

    everything = bibtex.loads(run("export_publications")[1]).references
    some = bibtex.loads(run("export_publications", tag=["a"], year=2020)[1]).references

    assert [reference.title for reference in everything] == ["Engines", "Engines, a preprint"]
    assert [reference.title for reference in some] == ["Engines, a preprint"]


@pytest.mark.parametrize("ending", ["bib", "ris", "json"])
def test_an_export_can_be_imported_without_changes(file, ending):
    make.publication("Größe & Co", authors=["Ada Lovelace"], tags=["a"], issued="2021-05", doi="10.1000/x")
    out = run("export_publications", format=ending, private=True)[1]

    _, said, _ = run("import_publications", file(out, f"record.{ending}"))

    assert "1 unchanged. 0 added, 0 changed, 1 unchanged" in said


@pytest.mark.parametrize("ending", ["bib", "ris", "json"])
def test_a_file_has_the_same_content_as_standard_output(tmp_path, ending):
    make.publication("Größe & Co", authors=["Ada Lovelace"], tags=["a"], issued="2021-05")
    path = tmp_path / "out"

    code, said, _ = run("export_publications", format=ending, output=path)

    assert (code, said) == (0, f"{path}: 1 publications.\n")
    assert path.read_bytes().decode() == run("export_publications", format=ending)[1]
    assert list(tmp_path.iterdir()) == [path]


def test_an_interrupted_export_leaves_the_existing_file(tmp_path, monkeypatch):
    for number in range(3):
        make.publication(f"Engine {number}")
    path = tmp_path / "record.bib"
    path.write_text("as it was")
    asked = count(1)
    whole = Publication.as_reference
    monkeypatch.setattr(
        Publication, "as_reference", lambda self: whole(self) if next(asked) < 3 else signal.raise_signal(signal.SIGINT)
    )

    code, _, err = run("export_publications", output=path)

    assert (code, err) == (130, f"Interrupted. {path} is unchanged.")
    assert path.read_text() == "as it was"
    assert list(tmp_path.iterdir()) == [path]


def test_a_file_that_cannot_be_written_is_reported(tmp_path):
    code, _, err = run("export_publications", output=tmp_path / "nowhere" / "record.bib")

    assert (code, "cannot be written (No such file or directory). Choose another file." in err) == (1, True)


def test_an_unknown_tag_is_reported():
    code, _, err = run("export_publications", tag=["nothing"])

    assert (code, err) == (1, "There is no tag with the slug “nothing”.")


def test_a_search_for_works_needs_an_owner_with_identifiers():
    assert run("sync_publications")[2] == "The site has no owner yet."
    make.owner()
    assert "has no ORCID iD and no link to DBLP or OpenAlex yet" in run("sync_publications")[2]
    assert run("sync_publications", "nobody")[2].startswith("There is no service “nobody”.")
    assert not Batch.objects.exists()
