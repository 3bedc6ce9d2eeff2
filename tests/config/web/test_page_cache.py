"""Whole pages kept for visitors: never an old one, never somebody else's, never more than there is room for."""

import gzip
import re
from datetime import timedelta

import brotli
import pytest
import zstandard
from django.conf import settings
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.utils import timezone

from config.web import page_cache
from config.web.page_cache import PARAMETERS, pages
from config.wsgi import application
from profiles import edition
from profiles.models import PreviewLink, Stale
from projects.models import Project
from publications.models import Publication
from tests import make

pytestmark = pytest.mark.django_db(transaction=True)

IN_FILES = "django.core.cache.backends.filebased.FileBasedCache"


@pytest.fixture(autouse=True)
def anew():
    """Each test starts with nothing kept."""
    pages.cache_clear()
    yield
    pages.cache_clear()


@pytest.fixture
def site():
    make.owner()
    make.publication("On Engines", tags=["engines"])
    make.project()
    make.activity(start="2025-05-01")


def environ_of(path, **headers):
    return {
        "REQUEST_METHOD": "GET", "PATH_INFO": path.partition("?")[0], "QUERY_STRING": path.partition("?")[2],
        "SERVER_NAME": "testserver", "wsgi.url_scheme": "http", **headers,
    }  # fmt: skip


def is_kept(path, **headers):
    environ = environ_of(path, **headers)
    at_hand, answer = application.at_hand(environ), pages().answer(environ)
    assert at_hand in (None, answer)
    return answer is not None


PUBLIC = [
    "/", "/publications/", "/publications/on-engines/", "/publications/?tag=engines", "/publications/?page=1",
    "/tags/", "/tags/engines/", "/projects/", "/people/", "/people/ada-lovelace/", "/activities/", "/cv/", "/cv.json",
    "/cv.pdf", "/feed/", "/publications/feed/", "/activities.ics", "/sitemap.xml", "/robots.txt", "/site.webmanifest",
    "/publications/on-engines.linkset.json", "/search/", "/card/home.png", "/icon/48.png",
]  # fmt: skip


def test_a_page_is_at_hand_where_no_server_is_asked_for_the_edition(site, client):
    client.get("/")
    before = application.at_hand(environ_of("/"))
    Project.objects.update(name="Difference Engine")

    assert (before is not None) is (connection.vendor == "sqlite")
    assert application.at_hand(environ_of("/")) is None


def test_a_public_page_is_made_once_and_asked_for_again_with_its_validators(site, client, django_assert_num_queries):
    for path in PUBLIC:
        first = client.get(path)
        assert (path, first.status_code) == (path, 200)
        assert is_kept(path), path

        with django_assert_num_queries(0):  # the edition's own query goes past Django's
            second = client.get(path)
            unchanged = client.get(path, headers={"If-None-Match": first.headers["ETag"]})
            since = client.get(path, headers={"If-Modified-Since": first.headers["Last-Modified"]})

        assert second.content == first.content
        assert dict(second.headers) == dict(first.headers)
        assert not first.headers["ETag"].startswith("W/")
        assert "public" in first.headers["Cache-Control"]
        for answer in (unchanged, since):
            assert (path, answer.status_code, answer.content) == (path, 304, b"")
            assert answer.headers["Cache-Control"] == first.headers["Cache-Control"]


def test_an_export_that_streams_has_validators_too(site, client, django_assert_num_queries):
    for path in ("/publications.bib", "/publications.ris", "/publications/on-engines.bib"):
        first = client.get(path)

        with django_assert_num_queries(0):
            answer = client.get(path, headers={"If-None-Match": first.headers["ETag"]})

        assert answer.status_code == 304
        assert "Last-Modified" in first.headers
        Publication.objects.update(volume="8")
        assert client.get(path, headers={"If-None-Match": first.headers["ETag"]}).status_code == 200


CHANGES = {
    "a save in the admin": lambda editor: editor.post(
        "/admin/publications/publication/",
        {"action": "unpublish", "_selected_action": Publication.objects.values_list("pk", flat=True)},
    ),
    "a bulk update": lambda editor: Publication.objects.update(title="Quite Another"),
    "a delete": lambda editor: Publication.objects.all().delete(),
    "an hour that has come": lambda editor: Publication.objects.update(publish_at=timezone.now() + timedelta(days=1)),
}


@pytest.mark.parametrize("change", CHANGES)
def test_no_page_is_older_than_what_was_saved(site, client, editor_client, change):
    paths = ["/", "/publications/", "/publications/on-engines/", "/tags/engines/", "/feed/", "/search/?q=engines"]
    before = {path: client.get(path) for path in paths}
    assert all(b"On Engines" in page.content for page in before.values())

    CHANGES[change](editor_client)

    for path, page in before.items():
        after = client.get(path, headers={"If-None-Match": page.headers["ETag"]})
        assert after.status_code != 304, path
        assert b"On Engines" not in after.content, path


def test_an_import_shows_at_once(site, client, tmp_path):
    client.get("/publications/")
    file = tmp_path / "record.bib"
    file.write_text("@article{a, title = {Brought in}, author = {Hopper, Grace}, year = 2024}")

    call_command("import_publications", file, publish=True, verbosity=0)

    assert "Brought in" in client.get("/publications/").content.decode()


