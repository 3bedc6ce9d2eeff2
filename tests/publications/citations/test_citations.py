"""Formatted citations: what each style prints, and when citations are formatted and shown."""

import shutil
import tomllib
from datetime import timedelta
from io import StringIO
from pathlib import Path

import pytest
from django.core.checks import run_checks
from django.core.management import CommandError, call_command
from django.utils import timezone

from config.upkeep.installation import format_citations
from publications.citations import citeproc, conversion, stored, styles
from publications.citations.citeproc import cite
from publications.citations.stored import update_citations
from publications.imports import steps
from publications.models import FormattedCitations, Publication
from publications.references import Date, Name, Reference
from publications.references.formats import loads
from tests import make

pytestmark = pytest.mark.pandoc

ADA, LUDWIG, CHARLES, GRACE = (
    Name(family="Lovelace", given="Ada"),
    Name(family="Example", non_dropping_particle="van", given="Ludwig B."),
    Name(family="Babbage", given="Charles"),
    Name(family="Hopper", given="Grace"),
)
JUNIOR = Name(family="King", given="Martin L.", suffix="Jr.")
WANG = Name(family="王", given="小明")
ISSUED = Date(((2024, 5, 17),))
COMMON = {"author": (ADA, LUDWIG, CHARLES), "issued": ISSUED}
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
    "edited book": Reference(type="book", title="Engines of today", editor=(ADA, CHARLES), **PRESS, issued=ISSUED),
    "question": Reference(
        type="article-journal", title="Is it so?", author=(JUNIOR,), container_title="Engine Review", volume="4",
        page="2-3", issued=ISSUED,
    ),
    "newspaper": Reference(
        type="article-newspaper", title="Mills are back", author=(WANG, CHARLES), container_title="The Daily Example",
        url="https://daily.example.org/mills", issued=ISSUED,
    ),
    "in press": Reference(
        type="article-journal", title="Engines to come", author=(ADA,), container_title="Journal of Engines",
        status="in press",
    ),
    "maths": Reference(
        type="article-journal", author=(ADA,),
        title=r"Search for $t\bar{t}H$ at $\sqrt{s}=13$ TeV and $\mathcal{O}(n \log n)$ in CO$_2$ for $x_{max}$",
        container_title="Journal of Engines", volume="3", page="11-19", issued=ISSUED,
    ),
    "software": Reference(
        type="software", title="EngineSim", publisher="Zenodo", doi="10.5281/zenodo.1", extra={"version": "1.2"},
        **COMMON,
    ),
}  # fmt: skip

EXPECTED = tomllib.loads((Path(__file__).parent / "citations.toml").read_text("utf-8"))


@pytest.fixture(scope="module")
def formatted():
    """{work: {style: text}} of all works above, formatted together."""
    found = zip(WORKS, cite(WORKS.values()), strict=True)
    return {work: {citation.key: citation.text for citation in citations} for work, citations in found}


@pytest.mark.parametrize("work", EXPECTED)
def test_each_style_formats_each_type_of_work(formatted, work):
    assert formatted[work] == formatted[work] | EXPECTED[work]


def test_html_and_markup_in_titles_are_escaped():
    reference = Reference(type="book", title='<script>x</script> [d](javascript:x) $a_1$ \\e {b} "q"', author=(ADA,))

    [[apa, *_]] = cite([reference])

    assert apa.html == (
        "Lovelace, A. (n.d.). <em>&lt;script&gt;x&lt;/script&gt; [d](javascript:x) a₁ \\e {b} “q”</em>."
    )


def test_small_capitals_are_read():
    [reference] = loads(r"@book{a, author={Lovelace, Ada}, title={A \textsc{Small} engine}}").references

    [[apa, *_]] = cite([reference])

    assert apa.text == "Lovelace, A. (n.d.). A Small engine."


def test_formulas_keep_their_capitals_and_their_indices_without_a_character():
    [found] = cite([WORKS["maths"]])

    html = {citation.key: citation.html for citation in found}["chicago"]
    assert html.startswith(
        "Lovelace, Ada. 2024. “Search for tt̄H at √s = 13 TeV and 𝒪(n log n) in CO₂ for x<sub>max</sub>.”"
    )


