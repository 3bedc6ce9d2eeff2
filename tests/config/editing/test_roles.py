"""What an owner, an editor and an assistant may do."""

import pytest
from django.contrib.auth.models import Group, Permission
from django.core.management import call_command
from django.test import Client

from profiles.history import revisions
from profiles.models import Person
from publications.models import Batch, Publication
from tests import make
from tests.profiles.test_admin import person_form
from tests.publications.test_admin import ADD, LIST, form

pytestmark = pytest.mark.django_db


@pytest.fixture
def sign_in(django_user_model):
    def sign_in(role):
        user = django_user_model.objects.create_user(role.lower(), is_staff=True)
        user.groups.add(Group.objects.get(name=role))
        client = Client()
        client.force_login(user)
        return client

    return sign_in


@pytest.fixture
def assistant(sign_in):
    return sign_in("Assistant")


def test_the_roles_are_there_from_the_start():
    assert set(Group.objects.values_list("name", flat=True)) >= {"Owner", "Editor", "Assistant"}
    assert Group.objects.get(name="Owner").permissions.count() == Permission.objects.count()


def test_the_command_puts_them_right(capsys):
    group = Group.objects.get(name="Assistant")
    before = set(group.permissions.all())
    group.permissions.set(Permission.objects.filter(codename__in=["change_user", "view_publication"]))
    Group.objects.get(name="Editor").delete()

    call_command("sync_roles")

    assert set(group.permissions.all()) == before
    assert Group.objects.filter(name="Editor").exists()
    assert "Assistant: " in capsys.readouterr().out


def test_an_editor_publishes_and_has_nothing_to_do_with_users(sign_in):
    editor = sign_in("Editor")

    editor.post(ADD, form(state="published"))

    assert Publication.objects.published().count() == 1
    assert editor.get("/admin/auth/user/").status_code == 403


def test_an_owner_has_to_do_with_users(sign_in, django_user_model):
    owner = sign_in("Owner")
    helper = django_user_model.objects.create_user("helper")
    data = {
        "username": "helper", "groups": [Group.objects.get(name="Assistant").pk], "is_active": "on",
        "date_joined_0": "2026-01-01", "date_joined_1": "00:00:00",
    }  # fmt: skip

    answer = owner.post(f"/admin/auth/user/{helper.pk}/change/", data)

    helper.refresh_from_db()
    assert (answer.status_code, helper.is_staff) == (302, True)


def test_an_assistant_writes_drafts_whatever_is_posted(assistant):
    answer = assistant.post(
        ADD, form(state="published", hides_authors="on", authors=[{"name": "Ada"}], byline="Yao Fu", tags=["new"])
    )

    publication = Publication.objects.get()
    assert answer.status_code == 302
    assert (publication.state, publication.hides_authors) == ("draft", False)
    assert [str(row) for row in publication.authorships.all()] == ["Ada", "Yao Fu"]


def test_an_assistant_changes_drafts_but_nothing_that_is_published(assistant):
    draft, public = make.publication("Draft", state="draft", authors=[]), make.publication("Public", authors=[])

    answers = [
        assistant.post(f"{LIST}{item.pk}/{page}", data)
        for item, page, data in (
            (draft, "change/", form(title="Changed")), (public, "change/", form(title="Changed")),
            (public, "delete/", {"post": "yes"}), (public, "previews/", {"make": "", "last_day": "2027-01-01"}),
        )
    ]  # fmt: skip

    assert [answer.status_code for answer in answers] == [302, 403, 403, 403]
    assert set(Publication.objects.values_list("title", "state")) == {("Changed", "draft"), ("Public", "published")}
    assert assistant.get(f"{LIST}{public.pk}/change/").status_code == 200
    page = assistant.get(f"{LIST}{public.pk}/change/").content.decode()
    assert not [name for name in ("_save", "byline", "files") if f'name="{name}"' in page]


