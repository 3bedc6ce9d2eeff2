import gzip
import html
import re
from html.parser import HTMLParser
from urllib.parse import unquote

import pytest
from django.core.files.base import ContentFile
from django.db import OperationalError, connection
from django.test import Client

from tests import make

pytestmark = pytest.mark.django_db


class Outline(HTMLParser):
    """The headings, links, metadata and scripts of a page."""

    def __init__(self, html):
        super().__init__()
        self.tags = []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def all(self, name):
        return [attrs for tag, attrs in self.tags if tag == name]

    def meta(self, name):
        return [m["content"] for m in self.all("meta") if name in (m.get("name"), m.get("property"))]


@pytest.fixture
def site():
    fill(1)


def fill(rows):
    owner = make.owner(name="Ada Lovelace", headline="Countess", bio="I write *programs*.", tags=["engines"])
    owner.links.create(kind="github", url="https://github.com/ada")
    babbage = make.person("Charles Babbage", is_public_page=True)
    owner.relations.create(related=babbage, role="primary-supervisor")
    for number in range(rows):
        other = make.person(f"Author {number}", is_public_page=True)
        work = make.publication(
            f"On Engines {number}", authors=[owner, other], tags=["engines", f"t{number}"], featured=True,
            issued=str(1990 + number),
        )  # fmt: skip
        work.resources.create(kind="pdf", url="https://example.org/a.pdf")
        make.publication(f"Preprint {number}", authors=[owner], type="article", version_of=work)
        project = make.project(f"Engine {number}", tags=["engines"])
        project.publications.add(work)
        project.members.create(person=owner)
        project.highlights.create(figure="10×", label="faster")
        project.links.create(url="https://example.org")
        for kind in ("award", "travel", "education"):
            make.activity(f"{kind} {number}", person=owner, kind=kind, city="Turin", latitude=45, longitude=7.7)
        make.section(f"Section {number}", body="Text")


PAGES = [
    "/", "/publications/", "/publications/?tag=engines&author=ada-lovelace", "/publications/on-engines-0/", "/tags/",
    "/tags/engines/", "/projects/", "/projects/engine-0/", "/people/", "/people/ada-lovelace/", "/activities/",
    "/cv/",
]  # fmt: skip


@pytest.mark.parametrize("path", PAGES)
def test_a_page_is_complete_html(client, site, path):
    answer = client.get(path)
    page = Outline(answer.content.decode())

    assert answer.status_code == 200
    assert len(page.all("h1")) == 1
    assert next(link["href"] for link in page.all("link") if link["rel"] == "canonical").startswith(
        "http://testserver/"
    )
    assert page.meta("description")[0]
    assert page.meta("og:title")[0]
    assert page.meta("og:url")[0]
    assert not [
        script for script in page.all("script") if "src" not in script and script["type"] != "application/ld+json"
    ]
    assert not page.all("style")
    assert not [tag for tag, attrs in page.tags if "style" in attrs or any(name.startswith("on") for name in attrs)]


# Nothing is cached within the transaction of a test; tests/config/web/test_fragments.py tests cached fragments.
QUERIES = {
    "/": 39, "/publications/": 16, "/publications/?tag=engines&author=ada-lovelace": 18,
    "/publications/on-engines-0/": 16, "/tags/": 13, "/tags/engines/": 24, "/projects/": 11, "/projects/engine-0/": 18,
    "/people/": 5, "/people/ada-lovelace/": 23, "/activities/": 6, "/cv/": 19,
}  # fmt: skip


@pytest.mark.parametrize("path", PAGES)
def test_the_number_of_queries_does_not_grow_with_the_rows(client, django_assert_num_queries, path):
    for rows in (2, 4):  # of one work, the home page shows no list
        fill(rows)
        client.get(path)  # fills the caches of the process
        with django_assert_num_queries(QUERIES[path]):
            assert client.get(path).status_code == 200
        wipe()


def wipe():
    from profiles.models import Activity, Person, Section
    from projects.models import Project
    from publications.models import Publication

    for model in (Project, Publication, Activity, Section, Person):
        model.objects.all().delete()


@pytest.mark.parametrize("path", ["/", "/publications/", "/projects/", "/people/", "/activities/", "/tags/"])
def test_the_pages_of_an_empty_site_say_so(client, path):
    answer = client.get(path)

    assert answer.status_code == 200
    assert re.search("yet|set up", answer.content.decode())


