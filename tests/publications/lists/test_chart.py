import re

import pytest

from tests import make

pytestmark = pytest.mark.django_db

YEAR = re.compile(
    r'<li>\s*<a\s*href="([^"]*)"( aria-current="true")?\s*title="([^"]*)"\s*>\s*(\d+)\s*<svg.*?</svg>\s*</a>'
    r'\s*<span class="count">(\d+)</span>',
    re.DOTALL,
)


def chart_of(client, query=""):
    """Return the HTML of the chart in the list of works."""
    page = client.get(f"/publications/{query}").content.decode()
    return re.search('<figure class="chart".*?</figure>', page, re.DOTALL)[0]


def test_a_bar_for_each_year_leads_to_its_works_and_names_their_types(client):
    for year, type_ in [("2023", "thesis"), ("2025", "article-journal"), ("2025", "article-journal"), ("2025", "book")]:
        make.publication(type=type_, issued=year)

    chart = chart_of(client)

    assert YEAR.findall(chart) == [
        ("/publications/?year=2025", "", "Journal article: 2, Book: 1", "2025", "3"),
        ("/publications/?year=2023", "", "Thesis: 1", "2023", "1"),
    ]
    assert re.findall(r'<rect class="(.*?)" x="(\d+)" width="(\d+)"', chart) == [
        ("kind-0", "0", "67"),
        ("kind-1", "67", "33"),
        ("kind-2", "0", "33"),
    ]
    assert re.findall(r'<li class="key (kind-\d)">(.*?)</li>', chart) == [
        ("kind-0", "Journal article"),
        ("kind-1", "Book"),
        ("kind-2", "Thesis"),
    ]


def test_the_chart_follows_the_first_work_and_stands_on_the_first_page_only(client):
    for number in range(40):
        make.publication(f"Work {number}", issued=f"{2025 - number % 2}")

    first = client.get("/publications/").content.decode()
    second = client.get("/publications/?page=2").content.decode()

    assert first.partition('<figure class="chart"')[0].count("</article>") == 1
    assert '<figure class="chart"' not in second


def test_the_chart_follows_the_filters(client):
    make.publication(issued="2023", tags=["engines"])
    make.publication(issued="2024", tags=["engines"])
    make.publication(issued="2025", type="book")

    assert YEAR.findall(chart_of(client, "?tag=engines&year=2024")) == [
        ("/publications/?tag=engines", ' aria-current="true"', "Journal article: 1", "2024", "1"),
        ("/publications/?tag=engines&amp;year=2023", "", "Journal article: 1", "2023", "1"),
    ]


@pytest.mark.parametrize("years", [[], ["2025"], ["", "2025"]])
def test_a_single_year_needs_no_chart(client, years):
    for year in years:
        make.publication(issued=year)

    page = client.get("/publications/").content.decode()
    assert '<figure class="chart"' not in page
    assert 'class="bars"' not in page


def test_a_draft_is_not_drawn(client):
    for year in ("2023", "2024"):
        make.publication(issued=year)
    make.publication(issued="1999", state="draft")

    assert "1999" not in client.get("/publications/").content.decode()
