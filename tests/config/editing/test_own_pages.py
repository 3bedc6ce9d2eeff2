"""The admin of the pages that editors write."""

import pytest
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile

from profiles.models import Page
from tests import make
from tests.profiles.history.test_publication_history import restore_last
from tests.profiles.test_duplicates import sent_by_browser

pytestmark = pytest.mark.django_db

PAGES = "/admin/profiles/page/"


def form(**fields):
    rows = {"resources-TOTAL_FORMS": 0, "resources-INITIAL_FORMS": 0}
    return {"title": "Join us", "body": "Write to us.", "state": "published", "position": 0, **rows, **fields}


def errors(response, field):
    """Return the errors at a field, of a form that is shown again with what was typed."""
    assert response.status_code == 200
    assert "Write to us." in response.text
    return response.context["adminform"].form.errors.get(field, [])


def test_a_page_is_added_with_a_file_and_gets_its_address_from_the_title(editor_client, client):
    file = SimpleUploadedFile("call.pdf", b"%PDF-1.7", "application/pdf")
    row = {"resources-TOTAL_FORMS": 1, "resources-0-file": file, "resources-0-position": 0}
    response = editor_client.post(f"{PAGES}add/", form(tags=["jobs"], **row))
    assert response.status_code == 302
    page = Page.objects.get(path="join-us")
    assert list(page.tags.names()) == ["jobs"]
    assert "/join-us/call.pdf" in client.get("/join-us/").text
    assert '<a href="/join-us/">/join-us/</a>' in editor_client.get(f"{PAGES}{page.pk}/change/").text


@pytest.mark.parametrize(
    ("fields", "field", "message"),
    [
        ({"slug": "publications"}, "slug", "The site itself uses the address /publications/"),
        ({"slug": "static"}, "slug", "The site itself uses"),
        ({"slug": "admin"}, "slug", "The site itself uses"),
        ({"slug": "taken"}, "slug", "leads to “Taken”"),
        ({"slug": "a/b"}, "slug", "Enter a valid"),
        ({"slug": "x" * 101}, "slug", "at most 100 characters"),
        ({"parent": "999"}, "parent", "Select a valid choice"),
        ({"introduces": "unknown"}, "introduces", "Select a valid choice"),
        ({"title": ""}, "title", "This field is required"),
        ({"position": "-1"}, "position", "greater than or equal to 0"),
    ],
)
def test_bad_input_gets_a_message_at_the_field(editor_client, fields, field, message):
    make.page("Taken")
    found = errors(editor_client.post(f"{PAGES}add/", form(**fields)), field)
    assert message in found[0]
    assert Page.objects.count() == 1


def test_a_file_that_is_too_large_gets_a_message_at_the_file(editor_client, settings):
    settings.UPLOAD_MAX_MB = 0
    file = SimpleUploadedFile("call.pdf", b"%PDF-1.7", "application/pdf")
    row = {"resources-TOTAL_FORMS": 1, "resources-0-file": file, "resources-0-position": 0}
    response = editor_client.post(f"{PAGES}add/", form(**row))
    errors(response, "title")
    assert (
        "more than the 0 MB that this site accepts"
        in response.context["inline_admin_formsets"][0].formset.errors[0]["file"][0]
    )


def test_a_page_below_itself_gets_a_message_at_the_parent(editor_client):
    top = make.page("Top")
    below = make.page("Below", parent=top)
    for parent in (top, below):
        response = editor_client.post(f"{PAGES}{top.pk}/change/", form(parent=parent.pk))
        assert "A page cannot be below itself" in errors(response, "parent")[0]


def test_an_address_that_is_too_long_gets_a_message_at_the_slug(editor_client):
    parent = None
    for letter in "abcd":
        parent = make.page(letter, slug=letter * 100, parent=parent)
    response = editor_client.post(f"{PAGES}add/", form(parent=parent.pk, slug="e" * 100))
    assert "more than 500 characters" in errors(response, "slug")[0]


def test_a_second_introduction_of_a_list_is_refused(editor_client):
    make.page("People", introduces="profiles:people")
    response = editor_client.post(f"{PAGES}add/", form(introduces="profiles:people"))
    assert "Another page is the introduction" in errors(response, "introduces")[0]


def test_the_list_shows_the_tree(editor_client, django_assert_num_queries):
    us = make.page("Join us")
    make.page("Join us for lunch")
    for number in range(3):
        make.page(f"Role {number}", parent=us, position=number == 0)
    make.page("About", position=1)
    rows = editor_client.get(PAGES).context["cl"].result_list
    assert [page.path for page in rows] == [
        "join-us", "join-us/role-1", "join-us/role-2", "join-us/role-0", "join-us-for-lunch", "about",
    ]  # fmt: skip


def test_a_page_with_others_below_is_not_deleted_and_the_page_says_what_to_do(editor_client):
    top = make.page("Top")
    make.page("Below", parent=top)
    for response in (
        editor_client.post(f"{PAGES}{top.pk}/delete/", {"post": "yes"}),
        editor_client.post(PAGES, {"action": "delete_selected", "_selected_action": top.pk, "post": "yes"}),
    ):
        assert "Delete these first, or choose another parent for them" in " ".join(response.text.split())
        assert "Below" in response.text
    assert Page.objects.count() == 2


def test_a_deleted_page_is_restored_with_another_slug_if_its_address_was_taken(editor_client, client):
    page = make.page("Join us")
    page.resources.create(url="https://example.org/call", label="Call")
    editor_client.post(f"{PAGES}{page.pk}/delete/", {"post": "yes"})
    make.page("Join us")
    restore_last(editor_client, PAGES, page)
    assert Page.objects.get(pk=page.pk).path == "join-us-2"
    assert "https://example.org/call" in client.get("/join-us-2/").text


def test_a_copy_of_a_page_gets_an_address_of_its_own(editor_client):
    page = make.page("Join us", slug="join")
    page.resources.create(file=ContentFile(b"%PDF-1.7", "call.pdf"))
    sent = sent_by_browser(editor_client.get(f"{PAGES}{page.pk}/change/"))
    copy = editor_client.post(f"{PAGES}{page.pk}/change/", {**sent, "_duplicate": "1"}, follow=True)
    assert "uploaded files" in copy.text
    editor_client.post(f"{PAGES}add/", {**sent_by_browser(copy), "_save": "1"})
    assert sorted(Page.objects.values_list("path", "state")) == [("join", "published"), ("join-us", "draft")]


def test_a_page_is_published_from_the_list(editor_client, client):
    page = make.page("Join us", state="draft")
    editor_client.post(PAGES, {"action": "publish", "_selected_action": page.pk})
    assert client.get("/join-us/").status_code == 200


def test_a_page_of_the_admin_says_which_page_hides_another(editor_client):
    make.page("Below", parent=make.page("Above", state="draft"))
    assert "Hidden until “Above” is published" in editor_client.get(PAGES).text


def test_content_checks_find_empty_and_hidden_pages(editor_client):
    make.page("Empty", body="")
    make.page("Way", slug="way", parent=make.page("People", introduces="profiles:people"))
    make.person("Way", slug="way", is_public_page=True)
    text = editor_client.get("/admin/health/").text
    assert "The page “Empty” has no text." in text
    assert "Visitors cannot see “Way”" in text
