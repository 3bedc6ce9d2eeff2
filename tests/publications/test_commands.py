"""The management commands of publications."""

import io
import signal
from itertools import count
from types import SimpleNamespace

import pytest
from django.core.management import CommandError, call_command

from publications.models import Batch, Publication
from publications.references import bibtex
from publications.references.formats import loads
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


EDITORIALS = "".join(
    f"@article{{ed{n}, author={{Edi, Tor}}, title={{Editorial}}, journal={{Journal of E}}, year=2021{more}}}\n"
    for n, more in ((1, ""), (2, ", volume=1"))
)


def test_a_possible_duplicate_is_added_and_reported_with_both_places(file):
    make.publication("Editorial", authors=["Tor Edi"], issued="2021", citation_key="ed0", type="article-journal")
    path, address = file(EDITORIALS), f"/admin/publications/publication/{Publication.objects.get().pk}/change/"

    code, out, err = run("import_publications", path)

    assert (code, Publication.objects.count()) == (0, 3)
    assert err.splitlines() == [
        f"{path}: Entry 1 (ed1) looks like “Editorial” (ed0), {address}, and is added as another publication.",
        f"{path}: Entry 2 (ed2) looks like “Editorial” (ed0), {address}, and is added as another publication.",
    ]
    assert out == f"{path}: 2 possible duplicates. 2 added, 0 changed, 0 unchanged, 0 skipped.\n"
    assert run("import_publications", path)[0] == 0
    assert Publication.objects.count() == 3


def test_places_count_the_entries_that_could_not_be_read(file):
    err = run("import_publications", file(BROKEN + EDITORIALS))[2]

    assert "Entry 3 (ed2) looks like entry 2 (ed1), and is added" in err


def test_possible_duplicates_are_skipped_if_wanted_and_the_exit_code_says_so(file):
    path = file(EDITORIALS)

    code, out, err = run("import_publications", path, on_duplicate="skip")

    assert (code, Publication.objects.count()) == (3, 1)
    assert err == (f"{path}: Entry 2 (ed2) looks like entry 1 (ed1), and is skipped.\nSkipped 1 of 2 entries.")
    assert "1 new, 1 possible duplicate. 1 added, 0 changed, 0 unchanged, 1 skipped." in out


@pytest.mark.parametrize(("answers", "code", "volumes"), [
    ("a", 0, ["", "1"]), ("m", 0, ["1"]), ("?v", 0, ["", "1"]), ("s", 3, [""]),
])  # fmt: skip
def test_possible_duplicates_are_asked_about_in_a_terminal(file, monkeypatch, answers, code, volumes):
    monkeypatch.setattr("sys.stdin", SimpleNamespace(isatty=lambda: True))
    typed = iter(answers)
    monkeypatch.setattr("builtins.input", lambda prompt: next(typed))

    ended, out, _ = run("import_publications", file(EDITORIALS), on_duplicate="ask")

    first = Publication.objects.get(citation_key="ed1")
    assert "Entry 2 (ed2) looks like entry 1 (ed1).\n" in out
    assert "≠ volume: (empty) | 1\n" in out
    assert (ended, sorted(Publication.objects.values_list("volume", flat=True))) == (code, volumes)
    assert first.versions.count() == answers.count("v")


def test_an_answer_can_be_interrupted(file, monkeypatch):
    monkeypatch.setattr("sys.stdin", SimpleNamespace(isatty=lambda: True))
    monkeypatch.setattr("builtins.input", lambda prompt: signal.raise_signal(signal.SIGINT))

    assert run("import_publications", file(EDITORIALS), on_duplicate="ask")[0] == 130


def test_without_a_terminal_nobody_is_asked_and_nothing_is_imported(file, monkeypatch):
    monkeypatch.setattr("sys.stdin", io.StringIO())

    code, _, err = run("import_publications", file(EDITORIALS), on_duplicate="ask")

    assert (code, "needs a terminal" in err, Publication.objects.count()) == (1, True, 0)


def test_a_repeated_entry_is_unchanged_and_one_with_other_values_is_skipped_and_reported(file):
    repeated = GOOD.replace("year=1843", "year=1843, publisher={Taylor}")

    assert run("import_publications", file(GOOD + GOOD))[0] == 0
    code, out, err = run("import_publications", file(GOOD + repeated))

    assert (code, Publication.objects.get().publisher) == (3, "")
    assert "Entry 2 (good) repeats entry 1 (good), and is skipped. It differs in: publisher." in err
    assert "0 added, 0 changed, 1 unchanged, 1 skipped." in out


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
def test_remarks_and_hidden_names_are_exported_with_the_switch_only(ending):
    make.publication("Engines", citation_key="e1", extra={"privnote": "ask Bob", "series": "Mills"}, hides_authors=True)
    make.publication(
        "Looms", authors=["Charles Babbage"], citation_key="l1", extra={"privnote": "ask Eve", "version": "2"}
    )

    public, private = (run("export_publications", format=ending, private=private)[1] for private in (False, True))

    assert [word in public for word in ("ask", "Lovelace, Ada", "x-csl", "custom")] == [False] * 4
    assert [word in private for word in ("ask Bob", "ask Eve", "Lovelace")] == [True] * 3
    assert "Looms" in public


@pytest.mark.parametrize("ending", ["bib", "ris", "json"])
def test_exported_items_link_to_their_pages_at_the_address_of_the_site(settings, ending):
    settings.SITE_URL = "https://ada.example.org"
    make.publication("Looms", citation_key="l1")

    public, private = (run("export_publications", format=ending, private=private)[1] for private in (False, True))

    assert [reference.url for reference in loads(public, ending).references] == [
        "https://ada.example.org/publications/looms/"
    ]
    assert "ada.example.org" not in private


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
