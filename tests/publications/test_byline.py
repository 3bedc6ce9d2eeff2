import json
import re
from io import BytesIO

import pypdf
import pytest

from publications.citations.citeproc import cite
from publications.imports import steps
from publications.models import Publication
from publications.references import bibtex, csl, ris
from publications.references.formats import loads
from tests import json_ld, make
from tests.publications.test_admin import ADD, form

pytestmark = pytest.mark.django_db


def byline(client):
    page = client.get("/publications/").content.decode()
    html = re.search(r'<(?:p|div) class="authors">(.*?)</(?:p|div)>', page, re.DOTALL)[1]
    return " ".join(html.split())


def test_a_long_list_of_authors_is_folded_without_a_script(client):
    make.publication(authors=[f"Author Nr{number}" for number in range(1, 17)])

    few, all_authors = byline(client).split("<details>")

    assert few == '<span class="few"> Author Nr1, Author Nr2, Author Nr3, Author Nr4, … </span> '
    assert all_authors.startswith(" <summary>16 authors</summary> Author Nr1, Author Nr2, ")
    assert all_authors.endswith("Author Nr15, Author Nr16 </details>")


def test_a_folded_list_of_authors_names_the_owner(client):
    owner = make.owner(name="Ada Lovelace")
    make.publication(authors=[*(f"Author Nr{number}" for number in range(1, 12)), owner])

    few, all_authors = byline(client).split("<details>")
    assert re.sub("<.*?>", "", few).strip() == "Author Nr1, Author Nr2, Author Nr3, Author Nr4, …, Ada Lovelace"
    assert '<strong class="me"><a href="/people/ada-lovelace/">Ada Lovelace</a></strong>' in few
    assert " <summary>12 authors</summary> " in all_authors


def test_an_ellipsis_follows_the_owner_unless_they_are_last_or_among_the_first(client):
    owner, others = make.owner(name="Ada Lovelace"), [f"Author Nr{number}" for number in range(1, 8)]
    make.publication(authors=[*others[:5], owner, *others[5:]])

    assert "Author Nr4, …, <strong" in byline(client)
    assert "</strong>, … </span>" in byline(client)
    Publication.objects.all().delete()
    make.publication(authors=[owner, *others])
    assert byline(client).count("…") == 1


def test_six_authors_are_not_folded(client):
    make.publication(authors=[f"Author Nr{number}" for number in range(1, 7)])

    assert "details" not in byline(client)


@pytest.mark.parametrize("printed", ["Ada Lovelace", "A. Lovelace", "Augusta Ada King"])
def test_the_owners_name_is_highlighted_in_every_spelling(client, printed):
    make.owner(name="Ada Lovelace", other_names="Augusta Ada King")
    paper = make.publication(authors=["Charles Babbage"])
    paper.authorships.create(name=printed, position=2)

    assert byline(client) == f'Charles Babbage, <strong class="me">{printed}</strong>'


def imported(fields, title="Search for cards"):
    """Import and publish an article with the given fields in BibTeX."""
    text = f"@article{{k, title = {{{title}}}, journal = {{Examples}}, year = 2020, {fields}}}"
    steps.apply(steps.plan(loads(text).references, "bib"), publish=True)
    return Publication.objects.get(title=title)


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ("author = {Vas, Ada and Sha, Noam and others}", "Ada Vas, Noam Sha, et al."),
        ("author = {Ade, Georges and others}", "Georges Ade et al."),
        ("author = {Ade, Georges and others}, collaboration = {ATLAS}", "Georges Ade et al. (ATLAS Collaboration)"),
        ("author = {Ade, Georges}, collaboration = {The Cards Consortium}", "Georges Ade (Cards Consortium)"),
        (
            "author = {Ade, Georges}, collaboration = {ATLAS and CMS}",
            "Georges Ade (ATLAS Collaboration, CMS Collaboration)",
        ),
        ("author = {{ATLAS Collaboration}}, collaboration = {ATLAS}", "ATLAS Collaboration"),
        ("collaboration = {ATLAS}", "ATLAS Collaboration"),
    ],
)
def test_a_byline_ends_with_et_al_and_the_collaboration(client, fields, expected):
    imported(fields)

    assert byline(client) == expected
    assert f'<p class="authors">{expected}</p>' in client.get("/publications/search-for-cards/").content.decode()


def test_the_cv_feeds_and_metadata_have_them_too_but_no_author_is_called_others(client):
    make.owner(name="Georges Ade")
    imported("author = {Ade, Georges and others}, collaboration = {ATLAS}")
    expected = "Georges Ade et al. (ATLAS Collaboration)"

    assert (
        f"{expected}. Search for cards"
        in pypdf.PdfReader(BytesIO(client.get("/cv.pdf").content)).pages[0].extract_text()
    )
    assert " et al. (ATLAS Collaboration)</p>" in client.get("/cv/").content.decode()
    assert f"{expected}. Journal article" in client.get("/cv.json").json()["publications"][0]["summary"]
    assert f"&lt;p&gt;{expected}&lt;/p&gt;" in client.get("/publications/feed/").content.decode()
    page = client.get("/publications/search-for-cards/").content.decode()
    facts = json_ld.graph(page)[0]
    assert [author["name"] for author in facts["author"]] == ["Georges Ade"]
    assert facts["contributor"] == [{"@type": "Organization", "name": "ATLAS Collaboration"}]
    assert f'content="Journal article by {expected}. Examples, 2020."' in page
    assert re.findall(r'name="citation_author" content="(.*?)"', page) == ["Ade, Georges"]


