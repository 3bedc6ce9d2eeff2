from urllib.parse import parse_qs, parse_qsl

import pytest
from hypothesis import given

from publications.references import Date, Name, Reference, coins, csl, highwire
from tests.publications.references.strategies import references

ADA = Name("Lovelace", "Ada", orcid="0000-0002-1825-0097")
LUDWIG = Name("Beethoven", "Ludwig", non_dropping_particle="van")
BODY = Name(literal="ATLAS Collaboration")


def test_a_journal_article_has_the_tags_that_scholar_requires_in_order():
    article = Reference(
        type="article-journal", title="On <i>Engines</i>", author=(ADA, LUDWIG, BODY), issued=Date(((2025, 12, 3),)),
        container_title="Journal of Engines", container_title_short="J. Eng.", volume="12", issue="3", page="45–67",
        issn="1234-5679", publisher="Press", doi="10.1000/1", language="en", abstract="All.", keyword=("a", "b"),
    )  # fmt: skip

    assert highwire.tags(article) == [
        ("citation_title", "On Engines"),
        ("citation_author", "Lovelace, Ada"),
        ("citation_author_orcid", "https://orcid.org/0000-0002-1825-0097"),
        ("citation_author", "van Beethoven, Ludwig"),
        ("citation_author", "ATLAS Collaboration"),
        ("citation_publication_date", "2025/12/3"),
        ("citation_journal_title", "Journal of Engines"),
        ("citation_journal_abbrev", "J. Eng."),
        ("citation_publisher", "Press"),
        ("citation_volume", "12"),
        ("citation_issue", "3"),
        ("citation_firstpage", "45"),
        ("citation_lastpage", "67"),
        ("citation_issn", "1234-5679"),
        ("citation_doi", "10.1000/1"),
        ("citation_language", "en"),
        ("citation_abstract", "All."),
        ("citation_keywords", "a"),
        ("citation_keywords", "b"),
    ]


@pytest.mark.parametrize(
    ("type_", "item_type"),
    [
        ("article", "preprint"), ("speech", "presentation"), ("dataset", "dataset"), ("software", "computerProgram"),
        ("patent", "patent"), ("post-weblog", "blogPost"), ("manuscript", "manuscript"), ("standard", "standard"),
        ("article-magazine", "magazineArticle"), ("article-newspaper", "newspaperArticle"), ("map", "map"),
        ("entry-encyclopedia", "encyclopediaArticle"), ("interview", "interview"), ("motion_picture", "film"),
        ("graphic", "artwork"), ("webpage", "webpage"), ("book", "book"), ("thesis", "thesis"), ("report", "report"),
        ("paper-conference", "conferencePaper"), ("chapter", "bookSection"),
        ("article-journal", None), ("review", None), ("review-book", None),
    ],
)  # fmt: skip
def test_dc_type_gives_zotero_the_types_that_have_no_venue_tag(type_, item_type):
    assert dict(highwire.tags(Reference(type=type_, title="T"))).get("DC.type") == item_type


@pytest.mark.parametrize("type_", ["article-journal", "paper-conference", "chapter", "thesis", "report"])
def test_a_work_whose_venue_gives_its_type_has_no_dc_type(type_):
    assert "DC.type" not in dict(highwire.tags(Reference(type=type_, container_title="Venue", publisher="Press")))


@pytest.mark.parametrize("type_", ["article-magazine", "entry-encyclopedia", "post-weblog", "webpage"])
def test_the_venue_of_other_types_does_not_change_the_type(type_):
    found = dict(highwire.tags(Reference(type=type_, title="T", container_title="Venue")))

    assert found["DC.source"] == "Venue"
    assert not found.keys() & {*highwire.VENUES.values(), *highwire.INSTITUTIONS.values()}


@pytest.mark.parametrize(
    ("type_", "tag"),
    [
        ("article-journal", "citation_journal_title"),
        ("paper-conference", "citation_conference_title"),
        ("chapter", "citation_inbook_title"),
        ("thesis", "citation_dissertation_institution"),
        ("report", "citation_technical_report_institution"),
        ("article", None),
        ("book", None),
    ],
)
def test_the_venue_tag_depends_on_the_type(type_, tag):
    venues = {*highwire.VENUES.values(), *highwire.INSTITUTIONS.values()}

    found = highwire.tags(Reference(type=type_, title="T", container_title="Venue", publisher="Press"))

    assert [name for name, _ in found if name in venues] == [tag] * bool(tag)


