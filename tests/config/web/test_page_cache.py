"""Whole pages cached for visitors: never an outdated one, never somebody else's, and within bounds.

All requests go through the WSGI application, as a server sends them.
"""

import gzip
import time
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from zoneinfo import ZoneInfo

import brotli
import pytest
from django.conf import settings as site_settings
from django.contrib import messages
from django.core.management import call_command
from django.db import DatabaseError, connection
from django.http import HttpResponse
from django.test import Client
from django.urls import path
from django.utils import timezone

from config import urls
from config.web import page_cache
from config.web.content_version import content_version, seconds_until_next_change
from config.web.page_cache import pages
from profiles.models import PreviewLink
from publications.models import Publication
from tests import make
from tests.wsgi import ask, environ_of

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def site():
    make.owner()
    make.publication("On Engines", tags=["engines"])
    make.project()
    make.activity(start="2025-05-01")


class Visitor:
    """Requests the WSGI application, and knows whether the last answer came from the cache."""

    def request(self, method, address, headers=None, host="testserver", scheme="http"):
        pairs = [("Host", host), *(headers or {}).items()]
        environ = environ_of(address, method, headers=pairs, **{"wsgi.url_scheme": scheme})
        may_be_cached = page_cache.may_be_cached(environ, page_cache.cookies_of(environ))
        self.is_served = may_be_cached and pages.find(page_cache.cache_key(environ)) is not None
        answer = ask(address, method, headers=pairs, **{"wsgi.url_scheme": scheme})
        return HttpResponse(answer.body, status=answer.status, headers=dict(answer.headers))

    def get(self, address, headers=None, **options):
        return self.request("GET", address, headers, **options)

    def is_cached(self, address, headers=None):
        """Whether the page is served from the cache.

        Asks several times: on PostgreSQL other tests that write at this moment change the snapshot of the server.
        """
        for _ in range(1 if connection.vendor == "sqlite" else 50):
            self.get(address, headers)
            if self.is_served:
                return True
        return False


@pytest.fixture
def visitor():
    return Visitor()


@pytest.fixture
def session_key(editor):
    client = Client()
    client.force_login(editor)
    return client.cookies["sessionid"].value


PUBLIC = [
    "/", "/publications/", "/publications/on-engines/", "/publications/?tag=engines", "/publications/?page=1",
    "/tags/", "/tags/engines/", "/projects/", "/people/", "/people/ada-lovelace/", "/activities/", "/cv/", "/cv.json",
    "/cv.pdf", "/feed/", "/publications/feed/", "/activities.ics", "/sitemap.xml", "/robots.txt", "/site.webmanifest",
    "/publications/on-engines.linkset.json", "/search/", "/card/home.png", "/icon/48.png", "/publications.md",
    "/publications/on-engines.md", "/index.md", "/llms.txt", "/opensearch.xml",
]  # fmt: skip


def test_a_public_page_is_rendered_once_and_has_validators(site, visitor, django_assert_num_queries):
    for address in PUBLIC:
        first = visitor.get(address)
        assert (address, first.status_code) == (address, 200)

        assert visitor.is_cached(address), address
        second = visitor.get(address)
        unchanged = visitor.get(address, headers={"if-none-match": first.headers["ETag"]})

        assert second.content == first.content
        assert dict(second.headers) == dict(first.headers)
        assert "public" in first.headers["Cache-Control"]
        assert (address, unchanged.status_code, unchanged.content) == (address, 304, b"")
        assert unchanged.headers["Cache-Control"] == first.headers["Cache-Control"]


def test_the_etag_is_the_same_in_every_process(site, visitor):
    first = visitor.get("/").headers["ETag"]

    pages.clear()

    assert visitor.get("/").headers["ETag"] == first
    assert visitor.get("/", headers={"if-none-match": first}).status_code == 304


