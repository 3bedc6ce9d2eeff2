"""The editors' door: who comes in, how often a password may be guessed, and when a session ends."""

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
from publications.models import Publication
from tests import make
from tests.config.test_settings import PRODUCTION, manage
from tests.publications.test_admin import ADD, form

pytestmark = pytest.mark.django_db

RIGHT = "the editor's password"
LOGIN = "/admin/login/"


def sign_in(username="editor", password=RIGHT, *, address="203.0.113.7", client=None, **headers):
    client = client or Client()
    return client.post(
        LOGIN, {"username": username, "password": password, "next": "/admin/"}, REMOTE_ADDR=address, headers=headers
    )


def guess(times, username="editor", *, address="203.0.113.7", client=None, **headers):
    """The statuses of so many wrong passwords; ``address`` may be a function of the guess's number."""
    return [
        sign_in(
            username, "wrong", address=address(n) if callable(address) else address, client=client, **headers
        ).status_code
        for n in range(times)
    ]


@pytest.fixture
def later(monkeypatch):
    """Moves the door's clocks on."""
    moved = [timedelta()]

    def later(**span):
        moved[0] += timedelta(**span)
        now = datetime.now(UTC) + moved[0]
        for clock in ("axes.handlers.proxy.now", "django.utils.timezone.now"):
            monkeypatch.setattr(clock, lambda: now)
        monkeypatch.setattr(login.time, "time", now.timestamp)
        monkeypatch.setattr(login, "datetime", type("Moved", (datetime,), {"now": classmethod(lambda cls, tz: now)}))

    return later


# Guessing


@pytest.mark.usefixtures("editor")
def test_the_sixth_guess_from_an_address_has_to_wait_and_so_has_the_right_password():
    assert guess(6) == [200, 200, 200, 200, 429, 429]

    answer = sign_in()

    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "900")
    assert "no-store" in answer.headers["Cache-Control"]
    assert "Please wait a quarter of an hour" in answer.content.decode()
    assert SESSION_KEY not in answer.client.session


@pytest.mark.usefixtures("editor")
def test_who_guesses_does_not_lock_the_owner_out_elsewhere():
    guess(6)

    assert sign_in(address="198.51.100.1").status_code == 302


@pytest.mark.usefixtures("editor")
def test_the_wait_ends_though_somebody_goes_on_guessing(later):
    guess(5)
    later(minutes=14)
    assert guess(3) == [429, 429, 429]

    later(minutes=2)

    assert sign_in().status_code == 302


@pytest.mark.usefixtures("editor")
def test_many_names_from_one_address_have_to_wait_together():
    statuses = [guess(1, f"name{n}")[0] for n in range(login.MOST_OF_ADDRESS + 1)]

    assert statuses.index(429) == login.MOST_OF_ADDRESS - 1
    assert sign_in().status_code == 429
    assert sign_in(address="203.0.113.8").status_code == 302


@pytest.mark.usefixtures("editor")
def test_guesses_from_very_many_addresses_are_slowed_and_the_owners_own_browser_goes_on():
    own, other = Client(), Client()
    sign_in(client=own)

    statuses = guess(login.MOST_OF_ACCOUNT + 1, address=lambda n: f"198.51.100.{n}")

    assert statuses.index(429) == login.MOST_OF_ACCOUNT - 1
    assert sign_in(client=other, address="192.0.2.1").status_code == 429
    assert sign_in(client=own, address="192.0.2.1").status_code == 302


@pytest.mark.usefixtures("editor")
def test_a_browser_that_has_signed_in_may_guess_no_more_than_others():
    own = Client()
    sign_in(client=own)

    assert guess(6, client=own) == [200, 200, 200, 200, 429, 429]
    assert guess(6, "other", client=own) == [200, 200, 200, 200, 429, 429]


@pytest.mark.usefixtures("editor")
@pytest.mark.parametrize("change", [lambda cookie: cookie[:-1] + "~", lambda cookie: "", lambda cookie: "a:b:c"])
def test_a_browser_that_says_that_it_is_known_is_believed_only_with_the_sites_signature(change):
    own = Client()
    sign_in(client=own)
    own.cookies["known-browser"] = change(own.cookies["known-browser"].value)
    guess(5)

    assert sign_in(client=own).status_code == 429


