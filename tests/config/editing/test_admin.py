from datetime import timedelta

import pytest
from django.utils import timezone

from tests import make

pytestmark = pytest.mark.django_db


def test_the_front_page_says_that_there_is_no_owner_yet(editor_client):
    page = editor_client.get("/admin/").content.decode()

    assert "The site has no owner yet." in page


def test_the_front_page_lists_what_is_unfinished_with_the_place_to_mend_it(editor_client):
    owner = make.owner(name="Your Name", photo="", headline="Countess", bio="I", email="a@example.org")
    paper = make.publication("On Engines")

    page = editor_client.get("/admin/").content.decode()

    for sentence, address in (
        ("Your name is still to be filled in.", f"/admin/profiles/person/{owner.pk}/change/#id_name"),
        ("There is no photo of you.", f"/admin/profiles/person/{owner.pk}/change/#id_photo"),
        (
            "No publication has you among its authors: choose yourself there.",
            f"/admin/publications/publication/{paper.pk}/change/#authorships-group",
        ),
        ("“On Engines” lacks an abstract.", f"/admin/publications/publication/{paper.pk}/change/#id_abstract"),
    ):
        assert f'<a href="{address}">{sentence}</a>' in page


def test_the_front_page_is_content_when_nothing_is_missing(editor_client):
    owner = make.owner(
        name="Ada", headline="Countess", bio="I", email="ada@example.org", orcid="0000-0002-1825-0097",
        photo="images/a.png", photo_alt="Ada", photo_width=1, photo_height=1,
    )  # fmt: skip
    make.activity("PhD", person=owner, kind="education", organisation="Turin", start="2020")

    assert "Nothing is missing here." in editor_client.get("/admin/").content.decode()


def test_of_many_the_front_page_shows_some_and_the_health_page_all(editor_client):
    make.owner()
    for number in range(12):
        make.publication(f"Paper {number}")

    page = editor_client.get("/admin/").content.decode()

    assert page.count("lacks an abstract.") == 3
    assert '<a href="/admin/health/?check=abstract">More of these</a>' in page
    assert editor_client.get("/admin/health/").content.decode().count("lacks an abstract.") == 10
    assert editor_client.get("/admin/health/?check=abstract").content.decode().count("lacks an abstract.") == 12


def test_the_three_commonest_jobs_are_one_click_away(editor_client):
    owner = make.owner()

    assert editor_client.get("/admin/").context["jobs"] == [
        ("Add a publication", "/admin/publications/publication/add/"),
        ("Bring publications in", "/admin/publications/publication/import/"),
        ("Edit my profile", f"/admin/profiles/person/{owner.pk}/change/"),
    ]


def test_what_waits_to_be_published_is_on_the_front_page(editor_client):
    draft = make.publication("A draft", state="draft")
    make.project("To come", publish_at=timezone.now() + timedelta(days=1))
    make.section("A section", state="draft")
    make.activity("A talk", state="draft")

    waiting = editor_client.get("/admin/").context["waiting"]

    assert [(title, [entry.title for entry in entries]) for title, entries, *_ in waiting] == [
        ("Drafts: publications", ["A draft"]),
        ("To be opened: projects", ["To come"]),
        ("Drafts: sections of the home page", ["A section"]),
        ("Drafts: activities", ["A talk"]),
    ]
    assert waiting[0][1][0].url == f"/admin/publications/publication/{draft.pk}/change/"


def test_what_changed_lately_is_on_the_front_page(editor_client):
    tag = make.tag("engines")
    editor_client.post(f"/admin/profiles/tag/{tag.pk}/change/", {"name": "Engines", "slug": "engines"})
    talk = make.activity("A talk")
    editor_client.post(f"/admin/profiles/talk/{talk.pk}/delete/", {"post": "yes"})

    lately = editor_client.get("/admin/").context["lately"]

    assert [(entry.title, entry.who, entry.comment) for entry in lately] == [
        ("A talk", "editor", "Deleted"), ("Engines", "editor", ""),
    ]  # fmt: skip
    for entry in lately:
        assert editor_client.get(entry.url).status_code == 200


def test_the_front_page_shows_a_guest_nothing_that_they_may_not_see(client, django_user_model):
    make.owner()
    make.publication("A draft", state="draft")
    client.force_login(django_user_model.objects.create_user("guest", is_staff=True))

    context = client.get("/admin/").context

    assert [context[name] for name in ("jobs", "unfinished", "waiting", "lately")] == [[], [], [], []]


def test_the_front_page_asks_as_often_with_many_publications(editor_client, django_assert_max_num_queries):
    make.owner()
    for number in range(40):
        make.publication(f"Paper {number}", state="draft" if number % 2 else "published")
    editor_client.get("/admin/")

    with django_assert_max_num_queries(40):
        editor_client.get("/admin/")


def test_what_is_edited_most_comes_first(editor_client):
    apps = editor_client.get("/admin/").context["app_list"]

    assert [app["app_label"] for app in apps] == ["publications", "projects", "profiles", "auth"]


def test_a_visitor_must_sign_in(client):
    assert client.get("/admin/").url == "/admin/login/?next=/admin/"
