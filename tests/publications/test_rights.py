"""Versions, licences and embargoes of files: who sees them from when, which is the PDF, and open access."""

import re
from datetime import timedelta

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.files.base import ContentFile
from django.core.management import call_command
from django.utils import timezone

from config.web.content_version import seconds_until_next_change
from profiles.content.preview import PreviewLink
from profiles.models import SiteSettings
from profiles.search import indexing
from publications.findings import deposits, months_after
from publications.models import FullText, Resource
from tests import json_ld, make
from tests.publications.test_admin import ADD, form
from tests.publications.test_files import BODY

pytestmark = pytest.mark.django_db

PAGE = "/publications/on-engines/"
# Each place in which a visitor might get an address or a word of a file.
OPENED = [
    PAGE, "/publications/", "/feed/", "/publications/feed/", "/sitemap-files.xml", "/publications.bib",
    "/publications/on-engines.bib", "/publications.ris", "/publications/on-engines.md", "/search/?q=velvet",
    "/publications/on-engines.linkset.json", "/tags/mills/", "/people/ada-lovelace/",
]  # fmt: skip
PLACES = [
    *OPENED, "/", "/cv/", "/cv.json", "/cv.md",
    "/sitemap.xml", "/publications.json", "/llms.txt", "/publications/on-engines.ris",
    "/publications/on-engines.json", "/publications.md", "/search/?q=engines",
]  # fmt: skip


def in_days(days):
    return timezone.now() + timedelta(days=days)


def paper(*files, **fields):
    """A publication with uploaded PDFs: ``files`` are the fields of each."""
    work = make.publication("On Engines", authors=[make.owner()], tags=["mills"], **fields)
    for number, values in enumerate(files, 1):
        rows = {"kind": "pdf", "position": number} | values
        if "url" not in rows:
            rows["file"] = ContentFile(BODY, f"file-{number}.pdf")
        work.resources.create(**rows)
    return work


def answer_of(client, path):
    answer = client.get(path)
    body = b"".join(answer.streaming_content) if answer.streaming else answer.content
    return f"{dict(answer.headers)}{body.decode()}"


def embargoed():
    work = paper(
        {"visible_from": in_days(1), "version": "accepted"},
        {"visible_from": in_days(1), "url": "https://repository.example/file-2.pdf", "label": "Quokka"},
    )
    FullText.objects.create(resource=work.resources.first(), sha256="0", text="The velvet loom.")
    indexing.refresh()
    return work


@pytest.mark.parametrize("path", PLACES)
def test_a_file_is_nowhere_before_its_day_and_everywhere_from_then_on(client, path):
    embargoed()
    before = answer_of(client, path)
    for word in ("file-1", "file-2", "Quokka", "velvet loom", "Open access", "accepted manuscript"):
        assert word not in before

    Resource.objects.update(visible_from=in_days(-1))

    if path in OPENED:
        assert "file-1" in answer_of(client, path)


def test_the_file_itself_is_not_found_before_its_day(client, editor_client):
    work = embargoed()
    address = work.resources.first().href
    assert client.get(address).status_code == 404
    answer = editor_client.get(address)
    assert (answer.status_code, answer.headers["Cache-Control"]) == (200, "private, no-cache")
    assert answer.getvalue() == BODY
    work.slug = "moved"
    work.save()
    assert client.get(address).status_code == 404

    Resource.objects.update(visible_from=in_days(-1))

    answer = client.get(address, follow=True)
    assert (answer.status_code, answer.getvalue()) == (200, BODY)


def test_a_preview_link_does_not_show_it_either(client):
    work = embargoed()
    work.state = "draft"
    work.save()
    link = PreviewLink.objects.create(model="publications.publication", object_id=work.pk, expires_at=in_days(7))

    page = client.get(link.get_absolute_url(), follow=True)

    assert "On Engines" in page.text
    assert "file-1" not in page.text
    assert client.get(f"{link.get_absolute_url()}file-1.pdf", follow=True).status_code == 404


def test_editors_see_it_marked(editor_client):
    embargoed()
    day = timezone.localtime(in_days(1))
    for path in (PAGE, "/publications/", "/search/?q=engines"):
        page = editor_client.get(path).text
        assert f'<span class="badge draft">From {day.day} {day:%B %Y}</span>' in page, path
    assert "citation_pdf_url" not in editor_client.get(PAGE).text