def test_who_is_signed_in_never_gets_or_leaves_a_page(site, client, editor_client):
    make.publication("Secret Draft", state="draft")
    shown = editor_client.get("/publications/")
    assert b"Secret Draft" in shown.content
    assert shown.headers["Cache-Control"] == "private, no-cache"
    assert not is_kept("/publications/")

    assert b"Secret Draft" not in client.get("/publications/").content
    assert b"Secret Draft" in editor_client.get("/publications/").content


def test_a_session_cookie_or_a_password_goes_past_what_is_kept(site, client):
    client.get("/")

    assert is_kept("/")
    assert is_kept("/", HTTP_COOKIE="theme=dark")
    assert not is_kept("/", HTTP_COOKIE="theme=dark; sessionid=abc")
    assert not is_kept("/", HTTP_AUTHORIZATION="Basic abc")


def test_previews_errors_and_health_are_not_kept(site, client):
    draft = make.publication("Secret Draft", state="draft")
    link = PreviewLink.objects.create(
        model="publications.publication", object_id=draft.pk, expires_at=timezone.now() + timedelta(days=1)
    )

    for path in (link.get_absolute_url(), "/no-such-page/", "/healthz", "/admin/login/"):
        client.get(path)
        assert not is_kept(path)


def test_drafts_are_asked_for_and_not_kept_as_missing(site, client):
    draft = make.publication("Secret Draft", state="draft")
    assert client.get(draft.get_absolute_url()).status_code == 404

    draft.state = "published"
    draft.save()

    assert client.get(draft.get_absolute_url()).status_code == 200


def test_what_no_view_reads_in_a_query_makes_no_page_of_its_own(site, client):
    client.get("/publications/")

    assert is_kept("/publications/?utm_source=mail")
    assert is_kept("/publications/?%ff=%00&x=1")
    assert not is_kept("/publications/?q=engines")


def test_every_parameter_that_views_read_tells_pages_apart():
    """A view that reads one which is not named would be answered with another's page."""
    read = set()
    for path in ("config/pages/views.py", "config/pages/search.py", "publications/views.py", "publications/filters.py",
                 "profiles/views.py", "projects/views.py", "profiles/feeds.py"):  # fmt: skip
        read |= set(re.findall(r'(?:GET|query)\.get(?:list)?\("(\w+)"', (settings.BASE_DIR / path).read_text()))

    assert {"id", "v", "tag"} <= read
    assert read <= set(PARAMETERS)


def test_made_up_queries_push_out_each_other_and_no_page(site, client):
    client.get("/")
    client.get("/search/?q=1")
    assert is_kept("/search/?q=1")
    for number in range(1000):
        pages().others.put(number, edition.current(), b"", 20_000)

    assert is_kept("/")
    assert pages().others.size <= pages().others.limit
    assert not is_kept("/search/?q=1")


def test_long_and_hostile_queries_take_no_memory(site, client):
    for number in range(8):
        client.get("/search/", {"q": f"{number}" + "x" * 5000})

    assert pages().others.size < 8 * 30_000


@pytest.mark.parametrize(
    ("accepted", "coding", "decoded"),
    [
        ("gzip, deflate, br, zstd", "br", brotli.decompress),
        ("gzip, zstd", "zstd", zstandard.decompress),
        ("gzip;q=1.0, br;q=0", "gzip", gzip.decompress),
        ("*", "br", brotli.decompress),
        ("", "", bytes),
        ("identity", "", bytes),
        ("br;q=nonsense", "", bytes),
    ],
)
def test_a_page_comes_in_the_coding_that_is_asked_for(site, client, accepted, coding, decoded):
    plain = client.get("/")
    answer = client.get("/", headers={"Accept-Encoding": accepted})

    assert answer.headers.get("Content-Encoding", "") == coding
    assert decoded(answer.content) == plain.content
    assert int(answer.headers["Content-Length"]) == len(answer.content)
    assert "Accept-Encoding" in answer.headers["Vary"]
    assert (answer.headers["ETag"] == plain.headers["ETag"]) is not bool(coding)
    again = client.get("/", headers={"Accept-Encoding": accepted, "If-None-Match": answer.headers["ETag"]})
    assert again.status_code == 304


def test_a_page_is_compressed_once(site, client, monkeypatch):
    calls = []
    monkeypatch.setitem(
        page_cache.CODINGS, "gzip", (lambda body: calls.append(1) or gzip.compress(body, mtime=0), gzip.decompress)
    )

    for _ in range(3):
        client.get("/", headers={"Accept-Encoding": "gzip"})

    assert len(calls) == 1


def test_head_answers_as_get_without_the_body(site, client):
    page = client.get("/")
    head = client.head("/")

    assert head.content == b""
    assert head.headers["Content-Length"] == str(len(page.content))
    assert head.headers["ETag"] == page.headers["ETag"]


