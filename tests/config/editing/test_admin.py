"""The admin site and its dashboard."""

from datetime import timedelta

import pytest
from django.utils import timezone

from tests import make

pytestmark = pytest.mark.django_db


def test_the_dashboard_says_that_there_is_no_owner(editor_client):
    page = editor_client.get("/admin/").content.decode()

    assert "The site has no owner yet." in page


def test_the_dashboard_lists_what_is_unfinished_with_links_to_the_fields(editor_client):
    owner = make.owner(name="Your Name", photo="", headline="Countess", bio="I", email="a@example.org")
    paper = make.publication("On Engines")

    page = editor_client.get("/admin/").content.decode()

    for sentence, address in (
        ("Your name is missing.", f"/admin/profiles/person/{owner.pk}/change/#id_name"),
        ("Your photo is missing.", f"/admin/profiles/person/{owner.pk}/change/#id_photo"),
        (
            "You are not an author of any publication. Choose yourself as an author.",
            f"/admin/publications/publication/{paper.pk}/change/#authorships-group",
        ),
        ("“On Engines” has no abstract.", f"/admin/publications/publication/{paper.pk}/change/#id_abstract"),
    ):
        assert f'<a href="{address}">{sentence}</a>' in page


def test_the_dashboard_says_when_nothing_is_missing(editor_client):
    owner = make.owner(
        name="Ada", headline="Countess", bio="I", email="ada@example.org", orcid="0000-0002-1825-0097",
        photo="images/a.png", photo_alt="Ada", photo_width=1, photo_height=1,
    )  # fmt: skip
    make.activity("PhD", person=owner, kind="education", organisation="Turin", start="2020")

    assert "Nothing is missing." in editor_client.get("/admin/").content.decode()


def test_the_dashboard_shows_some_findings_and_the_page_of_a_check_all(editor_client):
    make.owner()
    for number in range(12):
        make.publication(f"Paper {number}")

    page = editor_client.get("/admin/").content.decode()

    assert page.count("has no abstract.") == 3
    assert '<a href="/admin/health/?check=abstract">Show all</a>' in page
    assert editor_client.get("/admin/health/").content.decode().count("has no abstract.\n") == 10
    assert editor_client.get("/admin/health/?check=abstract").content.decode().count("has no abstract.\n") == 12


def test_the_dashboard_links_to_the_most_common_tasks(editor_client):
    owner = make.owner()

    assert editor_client.get("/admin/").context["shortcuts"] == [
        ("Add a publication", "/admin/publications/publication/add/"),
        ("Import publications", "/admin/publications/publication/import/"),
        ("Add a post", "/admin/profiles/post/add/"),
        ("Add a talk", "/admin/profiles/talk/add/"),
        ("Edit my profile", f"/admin/profiles/person/{owner.pk}/change/"),
    ]


def test_the_dashboard_lists_drafts_and_scheduled_content(editor_client):
    draft = make.publication("A draft", state="draft")
    make.project("To come", publish_at=timezone.now() + timedelta(days=1))
    make.section("A section", state="draft")
    make.activity("A talk", state="draft")

    waiting = editor_client.get("/admin/").context["waiting"]

    assert [(title, [entry.title for entry in entries]) for title, entries, *_ in waiting] == [
        ("Drafts: publications", ["A draft"]),
        ("Scheduled: projects", ["To come"]),
        ("Drafts: sections of the home page", ["A section"]),
        ("Drafts: activities", ["A talk"]),
    ]
    assert waiting[0][1][0].url == f"/admin/publications/publication/{draft.pk}/change/"


def test_the_dashboard_lists_recent_changes(editor_client):
    tag = make.tag("engines")
    editor_client.post(f"/admin/profiles/tag/{tag.pk}/change/", {"name": "Engines", "slug": "engines"})
    talk = make.activity("A talk")
    editor_client.post(f"/admin/profiles/awardactivity/{talk.pk}/delete/", {"post": "yes"})

    recent = editor_client.get("/admin/").context["recent_changes"]

    assert [(entry.title, entry.user, entry.comment) for entry in recent] == [
        ("A talk", "editor", "Deleted"), ("Engines", "editor", ""),
    ]  # fmt: skip
    for entry in recent:
        assert editor_client.get(entry.url).status_code == 200


def test_the_dashboard_shows_nothing_without_permission(guest_client):
    make.owner()
    make.publication("A draft", state="draft")
    context = guest_client.get("/admin/").context

    assert [context[name] for name in ("shortcuts", "unfinished", "waiting", "recent_changes")] == [[], [], [], []]


def test_the_dashboard_needs_as_many_queries_with_many_publications(editor_client, django_assert_max_num_queries):
    make.owner()
    for number in range(40):
        make.publication(f"Paper {number}", state="draft" if number % 2 else "published")
    editor_client.get("/admin/")

    with django_assert_max_num_queries(50):
        editor_client.get("/admin/")


def test_the_apps_are_listed_by_how_often_they_are_edited(editor_client):
    apps = editor_client.get("/admin/").context["app_list"]

    assert [app["app_label"] for app in apps] == ["publications", "projects", "profiles", "auth", "site"]


def test_a_visitor_is_sent_to_the_login_page(client):
    assert client.get("/admin/").url == "/admin/login/?next=/admin/"
