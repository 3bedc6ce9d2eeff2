"""The search page."""

import html
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.pages.search import find_words
from profiles.search import indexing
from profiles.search.queries import Query
from publications.models import FullText
from tests import make

pytestmark = pytest.mark.django_db


@pytest.fixture
def record():
    owner = make.owner(name="Ada Lovelace", headline="Countess of engines")
    make.publication(
        "On Engines", authors=[owner], tags=["engines"], issued="2025", abstract="A mill & **cotton** <looms> in Turin."
    )
    make.publication(
        "On Mills", authors=["Mary Somerville"], issued="2021", type="thesis", abstract="Grinding engines."
    )
    make.project("Analytical Engine", tagline="Weaves numbers.")
    make.activity("A talk on engines", person=owner)


def search(client, q, **fields):
    return client.get("/search/", {"q": q, **fields})


def titles(answer):
    return [str(work) for work in answer.context["object_list"]]


def snippets(page):
    return [html.unescape(found) for found in re.findall(r'<p class="snippet">(.*?)</p>', page, re.DOTALL)]


def test_all_kinds_of_content_are_found_the_best_publication_first(client, record):
    answer = search(client, "engines")

    assert titles(answer) == ["On Engines", "On Mills"]
    assert [(title, [str(item) for item in items]) for title, items, _ in answer.context["kinds"]] == [
        ("People", ["Ada Lovelace"]),
        ("Activities", ["A talk on engines"]),
        ("Tags", ["engines"]),
    ]


def test_the_words_are_marked_in_the_snippet(client, record):
    page = search(client, "COTT turin").content.decode()

    assert snippets(page) == ["A mill & <mark>cotton</mark> <looms> in <mark>Turin</mark>."]
    assert "&lt;looms&gt;" in page


def test_words_that_only_the_pdf_contains_are_shown_from_the_pdf(client, record):
    paper = make.publication("On Looms", abstract="Nothing of it.")
    resource = paper.resources.create(kind="pdf", url="https://example.org/a.pdf")
    FullText.objects.create(resource=resource, sha256="", text=f"{'before ' * 100}the velvet loom{' after' * 100}")
    indexing.refresh()

    [snippet] = snippets(search(client, "velvet").content.decode())

    assert "the <mark>velvet</mark> loom after" in snippet
    assert snippet.startswith("… before")
    assert snippet.endswith("after …")
    assert len(snippet) < 350


def test_choices_have_counts_and_narrow_the_results(client, record):
    answer = search(client, "engines")
    facets = answer.context["facets"]

    assert [(choice.label, choice.count, choice.href) for choice in facets.years] == [
        ("2025", 1, "/search/?year=2025&q=engines"),
        ("2021", 1, "/search/?year=2021&q=engines"),
    ]
    assert [(choice.label, choice.count) for choice in facets.types] == [("Journal article", 1), ("Thesis", 1)]
    narrowed = search(client, "engines", year="2021")
    assert (titles(narrowed), narrowed.context["kinds"]) == (["On Mills"], [])


@pytest.mark.parametrize(
    ("text", "kinds", "works"),
    [
        ("type:project numbers", ["Projects"], []),
        ("type:people lovelace", ["People"], []),
        ("type:thesis engines", [], ["On Mills"]),
        ("year:2025", [], ["On Engines"]),
        ("tag:engines mill", [], ["On Engines"]),
        ("author:somerville", [], ["On Mills"]),
    ],
)
def test_a_query_may_name_type_year_tag_and_author(client, record, text, kinds, works):
    answer = search(client, text)

    assert [title for title, *_ in answer.context["kinds"]] == kinds
    assert titles(answer) == works


@pytest.mark.parametrize(
    "text",
    ["", " ", '"', "()*", "NEAR(", "a" * 10_000, "'; DROP TABLE x --", "{title}: x", "\u202e", "🙂", "year:", "%"],
)
def test_every_query_has_a_page(client, record, text):
    answer = search(client, text)

    assert answer.status_code == 200
    assert '<meta name="robots" content="noindex, follow">' in answer.content.decode()


@pytest.mark.parametrize(("query", "status"), [("?q=engines&page=99", 404), ("?q=x&year=x", 404), ("?q=%00", 400)])
def test_an_invalid_parameter_is_an_error(client, record, query, status):
    assert client.get(f"/search/{query}").status_code == status


def test_a_version_is_found_by_words_that_only_it_contains(client, record):
    work = make.publication("Looms at last", authors=[])
    make.publication("Looms, at first", type="article", arxiv_id="2501.00001", version_of=work, authors=[])

    assert titles(search(client, "looms")) == ["Looms at last", "On Engines"]
    assert titles(search(client, "2501.00001")) == ["Looms, at first"]


def test_an_editor_sees_drafts_among_the_results(client, editor_client, record):
    make.publication("Draft on engines", state="draft")

    assert "Draft on engines" in titles(search(editor_client, "engines"))
    assert "Draft on engines" not in titles(search(client, "engines"))


def test_the_number_of_queries_does_not_grow_with_the_results(client, django_assert_num_queries):
    for count in (1, 2):
        for _ in range(count):
            make.publication("On Engines", authors=["Ada Lovelace"], tags=["a"])
        search(client, "engines")
        with django_assert_num_queries(16):
            answer = search(client, "engines")
        assert answer.context["count"] in (1, 3)


@given(text=st.text(alphabet="aAbB1_ -.", max_size=40), said=st.text(alphabet='ab1 "', max_size=8))
def test_the_same_words_are_found_in_ascii_and_other_texts(text, said):
    query = Query.parse(said)

    among_accents = [(first - 2, last - 2) for first, last in find_words(f"é {text}", query)]

    assert list(find_words(text, query)) == among_accents
