"""Login: throttling, passwords, sessions, and forms whose session has ended."""

import re
from datetime import UTC, datetime, timedelta
from importlib import reload
from unittest.mock import patch

import pytest
from axes.models import AccessAttempt
from django.contrib.auth import SESSION_KEY
from django.contrib.auth.hashers import Argon2PasswordHasher, PBKDF2PasswordHasher, make_password
from django.contrib.sessions.models import Session
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.test import Client
from django.urls import clear_url_caches

from config import urls
from config.editing import login
from config.settings import PASSWORD_HASHERS
from config.upkeep import server
from config.web.page_cache import pages
from profiles.models import Section
from publications.models import Incoming, Publication, Resource
from tests import make
from tests.config.test_settings import PRODUCTION, manage
from tests.publications.test_admin import ADD, form

pytestmark = pytest.mark.django_db

RIGHT = "the editor's password"
LOGIN = "/admin/login/"


def log_in(username="editor", password=RIGHT, *, address="203.0.113.7", client=None, **headers):
    client = client or Client()
    return client.post(
        LOGIN, {"username": username, "password": password, "next": "/admin/"}, REMOTE_ADDR=address, headers=headers
    )


def guess(times, username="editor", *, address="203.0.113.7", client=None, **headers):
    """Return the status codes of failed logins. ``address`` may be a function of the attempt's number."""
    return [
        log_in(
            username, "wrong", address=address(n) if callable(address) else address, client=client, **headers
        ).status_code
        for n in range(times)
    ]


@pytest.fixture
def later(monkeypatch):
    """A function that moves the clocks of login and sessions forward."""
    moved = [timedelta()]

    def later(**span):
        moved[0] += timedelta(**span)
        now = datetime.now(UTC) + moved[0]
        for clock in ("axes.handlers.proxy.now", "django.utils.timezone.now"):
            monkeypatch.setattr(clock, lambda: now)
        monkeypatch.setattr(login.time, "time", now.timestamp)
        monkeypatch.setattr(login, "datetime", type("Moved", (datetime,), {"now": classmethod(lambda cls, tz: now)}))

    return later


# Throttling


@pytest.mark.usefixtures("editor")
def test_five_failed_logins_lock_the_account_for_the_address_even_with_the_right_password():
    assert guess(6) == [200, 200, 200, 200, 429, 429]

    answer = log_in()

    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "900")
    assert "no-store" in answer.headers["Cache-Control"]
    assert "Wait 15 minutes, then try again." in answer.content.decode()
    assert SESSION_KEY not in answer.client.session


@pytest.mark.usefixtures("editor")
def test_a_locked_account_can_log_in_from_another_address():
    guess(6)

    assert log_in(address="198.51.100.1").status_code == 302


@pytest.mark.usefixtures("editor")
def test_attempts_during_the_wait_do_not_extend_it(later):
    guess(5)
    later(minutes=14)
    assert guess(3) == [429, 429, 429]

    later(minutes=2)

    assert log_in().status_code == 302


@pytest.mark.usefixtures("editor")
def test_many_failed_logins_lock_the_address_for_all_accounts():
    statuses = [guess(1, f"name{n}")[0] for n in range(login.ADDRESS_LIMIT + 1)]

    assert statuses.index(429) == login.ADDRESS_LIMIT - 1
    assert log_in().status_code == 429
    assert log_in(address="203.0.113.8").status_code == 302


def test_a_login_to_another_account_does_not_reset_the_count(editor, django_user_model):
    django_user_model.objects.create_user("helper", password=RIGHT, is_staff=True, is_superuser=True)
    guess(4)

    log_in("helper")

    assert guess(1) == [429]


@pytest.mark.usefixtures("editor")
def test_a_successful_login_resets_the_count():
    for _ in range(3):
        assert guess(4) == [200] * 4
        assert log_in().status_code == 302


@pytest.mark.usefixtures("editor")
def test_an_ipv6_network_counts_as_one_address_and_mapped_ipv4_addresses_do_not():
    assert guess(6, address=lambda n: f"2001:db8::{n}")[-1] == 429
    assert guess(6, address=lambda n: f"::ffff:203.0.113.{n}") == [200] * 6
    assert log_in(address="203.0.113.4").status_code == 302