def test_the_home_page_shows_the_owner(client, site):
    page = client.get("/").content.decode()

    for text in (
        "Ada Lovelace", "Countess", "I write <em>programs</em>", "https://github.com/ada", "Charles Babbage",
        "Primary supervisor", "On Engines 0", "Engine 0", "10×", "award 0", "Turin", "Section 0", 'class="land"',
    ):  # fmt: skip
        assert text in page


def test_without_an_owner_the_home_page_says_that_the_site_is_being_set_up(client):
    make.owner(name="Ada Lovelace", is_public_page=False)

    page = client.get("/").content.decode()

    assert "This site is being set up" in page
    assert "biography" not in page.lower()


def test_a_tag_page_lists_everything_with_the_tag(client, site):
    page = client.get("/tags/engines/").content.decode()

    assert "On Engines 0" in page
    assert "Engine 0" in page
    assert "Research interest of" in page
    assert "Preprint 0" not in page


def test_the_former_slug_of_a_tag_redirects(client, site):
    tag = make.tag("engines")
    tag.name, tag.slug = "Machines", "machines"
    tag.save()

    answer = client.get("/tags/engines/")

    assert (answer.status_code, answer.url) == (301, "/tags/machines/")


def test_the_cv_has_education_publications_and_projects(client, site):
    page = client.get("/cv/").content.decode()

    places = [page.index(f"{title}</h2>") for title in ("Education", "Publications", "Projects", "Awards")]
    assert places == sorted(places)
    assert "On Engines 0" in page


def test_without_an_owner_there_is_no_cv(client):
    assert client.get("/cv/").status_code == 404


def test_the_sitemap_lists_every_public_page_once(client, site):
    addresses = re.findall("<loc>(.*?)</loc>", client.get("/sitemap.xml").content.decode())

    assert len(addresses) == len(set(addresses))
    for path in ("/", "/publications/on-engines-0/", "/publications/preprint-0/", "/tags/engines/", "/cv/"):
        assert f"http://testserver{path}" in addresses


def test_the_sitemap_and_canonical_links_use_the_address_of_the_site(client, site, settings):
    settings.SITE_URL = "https://ada.example.org"

    assert "<loc>https://ada.example.org/publications/</loc>" in client.get("/sitemap.xml").content.decode()
    assert 'rel="canonical" href="https://ada.example.org/cv/"' in client.get("/cv/").content.decode()
    assert "Sitemap: https://ada.example.org/sitemap.xml" in client.get("/robots.txt").content.decode()


def test_a_working_site_is_healthy(client):
    answer = client.get("/healthz")

    assert (answer.status_code, answer.content) == (200, b"ok\n")


def test_a_missing_migration_is_unhealthy(client):
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM django_migrations WHERE app = 'projects'")

    answer = client.get("/healthz")

    assert answer.status_code == 503
    assert "migrate" in answer.content.decode()


def test_a_read_only_data_folder_is_unhealthy(client, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "gone"

    answer = client.get("/healthz")

    assert (answer.status_code, answer.content) == (503, b"The data folder cannot be written.\n")


def test_a_process_is_alive_without_its_database(client, monkeypatch):
    def refuse(*args, **kwargs):
        raise OperationalError

    monkeypatch.setattr("django.db.backends.utils.CursorWrapper.execute", refuse)

    assert (client.get("/healthz/live").status_code, client.get("/healthz").status_code) == (200, 503)


@pytest.mark.parametrize("path", ["/healthz", "/healthz/live"])
def test_probes_may_use_any_host_and_plain_http(client, settings, path):
    settings.SECURE_SSL_REDIRECT = True

    answer = client.get(path, headers={"Host": "10.0.0.7:8000"})

    assert (answer.status_code, answer.headers["Cache-Control"]) == (200, "no-store")
    assert client.get("/cv/", headers={"Host": "10.0.0.7:8000"}, secure=True).status_code == 400


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/publications/?year=abc", 404),
        ("/publications/?year=0000", 404), ("/publications/?year=99999", 404), ("/publications/?year=٢٠٢٠", 404),
        ("/publications/?page=99999", 404), ("/publications/?page=abc", 404), ("/publications/?page=-1", 404),
        ("/publications/?page=" + "9" * 5000, 404), ("/publications/?tag=none", 404),
        ("/publications/?type=none", 404), ("/publications/?author=none", 404),
        ("/publications/?q=" + "a" * 300, 404), ("/publications/?q=%00", 400), ("/publications/?q=%ff", 400),
        ("/publications/?tag=%00", 400), ("/publications/%00/", 400), ("/publications/none/", 404),
        ("/publications/%ff/", 404), ("/publications/none/none.pdf", 404), ("/projects/none/", 404),
        ("/people/none/", 404), ("/tags/none/", 404), ("/nowhere", 404), ("/media/../manage.py", 404),
        ("/media/publication/1/a.pdf", 404), ("/admin/?q=%00", 400), ("/publications/?q=%f0%9f%a6%84", 200),
        ("/publications/?q=%22%27%3B--", 200), ("/publications/?year=&q=&type=", 200), ("/publications/?utm=x", 200),
    ],
)  # fmt: skip
def test_a_bad_url_has_an_error_page(client, site, path, status):
    answer = client.get(path)

    assert answer.status_code == status
    assert "<h1>" in answer.content.decode()