def test_a_visitor_finds_a_work_by_its_title_while_a_file_is_hidden(client, editor_client):
    embargoed()

    assert "1 result" in client.get("/search/?q=engines").text
    assert "On Engines</a>" not in client.get("/search/?q=velvet").text
    assert "velvet" in editor_client.get("/search/?q=velvet").text


def test_the_page_cache_ends_when_a_file_opens():
    embargoed()
    Resource.objects.update(visible_from=timezone.now() + timedelta(seconds=30))

    assert 0 < seconds_until_next_change() <= 30


def test_a_static_export_has_only_open_files(tmp_path, settings):
    work = embargoed()
    work.resources.create(kind="pdf", version="submitted", file=ContentFile(BODY, "open.pdf"))
    settings.SITE_URL = "https://ada.example"

    call_command("export_site", tmp_path / "site", verbosity=0)

    names = {path.name for path in (tmp_path / "site").rglob("*") if path.is_file()}
    assert "open.pdf" in names
    assert "file-1.pdf" not in names
    page = (tmp_path / "site/publications/on-engines/index.html").read_text()
    assert "file-1" not in page
    assert "velvet" not in "".join(path.read_text() for path in (tmp_path / "site").rglob("*.js*"))


@pytest.mark.parametrize(
    ("files", "best"),
    [
        ([{"version": "submitted"}, {"version": "accepted"}, {"version": "published"}], "file-3.pdf"),
        ([{"version": "submitted"}, {"version": "accepted"}], "file-2.pdf"),
        ([{"version": "submitted"}, {}], "file-2.pdf"),
        ([{}, {}], "file-1.pdf"),
        ([{"version": "published", "visible_from": "later"}, {"version": "accepted"}], "file-2.pdf"),
        ([{"version": "published", "kind": "slides"}, {"version": "submitted"}], "file-2.pdf"),
    ],
)
def test_the_best_version_that_visitors_see_is_the_pdf(client, editor_client, files, best):
    rows = [row | ({"visible_from": in_days(1)} if "visible_from" in row else {}) for row in files]
    paper(*rows)

    for one in (client, editor_client):
        [address] = re.findall(r'<meta name="citation_pdf_url" content="([^"]+)"', one.get(PAGE).text)
        assert address == f"http://testserver{PAGE}{best}"
    entry = b"".join(client.get("/publications/on-engines.bib").streaming_content).decode()
    assert f"pdf = {{http://testserver{PAGE}{best}}}" in entry


@pytest.mark.parametrize(
    ("files", "fields", "is_open"),
    [
        ([{"license": "CC-BY-4.0"}], {}, True),
        ([{}], {"license": "CC-BY-4.0"}, True),
        ([{"version": "accepted"}], {}, True),
        ([{"version": "submitted", "url": "https://arxiv.org/pdf/2412.07067"}], {}, True),
        ([{"version": "published"}], {}, False),
        ([{}], {}, False),
        ([], {"license": "CC-BY-4.0"}, False),
        ([], {"license": "CC-BY-4.0", "doi": "10.1234/a"}, True),
        ([], {"license": "CC-BY-4.0", "url": "https://example.org/a"}, True),
        ([], {"doi": "10.1234/a"}, False),
        ([], {"arxiv_id": "2412.07067"}, True),
        ([{"version": "published"}], {"arxiv_id": "2412.07067"}, True),
        ([{"license": "CC-BY-4.0", "kind": "slides"}], {}, False),
        ([{"license": "CC-BY-4.0", "visible_from": "later"}], {}, False),
        ([{"version": "published"}, {"version": "accepted"}], {}, True),
    ],
)
def test_a_work_is_open_access_by_a_licence_on_arxiv_or_by_a_version_that_authors_share(client, files, fields, is_open):
    rows = [row | ({"visible_from": in_days(1)} if "visible_from" in row else {}) for row in files]
    paper(*rows, **fields)

    page = client.get(PAGE).text
    assert ('<span class="badge open">Open access</span>' in page) is is_open
    assert ('<span class="badge open">Open access</span>' in client.get("/publications/").text) is is_open
    assert json_ld.graph(page)[0].get("isAccessibleForFree") is (True if is_open else None)