def test_protected_capitals_stay():
    title = "Notes on iOS and de novo design"
    nocase = {"title": title.replace("de novo", '<span class="nocase">de novo</span>')}
    reference = Reference(type="book", title=title, author=(ADA,), extra={"nocase": nocase})

    html = {citation.key: citation.html for citation in cite([reference])[0]}

    assert "<em>Notes on iOS and de novo Design</em>" in html["chicago"]


@pytest.mark.django_db
def test_saving_a_publication_formats_its_citations(client, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        make.publication("On Engines")

    citations = client.get("/publications/on-engines/").context["citations"]

    assert len(citations) == 8
    assert citations[0].text == "Lovelace, A. (2025). On Engines."


@pytest.mark.django_db
def test_a_page_whose_work_has_no_citations_yet_is_shown_without_them_and_stores_none(client):
    make.publication("On Engines")

    answer = client.get("/publications/on-engines/")

    assert answer.context["citations"] == []
    assert "<code>@article{" in answer.text
    assert not FormattedCitations.objects.exists()


@pytest.mark.django_db
def test_citations_of_an_earlier_state_are_not_shown(client, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        publication = make.publication("On Engines")

    Publication.objects.filter(pk=publication.pk).update(title="On Looms")
    assert client.get("/publications/on-engines/").context["citations"] == []

    assert list(update_citations(Publication.objects.all())) == [1]
    assert client.get("/publications/on-engines/").context["citations"][0].text == "Lovelace, A. (2025). On Looms."
    assert FormattedCitations.objects.count() == 1


@pytest.mark.django_db
def test_renaming_a_person_formats_the_works_of_that_person(client, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        publication = make.publication("On Engines")
        make.publication("On Looms", authors=["Grace Hopper"])
    person = publication.authorships.get().person

    with django_capture_on_commit_callbacks(execute=True):
        person.name, person.family = "Ada King", "King"
        person.save()

    assert client.get("/publications/on-engines/").context["citations"][0].text == "King, A. (2025). On Engines."


@pytest.mark.django_db
def test_during_blind_review_citations_name_nobody_and_afterwards_everybody(
    client, editor_client, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        work = make.publication("On Engines")
    with django_capture_on_commit_callbacks(execute=True):
        version = make.publication("Early Engines", version_of=work, hides_authors=True)

    blind = [
        reader.get(f"/publications/{slug}/").context["citations"][0].text
        for reader in (client, editor_client)
        for slug in ("on-engines", "early-engines")
    ]
    Publication.objects.filter(pk=version.pk).update(authors_from=timezone.now() - timedelta(hours=1))
    afterwards = client.get("/publications/on-engines/").context["citations"][0].text

    assert blind == ["On Engines. (2025).", "Early Engines. (2025)."] * 2
    assert afterwards == "Lovelace, A. (2025). On Engines."


@pytest.mark.django_db
def test_works_formatted_together_do_not_influence_each_other(client):
    make.publication("On Engines")
    make.publication("On Looms")

    call_command("format_citations", stdout=StringIO())

    texts = {
        slug: client.get(f"/publications/{slug}/").context["citations"][0].text for slug in ("on-engines", "on-looms")
    }
    assert texts == {
        "on-engines": "Lovelace, A. (2025). On Engines.",
        "on-looms": "Lovelace, A. (2025). On Looms.",
    }


@pytest.mark.django_db
def test_the_command_formats_what_is_missing_or_outdated_and_nothing_else(settings, tmp_path):
    settings.DATA_DIR = tmp_path
    make.publication("On Engines")
    make.publication("On Looms")

    def run():
        output = StringIO()
        call_command("format_citations", stdout=output)
        return output.getvalue().splitlines()[-1]

    assert run() == "Citations of 2 publications formatted."
    assert run() == "Citations of 0 publications formatted."
    (tmp_path / "styles").mkdir()
    shutil.copy(styles.available()["ieee"].path, tmp_path / "styles" / "mine.csl")
    assert run() == "Citations of 2 publications formatted."
    assert {len(row.citations) for row in FormattedCitations.objects.all()} == {9}


@pytest.mark.django_db
def test_the_owners_preferred_style_comes_first(client, django_capture_on_commit_callbacks):
    make.owner(citation_style="nature")
    with django_capture_on_commit_callbacks(execute=True):
        make.publication("On Engines")

    answer = client.get("/publications/on-engines/")

    assert [citation.key for citation in answer.context["citations"]][:2] == ["nature", "apa"]
    assert "Lovelace, A. <em>On Engines</em>" in answer.text or "Lovelace, A. On Engines" in answer.text


@pytest.mark.django_db
def test_without_pandoc_no_style_is_available_and_a_check_says_so(
    client, monkeypatch, django_capture_on_commit_callbacks
):
    monkeypatch.setattr(conversion, "pandoc", lambda: None)
    with django_capture_on_commit_callbacks(execute=True):
        make.publication("On Engines")

    answer = client.get("/publications/on-engines/")

    assert answer.context["citations"] == []
    assert "<code>@article{" in answer.text
    assert "config.W001" in [message.id for message in run_checks()]
    with pytest.raises(CommandError, match="pandoc is not installed"):
        call_command("format_citations")


@pytest.mark.django_db
def test_a_failure_of_pandoc_does_not_fail_the_save(client, monkeypatch, django_capture_on_commit_callbacks):
    monkeypatch.setattr(citeproc, "SCRIPT", Path("missing.lua"))
    with django_capture_on_commit_callbacks(execute=True):
        make.publication("On Engines")

    assert client.get("/publications/on-engines/").context["citations"] == []


def test_a_file_in_the_data_folder_is_an_additional_style(settings, tmp_path):
    settings.DATA_DIR = tmp_path
    (tmp_path / "styles").mkdir()
    shutil.copy(styles.available()["ieee"].path, tmp_path / "styles" / "mine.csl")

    [found] = cite([WORKS["book"]])

    assert (found[-1].key, found[-1].text) == ("own-mine", EXPECTED["book"]["ieee"])


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ("nothing", "bad.csl is not XML"),
        ("<a/>", "bad.csl is not a CSL style: its root element is not “style”."),
        ('<!DOCTYPE a [<!ENTITY b "c">]><a/>', "bad.csl is larger than 1 MB or declares entities."),
        (
            '<style xmlns="http://purl.org/net/xbiblio/csl"><info>'
            '<link rel="independent-parent" href="http://www.zotero.org/styles/apa"/></info></style>',
            "bad.csl is only an alias of http://www.zotero.org/styles/apa. Put that style's file here instead.",
        ),
    ],
)
def test_a_check_reports_a_file_that_is_not_a_style(settings, tmp_path, content, sentence):
    settings.DATA_DIR = tmp_path
    (tmp_path / "styles").mkdir()
    path = tmp_path / "styles" / "bad.csl"
    path.write_text(content)

    with pytest.raises(styles.StyleError) as caught:
        styles.own_style(path)

    assert sentence in str(caught.value)
    assert [message.id for message in run_checks() if message.id == "config.W002"] == ["config.W002"]
    assert len(styles.available()) == 8


@pytest.mark.django_db
def test_quickstart_formats_missing_citations_and_those_of_other_styles(settings, tmp_path):
    settings.DATA_DIR = tmp_path
    make.publication("On Engines")

    assert format_citations() == "formatted (1 publications)"
    assert format_citations() == "up to date"
    (tmp_path / "styles").mkdir()
    shutil.copy(styles.available()["ieee"].path, tmp_path / "styles" / "mine.csl")
    assert format_citations() == "formatted (1 publications)"


@pytest.mark.django_db
def test_an_import_formats_its_first_works_and_leaves_the_rest_to_the_command(
    monkeypatch, django_capture_on_commit_callbacks
):
    monkeypatch.setattr(stored, "LIMIT_AFTER_SAVE", 2)
    works = [Reference(type="book", title=f"On Engines, volume {number}") for number in range(3)]

    with django_capture_on_commit_callbacks(execute=True):
        steps.apply(steps.plan(works, "bib"))
    assert FormattedCitations.objects.count() == 2

    assert list(update_citations(Publication.objects.all())) == [1]
    assert FormattedCitations.objects.count() == 3