def test_a_server_error_has_an_error_page(client, monkeypatch, site):
    client.raise_request_exception = False
    monkeypatch.setattr("config.pages.home.Home.get_context_data", None)

    answer = client.get("/")

    assert answer.status_code == 500
    assert "Something went wrong" in answer.content.decode()


def test_a_form_from_another_site_gets_an_error_page():
    answer = Client(enforce_csrf_checks=True).post("/publications/")

    assert answer.status_code == 403
    assert "<h1>Not allowed</h1>" in answer.content.decode()
    assert "your changes are still in the form" in answer.content.decode()


@pytest.mark.parametrize("method", ["PUT", "PATCH", "DELETE", "TRACE", "PROPFIND"])
@pytest.mark.parametrize("path", ["/", "/publications/", "/admin/", "/nowhere"])
def test_an_unknown_method_is_refused_with_a_list_of_the_allowed_ones(path, method):
    answer = Client(enforce_csrf_checks=True).generic(method, path)

    assert answer.status_code == 405
    assert answer.headers["Allow"] == "GET, HEAD, OPTIONS, POST"


def test_favicon_ico_redirects_to_the_icon(client):
    assert client.get("/favicon.ico").url == "/icon/48.png"


def test_every_page_forbids_inline_script_and_style(client, site):
    for path in ("/", "/admin/login/", "/nowhere", "/publications/?q=%00"):
        policy = client.get(path).headers["Content-Security-Policy"]

        assert "default-src 'none'" in policy
        assert "unsafe" not in policy


def test_a_visitor_gets_no_cookie(client, site):
    for path in (
        "/",
        "/publications/",
        "/publications/on-engines-0/",
        "/search/?q=engines",
        "/cv/",
        "/feed/",
        "/nowhere",
    ):
        assert not client.get(path).cookies


def test_static_files_and_redirects_have_the_policy_too(client, settings):
    settings.SECURE_SSL_REDIRECT = True

    for answer in (client.get("/static/css/site.css", secure=True), client.get("/cv/")):
        assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
        assert "camera=()" in answer.headers["Permissions-Policy"]
        answer.close()


def test_email_addresses_are_obfuscated(client):
    make.owner(email="ada@example.org")

    source = client.get("/").content.decode()

    assert "ada@example.org" not in source
    assert "mailto" not in source
    assert "ada@example.org" in html.unescape(source)
    assert "ada@example.org" in unquote(html.unescape(source).partition("mailto:")[2][:60])


def test_pages_are_compressed_and_files_are_not(client):
    paper = make.publication("On Engines")
    paper.resources.create(kind="data", file=ContentFile(b"1,2,3\n" * 1000, "data.csv"))
    asked = {"Accept-Encoding": "gzip"}

    page = client.get("/publications/on-engines/", headers=asked)
    file = client.get("/publications/on-engines/data.csv", headers=asked)

    assert page.headers["Content-Encoding"] == "gzip"
    assert "On Engines" in gzip.decompress(page.content).decode()
    assert "Content-Encoding" not in file.headers
    assert file.getvalue() == b"1,2,3\n" * 1000
