"""The search page."""

import html
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.text.matches import find_words, marked_html
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


def titles(answer, *, of="publication"):
    return [str(item) for kind, item in answer.context["object_list"] if kind.name == of]


def found(answer):
    return [(kind.label, str(item)) for kind, item in answer.context["object_list"]]


def headings(answer):
    """Return the HTML of the title of each result."""
    return re.findall(r'<h2 class="title">\s*<a href="[^"]*">\s*(.*?)\s*</a>', answer.text, re.DOTALL)


def snippets(page):
    return [html.unescape(one) for one in re.findall(r'<p class="snippet">(.*?)</p>', page, re.DOTALL)]


def test_results_of_all_kinds_are_in_one_list_those_with_the_words_in_the_title_first(client, record):
    assert found(search(client, "engines")) == [
        ("Publication", "On Engines"),
        ("Activity", "A talk on engines"),
        ("Tag", "engines"),
        ("Person", "Ada Lovelace"),
        ("Publication", "On Mills"),
    ]


def test_the_best_of_each_kind_take_turns(client):
    for number in range(3):
        make.publication(f"On Engines {number}", authors=[])
        make.project(f"Engines {number}")

    assert [label for label, _ in found(search(client, "engines"))] == ["Publication", "Project"] * 3


def test_a_result_says_what_it_is_and_where_the_words_are(client, record):
    answer = search(client, "engines lovelace")

    assert found(answer) == [("Publication", "On Engines"), ("Person", "Ada Lovelace")]
    assert headings(answer) == ["On <mark>Engines</mark>", "Ada <mark>Lovelace</mark>"]
    assert [line.strip() for line in re.findall(r'<p class="kind">\s*(.*?)\n', answer.text)] == [
        "Journal article",
        "Person",
    ]
    assert "<span>Ada <mark>Lovelace</mark></span>" in answer.text
    assert "Tags: <mark>engines</mark>" in answer.text
    assert "Countess of <mark>engines</mark>" in answer.text


def test_words_in_titles_with_markup_are_marked_and_nothing_else_becomes_markup(client):
    make.publication("*On* <i>engines & <g> $x^2$ mills", authors=[])

    [title] = headings(search(client, "on engines mills"))

    assert title.startswith("<em><mark>On</mark></em> &lt;i&gt;<mark>engines</mark> &amp; &lt;g&gt; <math")
    assert title.endswith("</math> <mark>mills</mark>")


@given(text=st.text(max_size=60), said=st.text(alphabet="abAB<>&;\"' ltgam", max_size=12))
def test_marking_changes_nothing_but_the_marks(text, said):
    escaped = html.escape(text)

    marked = marked_html(escaped, Query.parse(said))

    assert html.unescape(re.sub("</?mark>", "", marked)) == html.unescape(escaped)
    assert "<" not in re.sub("</?mark>", "", marked)


def test_the_results_can_be_limited_to_one_kind(client, record):
    answer = search(client, "engines")

    choices = re.findall(
        r'<a href="([^"]*)"[^>]*>\s*([A-Za-z]+)</a>\s*<span class="count">(\d+)</span>',
        answer.text.partition('class="kinds"')[2],
    )
    assert [(html.unescape(href), label, count) for href, label, count in choices[:3]] == [
        ("?q=engines", "All", "5"),
        ("?q=engines&kind=publication", "Publications", "2"),
        ("?q=engines&kind=person", "People", "1"),
    ]
    assert found(search(client, "engines", kind="person")) == [("Person", "Ada Lovelace")]
    assert search(client, "engines", kind="nothing").status_code == 404


@pytest.mark.parametrize("fields", [{"q": ""}, {"q": "engines", "year": "2025"}, {"q": "year:2025"}])
def test_a_kind_that_cannot_be_found_by_these_filters_has_no_results(client, record, fields):
    answer = client.get("/search/", {"kind": "person", **fields})

    assert (answer.status_code, found(answer)) == (200, [])


def test_the_order_of_a_list_does_not_limit_the_search_to_publications(client, record):
    answer = search(client, "engine", group="type", show="all")

    assert ("Project", "Analytical Engine") in found(answer)


def test_a_search_without_results_suggests_similar_words_and_tags(client, record):
    page = search(client, "engins lovelase").text

    assert '<a href="?q=engines+lovelace">engines lovelace</a>' in page
    assert '<a href="/tags/engines/">engines</a>' in page
    assert "Did you mean" not in search(client, "qqqqqq").text


def test_a_suggestion_finds_something_with_the_filters_that_are_set(client, record):
    assert "Did you mean" in search(client, "millz", year="2021").text
    assert "Did you mean" not in search(client, "millz", year="2025").text


def test_a_suggestion_gives_away_no_draft_and_no_author_under_blind_review(client, editor_client, record):
    make.publication("Quokkas", authors=["Zoe Zyzzyva"], state="draft")
    make.publication("On Sails", authors=["Willa Wombatson"], hides_authors=True)

    for text in ("quokkaz", "wombatsen"):
        assert "Did you mean" not in search(client, text).text
        assert "Did you mean" in search(editor_client, text).text


def test_authors_who_were_searched_are_shown_among_many(client):
    make.publication("On Engines", authors=[f"Ada Number{letter}" for letter in "abcdefghij"])

    answer = search(client, "numberi")

    assert "Ada Numbere, …, Ada <mark>Numberi</mark>" in answer.text


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
    assert snippet.startswith("In the PDF: … before")
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
    assert found(search(client, "engines", year="2021")) == [("Publication", "On Mills")]


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

    assert [kind.plural for kind, _ in answer.context["kinds"] if kind.name != "publication"] == kinds
    assert titles(answer) == works


@pytest.mark.parametrize(
    "text",
    ["", " ", '"', "()*", "NEAR(", "a" * 10_000, "'; DROP TABLE x --", "{title}: x", "\u202e", "🙂", "year:", "%"],
)
def test_every_query_has_a_page(client, record, text):
    answer = search(client, text)

    assert answer.status_code == 200
    assert '<meta name="robots" content="noindex, follow">' in answer.content.decode()


def test_search_engines_index_the_form_and_no_results(client, record):
    assert 'name="robots"' not in client.get("/search/").text
    assert '<meta name="robots" content="noindex, follow">' in client.get("/search/?type=book").text


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
        with django_assert_num_queries(20):
            answer = search(client, "engines")
        assert len(titles(answer)) in (1, 3)


def test_pages_and_talks_among_the_results_are_read_with_what_they_show(client, django_assert_num_queries):
    for count in (1, 3):
        for number in range(count):
            top = make.page(f"Engines {count} {number}")
            make.page("Engines", slug="below", parent=top)
            make.talk("Engines", occasions=[{"start": "2024", "event": "NeurIPS"}])
        search(client, "engines")
        with django_assert_num_queries(18):
            search(client, "engines")


@given(text=st.text(alphabet="aAbB1_ -.", max_size=40), said=st.text(alphabet='ab1 "', max_size=8))
def test_the_same_words_are_found_in_ascii_and_other_texts(text, said):
    query = Query.parse(said)

    among_accents = [(first - 2, last - 2) for first, last in find_words(f"é {text}", query)]

    assert list(find_words(text, query)) == among_accents