@pytest.mark.parametrize("action", ["publish", "unpublish", "delete_selected"])
def test_an_assistant_does_nothing_in_bulk_to_what_is_published(assistant, action):
    draft, public = make.publication("Draft", state="draft"), make.publication("Public")

    assistant.post(LIST, {"action": action, "_selected_action": [draft.pk, public.pk], "post": "yes"})

    assert set(Publication.objects.values_list("title", "state")) == {("Draft", "draft"), ("Public", "published")}


def test_an_assistant_does_not_put_published_sections_in_another_order(assistant):
    section = make.section()
    data = {
        "form-TOTAL_FORMS": 1,
        "form-INITIAL_FORMS": 1,
        "form-0-id": section.pk,
        "form-0-position": 9,
        "_save": "Save",
    }

    answer = assistant.post("/admin/profiles/section/", data)

    section.refresh_from_db()
    assert (answer.status_code, section.position) == (403, 0)


def test_an_assistant_does_not_restore_what_was_published(assistant, editor_client):
    public = make.publication("Public", authors=[])
    editor_client.post(f"{LIST}{public.pk}/change/", form(title="Draft again"))
    first = revisions.moments(Publication, public.pk)[-1]

    answer = assistant.post(f"{LIST}{public.pk}/history/", {"restore": first.revision}, follow=True)

    public.refresh_from_db()
    assert "That state was published." in answer.content.decode()
    assert public.title == "Draft again"


def test_an_assistant_adds_people_but_does_not_change_or_show_them(assistant):
    ada = make.person("Ada")

    assert assistant.post(f"/admin/profiles/person/{ada.pk}/change/", {"name": "Eve"}).status_code == 403
    assistant.post("/admin/profiles/person/add/", person_form(name="Grace", is_owner="on", is_public_page="on"))
    grace = Person.objects.get(name="Grace")
    assert (grace.is_owner, grace.is_public_page) == (False, False)


def test_an_assistant_does_not_merge(assistant):
    ada, eve = make.person("Ada"), make.person("Eve")

    assistant.post("/admin/profiles/person/", {"action": "merge", "_selected_action": [ada.pk, eve.pk], "keep": ada.pk})

    assert Person.objects.count() == 2


def test_what_an_assistant_imports_is_a_draft_and_changes_nothing_published(assistant):
    make.publication("On Engines", doi="10.1234/a", authors=[])
    text = "@article{a, title={On Engines}, doi={10.1234/a}, volume={7}}\n@article{b, title={On Mills}, year={2024}}"
    assistant.post(f"{LIST}import/", {"text": text})
    batch = Batch.objects.get()
    page = assistant.get(f"{LIST}import/{batch.pk}/")
    data = {}
    for _, _, rows in page.context["groups"]:
        for row in rows:
            data |= {f"take-{row.pk}": "on", f"stamp-{row.pk}": row.stamp, f"field-{row.pk}": ["volume", "doi"]}

    answer = assistant.post(f"{LIST}import/{batch.pk}/", data, follow=True)

    assert "Ask an editor to take those rows." in answer.content.decode()
    assert set(Publication.objects.values_list("title", "volume", "state")) == {
        ("On Engines", "", "published"), ("On Mills", "", "draft"),
    }  # fmt: skip


def test_an_update_by_import_is_in_the_history(editor_client):
    paper = make.publication("On Engines", doi="10.1234/a", authors=[])
    editor_client.post(f"{LIST}import/", {"text": "@article{a, title={On Engines}, doi={10.1234/a}, volume={7}}"})
    batch = Batch.objects.get()
    (row,) = editor_client.get(f"{LIST}import/{batch.pk}/").context["groups"][0][2]

    editor_client.post(
        f"{LIST}import/{batch.pk}/",
        {f"take-{row.pk}": "on", f"stamp-{row.pk}": row.stamp, f"field-{row.pk}": ["volume"]},
    )

    moments = revisions.moments(Publication, paper.pk)
    assert [(one.state.root.values["volume"], one.user) for one in moments] == [("7", "editor"), ("", "")]
    assert moments[0].comment.startswith("Import: ")
