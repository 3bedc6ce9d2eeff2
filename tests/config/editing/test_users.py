"""User accounts: the form with name, e-mail address and role, the link to choose a password, and who may log in."""

import re
from io import StringIO

import pytest
from django.contrib.auth.models import Group, Permission, User
from django.core import mail
from django.core.management import call_command
from django.test import Client

from tests import make
from tests.config.editing.test_login import LOGIN, RIGHT, is_logged_in
from tests.config.editing.test_login import log_in as try_to_log_in

pytestmark = pytest.mark.django_db

USERS = "/admin/auth/user/"
NEW_PASSWORD = "a long new password"


def account(**fields):
    return {"name": "Grace Hopper", "email": "Grace@Example.org", "role": "Assistant", **fields}


@pytest.fixture
def owner(log_in):
    return log_in("Owner")


@pytest.fixture
def grace(owner):
    owner.post(f"{USERS}add/", account())
    return User.objects.get(email="grace@example.org")


def choose_password(client, link, password=NEW_PASSWORD):
    page = client.get(link, follow=True)
    fields = {"new_password1": password, "new_password2": password}
    return client.post(page.request["PATH_INFO"], fields, follow=True)


def link_to(owner, user):
    return owner.get(f"{USERS}{user.pk}/link/").context["link"]


def test_a_user_is_added_with_name_address_and_role_and_chooses_a_password_by_a_link(owner, client):
    form = owner.get(f"{USERS}add/").context["adminform"].form
    answer = owner.post(f"{USERS}add/", account(is_superuser="on", user_permissions=[Permission.objects.first().pk]))

    grace = User.objects.get(username="grace@example.org")
    assert list(form.fields) == ["name", "email", "role"]
    assert answer.url == f"{USERS}{grace.pk}/link/"
    assert (grace.first_name, grace.is_superuser, grace.has_usable_password()) == ("Grace Hopper", False, False)
    assert ([group.name for group in grace.groups.all()], grace.user_permissions.count()) == (["Assistant"], 0)

    link = link_to(owner, grace)
    weak = choose_password(client, link, "12345")
    page = choose_password(client, link)

    assert "This password is too short." in weak.content.decode()
    assert (page.status_code, page.request["PATH_INFO"]) == (200, "/admin/")
    assert try_to_log_in("GRACE@example.org", NEW_PASSWORD).status_code == 302
    assert "This link has been used" in Client().get(link, follow=True).content.decode()


def test_the_link_is_sent_by_email_if_the_owner_asks_for_it(owner, grace):
    assert not mail.outbox

    page = owner.post(f"{USERS}{grace.pk}/link/", follow=True)

    (sent,) = mail.outbox
    assert sent.to == ["grace@example.org"]
    page_after = choose_password(Client(), re.search(r"http\S+/password/\S+", sent.body)[0])
    assert page_after.request["PATH_INFO"] == "/admin/"
    assert "The link was sent to grace@example.org." in page.content.decode()


def test_a_mail_server_that_does_not_answer_is_told(owner, grace, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 9

    page = owner.post(f"{USERS}{grace.pk}/link/", follow=True)

    assert "The e-mail could not be sent" in page.content.decode()


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"email": "EDITOR@example.org"}, "Another user has this address. Enter another one."),
        ({"email": ""}, "This field is required."),
        ({"name": " "}, "This field is required."),
        ({"role": "Emperor"}, "Select a valid choice."),
        ({"role": ""}, "This field is required."),
    ],
)
def test_a_user_needs_a_name_and_an_address_that_nobody_else_has(owner, fields, message):
    User.objects.create_user("editor", email="editor@example.org")

    page = owner.post(f"{USERS}add/", account(**fields))

    assert (page.status_code, message in page.content.decode(), User.objects.count()) == (200, True, 2)