@pytest.mark.usefixtures("editor")
def test_behind_a_proxy_the_address_is_the_one_that_the_proxy_adds(settings):
    settings.BEHIND_PROXY = True
    address = "X-Forwarded-For"

    for n in range(5):
        guess(1, address="127.0.0.1", **{address: f"192.0.2.{n}, 203.0.113.7"})

    assert log_in(address="127.0.0.1", **{address: "192.0.2.9, 203.0.113.7"}).status_code == 429
    assert log_in(address="127.0.0.1", **{address: "203.0.113.8"}).status_code == 302


@pytest.mark.usefixtures("editor")
def test_axes_reset_ends_the_wait():
    guess(6)

    call_command("axes_reset")

    assert log_in().status_code == 302


@pytest.mark.usefixtures("editor")
def test_failed_logins_are_not_logged_and_deleted_after_the_wait(later, caplog):
    guess(6)

    assert "editor" not in caplog.text
    assert "203.0.113.7" not in caplog.text
    assert AccessAttempt.objects.exists()
    later(minutes=16)
    log_in(address="192.0.2.1")
    assert not AccessAttempt.objects.exists()


# Account enumeration


@pytest.fixture
def accounts(editor, django_user_model):
    """(name, password) of logins that fail for different reasons."""
    users = django_user_model.objects
    users.create_user("retired", password=RIGHT, is_staff=True, is_active=False)
    users.create_user("reader", password=RIGHT)
    users.create_user("without", is_staff=True)
    users.create_user("roleless", password=RIGHT, is_staff=True)
    return [
        ("editor", "wrong"), ("nobody", "wrong"), ("retired", "wrong"), ("retired", RIGHT), ("reader", "wrong"),
        ("reader", RIGHT), ("without", "wrong"), ("roleless", RIGHT),
    ]  # fmt: skip


def test_every_failed_login_gets_the_same_response(accounts):
    responses = []
    for number, (name, password) in enumerate(accounts):
        answers = [log_in(name, password, address=f"203.0.113.{number}") for _ in range(6)]
        responses.append([(answer.status_code, page_without(answer, name)) for answer in answers])

    assert all(one == responses[0] for one in responses)
    assert [status for status, _ in responses[0]] == [200, 200, 200, 200, 429, 429]
    assert "Please enter the correct username and password" in responses[0][0][1]


def page_without(answer, name):
    page = answer.content.decode().replace(f'value="{name}"', "")
    token = answer.context["csrf_token"] if answer.context else ""
    return page.replace(str(token), "")


def test_every_failed_login_hashes_the_password_once(settings, django_user_model, request):
    settings.PASSWORD_HASHERS = PASSWORD_HASHERS  # not the fast one of the tests
    accounts = request.getfixturevalue("accounts")
    hashed = []
    encode, verify = Argon2PasswordHasher.encode, Argon2PasswordHasher.verify

    with (
        patch.object(Argon2PasswordHasher, "encode", lambda self, *args: hashed.append(1) or encode(self, *args)),
        patch.object(Argon2PasswordHasher, "verify", lambda self, *args: hashed.append(1) or verify(self, *args)),
    ):
        counts = []
        for number, (name, password) in enumerate(accounts):
            hashed.clear()
            log_in(name, password, address=f"203.0.113.{number}")
            counts.append(len(hashed))

    assert counts == [1] * len(accounts)


def test_passwords_are_hashed_with_argon2_and_older_hashes_upgraded_at_the_next_login(settings, editor):
    settings.PASSWORD_HASHERS = PASSWORD_HASHERS  # not the fast one of the tests
    assert make_password("a new one").startswith("argon2$argon2id$")
    editor.password = PBKDF2PasswordHasher().encode(RIGHT, "salt", iterations=1000)
    editor.save()

    assert log_in().status_code == 302

    editor.refresh_from_db()
    assert editor.password.startswith("argon2$argon2id$")
    assert log_in().status_code == 302


# Sessions


def is_logged_in(client):
    return client.get("/admin/").status_code == 200


def test_an_idle_session_ends(editor_client, later):
    later(days=13)
    assert is_logged_in(editor_client)
    later(days=13)
    assert is_logged_in(editor_client)

    later(days=15)

    assert not is_logged_in(editor_client)