CHANGES = {
    "a save in the admin": lambda editor: editor.post(
        "/admin/publications/publication/",
        {"action": "unpublish", "_selected_action": Publication.objects.values_list("pk", flat=True)},
    ),
    "a bulk update": lambda editor: Publication.objects.update(title="Quite Another"),
    "a delete": lambda editor: Publication.objects.all().delete(),
    "scheduling": lambda editor: Publication.objects.update(publish_at=timezone.now() + timedelta(days=1)),
}


@pytest.mark.parametrize("change", CHANGES)
def test_no_page_is_older_than_the_last_save(site, visitor, editor_client, change):
    addresses = ["/", "/publications/", "/publications/on-engines/", "/tags/engines/", "/feed/"]
    before = {address: visitor.get(address) for address in addresses}
    assert all(b"On Engines" in page.content for page in before.values())

    CHANGES[change](editor_client)

    for address, page in before.items():
        after = visitor.get(address, headers={"if-none-match": page.headers["ETag"]})
        assert after.status_code != 304, address
        assert b"On Engines" not in after.content, address


def test_imported_works_appear_at_once(site, visitor, tmp_path):
    visitor.get("/publications/")
    file = tmp_path / "record.bib"
    file.write_text("@article{a, title = {Imported}, author = {Hopper, Grace}, year = 2024}")

    call_command("import_publications", file, publish=True, verbosity=0)

    assert "Imported" in visitor.get("/publications/").text


def wait_for(moment):
    while timezone.now() <= moment:
        time.sleep(0.05)


def test_scheduled_content_ends_the_version_when_it_opens(site, visitor):
    moment = timezone.now() + timedelta(seconds=1)
    make.publication("On Looms", publish_at=moment)
    scheduled = content_version.current()
    is_before = timezone.now() < moment
    before = visitor.get("/publications/").text
    assert "On Looms" not in before or timezone.now() > moment

    wait_for(moment)

    assert "On Looms" in visitor.get("/publications/").text
    assert content_version.current() != scheduled or not is_before


def test_authors_that_are_hidden_until_a_moment_are_in_no_cached_page(site, visitor):
    moment = timezone.now() + timedelta(seconds=1)
    make.publication("Blind", authors=["Grace Hopper"], hides_authors=True, authors_from=moment)
    before = visitor.get("/publications/blind/").text
    assert "Hopper" not in before or timezone.now() > moment

    wait_for(moment)

    assert "Hopper" in visitor.get("/publications/blind/").text


def test_a_version_ends_at_midnight_when_what_was_upcoming_or_current_is_over(site, monkeypatch):
    moment = datetime(2031, 5, 1, 14, 59, tzinfo=UTC)  # a minute before midnight in Tokyo
    monkeypatch.setattr("django.utils.timezone.now", lambda: moment)

    with timezone.override(ZoneInfo("Asia/Tokyo")):
        assert seconds_until_next_change() == 60


def test_a_version_ends_when_a_talk_is_over_by_the_clock_of_its_zone(site, monkeypatch):
    moment = datetime(2031, 5, 1, 12, 59, 30, tzinfo=UTC)
    given = {"start": "2031-05-01", "start_time": "21:00", "end_time": "22:00"}
    make.talk(occasions=[{**given, "time_zone": "Asia/Tokyo"}, {"start": "2031-05-01", "time_zone": "Asia/Tokyo"}])
    monkeypatch.setattr("django.utils.timezone.now", lambda: moment)

    assert seconds_until_next_change() == 30


def test_a_cached_home_page_shows_no_talk_as_the_next_one_once_it_is_over(site, visitor, monkeypatch):
    now, passed = timezone.now().replace(second=0, microsecond=0), timedelta()
    start, end = now - timedelta(hours=1), now + timedelta(hours=1)
    days = {"start": f"{start:%Y-%m-%d}", "end": f"{end:%Y-%m-%d}"}
    make.talk("A talk", occasions=[{**days, "start_time": start.time(), "end_time": end.time(), "time_zone": "UTC"}])

    def seconds():
        return passed.total_seconds()

    monkeypatch.setattr("django.utils.timezone.now", lambda: now + passed)
    monkeypatch.setattr("config.web.content_version.time", SimpleNamespace(monotonic=seconds))
    assert '<span class="badge">Next</span>' in visitor.get("/").text
    assert visitor.is_cached("/")

    passed = timedelta(minutes=61)

    assert "Next" not in visitor.get("/").text
    assert not visitor.is_served