@pytest.mark.pandoc
def test_every_style_ends_the_authors_with_et_al():
    work = imported("author = {Vas, Ada and Sha, Noam and others}").as_reference()
    group = imported("author = {Ade, Georges and others}, collaboration = {ATLAS}", "Cards").as_reference()

    texts = [{citation.key: citation.text for citation in one} for one in cite([work, group])]

    assert {key: re.split(r"[\s(“]*(?:Search|2020)", text)[0] for key, text in texts[0].items()} == {
        "apa": "Vas, A., Sha, N., et al.", "ieee": "A. Vas, N. Sha, et al.,", "chicago": "Vas, Ada, Noam Sha, et al.",
        "mla": "Vas, Ada, et al.", "acm": "Ada Vas, Noam Sha, and others.", "nature": "Vas, A., Sha, N., et al.",
        "vancouver": "Vas A, Sha N, et al.", "harvard": "Vas, A., Sha, N., et al.",
    }  # fmt: skip
    assert texts[1]["apa"].startswith("Ade, G., ATLAS Collaboration, et al. (2020).")


def test_an_editor_adds_et_al_with_a_tick_or_by_typing_it(editor_client):
    ticked = form(title="Ticked", authors=[{"name": "Ada Vas"}], has_more_authors="on")
    typed = form(title="Typed", byline="Vas, Ada; Sha, Noam, et al.")
    for data in (ticked, typed):
        assert editor_client.post(ADD, data).status_code == 302

    assert [work.byline_text for work in Publication.objects.order_by("title")] == [
        "Ada Vas et al.", "Ada Vas, Noam Sha, et al.",
    ]  # fmt: skip


@pytest.mark.parametrize("value", [5, "author", {"author": 1}, None, []])
def test_other_values_of_et_al_do_no_harm(client, value):
    work = make.publication(slug="on-engines", authors=["Ada Vas"], extra={"et-al": value})

    assert work.byline_text == "Ada Vas"
    for path in ("/publications/", "/publications/on-engines/", "/publications.bib", "/publications.ris"):
        assert b"others" not in b"".join(client.get(path))


def test_et_al_survives_a_change_of_the_authors_until_it_is_unticked(editor_client):
    work = imported("author = {Vas, Ada and others}")
    address = f"/admin/publications/publication/{work.pk}/change/"
    tick = re.search(r"<input[^>]*id_has_more_authors[^>]*>", editor_client.get(address).content.decode())[0]
    assert " checked" in tick

    row = {"id": work.authorships.get().pk, "name": "Noam Sha", "role": "author"}
    fields = {"authors": [row], "initial_authors": 1, "extra": json.dumps(work.extra)}
    for ticks, expected in (({"has_more_authors": "on"}, "Noam Sha et al."), ({}, "Noam Sha")):
        assert editor_client.post(address, form(**fields, **ticks)).status_code == 302
        assert Publication.objects.get().byline_text == expected


@pytest.mark.parametrize(
    ("page", "expected"),
    [
        ("45–67", "12(3), pp. 45–67"), ("45--67", "12(3), pp. 45–67"), ("45", "12(3), p. 45"),
        ("S1-S12", "12(3), pp. S1–S12"), ("1-5, 9", "12(3), pp. 1–5, 9"), ("xii-xx", "12(3), pp. xii–xx"),
        ("e12", "12(3), article e12"), ("001", "12(3), article 001"), ("061102", "12(3), article 061102"),
        ("A12", "12(3), article A12"), ("L12", "12(3), p. L12"), ("23:1-23:30", "12(3), pp. 23:1–23:30"),
        ("pp. 3 f.", "12(3), pp. 3 f."), ("", "12(3)"),
    ],
)  # fmt: skip
def test_pages_and_article_numbers_are_told_apart(client, page, expected):
    work = make.publication(volume="12", issue="3", page=page, container_title="Examples")

    assert work.numbers == expected
    assert f'<cite>Examples</cite> <span class="numbers">{expected}</span>\n' in client.get("/publications/").text


def test_pages_without_a_volume_follow_a_comma(client):
    make.publication(page="e12", container_title="Examples")

    assert '<cite>Examples</cite>, <span class="numbers">article e12</span>\n' in client.get("/publications/").text


def test_a_number_alone_is_the_length_of_a_book():
    assert make.publication(type="book", page="320").numbers == "320 pp."


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("@article{a, title = {A}, eid = {e12}}", "article e12"),
        ("@article{a, title = {A}, eid = {12}}", "article 12"),
        ("@article{a, title = {A}, articleno = {5}, numpages = {28}}", "article 5"),
        ("@article{a, title = {A}, articleno = {5}, pages = {1--28}}", "article 5, pp. 1–28"),
        ("TY  - JOUR\nTI  - A\nC7  - e12\nER  - ", "article e12"),
        ("TY  - JOUR\nTI  - A\nC7  - 12\nER  - ", "article 12"),
        ("TY  - JOUR\nTI  - A\nC7  - 12\nSP  - 1\nEP  - 9\nER  - ", "article 12, pp. 1–9"),
        (
            '{"message": {"DOI": "10.1000/a", "type": "journal-article", "title": ["A"], "article-number": "12"}}',
            "article 12",
        ),
    ],
)
def test_article_numbers_are_read_from_the_field_of_each_format(text, expected):
    [reference] = loads(text).references

    assert Publication.from_reference(reference).numbers == expected
    assert [format_.loads(format_.dumps([reference])).references for format_ in (bibtex, ris, csl)] == [[reference]] * 3
