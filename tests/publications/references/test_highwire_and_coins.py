from urllib.parse import parse_qs, parse_qsl

import pytest
from hypothesis import given

from publications.references import Date, Name, Reference, coins, highwire
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
        ("patent", "patent"), ("post-weblog", "blogPost"), ("manuscript", "manuscript"),
        ("article-journal", None), ("paper-conference", None), ("book", None), ("thesis", None),
    ],
)  # fmt: skip
def test_dc_type_gives_zotero_the_types_that_have_no_venue_tag(type_, item_type):
    assert dict(highwire.tags(Reference(type=type_, title="T"))).get("DC.type") == item_type


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


def test_an_openurl_of_a_journal_article():
    article = Reference(
        type="article-journal", title="R&D = fun?", author=(ADA, LUDWIG), issued=Date(((2025, 5),)),
        container_title="J", volume="1", page="2-3", doi="10.1000/a&b",
    )  # fmt: skip

    said = parse_qs(coins.dumps(article), strict_parsing=True)

    assert said["rft_val_fmt"] == ["info:ofi/fmt:kev:mtx:journal"]
    assert (said["rft.atitle"], said["rft.jtitle"]) == (["R&D = fun?"], ["J"])
    assert said["rft.au"] == ["Ada Lovelace", "Ludwig van Beethoven"]
    assert (said["rft.aulast"], said["rft.aufirst"]) == (["Lovelace"], ["Ada"])
    assert (said["rft.spage"], said["rft.epage"], said["rft.date"]) == (["2"], ["3"], ["2025-05"])
    assert said["rft_id"] == ["info:doi/10.1000/a&b"]


@given(references())
def test_any_reference_has_tags_and_an_openurl_that_can_be_read(reference):
    assert all(
        name.startswith(("citation_", "DC.", "eprints.")) and content for name, content in highwire.tags(reference)
    )
    assert all(value for _, value in parse_qsl(coins.dumps(reference), strict_parsing=True, keep_blank_values=True))