def test_the_metadata_of_a_file_has_its_version_and_licence(client):
    paper({"version": "published", "license": "CC-BY-4.0"})

    [file] = json_ld.graph(client.get(PAGE).text)[0]["encoding"]

    assert file["license"] == "https://creativecommons.org/licenses/by/4.0/"
    assert file["version"] == "Published version"


def test_readers_see_which_version_a_file_is_unless_it_is_the_published_one(client):
    labelled = {"version": "accepted", "label": "Draft"}
    paper({"version": "submitted"}, {"version": "accepted"}, {"version": "published"}, labelled)
    names = re.findall(r'file-\d\.pdf"><svg.*?</svg>([^<]+)</a>', client.get(PAGE).text, re.DOTALL)

    assert [name.strip() for name in names] == ["PDF (submitted version)", "PDF (accepted manuscript)", "PDF", "Draft"]


def test_an_editor_enters_the_rights_of_a_file(editor_client):
    row = {
        "url": "https://repository.example/paper.pdf", "kind": "pdf", "position": 1, "version": "accepted",
        "license": "CC-BY-4.0", "visible_from_0": "2999-03-01", "visible_from_1": "",
    }  # fmt: skip

    answer = editor_client.post(ADD, form(resources=[row], state="published"))

    assert answer.status_code == 302
    resource = Resource.objects.get()
    assert (resource.version, resource.license, resource.is_open) == ("accepted", "CC-BY-4.0", False)
    assert timezone.localtime(resource.visible_from).isoformat().startswith("2999-03-01T00:00:00")
    assert not Resource.objects.visible_to(AnonymousUser()).exists()


class TestDeposits:
    @pytest.fixture
    def months(self):
        SiteSettings.objects.create(person=make.owner(), deposit_months=3)

    def sentences(self):
        return [finding.sentence for finding in deposits() if finding]

    def work(self, days, **fields):
        day = timezone.localdate() - timedelta(days=days)
        return make.publication("On Engines", issued=day.isoformat(), **fields)

    def test_are_not_asked_for_without_the_setting(self):
        self.work(10)

        assert self.sentences() == []

    @pytest.mark.parametrize(
        ("days", "sentence"),
        [
            (10, r"“On Engines” has no file\. Deposit one by \d+ \w+ \d+\."),
            (120, r"“On Engines” has no file\. One was due on \d+ \w+ \d+\."),
            (600, None),
        ],
    )
    def test_are_due_some_months_after_the_work_has_appeared(self, months, days, sentence):
        self.work(days)
        found = self.sentences()

        assert (len(found) == 1 and re.fullmatch(sentence, found[0])) if sentence else found == []

    def test_of_an_accepted_work_are_asked_for_at_once(self, months):
        make.publication("On Engines", status="accepted", issued="")

        assert self.sentences() == ["“On Engines” is accepted. Deposit its accepted manuscript."]

    @pytest.mark.parametrize("fields", [{"type": "book"}, {"status": "submitted"}, {"state": "draft"}])
    def test_are_not_asked_for_of_other_works(self, months, fields):
        self.work(10, **fields)

        assert self.sentences() == []

    def test_under_an_embargo_count_and_links_do_not(self, months):
        work = self.work(10)
        work.resources.create(kind="pdf", url="https://arxiv.org/pdf/2412.07067")
        assert len(self.sentences()) == 1

        work.resources.create(kind="pdf", visible_from=in_days(300), file=ContentFile(BODY, "paper.pdf"))
        assert self.sentences() == []

    def test_of_a_month_without_that_day_are_due_on_its_last(self):
        assert months_after(timezone.datetime(2024, 11, 30).date(), 3).isoformat() == "2025-02-28"
        assert months_after(timezone.datetime(2024, 1, 31).date(), 12).isoformat() == "2025-01-31"
        assert months_after(timezone.datetime(2024, 12, 1).date(), 1).isoformat() == "2025-01-01"

    def test_are_on_the_dashboard_and_not_for_visitors(self, months, client, editor_client):
        self.work(10)

        assert "Deposit one by" in editor_client.get("/admin/").text
        assert "Deposit" not in client.get(PAGE).text


@pytest.mark.parametrize("count", [1, 3])
def test_the_page_needs_as_many_queries_for_one_file_as_for_three(client, django_assert_num_queries, count):
    paper(*[{"version": "accepted", "license": "CC-BY-4.0"}] * count)

    with django_assert_num_queries(5):
        list(client.get("/publications.bib").streaming_content)
