"""A preview link shows unpublished content to everybody who has the link, until it expires."""

from datetime import timedelta

import pytest
from django.core.files.base import ContentFile
from django.utils import timezone

from profiles.models import PreviewLink
from tests import make

pytestmark = pytest.mark.django_db

WORD = "Zanzibar"


def things():
    person = make.person(f"{WORD} Person")
    return {
        "publications/publication": make.publication(f"{WORD} paper", state="draft", authors=[person]),
        "projects/project": make.project(f"{WORD} project", state="draft"),
        "profiles/awardactivity": make.activity(f"{WORD} prize", state="draft"),
        "profiles/section": make.section(f"{WORD} section", state="draft"),
        "profiles/person": person,
    }


@pytest.fixture
def draft():
    return make.publication(f"{WORD} paper", state="draft", authors=["Ada Lovelace"])


def make_link(client, kind, item, days=1, **fields):
    day = timezone.localdate() + timedelta(days=days)
    return client.post(f"/admin/{kind}/{item.pk}/previews/", {"create": "", "last_day": day.isoformat(), **fields})


def link_to(editor_client, draft, **fields):
    make_link(editor_client, "publications/publication", draft, **fields)
    return PreviewLink.objects.get().get_absolute_url()


@pytest.mark.parametrize(
    "kind",
    ["publications/publication", "projects/project", "profiles/awardactivity", "profiles/section", "profiles/person"],
)
def test_a_link_shows_a_draft_to_anyone(client, editor_client, kind):
    item = things()[kind]
    assert make_link(editor_client, kind, item).status_code == 302
    address = PreviewLink.objects.get().get_absolute_url()

    answer = client.get(address)
    page = answer.content.decode()

    assert answer.status_code == 200
    assert f"{WORD} " in page
    assert "This is a preview." in page
    assert "<h1>" in page
    assert "no-store" in answer.headers["Cache-Control"]
    assert "noindex" in answer.headers["X-Robots-Tag"]
    assert '<meta name="robots" content="noindex">' in page
    assert "canonical" not in page
    assert address in editor_client.get(f"/admin/{kind}/{item.pk}/previews/").content.decode()


def test_a_link_cannot_be_guessed(editor_client, draft):
    assert len(link_to(editor_client, draft)) > len("/preview/") + 30


def test_an_editor_sees_with_the_link_what_others_see(editor_client, draft):
    page = editor_client.get(link_to(editor_client, draft)).content.decode()

    assert "Edit this site" not in page


def test_a_link_expires(client, editor_client, draft):
    address = link_to(editor_client, draft)
    PreviewLink.objects.update(expires_at=timezone.now() - timedelta(seconds=1))

    answer = client.get(address)

    assert answer.status_code == 404
    assert "This preview has expired" in answer.content.decode()


def test_a_revoked_link_is_not_found(client, editor_client, draft):
    address = link_to(editor_client, draft)

    editor_client.post(
        f"/admin/publications/publication/{draft.pk}/previews/", {"revoke": PreviewLink.objects.get().token}
    )

    assert client.get(address).status_code == 404


def test_a_link_shows_its_own_object_only(client, editor_client, draft):
    other = make.publication("Quokka paper", state="draft", authors=["Ada Lovelace"], tags=["a"])
    draft.tags.set(["a"])

    page = client.get(link_to(editor_client, draft)).content.decode()

    assert "Quokka" not in page
    assert client.get(other.get_absolute_url()).status_code == 404
    assert client.get(draft.get_absolute_url()).status_code == 404


def test_the_file_of_a_draft_is_beside_its_preview(client, editor_client, draft):
    resource = draft.resources.create(kind="pdf", file=ContentFile(b"%PDF-1.7 secret", "My paper.pdf"))
    address = link_to(editor_client, draft)

    assert f'href="{resource.filename}"' in client.get(address).content.decode()
    answer = client.get(f"{address}{resource.filename}")
    assert b"".join(answer.streaming_content) == b"%PDF-1.7 secret"
    assert "no-store" in answer.headers["Cache-Control"]
    assert client.get(f"{draft.get_absolute_url()}{resource.filename}").status_code == 404


def test_a_blind_link_hides_the_authors(client, editor_client, draft):
    page = client.get(link_to(editor_client, draft, hides_authors="on")).content.decode()

    assert "Lovelace" not in page
    assert "Authors hidden for blind review" in page


def test_an_open_link_to_a_blind_paper_shows_the_authors(client, editor_client):
    draft = make.publication("Sealed", state="draft", authors=["Ada Lovelace"], hides_authors=True)

    assert "Ada Lovelace" in client.get(link_to(editor_client, draft)).content.decode()


@pytest.mark.parametrize(
    ("day", "sentence"),
    [
        ("2001-01-01", "This day is in the past."),
        ("2999-01-01", "within the next three years"),
        ("soon", "Enter a valid date."),
        ("", "This field is required."),
    ],
)
def test_an_impossible_date_is_an_error_of_the_field(editor_client, draft, day, sentence):
    path = f"/admin/publications/publication/{draft.pk}/previews/"

    assert sentence in editor_client.post(path, {"create": "", "last_day": day}).content.decode()
    assert not PreviewLink.objects.exists()


def test_only_users_who_may_change_an_object_create_links(guest_client, draft):
    assert guest_client.get(f"/admin/publications/publication/{draft.pk}/previews/").status_code == 403


def test_the_link_of_a_deleted_draft_is_not_found(client, editor_client, draft):
    address = link_to(editor_client, draft)
    draft.delete()

    assert client.get(address).status_code == 404


def test_a_preview_is_html_for_any_accept_header(client, editor_client, draft):
    answer = client.get(link_to(editor_client, draft), headers={"accept": "application/x-bibtex"})

    assert answer.headers["Content-Type"].startswith("text/html")


def test_a_draft_has_no_export_for_visitors(client, draft):
    assert client.get(draft.get_absolute_url(), headers={"accept": "application/x-bibtex"}).status_code == 404