IDENTITIES = {
    "plain": "sessionid={key}",
    "after another": "theme=dark; sessionid={key}",
    "blank before the equals sign": "sessionid ={key}",
    "blanks around": "  sessionid  =  {key}  ",
    "quoted": 'sessionid="{key}"',
    "repeated, the last counts": "sessionid=nobody; sessionid={key}",
    "repeated, the first does not": "sessionid={key}; sessionid=nobody",
    "without a blank after the semicolon": "theme=dark;sessionid={key}",
    "a tab before": "theme=dark;\tsessionid={key}",
    "after an unbalanced quote": 'theme="dark; sessionid={key}',
    "after a cookie without a name": "=dark; sessionid={key}",
    "after a cookie without a value": "dark; sessionid={key}",
    "as the value of another": "theme=sessionid={key}",
    "after a comma": "theme=dark, sessionid={key}",
    "in capitals": "SESSIONID={key}",
    "a no-break space before": "\xc2\xa0sessionid={key}",
    "an em space before": "theme=dark;\xe2\x80\x83sessionid={key}",
}


@pytest.mark.parametrize("cookie", IDENTITIES)
def test_no_cookie_brings_a_draft_into_the_cache(site, visitor, session_key, cookie):
    make.publication("Secret Draft", state="draft")
    header = IDENTITIES[cookie].format(key=session_key)

    for address in ("/publications/", "/publications/secret-draft/"):
        answer = visitor.get(address, headers={"cookie": header})
        is_public = "public" in answer.headers.get("Cache-Control", "")
        assert not (is_public and "Secret Draft" in answer.text), address
        assert "Secret Draft" not in visitor.get(address).text, address


@pytest.mark.parametrize("cookie", IDENTITIES)
def test_an_editor_is_never_served_a_visitors_page(site, visitor, session_key, cookie):
    make.publication("Secret Draft", state="draft")
    visitor.get("/publications/")
    is_signed_in = IDENTITIES[cookie].format(key=session_key)

    answer = visitor.get("/publications/", headers={"cookie": is_signed_in})

    pages.clear()
    assert answer.text == visitor.get("/publications/", headers={"cookie": is_signed_in}).text


def test_a_session_or_a_password_bypasses_the_cache_and_other_cookies_do_not(site, visitor):
    visitor.get("/")

    assert visitor.is_cached("/")
    assert visitor.is_cached("/", headers={"cookie": "theme=dark; csrftoken=abc"})
    assert not visitor.is_cached("/", headers={"cookie": "sessionid=expired"})
    assert not visitor.is_cached("/", headers={"cookie": "messages=abc"})
    assert not visitor.is_cached("/", headers={"authorization": "Basic abc"})


@pytest.fixture
def odd_views(monkeypatch):
    """Views whose answers are for one visitor only."""

    def with_message(request):
        messages.info(request, "Saved.")
        return HttpResponse("ok")

    def with_form(request):
        return HttpResponse(get_token(request))

    def with_user(request):
        request.user = type("User", (), {"is_anonymous": False})()
        return HttpResponse("ok")

    from django.middleware.csrf import get_token

    patterns = [path("message/", with_message), path("form/", with_form), path("user/", with_user)]
    monkeypatch.setattr(urls, "urlpatterns", [*patterns, *urls.urlpatterns])
    from django.urls import clear_url_caches

    clear_url_caches()
    yield
    clear_url_caches()


@pytest.mark.parametrize("address", ["/message/", "/form/", "/user/"])
def test_an_answer_for_one_visitor_is_not_stored(site, visitor, odd_views, address):
    for _ in range(2):
        assert visitor.get(address).status_code == 200
        assert not visitor.is_served


