"""The styles, by what their manuals say of eight kinds of work, and what is kept and offered."""

import shutil
import tomllib
from pathlib import Path

import pytest
from django.core.checks import run_checks

from publications import citations
from publications.citations import Citation, StyleError, citations_of, cite, cite_in_all, styles
from publications.models import FormattedCitations
from publications.references import Date, Name, Reference
from tests import make

ADA, LUDWIG, CHARLES, GRACE = (
    Name(family="Lovelace", given="Ada"),
    Name(family="Example", non_dropping_particle="van", given="Ludwig B."),
    Name(family="Babbage", given="Charles"),
    Name(family="Hopper", given="Grace"),
)
COMMON = {"author": (ADA, LUDWIG, CHARLES), "issued": Date(((2024, 5, 17),))}
PRESS = {"publisher": "Example Press", "publisher_place": "London"}
WORKS = {
    "journal": Reference(
        type="article-journal", title="On engines and cards", container_title="Journal of Engines", volume="12",
        issue="3", page="1-29", doi="10.1000/engines", **COMMON,
    ),
    "conference": Reference(
        type="paper-conference", title="Fast engines", page="100-110", doi="10.1000/conf",
        container_title="Proceedings of the 5th Engine Conference", event_title="Engine Conference", **PRESS, **COMMON,
    ),
    "chapter": Reference(
        type="chapter", title="Cards", container_title="Handbook of Engines", page="5-9", editor=(GRACE,), **PRESS,
        **COMMON,
    ),
    "book": Reference(type="book", title="All about engines", edition="2", **PRESS, **COMMON),
    "thesis": Reference(
        type="thesis", title="My engines", publisher="University of Example", genre="PhD thesis",
        **COMMON | {"author": (ADA,)},
    ),
    "report": Reference(
        type="report", title="Report on engines", publisher="Example Institute", number="TR-7",
        genre="Technical report", **COMMON,
    ),
    "preprint": Reference(type="article", title="Engines, early", arxiv_id="2412.07067", **COMMON),
    "software": Reference(
        type="software", title="EngineSim", publisher="Zenodo", doi="10.5281/zenodo.1", extra={"version": "1.2"},
        **COMMON,
    ),
}  # fmt: skip

EXPECTED = tomllib.loads((Path(__file__).parent / "citations.toml").read_text("utf-8"))


@pytest.mark.parametrize(("work", "style"), [(work, style) for work in EXPECTED for style in EXPECTED[work]])
def test_each_style_sets_each_kind_of_work_as_its_manual_says(work, style):
    assert cite(WORKS[work], styles()[style]).text == EXPECTED[work][style]


def test_hostile_text_stays_text():
    reference = Reference(type="book", title='<script>x</script> [d](javascript:x) $a_1$ \\e {b} "q"', author=(ADA,))

    citation = cite(reference, styles()["apa"])

    assert citation.html == (
        "Lovelace, A. (n.d.). <em>&lt;script&gt;x&lt;/script&gt; [d](javascript:x) $a_1$ \\e {b} “q”</em>."
    )


def test_capitals_that_are_protected_stay():
    title = "Notes on iOS and de novo design"
    nocase = {"title": title.replace("de novo", '<span class="nocase">de novo</span>')}
    reference = Reference(type="book", title=title, author=(ADA,), extra={"nocase": nocase})

    assert "<em>Notes on iOS and de novo Design</em>" in cite(reference, styles()["chicago"]).html


@pytest.mark.django_db
def test_citations_are_kept_until_the_publication_changes(monkeypatch):
    publication = make.publication("On Engines")
    first = citations_of(publication, publication.as_reference())
    kept = FormattedCitations.objects.get()
    # Nothing of pandoc is needed for what is kept.
    monkeypatch.setattr(citations, "cite", lambda *arguments: None)

    again = citations_of(publication, publication.as_reference())
    publication.title = "On Looms"
    changed = citations_of(publication, publication.as_reference())

    assert (len(first), again) == (8, first)
    assert changed == []
    assert FormattedCitations.objects.get().digest != kept.digest


@pytest.mark.django_db
def test_the_owners_favourite_style_comes_first(client):
    make.owner(citation_style="nature")
    make.publication("On Engines")

    answer = client.get("/publications/on-engines/")

    assert [citation.key for citation in answer.context["citations"]][:2] == ["nature", "apa"]
    assert "Lovelace, A. <em>On Engines</em>" in answer.text or "Lovelace, A. On Engines" in answer.text


@pytest.mark.django_db
def test_without_pandoc_no_style_is_offered_and_a_check_says_so(client, monkeypatch):
    monkeypatch.setattr(citations, "pandoc", lambda: None)
    make.publication("On Engines")

    answer = client.get("/publications/on-engines/")

    assert answer.context["citations"] == []
    assert "@article" in answer.text or "@misc" in answer.text
    assert "config.W001" in [message.id for message in run_checks()]


def test_any_other_style_is_offered_by_its_file(settings, tmp_path):
    settings.DATA_DIR = tmp_path
    (tmp_path / "styles").mkdir()
    shutil.copy(styles()["ieee"].path, tmp_path / "styles" / "mine.csl")

    found = cite_in_all(WORKS["book"])[-1]

    assert isinstance(found, Citation)
    assert (found.key, found.text) == ("own-mine", EXPECTED["book"]["ieee"])


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("nothing", "bad.csl is not XML"),
        ("<a/>", "bad.csl is not a CSL style: its first element is not “style”."),
        ('<!DOCTYPE a [<!ENTITY b "c">]><a/>', "bad.csl is larger than 1 MB or declares entities."),
        (
            '<style xmlns="http://purl.org/net/xbiblio/csl"><info>'
            '<link rel="independent-parent" href="http://www.zotero.org/styles/apa"/></info></style>',
            "bad.csl only refers to http://www.zotero.org/styles/apa. Put that style's file here instead.",
        ),
    ],
)
def test_a_file_that_is_no_style_is_told_by_a_check(settings, tmp_path, content, sentence):
    settings.DATA_DIR = tmp_path
    (tmp_path / "styles").mkdir()
    path = tmp_path / "styles" / "bad.csl"
    path.write_text(content)

    with pytest.raises(StyleError) as caught:
        citations.own_style(path, path.stat().st_mtime_ns)

    assert sentence in str(caught.value)
    assert [message.id for message in run_checks() if message.id == "config.W002"] == ["config.W002"]
    assert len(styles()) == 8
