"""The menu, the sitemap and llms.txt have only the pages with content."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from tests import make

pytestmark = pytest.mark.django_db


def menu(client, path="/"):
    header = client.get(path).text.partition("</header>")[0]
    return re.findall(r'<a href="/[\w-]+/"[^>]*>(.+?)</a>', header)


def test_a_site_with_only_its_owner_has_no_menu(client, editor_client):
    make.owner()

    assert menu(client) == menu(editor_client) == menu(client, "/publications/") == []
    assert "<nav" not in client.get("/").text
    assert re.findall("<loc>http://testserver(.*?)</loc>", client.get("/sitemap.xml").text) == [
        "/", "/people/ada-lovelace/",
    ]  # fmt: skip
    assert re.findall(r"^- \[(.*?)\]", client.get("/llms.txt").text, re.MULTILINE) == ["Home", "Atom feed", "Sitemap"]


@pytest.mark.parametrize(
    ("create", "entries"),
    [
        (lambda **state: make.publication(authors=[], **state), ["Publications", "CV", "Search"]),
        (lambda **state: make.project(tags=["engines"], **state), ["Projects", "Tags", "CV", "Search"]),
        (lambda **state: make.activity(kind="talk", **state), ["Activities", "CV", "Search"]),
        (lambda **state: make.activity(kind="travel", **state), ["Activities", "Search"]),
    ],
)
def test_the_menu_shows_what_a_visitor_may_see_and_to_editors_also_drafts(client, editor_client, create, entries):
    make.owner()
    tomorrow = timezone.now() + timedelta(days=1)
    for state in ({"state": "draft"}, {"publish_at": tomorrow}):
        created = create(**state)
        assert (menu(client), menu(editor_client)) == ([], entries)
        created.delete()

    create()

    assert menu(client) == menu(editor_client) == entries


def test_other_people_with_a_page_are_in_the_menu(client):
    make.owner()
    make.person("Charles Babbage")
    assert menu(client) == []

    make.person("Mary Somerville", is_public_page=True)

    assert menu(client) == ["People", "Search"]


def test_without_a_public_owner_the_menu_has_no_cv(client, editor_client):
    make.owner(is_public_page=False)
    make.project()

    assert menu(client) == ["Projects", "Search"]
    assert menu(editor_client) == ["Projects", "CV", "Search"]


@pytest.mark.django_db(transaction=True)
def test_the_menu_follows_a_change_at_once(client):
    make.owner()
    assert menu(client) == menu(client) == []

    project = make.project()
    assert menu(client) == ["Projects", "CV", "Search"]
    project.delete()

    assert menu(client, "/projects/") == []
