"""The index of the tags, and the page of a tag."""

import re

import pytest

from tests import make

pytestmark = pytest.mark.django_db


def shown(page):
    """Return [(tag, weight, uses)] of the index."""
    row = r'data-weight="(\d)">(.*?)</a>\s*<span class="count">(\d+)'
    return [(name, int(weight), int(uses)) for weight, name, uses in re.findall(row, page)]


def test_the_index_is_alphabetical_and_heavier_with_use(client):
    for number in range(8):
        names = ["Écoles", *(["engines"] if number < 3 else []), *(["mills"] if number == 0 else [])]
        make.publication(f"Work {number}", authors=[], tags=names)

    page = client.get("/tags/").text

    assert shown(page) == [("Écoles", 4, 8), ("engines", 3, 3), ("mills", 1, 1)]
    assert "<h2>" not in page


def test_a_long_index_has_letters_and_the_most_used_tags_above_them(client):
    names = [f"{first}{second}" for first in "abd" for second in "abcdefghij"]
    make.publication(authors=[], tags=[*names, "3D", "计算"])
    make.publication("On Mills", authors=[], tags=["dj"])

    page = client.get("/tags/").text

    assert re.findall("<h2>(.*?)</h2>", page) == ["Most used", "0–9", "A", "B", "D", "…"]
    assert page.index(">dj</a>") < page.index("<h2>0–9</h2>")
    assert len(shown(page)) == 32


def test_tags_of_drafts_are_not_in_the_index(client):
    make.publication(authors=[], tags=["secret"], state="draft")

    assert "There are no tags yet." in client.get("/tags/").text


def test_the_automatic_menu_has_no_tags_but_the_search_leads_to_them(client):
    make.owner()
    make.publication(tags=["engines"])

    assert "/tags/" not in client.get("/publications/").text.partition("</header>")[0]
    assert '<a href="/tags/">' in client.get("/search/").text


def test_the_page_of_a_tag_starts_with_its_papers(client):
    owner = make.owner(tags=["engines"])
    make.publication(authors=[owner], tags=["engines"])
    make.project(tags=["engines"])

    order = ["Publications", "Projects", "Research interest of"]
    assert re.findall(r"<h2>(.*?)</h2>", client.get("/tags/engines/").text) == order
    assert re.findall(r"^## (.*)$", client.get("/tags/engines.md").text, re.MULTILINE) == order