def test_a_session_in_use_ends_after_the_maximum(editor_client, later):
    for _ in range(5):
        later(days=5)
        assert is_logged_in(editor_client)
        editor_client.session["other"] = editor_client.session.save()

    later(days=4)
    assert is_logged_in(editor_client)
    later(days=2)
    assert not is_logged_in(editor_client)


def test_a_session_is_renewed_at_most_once_an_hour(editor_client, later):
    later(hours=2)

    assert "sessionid" in editor_client.get("/admin/").cookies
    assert "sessionid" not in editor_client.get("/admin/").cookies


@pytest.mark.usefixtures("editor")
def test_a_login_deletes_expired_sessions():
    past = datetime.now(UTC) - timedelta(days=1)
    Session.objects.create(session_key="over", expire_date=past)

    log_in()

    assert not Session.objects.filter(session_key="over").exists()
    assert Session.objects.count() == 1


@pytest.mark.parametrize("change", [{"is_active": False}, {"is_staff": False}])
def test_a_session_ends_when_the_account_is_deactivated_or_no_longer_staff(editor, editor_client, change):
    draft = make.publication("A draft", state="draft")
    assert editor_client.get(draft.get_absolute_url()).status_code == 200

    type(editor).objects.update(**change)

    assert not is_logged_in(editor_client)
    assert editor_client.get(draft.get_absolute_url()).status_code == 404


def test_changing_the_password_ends_other_sessions(editor, editor_client):
    other = Client()
    other.force_login(editor)
    new = "another long password"
    fields = {"old_password": RIGHT, "new_password1": new, "new_password2": new}

    assert editor_client.post("/admin/password_change/", fields).status_code == 302

    assert is_logged_in(editor_client)
    assert not is_logged_in(other)


@pytest.mark.slow
def test_session_and_csrf_cookies_are_bound_to_the_host():
    names = ["SESSION_COOKIE_NAME", "CSRF_COOKIE_NAME", "SESSION_COOKIE_HTTPONLY", "SESSION_COOKIE_SAMESITE"]
    code = f"from django.conf import settings; print(*[getattr(settings, name) for name in {names}])"

    done = manage("shell", "--no-imports", "-c", code, **PRODUCTION, SITE_URL="https://ada.example.org")

    assert done.stdout == "__Host-sessionid __Host-csrftoken True Lax\n"


# Forms whose session has ended

BROWSER = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}


@pytest.fixture
def typed():
    return form(title="Long “typed”\r\n & <form>", byline="Yao Fu")


def test_a_form_is_saved_after_logging_in_again(client, editor, typed):
    asked = client.post(ADD, typed, headers=BROWSER)

    assert asked.status_code == 403
    assert "This page still contains your changes" in asked.content.decode()
    assert not Publication.objects.exists()
    fields = dict(asked.context["form_data"])
    assert fields == {name: str(value) for name, value in typed.items()}
    assert 'value="Long “typed”\r\n &amp; &lt;form&gt;"' in asked.content.decode()
    answer = client.post(ADD, {**fields, "again-username": "editor", "again-password": RIGHT}, headers=BROWSER)
    assert answer.status_code == 302
    assert Publication.objects.get().authorships.count() == 1
    assert client.session[SESSION_KEY] == str(editor.pk)


@pytest.mark.usefixtures("editor")
def test_a_wrong_password_keeps_the_form_and_counts_as_a_failed_login(client, typed):
    again = {**typed, "again-username": "editor", "again-password": "wrong"}

    answers = [client.post(ADD, again, headers=BROWSER, REMOTE_ADDR="203.0.113.7") for _ in range(5)]

    assert [answer.status_code for answer in answers] == [403, 403, 403, 403, 429]
    assert answers[-1].headers["Retry-After"] == "900"
    assert all(("byline", "Yao Fu") in answer.context["form_data"] for answer in answers)
    assert "Please enter the correct username" in answers[0].content.decode()
    assert "Wait 15 minutes, then try again." in answers[-1].content.decode()
    assert "wrong" not in answers[0].content.decode()
    stored = str(AccessAttempt.objects.values())
    assert "Yao Fu" not in stored
    assert "again-password=wrong" not in stored
    assert log_in().status_code == 429