@pytest.mark.parametrize(
    ("parts", "text"), [((), ""), (((2025,),), "2025"), (((2025, 5),), "2025/5"), (((1999, 1, 2), (2000,)), "1999/1/2")]
)
def test_a_date_is_as_precise_as_it_is_known(parts, text):
    assert highwire.date(Date(parts)) == text


def openurl(**fields):
    return parse_qs(coins.dumps(Reference(title="T", **fields)), strict_parsing=True)


def test_an_openurl_of_a_journal_article():
    article = Reference(
        type="article-journal", title="R&D = <i>fun</i>?", author=(ADA, BODY, LUDWIG), issued=Date(((2025, 5),)),
        container_title="J", volume="1", page="2-3", doi="10.1000/a&b", url="https://example.org", editor=(LUDWIG,),
    )  # fmt: skip

    assert parse_qsl(coins.dumps(article), strict_parsing=True) == [
        ("ctx_ver", "Z39.88-2004"),
        ("rft_val_fmt", "info:ofi/fmt:kev:mtx:journal"),
        ("rft.genre", "article"),
        ("rft.atitle", "R&D = fun?"),
        ("rft.jtitle", "J"),
        ("rft.au", "Lovelace, Ada"),
        ("rft.aucorp", "ATLAS Collaboration"),
        ("rft.au", "van Beethoven, Ludwig"),
        ("rft.contributor", "van Beethoven, Ludwig"),
        ("rft.date", "2025-05"),
        ("rft.volume", "1"),
        ("rft.spage", "2"),
        ("rft.epage", "3"),
        ("rft_id", "info:doi/10.1000/a&b"),
    ]


@pytest.mark.parametrize("type_", sorted(csl.TYPES))
def test_an_openurl_gives_zotero_the_right_type(type_):
    found = openurl(type=type_)
    format_, genre = found["rft_val_fmt"][0].rpartition(":")[2], found.get("rft.genre", [""])[0]
    default = {
        ("journal", "article"): "journalArticle", ("book", "bookitem"): "bookSection", ("dissertation", ""): "thesis",
        ("book", "book"): "book", ("book", "proceeding"): "conferencePaper", ("book", "report"): "report",
        ("patent", ""): "patent", ("dc", ""): "webpage",
    }[format_, genre]  # fmt: skip

    assert found.get("rft.type", [default]) == [highwire.ITEM_TYPES[type_]]


@pytest.mark.parametrize(
    ("fields", "key", "values"),
    [
        ({"type": "patent", "author": (ADA,), "number": "US 1", "publisher": "P"}, "rft.inventor", ["Lovelace, Ada"]),
        ({"type": "patent", "number": "US 1"}, "rft.number", ["US 1"]),
        ({"type": "patent", "publisher": "P"}, "rft.assignee", ["P"]),
        ({"type": "thesis", "genre": "PhD thesis"}, "rft.degree", ["PhD thesis"]),
        ({"type": "thesis", "publisher": "U"}, "rft.inst", ["U"]),
        ({"type": "software", "author": (ADA,)}, "rft.creator", ["Lovelace, Ada"]),
        ({"type": "post-weblog", "container_title": "The Blog"}, "rft.source", ["The Blog"]),
        ({"type": "book", "editor": (ADA, LUDWIG)}, "rft.au", ["Lovelace, Ada", "van Beethoven, Ludwig"]),
        ({"type": "book", "author": (ADA,), "editor": (LUDWIG,)}, "rft.contributor", ["van Beethoven, Ludwig"]),
        ({"type": "book", "author": (Name("King", "Martin", suffix="Jr."),)}, "rft.au", ["King, Martin Jr."]),
        ({"type": "book", "extra": {"number-of-pages": "412"}}, "rft.tpages", ["412"]),
        ({"type": "chapter", "extra": {"collection-title": "Notes"}}, "rft.series", ["Notes"]),
        ({"type": "article", "arxiv_id": "2503.12345"}, "rft_id", ["https://arxiv.org/abs/2503.12345"]),
        ({"type": "webpage", "url": "https://example.org"}, "rft_id", ["https://example.org"]),
    ],
)
def test_each_fact_is_in_its_key_of_an_openurl(fields, key, values):
    assert openurl(**fields)[key] == values


@given(references())
def test_any_reference_has_tags_and_an_openurl_that_can_be_read(reference):
    assert all(
        name.startswith(("citation_", "DC.", "eprints.")) and content for name, content in highwire.tags(reference)
    )
    assert all(value for _, value in parse_qsl(coins.dumps(reference), strict_parsing=True, keep_blank_values=True))
