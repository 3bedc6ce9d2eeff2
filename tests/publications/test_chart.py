import re

import pytest

from tests import make

pytestmark = pytest.mark.django_db


def test_years_are_drawn_by_type_with_a_table_that_says_the_same(client):
    for year, type_ in [("2023", "thesis"), ("2025", "article-journal"), ("2025", "article-journal"), ("2025", "book")]:
        make.publication(type=type_, issued=year)

    page = re.sub(r">\s+<", "><", client.get("/publications/").content.decode())

    assert len(re.findall("<rect", page)) == 3
    assert "<title>2025: 3</title>" in page
    rows = re.findall(r'<tr><th scope="row"><a href="(.*?)">(\d+)</a></th>(.*?)</tr>', page)
    assert [(href, year, re.findall(r"<td>(\d+)</td>", cells)) for href, year, cells in rows] == [
        ("/publications/?year=2025", "2025", ["2", "1", "0", "3"]),
        ("/publications/?year=2023", "2023", ["0", "0", "1", "1"]),
    ]


def test_the_picture_follows_the_filters(client):
    make.publication(issued="2023", tags=["engines"])
    make.publication(issued="2024", tags=["engines"])
    make.publication(issued="2025", type="book")

    page = client.get("/publications/?tag=engines&year=2024").content.decode()

    assert '<th scope="row"><a href="/publications/?tag=engines">2024</a></th>' in page
    assert "<title>2024: 1</title>" in page
    assert "<title>2025: 1</title>" not in page


@pytest.mark.parametrize("years", [[], ["2025"], ["", "2025"]])
def test_a_single_year_needs_no_picture(client, years):
    for year in years:
        make.publication(issued=year)

    assert '<figure class="chart">' not in client.get("/publications/").content.decode()


def test_a_draft_is_not_drawn(client):
    for year in ("2023", "2024"):
        make.publication(issued=year)
    make.publication(issued="1999", state="draft")

    assert "1999" not in client.get("/publications/").content.decode()
