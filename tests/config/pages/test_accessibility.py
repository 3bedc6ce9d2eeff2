"""The accessibility statement, and its claims that the HTML of pages shows.

The other claims are tested in tests/browser/test_accessibility.py (focus, spacing, targets), tests/browser/test_site.py
(the link to the content, search without a script), tests/browser/test_pages.py (320 pixels), test_headings.py (the
outline), tests/config/pictures/test_tokens.py (contrast), tests/config/text/test_markdown.py (MathML, scrolling by
keyboard) and tests/publications/test_languages.py (languages).
"""

import html
import re
from html.parser import HTMLParser

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from profiles.files.tagged import is_untagged
from tests import make

pytestmark = pytest.mark.django_db

PAGES = [
    "/", "/publications/", "/publications/on-engines/", "/projects/", "/projects/analytical-engine/", "/people/",
    "/people/ada-lovelace/", "/activities/", "/news/", "/news/our-paper-was-accepted/", "/talks/", "/talks/on-engines/",
    "/teaching/", "/teaching/engines-i/", "/cv/", "/tags/", "/tags/engines/", "/join-us/", "/search/?q=engines",
    "/accessibility/", "/nowhere/",
]  # fmt: skip
EMPTY = {"img", "input", "br", "hr", "meta", "link", "source"}


class Names(HTMLParser):
    """Collects the links, buttons, fields and images of a page that have no name, and its landmarks."""

    def __init__(self, page):
        super().__init__()
        self.open, self.nameless, self.labels, self.fields, self.landmarks, self.lang = [], [], set(), [], [], None
        self.feed(page)
        self.nameless += [one for one in self.fields if one.get("id") not in self.labels and "aria-label" not in one]

    def handle_starttag(self, tag, attributes):
        found = dict(attributes)
        self.lang = found.get("lang") if tag == "html" else self.lang
        if tag in ("main", "header", "footer"):
            self.landmarks.append(tag)
        elif tag == "label":
            self.labels.add(found.get("for"))
        elif tag in ("input", "select", "textarea") and found.get("type") not in ("hidden", "submit"):
            self.fields.append(found)
        elif tag == "img" and "alt" not in found:
            self.nameless.append(found)
        if tag not in EMPTY:
            self.open.append([tag, found, found.get("aria-label", "")])
        for element in self.open:
            element[2] += found.get("alt", "") or found.get("aria-label", "") if tag in ("img", "svg", "sup") else ""

    def handle_data(self, data):
        for element in self.open:
            element[2] += data.strip()

    def handle_endtag(self, tag):
        while self.open:
            name, found, text = self.open.pop()
            if name in ("a", "button", "summary") and not text:
                self.nameless.append({"tag": name, **found})
            if name == tag:
                break


@pytest.fixture
def site():
    owner = make.owner(email="ada@example.org", bio="I weave $x^2$.", tags=["engines"])
    paper = make.publication(authors=[owner], abstract="Text.", tags=["engines"], doi="10.1000/a", featured=True)
    paper.resources.create(kind="code", url="https://example.org/code")
    project = make.project(tags=["engines"], featured=True)
    make.activity(tags=["engines"], start="2024", city="London", latitude=51.5, longitude=-0.1)
    make.talk(occasions=[{"start": "2024", "event": "NeurIPS"}], tags=["engines"])
    make.course(tags=["engines"], instructors=[owner])
    make.post(publications=[paper], projects=[project], tags=["engines"])
    make.page(tags=["engines"])


@pytest.mark.parametrize("path", PAGES)
def test_links_buttons_fields_and_images_have_names(client, site, path):
    page = Names(client.get(path).text)

    assert page.nameless == []
    assert page.landmarks == ["header", "main", "footer"]
    assert page.lang == "en"


def test_an_element_without_a_name_is_noticed():
    page = Names('<a href="/"><svg></svg></a><button></button><img src="x"><input id="q"><a href="/"><img alt="X"></a>')

    assert len(page.nameless) == 4


def test_every_page_links_to_the_statement(client, site):
    for path in PAGES:
        assert '<a href="/accessibility/">Accessibility</a>' in client.get(path).text

    assert "<loc>http://testserver/accessibility/</loc>" in client.get("/sitemap.xml").text


def test_the_statement_says_whom_to_write_to(client, editor_client):
    assert "links are on the <a" in client.get("/accessibility/").text
    owner = make.owner(email="ada@example.org", is_public_page=False)
    assert (
        "ada" not in client.get("/accessibility/").text.partition("Report a problem")[2].partition("</main>")[0].lower()
    )

    owner.is_public_page = True
    owner.save()

    assert ">ada@example.org</a>" in html.unescape(client.get("/accessibility/").text)


def test_every_pdf_that_the_site_makes_is_tagged(client, site):
    """The PDFs are those that pages link to; the site of this test has no uploaded file."""
    links = {link for path in PAGES for link in re.findall(r'href="(/[^"]+\.pdf)"', client.get(path).text)}

    assert "/cv.pdf" in links
    for link in links:
        assert not is_untagged(SimpleUploadedFile("a.pdf", b"".join(client.get(link)))), link


def test_a_page_that_an_editor_has_written_stands_in_for_the_statement(client, editor_client):
    make.owner()
    page = make.page("Our statement", slug="accessibility", state="draft")

    assert "What is tested" in client.get("/accessibility/").text
    assert "Our statement" in editor_client.get("/accessibility/").text

    type(page).objects.filter(pk=page.pk).publish()

    assert "What is tested" not in client.get("/accessibility/").text
    assert "Write to us." in client.get("/accessibility/").text