def test_previews_errors_and_probes_are_not_cached(site, visitor):
    draft = make.publication("Secret Draft", state="draft")
    link = PreviewLink.objects.create(
        model="publications.publication", object_id=draft.pk, expires_at=timezone.now() + timedelta(days=1)
    )
    assert "Secret Draft" in visitor.get(link.get_absolute_url()).text

    for address in (link.get_absolute_url(), "/no-such-page/", "/healthz", "/admin/login/", draft.get_absolute_url()):
        visitor.get(address)
        assert not visitor.is_cached(address), address


def test_a_draft_is_found_as_soon_as_it_is_published(site, visitor):
    draft = make.publication("Secret Draft", state="draft")
    assert visitor.get(draft.get_absolute_url()).status_code == 404

    Publication.objects.filter(pk=draft.pk).publish()

    assert visitor.get(draft.get_absolute_url()).status_code == 200


def test_the_order_of_parameters_makes_different_pages(site, visitor):
    make.publication("On Looms")
    engines, looms = "/publications/?q=looms&q=engines", "/publications/?q=engines&q=looms"
    uncached = []
    for address in (engines, looms):
        pages.clear()
        uncached.append(visitor.get(address).text)

    assert [visitor.get(address).text for address in (engines, looms)] == uncached
    assert uncached[0] != uncached[1]


def test_each_scheme_and_host_has_its_own_pages(site, visitor, settings):
    settings.ALLOWED_HOSTS = ["one.example", "two.example"]
    sites = [("http", "one.example"), ("http", "two.example"), ("https", "one.example")]

    for scheme, host in sites * 2:
        text = visitor.get("/sitemap.xml", scheme=scheme, host=host).text
        assert f"<loc>{scheme}://{host}/" in text
        assert not [other for other in sites if other != (scheme, host) and "{}://{}/".format(*other) in text]
    assert visitor.get("/", host="three.example").status_code == 400


def test_forwarded_headers_count_only_behind_a_proxy(site, visitor, settings):
    forwarded = {"x-forwarded-host": "evil.example", "x-forwarded-proto": "https", "x-forwarded-for": "203.0.113.7"}
    assert "evil" not in visitor.get("/sitemap.xml", headers=forwarded).text
    assert "https://testserver" not in visitor.get("/sitemap.xml").text

    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")

    for protocol in ("https", "http", "https"):
        text = visitor.get("/sitemap.xml", headers={"x-forwarded-proto": protocol}).text
        assert f"<loc>{protocol}://testserver/" in text


def test_the_cache_is_bounded_in_bytes(site, visitor, settings):
    settings.PAGE_CACHE_MB = 1
    for number in range(90):
        visitor.get(f"/publications/?q={number}{'x' * 150}")

    assert 0 < pages.size <= 2**20
    assert len(pages.pages) < 90
    assert visitor.is_cached(f"/publications/?q=89{'x' * 150}")


def test_without_memory_pages_are_not_stored_but_have_validators(site, visitor, settings):
    settings.PAGE_CACHE_MB = 0
    page = visitor.get("/")

    assert not visitor.is_cached("/")
    assert visitor.get("/", headers={"if-none-match": page.headers["ETag"]}).status_code == 304


def test_with_debug_nothing_is_cached(site, visitor, settings):
    settings.DEBUG = True
    visitor.get("/")

    assert not visitor.is_cached("/")


@pytest.mark.parametrize(
    ("accepted", "encoding"),
    [
        ("gzip, deflate, br, zstd", "br"), ("gzip, zstd", "gzip"), ("gzip;q=1.0, br;q=0", "gzip"), ("*", "br"),
        ("", ""), ("identity", ""), ("br;q=nonsense", ""),
    ],
)  # fmt: skip
def test_a_page_has_the_encoding_that_the_client_prefers(site, visitor, accepted, encoding):
    decoded = {"br": brotli.decompress, "gzip": gzip.decompress, "": bytes}[encoding]
    plain = visitor.get("/").content

    for _ in range(2):
        answer = visitor.get("/", headers={"accept-encoding": accepted})
        assert answer.headers.get("Content-Encoding", "") == encoding
        assert decoded(answer.content) == plain
        assert int(answer.headers["Content-Length"]) == len(answer.content)
        assert "Accept-Encoding" in answer.headers["Vary"]


