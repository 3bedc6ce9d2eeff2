"""The forms of memberships, their history, and what happens to them when people are merged or deleted."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import Group
from django.test import Client
from django.utils import timezone

from profiles.history import revisions
from profiles.models import Membership, Person, PreviewLink
from tests import make
from tests.profiles.history.test_merging import PEOPLE, merge
from tests.profiles.test_admin import person_form

pytestmark = pytest.mark.django_db

MEMBERSHIPS = "/admin/profiles/membership/"


def membership_form(member, *, theses=(), **fields):
    data = {"person": member.pk, "role": "phd-student", "start": "2021", "state": "published", "position": 0, **fields}
    data |= {"theses-TOTAL_FORMS": len(theses), "theses-INITIAL_FORMS": 0}
    return data | {f"theses-{number}-publication": thesis.pk for number, thesis in enumerate(theses)}


def test_one_form_adds_a_person_and_a_membership(editor_client):
    rows = [{"role": "postdoc", "start": "2024-02", "state": "published"}]
    editor_client.post("/admin/profiles/person/add/", person_form(name="Grace Hopper", memberships=rows))

    membership = Membership.objects.get(person__name="Grace Hopper")
    assert (membership.role, membership.start, membership.is_public) == ("postdoc", "2024-02", True)
    assert membership.is_ongoing
    assert [one.comment for one in revisions.get_revisions(Membership, membership.pk)] == ["Added"]


def test_the_form_of_a_person_in_a_popup_has_no_memberships(editor_client):
    assert "memberships-TOTAL_FORMS" in editor_client.get("/admin/profiles/person/add/").content.decode()
    assert "memberships-TOTAL_FORMS" not in editor_client.get("/admin/profiles/person/add/?_popup=1").content.decode()


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({"end": "2019"}, "The end lies before the start. Swap the two, or clear the end."),
        ({"start": "soon"}, "“soon” is not a date."),
        ({"person": "x"}, "Select a valid choice."),
        ({"supervisors": ["x"]}, "Select a valid choice."),
        ({"next_position_url": "javascript:alert(1)"}, "Enter a valid URL."),
        ({"role": "king"}, "Select a valid choice."),
    ],
)
def test_invalid_input_is_refused_with_a_message(editor_client, fields, sentence):
    answer = editor_client.post(f"{MEMBERSHIPS}add/", membership_form(make.person("Grace Hopper"), **fields))

    assert answer.status_code == 200
    assert sentence in answer.content.decode()
    assert not Membership.objects.exists()


def test_an_end_before_the_start_has_its_message_at_the_end_in_forms_and_rows(editor_client):
    grace, message = make.person("Grace Hopper"), "The end lies before the start. Swap the two, or clear the end."
    dates = {"start": "2024", "end": "2023"}
    form = editor_client.post(f"{MEMBERSHIPS}add/", membership_form(grace, **dates)).context["adminform"].form
    rows = [{"role": "postdoc", "state": "draft", **dates}]
    page = editor_client.post("/admin/profiles/person/add/", person_form(name="Ada", memberships=rows))

    assert form.errors == {"end": [message]}
    assert [row for one in page.context["inline_admin_formsets"] for row in one.formset.errors if row] == [
        {"end": [message]}
    ]


def test_an_end_makes_a_membership_one_that_is_not_ongoing(editor_client):
    person = make.person("Grace Hopper")
    editor_client.post(f"{MEMBERSHIPS}add/", membership_form(person))
    membership = Membership.objects.get()
    assert membership.is_ongoing

    editor_client.post(f"{MEMBERSHIPS}{membership.pk}/change/", membership_form(person, end="2024"))
    membership.refresh_from_db()
    assert (membership.end, membership.is_ongoing) == ("2024", False)


def test_restoring_brings_supervisors_and_thesis_back(editor_client):
    person, ada = make.person("Grace Hopper"), make.person("Ada Lovelace")
    thesis = make.publication("On Compilers")
    form = membership_form(person, supervisors=[ada.pk], theses=[thesis], state="draft")
    editor_client.post(f"{MEMBERSHIPS}add/", form)
    membership = Membership.objects.get()
    before = revisions.get_revisions(Membership, membership.pk)[0]
    row = membership.theses.get()
    changed = membership_form(person, supervisors=[], theses=[thesis], state="draft")
    changed |= {"theses-INITIAL_FORMS": 1, "theses-0-id": row.pk, "theses-0-DELETE": "on"}
    editor_client.post(f"{MEMBERSHIPS}{membership.pk}/change/", changed)
    assert (membership.supervisors.count(), membership.theses.count()) == (0, 0)

    editor_client.post(f"{MEMBERSHIPS}{membership.pk}/history/", {"restore": before.pk})
    assert list(membership.supervisors.all()) == [ada]
    assert membership.theses.get().publication == thesis

    editor_client.post(f"{MEMBERSHIPS}{membership.pk}/delete/", {"post": "yes"})
    last = revisions.get_revisions(Membership, membership.pk)[0]
    editor_client.post(f"{MEMBERSHIPS}{membership.pk}/history/", {"restore": last.pk})
    membership = Membership.objects.get()
    assert list(membership.supervisors.all()) == [ada]
    assert membership.theses.get().publication == thesis


def test_a_copy_has_the_supervisors_but_not_the_person_or_the_thesis(editor_client):
    ada, thesis = make.person("Ada Lovelace"), make.publication("On Compilers")
    membership = make.membership("Grace Hopper", supervisors=[ada], thesis=thesis, next_position="Postdoc")
    page = editor_client.get(f"{MEMBERSHIPS}add/?copy_of={membership.pk}").content.decode()

    assert f'<option value="{ada.pk}" selected>Ada Lovelace</option>' in page
    assert "Grace Hopper</option>" not in page
    assert 'name="theses-TOTAL_FORMS" value="0"' in page


def test_a_merge_moves_memberships_and_supervision_and_can_be_undone(editor_client):
    one, other, student = make.person("Grace Hopper"), make.person("G. Hopper"), make.person("Annie Easley")
    make.membership(one, start="2015", end="2019")
    make.membership(other, start="2015", end="2019")
    make.membership(other, role="postdoc", start="2020")
    both = make.membership(student, supervisors=[one, other])
    single = make.membership(student, role="postdoc", supervisors=[other])

    merge(editor_client, PEOPLE, one, other)

    assert [membership.role for membership in one.memberships.order_by("start")] == ["phd-student", "postdoc"]
    assert list(both.supervisors.all()) == list(single.supervisors.all()) == [one]

    editor_client.post(f"{PEOPLE}{one.pk}/unmerge/")
    other = Person.objects.get(name="G. Hopper")
    assert [membership.role for membership in other.memberships.order_by("start")] == ["phd-student", "postdoc"]
    assert one.memberships.count() == 1
    assert set(both.supervisors.all()) == {one, other}
    assert list(single.supervisors.all()) == [other]


def test_deleting_a_person_deletes_memberships_and_restoring_brings_them_back(editor_client):
    person, ada, student = make.person("Grace Hopper"), make.person("Ada Lovelace"), make.person("Annie Easley")
    make.membership(person, supervisors=[ada])
    supervised = make.membership(student, supervisors=[person])
    page = editor_client.get(f"{PEOPLE}{person.pk}/delete/").content.decode()
    assert "Grace Hopper (PhD student)" in page

    editor_client.post(f"{PEOPLE}{person.pk}/delete/", {"post": "yes"})
    assert [membership.person for membership in Membership.objects.all()] == [student]

    last = revisions.get_revisions(Person, person.pk)[0]
    editor_client.post(f"{PEOPLE}{person.pk}/history/", {"restore": last.pk})
    assert list(Membership.objects.get(person=person.pk).supervisors.all()) == [ada]
    assert list(supervised.supervisors.all()) == [person]


@pytest.fixture
def assistant(django_user_model):
    user = django_user_model.objects.create_user("assistant", is_staff=True)
    user.groups.add(Group.objects.get(name="Assistant"))
    client = Client()
    client.force_login(user)
    return client


def test_an_assistant_writes_drafts_only(assistant, client):
    make.group()
    person = make.person("Grace Hopper")
    assistant.post(f"{MEMBERSHIPS}add/", membership_form(person, supervisors=[Person.objects.owner().pk]))
    draft = Membership.objects.get()
    assert (draft.state, draft.supervisors.count()) == ("draft", 1)
    assistant.post("/admin/profiles/person/add/", person_form(name="Eve", memberships=[{"role": "postdoc"}]))
    assert [one.state for one in Membership.objects.all()] == ["draft", "draft"]

    public = make.membership(person, role="postdoc", start="2024")
    assert assistant.post(f"{MEMBERSHIPS}{public.pk}/change/", membership_form(person)).status_code == 403
    page = client.get("/people/").content.decode()
    assert ("Postdoc" in page, "PhD student" in page, "Eve" in page) == (True, False, False)


def test_a_preview_link_shows_a_draft(editor_client, client):
    person = make.person("Grace Hopper")
    membership = make.membership(
        person, state="draft", thesis="On Compilers", supervisors=[make.person("Ada Lovelace")]
    )
    day = timezone.localdate() + timedelta(days=7)
    editor_client.post(f"{MEMBERSHIPS}{membership.pk}/previews/", {"create": "1", "last_day": day.isoformat()})
    link = PreviewLink.objects.get()
    text = client.get(link.get_absolute_url()).content.decode()
    assert "On Compilers" in text
    assert "Ada Lovelace" in text
