"""The permissions of owners, editors and assistants."""

import pytest
from django.contrib.auth.models import Group, Permission
from django.core.management import call_command

from profiles.history import revisions
from profiles.models import Person
from publications.models import Batch, Publication
from tests import make
from tests.profiles.test_admin import person_form
from tests.publications.test_admin import ADD, LIST, form

pytestmark = pytest.mark.django_db


@pytest.fixture
def assistant(log_in):
    return log_in("Assistant")


def test_migrate_creates_the_roles():
    assert set(Group.objects.values_list("name", flat=True)) >= {"Owner", "Editor", "Assistant"}
    assert Group.objects.get(name="Owner").permissions.count() == Permission.objects.count()


def test_sync_roles_resets_their_permissions(capsys):
    group = Group.objects.get(name="Assistant")
    before = set(group.permissions.all())
    group.permissions.set(Permission.objects.filter(codename__in=["change_user", "view_publication"]))
    Group.objects.get(name="Editor").delete()

    call_command("sync_roles")

    assert set(group.permissions.all()) == before
    assert Group.objects.filter(name="Editor").exists()
    assert "Assistant: " in capsys.readouterr().out


def test_an_editor_can_publish_but_not_manage_users(log_in):
    editor = log_in("Editor")

    editor.post(ADD, form(state="published"))

    assert Publication.objects.published().count() == 1
    assert editor.get("/admin/auth/user/").status_code == 403


def test_an_assistant_only_creates_drafts(assistant):
    answer = assistant.post(
        ADD, form(state="published", hides_authors="on", authors=[{"name": "Ada"}], byline="Yao Fu", tags=["new"])
    )

    publication = Publication.objects.get()
    assert answer.status_code == 302
    assert (publication.state, publication.hides_authors) == ("draft", False)
    assert [str(row) for row in publication.authorships.all()] == ["Ada", "Yao Fu"]


def test_an_assistant_can_change_drafts_but_not_published_content(assistant):
    draft, public = make.publication("Draft", state="draft", authors=[]), make.publication("Public", authors=[])

    answers = [
        assistant.post(f"{LIST}{item.pk}/{page}", data)
        for item, page, data in (
            (draft, "change/", form(title="Changed")), (public, "change/", form(title="Changed")),
            (public, "delete/", {"post": "yes"}), (public, "previews/", {"create": "", "last_day": "2027-01-01"}),
        )
    ]  # fmt: skip

    assert [answer.status_code for answer in answers] == [302, 403, 403, 403]
    assert set(Publication.objects.values_list("title", "state")) == {("Changed", "draft"), ("Public", "published")}
    assert assistant.get(f"{LIST}{public.pk}/change/").status_code == 200
    page = assistant.get(f"{LIST}{public.pk}/change/").content.decode()
    assert not [name for name in ("_save", "byline", "files") if f'name="{name}"' in page]


@pytest.mark.parametrize("action", ["publish", "unpublish", "delete_selected"])
def test_an_assistant_cannot_change_published_content_in_bulk(assistant, action):
    draft, public = make.publication("Draft", state="draft"), make.publication("Public")

    assistant.post(LIST, {"action": action, "_selected_action": [draft.pk, public.pk], "post": "yes"})

    assert set(Publication.objects.values_list("title", "state")) == {("Draft", "draft"), ("Public", "published")}


def test_an_assistant_cannot_reorder_published_sections(assistant):
    section = make.section()
    data = {
        "form-TOTAL_FORMS": 1,
        "form-INITIAL_FORMS": 1,
        "form-0-id": section.pk,
        "form-0-position": 9,
        "_save": "Save",
    }

    answer = assistant.post("/admin/profiles/section/", data, follow=True)

    section.refresh_from_db()
    assert "“Outside research” would change." in answer.content.decode()
    assert section.position == 0


def test_an_assistant_cannot_restore_a_published_revision(assistant, editor_client):
    public = make.publication("Public", authors=[])
    editor_client.post(f"{LIST}{public.pk}/change/", form(title="Draft again"))
    first = revisions.get_revisions(Publication, public.pk)[-1]

    answer = assistant.post(f"{LIST}{public.pk}/history/", {"restore": first.pk}, follow=True)

    public.refresh_from_db()
    assert "visitors would see the difference: “Public” would become visible." in answer.content.decode()
    assert public.title == "Draft again"


def test_an_assistant_can_add_people_but_not_change_or_publish_them(assistant):
    ada = make.person("Ada")

    assert assistant.post(f"/admin/profiles/person/{ada.pk}/change/", {"name": "Eve"}).status_code == 403
    assistant.post("/admin/profiles/person/add/", person_form(name="Grace", is_owner="on", is_public_page="on"))
    grace = Person.objects.get(name="Grace")
    assert (grace.is_owner, grace.is_public_page) == (False, False)


def test_an_assistant_cannot_merge(assistant):
    ada, eve = make.person("Ada"), make.person("Eve")

    assistant.post(
        "/admin/profiles/person/", {"action": "merge", "_selected_action": [ada.pk, eve.pk], "target": ada.pk}
    )

    assert Person.objects.count() == 2


def test_an_import_by_an_assistant_creates_drafts_and_changes_nothing_published(assistant):
    make.publication("On Engines", doi="10.1234/a", authors=[])
    text = "@article{a, title={On Engines}, doi={10.1234/a}, volume={7}}\n@article{b, title={On Mills}, year={2024}}"
    assistant.post(f"{LIST}import/", {"text": text})
    batch = Batch.objects.get()
    page = assistant.get(f"{LIST}import/{batch.pk}/")
    data = {}
    for _, _, rows in page.context["groups"]:
        for row in rows:
            data |= {f"select-{row.pk}": "on", f"stamp-{row.pk}": row.stamp, f"field-{row.pk}": ["volume", "doi"]}

    answer = assistant.post(f"{LIST}import/{batch.pk}/", data, follow=True)

    assert "Ask an editor to import those rows." in answer.content.decode()
    assert set(Publication.objects.values_list("title", "volume", "state")) == {
        ("On Engines", "", "published"), ("On Mills", "", "draft"),
    }  # fmt: skip


def test_an_update_by_an_import_is_in_the_history(editor_client):
    paper = make.publication("On Engines", doi="10.1234/a", authors=[])
    editor_client.post(f"{LIST}import/", {"text": "@article{a, title={On Engines}, doi={10.1234/a}, volume={7}}"})
    batch = Batch.objects.get()
    (row,) = editor_client.get(f"{LIST}import/{batch.pk}/").context["groups"][0][2]

    editor_client.post(
        f"{LIST}import/{batch.pk}/",
        {f"select-{row.pk}": "on", f"stamp-{row.pk}": row.stamp, f"field-{row.pk}": ["volume"]},
    )

    saved = revisions.get_revisions(Publication, paper.pk)
    assert [(one.state.root.values["volume"], one.user) for one in saved] == [("7", "editor"), ("", "")]
    assert saved[0].comment.startswith("Import: ")