def test_an_existing_user_keeps_the_user_name_and_loses_other_permissions(owner):
    old = User.objects.create_user("babbage", password=RIGHT, is_staff=True, first_name="Charles", last_name="Babbage")
    old.groups.add(Group.objects.create(name="Special"))
    old.user_permissions.add(Permission.objects.first())
    page = owner.get(f"{USERS}{old.pk}/change/")
    assert page.context["adminform"].form.initial == {"name": "Charles Babbage", "email": "", "role": ""}

    owner.post(f"{USERS}{old.pk}/change/", {"name": "Charles Babbage", "email": "cb@example.org", "role": "Editor"})

    old.refresh_from_db()
    assert (old.get_full_name(), [str(one) for one in old.groups.all()]) == ("Charles Babbage", ["Editor"])
    assert old.user_permissions.count() == 0
    assert [try_to_log_in(name).status_code for name in ("babbage", "Babbage", "CB@example.org", "cb")] == [
        302,
        302,
        302,
        200,
    ]


def test_a_changed_address_is_the_new_user_name(owner, grace):
    owner.post(f"{USERS}{grace.pk}/change/", account(email="hopper@example.org"))

    grace.refresh_from_db()
    assert grace.username == grace.email == "hopper@example.org"


def test_failed_logins_count_for_the_account_however_its_name_is_typed(editor):
    editor.email = "ed@example.org"
    editor.save()

    statuses = [
        try_to_log_in(name, "wrong").status_code for name in ("editor", "Editor", "EDITOR", "ed@example.org", "eDitor")
    ]

    assert statuses == [200, 200, 200, 200, 429]


def test_owners_cannot_lock_themselves_out(owner):
    me = User.objects.get(username="owner")
    page = owner.post(f"{USERS}{me.pk}/change/", {"name": "Me", "email": "", "role": "Editor"})

    assert "You cannot give up your own role." in page.content.decode()
    assert owner.post(f"{USERS}{me.pk}/delete/", {"post": "yes"}).status_code == 403
    owner.post(USERS, {"action": "delete_selected", "_selected_action": [me.pk], "post": "yes"})
    assert [str(group) for group in me.groups.all()] == ["Owner"]


@pytest.mark.parametrize("role", ["Editor", "Assistant"])
def test_only_owners_see_users(role, log_in):
    client, other = log_in(role), User.objects.create_user("other")

    urls = [USERS, f"{USERS}add/", f"{USERS}{other.pk}/change/", f"{USERS}{other.pk}/link/"]
    assert {client.get(url).status_code for url in urls} == {403}
    assert {client.post(url, account(role="Owner")).status_code for url in urls} == {403}
    assert User.objects.count() == 2


def test_a_filter_does_not_reveal_password_hashes(owner):
    assert owner.get(f"{USERS}?password__startswith=a").status_code == 400


def test_the_admin_has_no_page_of_groups_and_of_failed_logins(editor_client):
    page = editor_client.get("/admin/").content.decode()

    assert "/admin/auth/user/" in page
    assert "/admin/auth/group/" not in page
    assert "/admin/axes/" not in page


# Roles


def test_a_user_without_a_role_is_a_visitor(owner, grace, settings):
    draft = make.publication("Secret", state="draft")
    client = Client()
    choose_password(client, link_to(owner, grace))
    link = link_to(owner, grace)
    assert client.get(draft.get_absolute_url()).status_code == 200

    owner.post(f"{USERS}{grace.pk}/change/", account(role=""))

    assert not is_logged_in(client)
    assert client.get(draft.get_absolute_url()).status_code == 404
    assert "Secret" not in client.get("/publications/").content.decode()
    assert try_to_log_in("grace@example.org", NEW_PASSWORD).status_code == 200
    assert "This link has been used" in Client().get(link, follow=True).content.decode()
    assert link_to(owner, grace) == ""


def test_staff_without_a_role_see_nothing(client):
    """Such accounts were possible before there were roles."""
    draft = make.publication("Secret", state="draft")
    User.objects.create_user("reader", password=RIGHT, is_staff=True)

    answer = client.post(LOGIN, {"username": "reader", "password": RIGHT})

    assert "Please enter the correct username and password" in answer.content.decode()
    client.force_login(User.objects.get())
    assert client.get(draft.get_absolute_url()).status_code == 404


def test_a_command_sets_a_new_password(editor, monkeypatch):
    monkeypatch.setattr("getpass.getpass", lambda prompt="": NEW_PASSWORD)

    call_command("changepassword", "editor", stdout=StringIO())

    assert try_to_log_in("editor", NEW_PASSWORD).status_code == 302