@pytest.mark.usefixtures("editor")
def test_the_cookie_of_a_known_browser_goes_to_the_admin_alone_and_names_nobody():
    cookie = sign_in().cookies["known-browser"]

    assert (cookie["path"], cookie["httponly"], cookie["samesite"]) == ("/admin/", True, "Lax")
    assert "editor" not in cookie.value


def test_signing_in_to_ones_own_account_does_not_clear_the_guesses_at_others(editor, django_user_model):
    django_user_model.objects.create_user("helper", password=RIGHT, is_staff=True)
    guess(4)

    sign_in("helper")

    assert guess(1) == [429]


@pytest.mark.usefixtures("editor")
def test_the_right_password_clears_ones_own_slips():
    for _ in range(3):
        assert guess(4) == [200] * 4
        assert sign_in().status_code == 302


@pytest.mark.usefixtures("editor")
def test_one_user_of_ipv6_is_one_network_and_ipv4_is_not_whatever_the_server_listens_on():
    assert guess(6, address=lambda n: f"2001:db8::{n}")[-1] == 429
    assert guess(6, address=lambda n: f"::ffff:203.0.113.{n}") == [200] * 6
    assert sign_in(address="203.0.113.4").status_code == 302


@pytest.mark.usefixtures("editor")
def test_behind_a_proxy_its_word_counts_and_not_the_clients(settings):
    settings.BEHIND_PROXY = True
    address = "X-Forwarded-For"

    for n in range(5):
        guess(1, address="127.0.0.1", **{address: f"192.0.2.{n}, 203.0.113.7"})

    assert sign_in(address="127.0.0.1", **{address: "192.0.2.9, 203.0.113.7"}).status_code == 429
    assert sign_in(address="127.0.0.1", **{address: "203.0.113.8"}).status_code == 302


@pytest.mark.usefixtures("editor")
def test_the_command_ends_the_wait():
    guess(6)

    call_command("axes_reset")

    assert sign_in().status_code == 302


@pytest.mark.usefixtures("editor")
def test_little_is_kept_of_who_guessed_and_not_for_long(later, caplog):
    guess(6, **{"User-Agent": "Firefox on my telephone", "Accept-Language": "cy"})

    kept = AccessAttempt.objects.values(
        "username", "ip_address", "user_agent", "http_accept", "path_info", "get_data", "post_data"
    )
    assert kept.get() == {
        "username": "editor", "ip_address": "203.0.113.7", "user_agent": "", "http_accept": "", "path_info": "",
        "get_data": "", "post_data": "",
    }  # fmt: skip
    ours = [record.getMessage() for record in caplog.records if record.name in ("config.editing.login", "axes")]
    assert ours == ["Too many sign-ins failed: some have to wait for 0:15:00."]
    later(minutes=16)
    sign_in(address="192.0.2.1")
    assert not AccessAttempt.objects.exists()


# Nobody is told apart


@pytest.fixture
def accounts(editor, django_user_model):
    """(name, password) of sign-ins that fail, each for a reason of its own."""
    users = django_user_model.objects
    users.create_user("retired", password=RIGHT, is_staff=True, is_active=False)
    users.create_user("reader", password=RIGHT)
    users.create_user("without", is_staff=True)
    return [
        ("editor", "wrong"), ("nobody", "wrong"), ("retired", "wrong"), ("retired", RIGHT), ("reader", "wrong"),
        ("reader", RIGHT), ("without", "wrong"),
    ]  # fmt: skip


def test_every_sign_in_that_fails_is_answered_alike(accounts):
    told = []
    for number, (name, password) in enumerate(accounts):
        answers = [sign_in(name, password, address=f"203.0.113.{number}") for _ in range(6)]
        told.append([(answer.status_code, page_without(answer, name)) for answer in answers])

    assert all(one == told[0] for one in told)
    assert [status for status, _ in told[0]] == [200, 200, 200, 200, 429, 429]
    assert "Please enter the correct username and password" in told[0][0][1]


