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
        "/", "/accessibility/", "/people/ada-lovelace/",
    ]  # fmt: skip
    assert re.findall(r"^- \[(.*?)\]", client.get("/llms.txt").text, re.MULTILINE) == ["Home", "Atom feed", "Sitemap"]


@pytest.mark.parametrize(
    ("create", "entries"),
    [
        (lambda **state: make.publication(authors=[], **state), ["Publications", "CV", "Search"]),
        (lambda **state: make.project(tags=["engines"], **state), ["Projects", "CV", "Search"]),
        (lambda **state: make.activity(kind="award", **state), ["Activities", "CV", "Search"]),
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


def test_the_cv_of_a_groups_owner_is_linked_from_their_page_and_not_from_the_menu(client):
    settings = make.group()
    make.membership(settings.person, role="principal-investigator")

    assert menu(client) == ["People", "Search"]
    assert '<a href="/cv/">Curriculum vitae</a>' in client.get("/people/ada-lovelace/").text
    assert "Principal investigator" in client.get("/cv/").text
    settings.delete()
    assert menu(client) == ["CV", "Search"]
    assert "Curriculum vitae" not in client.get("/people/ada-lovelace/").text


@pytest.mark.django_db(transaction=True)
def test_the_menu_follows_a_change_at_once(client):
    make.owner()
    assert menu(client) == menu(client) == []

    project = make.project()
    assert menu(client) == ["Projects", "CV", "Search"]
    project.delete()

    assert menu(client, "/projects/") == []