def test_the_other_forms_of_a_record_are_not_taken_for_its_page(site, client):
    path = "/publications/on-engines/"
    page = client.get(path, headers={"Accept": "text/html,*/*;q=0.8"})
    bibtex = client.get(path, headers={"Accept": "application/x-bibtex"})
    again = client.get(path)

    assert bibtex.headers["Content-Type"].startswith("application/x-bibtex")
    assert bibtex.getvalue().startswith(b"@")
    assert again.content == page.content
    assert bibtex.headers["ETag"] != page.headers["ETag"]
    assert "Accept" in page.headers["Vary"]
    crossed = client.get(path, headers={"Accept": "application/x-bibtex", "If-None-Match": page.headers["ETag"]})
    assert crossed.status_code == 200


def test_http_and_https_and_hosts_are_told_apart(site, client, settings):
    settings.ALLOWED_HOSTS = ["one.example", "two.example"]
    first = client.get("/sitemap.xml", headers={"host": "one.example"}).content
    second = client.get("/sitemap.xml", headers={"host": "two.example"}).content
    secure = client.get("/sitemap.xml", headers={"host": "one.example"}, secure=True).content

    assert b"http://one.example" in first
    assert b"http://two.example" in second
    assert b"https://one.example" in secure
    assert client.get("/sitemap.xml", headers={"host": "three.example"}).status_code == 400


def test_the_server_is_answered_as_the_middleware_answers(site, client):
    page = client.get("/publications/")
    seen = []

    body = application(
        {"REQUEST_METHOD": "GET", "PATH_INFO": "/publications/", "QUERY_STRING": "", "SERVER_NAME": "testserver",
         "wsgi.url_scheme": "http"},
        lambda status, headers: seen.extend((status, dict(headers))),
    )  # fmt: skip

    assert b"".join(body) == page.content
    assert seen == ["200 OK", dict(page.headers)]


@pytest.mark.parametrize("path", ["/search/?q=engines", "/publications/?q=engines"])
def test_results_of_an_index_that_is_still_written_are_not_kept(site, client, monkeypatch, path):
    monkeypatch.setattr("profiles.search.indexing.refresh", lambda *args, **kwargs: 0)
    assert Stale.objects.exists()

    answer = client.get(path)

    assert answer.headers["Cache-Control"] == "no-store"
    assert not is_kept(path)
    assert "/publications/on-engines/" not in answer.content.decode()
    monkeypatch.undo()
    assert "/publications/on-engines/" in client.get(path).content.decode()


def test_without_a_database_what_is_kept_is_shown_and_the_rest_is_told_in_a_sentence(site, client):
    client.raise_request_exception = False
    client.get("/")

    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE profiles_edition RENAME TO profiles_gone")
        cursor.execute("ALTER TABLE projects_project RENAME TO projects_gone")
    try:
        assert client.get("/").status_code == 200
        assert client.get("/projects/").status_code in (500, 503)
    finally:
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE profiles_gone RENAME TO profiles_edition")
            cursor.execute("ALTER TABLE projects_gone RENAME TO projects_project")
    assert client.get("/projects/").status_code == 200


def test_a_second_process_takes_the_page_from_the_shared_cache(site, client, settings, tmp_path):
    settings.CACHES = {"default": {"BACKEND": IN_FILES, "LOCATION": tmp_path}}
    first = client.get("/publications/")
    assert list(tmp_path.iterdir())

    pages.cache_clear()  # another process has a memory of its own
    assert is_kept("/publications/")
    assert client.get("/publications/").content == first.content
    pages.cache_clear()
    Project.objects.update(name="Other")
    assert not is_kept("/publications/")


def test_made_up_queries_do_not_fill_the_shared_cache(site, client, settings, tmp_path):
    settings.CACHES = {"default": {"BACKEND": IN_FILES, "LOCATION": tmp_path}}

    for number in range(3):
        client.get(f"/publications/?q={number}")
        client.get(f"/?year={number}&type=book")
        client.get(f"/?v={number}")
        client.get(f"/?page={number}")
        client.get(f"/publications/?page={'0' * number}1&v={number}")
        client.get(f"/publications/?tag={'+' * number}engines+")

    assert not list(tmp_path.iterdir())


def test_a_cache_that_is_down_breaks_nothing_and_is_asked_rarely(site, client, settings, caplog):
    settings.CACHES = {
        "default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": "redis://127.0.0.1:1/0"}
    }
    for path in ("/", "/publications/", "/tags/"):
        assert client.get(path).status_code == 200

    assert is_kept("/")
    assert [record.name for record in caplog.records].count("config.web.page_cache") == 1


def test_debug_keeps_nothing(site, settings):
    settings.DEBUG = True
    Client().get("/")

    assert not is_kept("/")


def test_no_memory_for_pages_keeps_none_but_their_validators(site, client, settings):
    settings.PAGE_CACHE_MB = 0
    page = client.get("/")

    assert not is_kept("/")
    assert client.get("/", headers={"If-None-Match": page.headers["ETag"]}).status_code == 304


def test_code_of_another_release_makes_pages_of_its_own(settings):
    before = page_cache.release()

    settings.SITE_URL = "https://ada.example.org"

    assert page_cache.release() != before