def page_without(answer, name):
    page = answer.content.decode().replace(f'value="{name}"', "")
    token = answer.context["csrf_token"] if answer.context else ""
    return page.replace(str(token), "")


def test_every_sign_in_that_fails_hashes_the_password_once(settings, django_user_model, request):
    settings.PASSWORD_HASHERS = PASSWORD_HASHERS  # the site's, and not the quick one of tests
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
            sign_in(name, password, address=f"203.0.113.{number}")
            counts.append(len(hashed))

    assert counts == [1] * len(accounts)


def test_a_new_password_is_hashed_with_argon2_and_an_old_one_at_its_next_sign_in(settings, editor):
    settings.PASSWORD_HASHERS = PASSWORD_HASHERS  # the site's, and not the quick one of tests
    assert make_password("a new one").startswith("argon2$argon2id$")
    editor.password = PBKDF2PasswordHasher().encode(RIGHT, "salt", iterations=1000)
    editor.save()

    assert sign_in().status_code == 302

    editor.refresh_from_db()
    assert editor.password.startswith("argon2$argon2id$")
    assert sign_in().status_code == 302


# Sessions


def is_in(client):
    return client.get("/admin/").status_code == 200


def test_a_session_ends_when_nothing_is_done_in_it(editor_client, later):
    later(days=13)
    assert is_in(editor_client)
    later(days=13)
    assert is_in(editor_client)

    later(days=15)

    assert not is_in(editor_client)


def test_a_session_ends_after_a_month_whatever_is_done_in_it(editor_client, later):
    for _ in range(5):
        later(days=5)
        assert is_in(editor_client)
        editor_client.session["other"] = editor_client.session.save()

    later(days=4)
    assert is_in(editor_client)
    later(days=2)
    assert not is_in(editor_client)


def test_work_writes_the_end_of_the_session_no_more_than_once_an_hour(editor_client, later):
    later(hours=2)

    assert "sessionid" in editor_client.get("/admin/").cookies
    assert "sessionid" not in editor_client.get("/admin/").cookies


@pytest.mark.usefixtures("editor")
def test_sessions_that_are_over_are_cleared_when_somebody_signs_in():
    past = datetime.now(UTC) - timedelta(days=1)
    Session.objects.create(session_key="over", expire_date=past)

    sign_in()

    assert not Session.objects.filter(session_key="over").exists()
    assert Session.objects.count() == 1


@pytest.mark.parametrize("change", [{"is_active": False}, {"is_staff": False}])
def test_a_session_ends_with_the_right_to_be_in_the_admin(editor, editor_client, change):
    draft = make.publication("A draft", state="draft")
    assert editor_client.get(draft.get_absolute_url()).status_code == 200

    type(editor).objects.update(**change)

    assert not is_in(editor_client)
    assert editor_client.get(draft.get_absolute_url()).status_code == 404


def test_a_new_password_ends_the_other_sessions(editor, editor_client):
    other = Client()
    other.force_login(editor)
    new = "another long password"
    fields = {"old_password": RIGHT, "new_password1": new, "new_password2": new}

    assert editor_client.post("/admin/password_change/", fields).status_code == 302

    assert is_in(editor_client)
    assert not is_in(other)


def test_the_cookie_of_a_session_is_for_this_site_alone():
    names = ["SESSION_COOKIE_NAME", "CSRF_COOKIE_NAME", "SESSION_COOKIE_HTTPONLY", "SESSION_COOKIE_SAMESITE"]
    code = f"from django.conf import settings; print(*[getattr(settings, name) for name in {names}])"

    done = manage("shell", "--no-imports", "-c", code, **PRODUCTION, SITE_URL="https://ada.example.org")

    assert done.stdout == "__Host-sessionid __Host-csrftoken True Lax\n"


# A form that was typed while the session ended

BROWSER = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}


@pytest.fixture
def typed():
    return form(title="Long “typed”\r\n & <kept>", byline="Yao Fu")


