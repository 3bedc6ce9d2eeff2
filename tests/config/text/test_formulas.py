"""Formulas in titles and abstracts, wherever only plain text is possible."""

import json
import re
from html import unescape
from urllib.parse import unquote_plus

import pytest

from config.pictures.cards import card_for
from profiles.models import Look, SiteSettings
from publications.references import cff
from tests import json_ld, make

pytestmark = pytest.mark.django_db

TITLE = r"Search for $t\bar{t}H$ at $\sqrt{s}=13$ TeV and $\mathcal{O}(n \log n)$ in CO$_2$"
PLAIN = "Search for tt̄H at √s = 13 TeV and 𝒪(n log n) in CO₂"


@pytest.fixture
def publication():
    owner = make.owner(name="Iris Chem")
    return make.publication(
        TITLE, slug="search", authors=[owner], abstract=r"We show $k \ll n$.", container_title=r"J. of $\beta$ Decay",
        type="article-journal", tags=["decay"],
    )  # fmt: skip


def without_scripts_and_maths(page):
    """The texts and attributes of a page: neither MathML, nor the BibTeX that readers copy."""
    return unescape(re.sub(r"<(script|math|pre)\b.*?</\1>", "", page, flags=re.DOTALL))


@pytest.mark.parametrize(
    "path", ["/publications/search/", "/publications/", "/", "/cv/", "/search/?q=search", "/tags/decay/"]
)
def test_no_page_shows_tex(client, publication, path):
    page = without_scripts_and_maths(client.get(path).text)

    assert "\\" not in page
    assert "$" not in page


def test_the_head_of_the_page_has_unicode(client, publication):
    page = client.get("/publications/search/").text
    metas = dict(re.findall(r'<meta (?:name|property)="([^"]+)" content="([^"]*)"', page))

    assert f"<title>{PLAIN} · Iris Chem</title>" in page
    assert {metas[name] for name in ("citation_title", "og:title", "og:image:alt")} == {PLAIN}
    assert {metas[name] for name in ("description", "og:description", "citation_abstract")} == {"We show k ≪ n."}


def test_linked_data_has_unicode(client, publication):
    graph = json_ld.graph(client.get("/publications/search/").text)

    assert PLAIN in json.dumps(graph, ensure_ascii=False)
    assert "\\\\" not in json.dumps(graph)


def test_coins_have_unicode(client, publication):
    page = client.get("/publications/").text

    assert f"rft.atitle={PLAIN}" in unquote_plus(unescape(re.search('class="Z3988" title="([^"]+)"', page)[1]))


@pytest.mark.parametrize("path", ["/feed/", "/publications/feed/", "/cv.json"])
def test_feeds_and_files_have_unicode(client, publication, path):
    answer = client.get(path)
    text = answer.text

    assert answer.status_code == 200
    assert PLAIN in text
    assert r"\bar" not in text


def test_citation_files_have_unicode(publication):
    cited = cff.cited(publication.as_reference())

    assert (cited["title"], cited["journal"]) == (PLAIN, "J. of β Decay")


def test_social_cards_have_unicode(publication):
    card = card_for(publication, SiteSettings(), Look())

    assert (card.title, card.place.split(" · ")[0]) == (PLAIN, "J. of β Decay")
