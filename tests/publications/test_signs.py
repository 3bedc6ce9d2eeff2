"""The signs after the names of authors who contributed equally, are corresponding authors or presented the work."""

import io
import re

import pypdf
import pytest

from tests import make

pytestmark = pytest.mark.django_db

LEGEND = "* Equal contribution. † Corresponding author."


@pytest.fixture
def work():
    owner = make.owner()
    work = make.publication("On Engines", authors=[owner, "Charles Babbage", "Grace Hopper"], type="article-journal")
    first, second, third = work.authorships.order_by("position")
    first.equal_contribution = first.corresponding = second.equal_contribution = third.presenter = True
    for row in (first, second, third):
        row.save()
    make.publication("Without", authors=[owner], issued="2020")
    return work


def names(client, path):
    """Return the bylines of a page as text, with what a screen reader says of a sign in brackets."""
    page = client.get(path).content.decode()
    found = re.findall(r'<(p|div) class="authors">(.*?)</\1>', page, re.DOTALL)
    return [
        re.sub("<[^>]+>", "", re.sub(r'<sup role="img" aria-label="([^"]+)">', r"[\1]", byline)).strip()
        for _, byline in found
    ]


def test_the_page_of_a_work_has_signs_and_a_line_that_explains_them(client, work):
    assert names(client, "/publications/on-engines/") == [
        "Ada Lovelace[equal contribution]*[corresponding author]†, Charles Babbage[equal contribution]*, "
        "Grace Hopper (presenter)"
    ]
    assert f'<p class="legend">{LEGEND}</p>' in client.get("/publications/on-engines/").content.decode()
    assert "legend" not in client.get("/publications/without/").content.decode()


def test_lists_mark_equal_contributions_and_explain_them(client, work):
    page = client.get("/publications/").content.decode()

    assert names(client, "/publications/")[0].startswith("Ada Lovelace[equal contribution]*, Charles Babbage[")
    assert page.count('<p class="legend">* Equal contribution</p>') == 1
    assert "†" not in page


def test_the_cv_explains_the_signs_once(client, work):
    page = client.get("/cv/").content.decode()
    pdf = pypdf.PdfReader(io.BytesIO(client.get("/cv.pdf").content))
    text = " ".join("\n".join(page.extract_text() for page in pdf.pages).split())

    assert page.count(LEGEND) == text.count(LEGEND) == 1
    assert text.index(LEGEND) < text.index("Ada Lovelace*†, Charles Babbage*, Grace Hopper (presenter). On Engines.")


def test_markdown_pages_have_the_signs_too(client, work):
    for path in ("/publications/on-engines.md", "/cv.md"):
        text = client.get(path).content.decode()
        assert r"Ada Lovelace\*†, Charles Babbage\*, Grace Hopper (presenter)" in text
        assert text.count(r"\* Equal contribution. † Corresponding author.") == 1


@pytest.mark.parametrize("end", ["bib", "ris", "json"])
def test_exports_have_names_without_signs(client, work, end):
    text = client.get(f"/publications/on-engines.{end}").getvalue().decode()

    assert "Lovelace" in text
    assert not re.search(r"Lovelace[*†]|Ada[*†]|†|presenter\)", text)


def test_metadata_has_names_without_signs(client, work):
    page = client.get("/publications/on-engines/").content.decode()

    assert '<meta name="citation_author" content="Lovelace, Ada">' in page
    assert "†" not in "".join(
        re.findall(r"<script type=.application/ld.json.>.*?</script>|<span class=.Z3988[^>]*>", page)
    )


def test_blind_review_hides_the_signs(client, work):
    work.hides_authors = True
    work.save()

    for path in ("/publications/on-engines/", "/publications/on-engines.md", "/publications/", "/cv/"):
        assert "Equal contribution" not in client.get(path).content.decode()