def test_a_form_that_arrives_after_the_session_is_kept_until_one_has_signed_in(client, editor, typed):
    asked = client.post(ADD, typed, headers=BROWSER)

    assert asked.status_code == 403
    assert "What you typed is kept in this page" in asked.content.decode()
    assert not Publication.objects.exists()
    kept = dict(asked.context["kept"])
    assert kept == {name: str(value) for name, value in typed.items()}
    assert 'value="Long “typed”\r\n &amp; &lt;kept&gt;"' in asked.content.decode()
    answer = client.post(ADD, {**kept, "again-username": "editor", "again-password": RIGHT}, headers=BROWSER)
    assert answer.status_code == 302
    assert Publication.objects.get().authorships.count() == 1
    assert client.session[SESSION_KEY] == str(editor.pk)


@pytest.mark.usefixtures("editor")
def test_a_wrong_password_does_not_lose_what_was_typed_and_counts_as_a_guess(client, typed):
    again = {**typed, "again-username": "editor", "again-password": "wrong"}

    answers = [client.post(ADD, again, headers=BROWSER, REMOTE_ADDR="203.0.113.7") for _ in range(5)]

    assert [answer.status_code for answer in answers] == [403, 403, 403, 403, 429]
    assert answers[-1].headers["Retry-After"] == "900"
    assert all(("byline", "Yao Fu") in answer.context["kept"] for answer in answers)
    assert "Please enter the correct username" in answers[0].content.decode()
    assert "Please wait a quarter of an hour" in answers[-1].content.decode()
    assert "wrong" not in answers[0].content.decode()
    assert sign_in().status_code == 429


def test_files_have_to_be_chosen_again(client, typed):
    upload = SimpleUploadedFile("paper.pdf", b"%PDF-1.4")

    page = client.post(ADD, {**typed, "files": upload}, headers=BROWSER).content.decode()

    assert "Files have to be chosen again afterwards: paper.pdf." in page


@pytest.mark.parametrize(
    ("path", "fields", "headers"),
    [
        (ADD, {"title": "By a script"}, {}),
        ("/admin/password_change/", {"old_password": "s3cret", "new_password1": "s3cret"}, BROWSER),
        ("/admin/logout/", {}, BROWSER),
    ],
)
def test_scripts_and_passwords_are_not_kept(client, path, fields, headers):
    assert client.post(path, fields, headers=headers).status_code == 302


def test_nobody_elsewhere_can_have_a_form_kept():
    client = Client(enforce_csrf_checks=True)

    answer = client.post("/admin/profiles/section/add/", {"title": "Not mine"}, headers=BROWSER)

    assert answer.status_code == 403
    assert "Not mine" not in answer.content.decode()
    assert not Section.objects.exists()


# The admin's address


@pytest.fixture
def moved(settings):
    """The site with its admin at /desk/."""
    settings.ADMIN_PATH = "desk"
    address_anew()
    yield
    settings.ADMIN_PATH = "admin"
    address_anew()


def address_anew():
    clear_url_caches()
    reload(urls)
    pages.clear()


@pytest.mark.usefixtures("moved")
def test_the_admin_is_where_the_setting_says_and_not_at_its_usual_address(editor, editor_client):
    assert editor_client.get("/desk/").status_code == 200
    assert Client().get("/desk/").url == "/desk/login/?next=/desk/"
    assert {Client().get(path).status_code for path in ("/admin/", "/admin/login/", "/admin")} == {404}
    assert editor_client.get("/admin/").status_code == 404
    assert Client().get("/desk/login/").headers["Cache-Control"].startswith("max-age=0, no-cache, no-store")
    assert "http://127.0.0.1:8000/desk/\n" in server.welcome("127.0.0.1", 8000)


@pytest.mark.usefixtures("moved")
def test_no_public_page_tells_where_the_admin_is(client, editor_client):
    make.owner()
    paper = make.publication()
    pages = ["/", "/publications/", paper.get_absolute_url(), "/robots.txt", "/sitemap.xml", "/admin/", "/feed/"]

    told = {path for path in pages if b"/desk" in client.get(path).content}

    assert told == set()
    assert '<a href="/desk/">Edit this site</a>' in editor_client.get("/").content.decode()


@pytest.mark.usefixtures("moved", "editor")
def test_no_page_of_the_admin_leads_to_its_usual_address(editor_client):
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