@pytest.mark.parametrize("kind", ["publication", "import"])
def test_a_chosen_file_is_saved_after_logging_in_again(client, editor, typed, kind):
    address = ADD if kind == "publication" else f"{ADD.removesuffix('add/')}import/"
    client.force_login(editor)
    key = client.get(address).context["upload_key"]
    client.logout()
    chosen = SimpleUploadedFile("a.bib", b"@article{a, title={On Engines}, author={Ada Lovelace}, year=2025}")
    data = {**(typed if kind == "publication" else {}), "_upload_key": key}
    field = "files" if kind == "publication" else "file"

    asked = client.post(address, data | {field: chosen}, headers=BROWSER)
    fields = dict(asked.context["form_data"])
    wrong = client.post(address, {**fields, "again-username": "editor", "again-password": "wrong"}, headers=BROWSER)
    fields = dict(wrong.context["form_data"])
    answer = client.post(address, {**fields, "again-username": "editor", "again-password": RIGHT}, headers=BROWSER)

    assert "It also has the files that you chose: a.bib." in asked.content.decode()
    assert answer.status_code == 302
    assert Resource.objects.count() == (kind == "publication")
    assert Incoming.objects.count() == (kind == "import")


def test_the_page_names_the_files_to_choose_again(client, typed):
    upload = SimpleUploadedFile("paper.pdf", b"%PDF-1.4")

    page = client.post(ADD, {**typed, "files": upload}, headers=BROWSER).content.decode()

    assert "You will have to choose these files again: paper.pdf." in page


@pytest.mark.parametrize(
    ("path", "fields", "headers"),
    [
        (ADD, {"title": "By a script"}, {}),
        ("/admin/password_change/", {"old_password": "s3cret", "new_password1": "s3cret"}, BROWSER),
        ("/admin/logout/", {}, BROWSER),
    ],
)
def test_scripts_and_password_forms_are_sent_to_the_login_page(client, path, fields, headers):
    assert client.post(path, fields, headers=headers).status_code == 302


def test_a_form_from_another_site_is_refused():
    client = Client(enforce_csrf_checks=True)

    answer = client.post("/admin/profiles/section/add/", {"title": "Not mine"}, headers=BROWSER)

    assert answer.status_code == 403
    assert "Not mine" not in answer.content.decode()
    assert not Section.objects.exists()


# ADMIN_PATH


@pytest.fixture
def moved(settings):
    """The site with its admin at /desk/."""
    settings.ADMIN_PATH = "desk"
    reload_urls()
    yield
    settings.ADMIN_PATH = "admin"
    reload_urls()


def reload_urls():
    clear_url_caches()
    reload(urls)
    pages.clear()


@pytest.mark.usefixtures("moved")
def test_the_admin_is_only_at_the_configured_path(editor, editor_client):
    assert editor_client.get("/desk/").status_code == 200
    assert Client().get("/desk/").url == "/desk/login/?next=/desk/"
    assert {Client().get(path).status_code for path in ("/admin/", "/admin/login/", "/admin")} == {404}
    assert editor_client.get("/admin/").status_code == 404
    assert Client().get("/desk/login/").headers["Cache-Control"].startswith("max-age=0, no-cache, no-store")
    assert "http://127.0.0.1:8000/desk/\n" in server.welcome("127.0.0.1", 8000)


@pytest.mark.usefixtures("moved")
def test_no_public_page_reveals_the_path_of_the_admin(client, editor_client):
    make.owner()
    paper = make.publication()
    pages = ["/", "/publications/", paper.get_absolute_url(), "/robots.txt", "/sitemap.xml", "/admin/", "/feed/"]

    revealing = {path for path in pages if b"/desk" in client.get(path).content}

    assert revealing == set()
    assert '<a href="/desk/">Edit this site</a>' in editor_client.get("/").content.decode()


@pytest.mark.usefixtures("moved", "editor")
def test_no_page_of_the_admin_links_to_the_default_path(editor_client):
    make.owner()
    draft = make.publication(state="draft")
    change = f"/desk/publications/publication/{draft.pk}"
    pages = ["", "health/", "publications/publication/add/", "publications/publication/", "profiles/person/add/"]

    for path in [
        *(f"/desk/{page}" for page in pages),
        f"{change}/change/",
        f"{change}/previews/",
        f"{change}/history/",
    ]:
        page = editor_client.get(path).content.decode()
        assert re.findall(r"\"/admin[/\"]", page) == []
