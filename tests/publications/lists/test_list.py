"""How the list of publications is arranged, and how its pages are numbered."""

import re

import pytest

from tests import make

pytestmark = pytest.mark.django_db


def headings(response):
    return re.findall(r'<h2 id="year-[^"]*">(.*?)</h2>', response.text)


def titles(response):
    return re.findall(r'<h3 class="title"><a [^>]*>(.*?)</a>', response.text)


def test_the_list_is_grouped_by_year_or_by_type(client):
    make.publication("Preprint", type="article", issued="2025")
    make.publication("Talk paper", type="paper-conference", issued="2024")
    make.publication("Old article", issued="2019")
    make.publication("New article", issued="2024")
    make.publication("Treaty", type="treaty", issued="2026")

    by_year, by_type = client.get("/publications/"), client.get("/publications/?group=type")

    assert headings(by_year) == ["2026", "2025", "2024", "2019"]
    assert '<a href="/publications/?group=type" rel="nofollow">type</a>' in by_year.text
    assert headings(by_type) == ["Journal articles", "Conference papers", "Preprints", "Other works"]
    assert titles(by_type) == ["New article", "Old article", "Talk paper", "Preprint", "Treaty"]
    assert '<a href="/publications/" rel="nofollow">year</a>' in by_type.text


def test_the_group_stays_while_the_list_is_filtered(client):
    make.publication(issued="2024", tags=["engines"])

    page = client.get("/publications/?group=type&show=all&tag=engines").text

    assert 'href="/publications/?tag=engines&amp;year=2024&amp;group=type&amp;show=all"' in page
    assert '<input type="hidden" name="group" value="type">' in page
    assert '<a class="chip" href="/publications/?group=type&amp;show=all">' in page
    assert 'href="/publications.bib?tag=engines"' in page


def test_all_works_are_shown_on_one_page_on_demand(client):
    for number in range(26):
        make.publication(f"Paper {number}", issued="2020")

    first, everything = client.get("/publications/"), client.get("/publications/?show=all")

    assert (len(titles(first)), len(titles(everything))) == (24, 26)
    assert '<a href="/publications/?show=all" rel="nofollow">Show all</a>' in first.text
    assert '<a href="/publications/" rel="nofollow">Show in pages</a>' in everything.text
    assert '<nav class="pages"' not in everything.text


@pytest.mark.parametrize("query", ["group=venue", "group=", "show=1", "group=type&group=x&show=none"])
def test_an_unknown_arrangement_is_ignored(client, query):
    make.publication(issued="2020")

    assert headings(client.get(f"/publications/?{query}")) == ["2020"]


def test_a_list_that_fits_on_a_page_does_not_offer_to_show_all(client):
    make.publication()

    assert "show=all" not in client.get("/publications/").text


@pytest.mark.parametrize(
    ("number", "last", "expected"),
    [
        (5, 9, [1, None, 4, 5, 6, None, 9]),
        (1, 3, [1, 2, 3]),
        (1, 5, [1, 2, None, 5]),
        (3, 5, [1, 2, 3, 4, 5]),
        (3, 7, [1, 2, 3, 4, None, 7]),
        (1, 1, [1]),
    ],
)
def test_pages_that_are_left_out_are_marked(number, last, expected):
    from types import SimpleNamespace

    from config.templatetags.site import page_links

    page = SimpleNamespace(number=number, paginator=SimpleNamespace(num_pages=last))
    assert page_links(page) == expected


@pytest.mark.parametrize("count", [1, 30])
@pytest.mark.parametrize("query", ["", "?group=type", "?show=all"])
def test_the_list_needs_as_many_queries_for_one_work_as_for_30(editor_client, django_assert_num_queries, count, query):
    authors = [make.person(f"Author Nr{place}") for place in range(8)]
    for number in range(count):
        work = make.publication(f"Paper {number}", authors=authors, tags=[f"tag {number}"], issued=f"{2000 + number}")
        work.resources.create(kind="code", url="https://example.org/code")

    with django_assert_num_queries(18):
        editor_client.get(f"/publications/{query}")


def test_the_type_is_named_only_where_the_venue_does_not_say_it(client):
    make.publication("Article", container_title="Journal of Engines", slug="article")
    make.publication("Thesis", type="thesis", publisher="University of Engines")

    venues = re.findall(r'<p class="venue">(.*?)</p>', client.get("/publications/").text, re.DOTALL)

    assert [" ".join(re.sub("<.*?>", "", venue).split()) for venue in venues] == [
        "Thesis · University of Engines · 2025",
        "Journal of Engines · 2025",
    ]


def test_abstracts_and_tags_are_on_demand(client):
    make.publication("On Engines", abstract="We build **engines**.", tags=["mills"])

    page = client.get("/publications/").text

    assert '<a href="/publications/on-engines/#abstract" data-abstract>Abstract' in page
    assert re.search(r'<details>\s*<summary>Tags</summary>\s*<ul class="tags"', page)
    assert "We build" not in page
    assert '<section id="abstract">' in client.get("/publications/on-engines/").text


@pytest.mark.parametrize("path", ["/publications/", "/publications.md", "/publications/notes/", "/search/?q=notes"])
def test_a_work_without_authors_names_its_editors(client, path):
    book = make.publication("Notes", slug="notes", authors=[], type="book", publisher="Taylor")
    for position, name in enumerate(["Ada Lovelace", "Charles Babbage"], 1):
        book.authorships.create(name=name, role="editor", position=position)

    page = client.get(path).text

    text = re.sub("<[^>]*>", "", page.partition("<main")[2] or page)
    assert text.count("Ada Lovelace, Charles Babbage") == 1
    assert ("Book edited by Ada Lovelace, Charles Babbage. Taylor" in page) == (path == "/publications/notes/")