def test_head_answers_as_get_without_the_body(site, visitor):
    page = visitor.get("/")
    head = visitor.request("HEAD", "/")

    assert head.content == b""
    assert head.headers["Content-Length"] == str(len(page.content))
    assert head.headers["ETag"] == page.headers["ETag"]


def test_other_representations_of_a_url_are_not_cached_as_its_page(site, visitor):
    address = "/publications/on-engines/"
    page = visitor.get(address, headers={"accept": "text/html,*/*;q=0.8"})
    bibtex = visitor.get(address, headers={"accept": "application/x-bibtex"})

    assert bibtex.text.startswith("@")
    assert visitor.get(address).content == page.content
    assert "Accept" in page.headers["Vary"]
    crossed = visitor.get(address, headers={"accept": "application/x-bibtex", "if-none-match": page.headers["ETag"]})
    assert crossed.status_code == 200


@pytest.mark.parametrize("address", ["/publications/", "/publications/?tag=engines", "/tags/engines/", "/cv/", "/"])
@pytest.mark.parametrize("is_page_first", [True, False])
def test_a_program_never_gets_the_cached_page_and_a_browser_never_the_other(site, visitor, address, is_page_first):
    browser, program = {"accept": "text/html,*/*;q=0.8"}, {"accept": "text/markdown, text/html;q=0.9"}
    for headers in [browser, program][:: 1 if is_page_first else -1]:
        visitor.get(address, headers=headers)

    for _ in range(2):
        page, markdown = visitor.get(address, headers=browser), visitor.get(address, headers=program)
        assert page.headers["Content-Type"] == "text/html; charset=utf-8"
        assert markdown.headers["Content-Type"] == "text/markdown; charset=utf-8"
        assert "Accept" in page.headers["Vary"].split(", ")
        assert "Accept" in markdown.headers["Vary"].split(", ")
        same = visitor.get(address, headers={**program, "if-none-match": markdown.headers["ETag"]})
        crossed = visitor.get(address, headers={**program, "if-none-match": page.headers["ETag"]})
        assert (same.status_code, crossed.status_code) == (304, 200)


@pytest.fixture
def lose_database(monkeypatch):
    """Make the database unreachable for the content version."""

    def refuse(database):
        raise DatabaseError("The database is away.")

    def lose():
        monkeypatch.setattr("config.web.content_version.sqlite_state", refuse)
        monkeypatch.setattr("config.web.content_version.postgresql_state", refuse)

    return lose


def test_without_a_database_only_pages_of_the_last_version_are_served(site, visitor, lose_database):
    withdrawn = visitor.get("/publications/on-engines/")
    assert withdrawn.status_code == 200
    Publication.objects.update(state="draft")
    assert visitor.get("/").status_code == 200  # this process has seen the new version now

    lose_database()

    assert visitor.is_cached("/")
    assert not visitor.is_cached("/publications/on-engines/")


def test_without_a_database_nothing_is_served_past_the_next_opening(site, visitor, lose_database):
    visitor.get("/")
    content_version.ends = 0.0

    lose_database()

    assert not visitor.is_cached("/")


def test_there_is_no_version_within_a_transaction(site):
    from django.db import transaction

    with transaction.atomic():
        assert content_version.current() == ""


@pytest.mark.skipif("connection.vendor != 'sqlite'", reason="other tests change the snapshot of the server")
def test_no_visitors_page_writes_to_the_database(site, visitor):
    for address in PUBLIC:
        visitor.get(address)
    before = content_version.current()

    pages.clear()
    for address in [*PUBLIC, "/search/?q=engines"]:
        visitor.get(address)

    assert content_version.current() == before


def test_the_page_cache_runs_before_authentication():
    middleware = site_settings.MIDDLEWARE

    assert middleware.index("config.web.page_cache.PageCache") < middleware.index(
        "django.contrib.auth.middleware.AuthenticationMiddleware"
    )
