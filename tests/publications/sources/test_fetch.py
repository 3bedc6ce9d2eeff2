"""Records of an invented work, in the documented format of each service."""

import pytest

from publications.references import Date, Name
from publications.sources import SourceError, fetch

CROSSREF = {
    "indexed": {"date-parts": [[2024, 5, 17]]},
    "reference-count": 2,
    "publisher": "Example Press",
    "issue": "3",
    "funder": [{"name": "Example Fund", "award": ["G-7"]}],
    "DOI": "10.1000/engines",
    "type": "journal-article",
    "created": {"date-parts": [[2023, 1, 1]], "date-time": "2023-01-01T00:00:00Z", "timestamp": 1},
    "page": "1-29",
    "source": "Crossref",
    "is-referenced-by-count": 5,
    "title": ["On <i>Engines</i> &amp; Cards"],
    "subtitle": ["A Study"],
    "volume": "12",
    "author": [
        {"ORCID": "http://orcid.org/0000-0002-1825-0097", "given": "Ada", "family": "Lovelace", "sequence": "first",
         "affiliation": [{"name": "Somewhere"}]},
        {"name": "The Engine Group", "sequence": "additional", "affiliation": []},
    ],
    "container-title": ["Journal of Engines"],
    "short-container-title": ["J. Eng."],
    "published-print": {"date-parts": [[2024, 5]]},
    "published-online": {"date-parts": [[2023, 12, 1]]},
    "issued": {"date-parts": [[None]]},
    "ISSN": ["1234-5678", "8765-4321"],
    "abstract": "<jats:title>Abstract</jats:title><jats:p>First.</jats:p><jats:p>a &lt; b</jats:p>",
    "URL": "http://dx.doi.org/10.1000/engines",
    "link": [{"URL": "https://x.example.org"}],
    "score": 1,
}  # fmt: skip
ATOM = """<?xml version="1.0" encoding="UTF-8"?>
<feed xmlns="http://www.w3.org/2005/Atom">
  <entry>
    <id>http://arxiv.org/abs/1843.00001v2</id>
    <published>2018-09-17T12:00:00Z</published>
    <updated>2019-01-01T00:00:00Z</updated>
    <title>On Engines
  and Cards</title>
    <summary>  We study
engines. </summary>
    <author><name>Ada Lovelace</name></author>
    <author><name>Ludwig van Example</name></author>
    <arxiv:doi xmlns:arxiv="http://arxiv.org/schemas/atom">10.1000/engines</arxiv:doi>
    <arxiv:comment xmlns:arxiv="http://arxiv.org/schemas/atom">12 pages</arxiv:comment>
    <arxiv:primary_category xmlns:arxiv="http://arxiv.org/schemas/atom" term="cs.LG"/>
  </entry>
</feed>"""
PUBMED = """<?xml version="1.0" ?>
<!DOCTYPE PubmedArticleSet PUBLIC "-//NLM//DTD PubMedArticle, 1st January 2025//EN" "https://dtd.example.org/x.dtd">
<PubmedArticleSet><PubmedArticle><MedlineCitation><PMID>29456894</PMID><Article>
<Journal><ISSN IssnType="Electronic">1234-5678</ISSN><JournalIssue><Volume>6</Volume><Issue>2</Issue>
<PubDate><Year>2018</Year><Month>Feb</Month><Day>13</Day></PubDate></JournalIssue>
<Title>Journal of engines</Title><ISOAbbreviation>J Eng</ISOAbbreviation></Journal>
<ArticleTitle>The state of <i>engines</i>.</ArticleTitle><Pagination><MedlinePgn>4375-83</MedlinePgn></Pagination>
<Abstract><AbstractText Label="METHODS">We looked.</AbstractText></Abstract>
<AuthorList><Author><LastName>Lovelace</LastName><ForeName>Ada B</ForeName><Initials>AB</Initials>
<Identifier Source="ORCID">0000-0002-1825-0097</Identifier></Author>
<Author><CollectiveName>Engine Group</CollectiveName></Author></AuthorList>
<Language>eng</Language></Article></MedlineCitation>
<PubmedData><ArticleIdList><ArticleId IdType="pubmed">29456894</ArticleId><ArticleId IdType="doi">10.1000/e</ArticleId>
<ArticleId IdType="pmc">PMC5815332</ArticleId></ArticleIdList></PubmedData></PubmedArticle></PubmedArticleSet>"""
BOOK = {
    "ISBN:9780262033848": {
        "title": "Introduction to Engines",
        "subtitle": "With Cards",
        "authors": [{"url": "https://openlibrary.org/authors/X", "name": "Ada Lovelace"}],
        "number_of_pages": 1292,
        "publishers": [{"name": "Example Press"}],
        "publish_places": [{"name": "London"}],
        "publish_date": "July 31, 2009",
    }
}


def test_a_doi_gives_the_record_of_crossref_as_valid_csl(client, service):
    service.answers["/10.1000/engines"] = (200, {}, CROSSREF)

    found = fetch("https://doi.org/10.1000/engines", client)

    assert service.asked[0][1]["Accept"] == "application/vnd.citationstyles.csl+json"
    assert (found.type, found.title) == ("article-journal", "On <i>Engines</i> & Cards: A Study")
    assert found.author == (Name(family="Lovelace", given="Ada"), Name(literal="The Engine Group"))
    assert found.author[0].orcid == "0000-0002-1825-0097"
    assert found.issued == Date(((2024, 5),))
    assert (found.container_title, found.container_title_short) == ("Journal of Engines", "J. Eng.")
    assert (found.volume, found.issue, found.page, found.issn) == ("12", "3", "1-29", "1234-5678")
    assert (found.doi, found.url, found.publisher) == ("10.1000/engines", "", "Example Press")
    assert (found.abstract, found.funding) == ("First.\n\na < b", "Example Fund (G-7)")
    assert found.extra == {}


def test_an_arxiv_identifier_gives_the_preprint(client, service):
    service.answers["/api/query?id_list=1843.00001"] = (200, {"Content-Type": "application/atom+xml"}, ATOM)

    found = fetch("arXiv:1843.00001", client)

    assert (found.type, found.title, found.abstract) == ("article", "On Engines and Cards", "We study engines.")
    assert found.author == (
        Name(family="Lovelace", given="Ada"), Name(family="Example", given="Ludwig", non_dropping_particle="van"),
    )  # fmt: skip
    assert (found.arxiv_id, found.arxiv_class, found.doi) == ("1843.00001", "cs.LG", "10.1000/engines")
    assert found.issued == Date(((2018, 9, 17),))


def test_a_pubmed_id_gives_the_article(client, service):
    service.answers["/entrez/eutils/efetch.fcgi?db=pubmed&id=29456894"] = (200, {}, PUBMED)

    found = fetch("PMID: 29456894", client)

    assert (found.title, found.container_title) == ("The state of engines", "Journal of engines")
    assert found.author == (Name(family="Lovelace", given="Ada B"), Name(literal="Engine Group"))
    assert (found.page, found.doi, found.pmid) == ("4375-4383", "10.1000/e", "29456894")
    assert found.issued == Date(((2018, 2, 13),))
    assert found.abstract == "Methods: We looked."
    assert found.extra == {"PMCID": "PMC5815332"}


def test_a_pmcid_is_converted_first(client, service):
    service.answers["/tools/idconv"] = (200, {}, {"records": [{"pmcid": "PMC5815332", "pmid": 29456894}]})
    service.answers["/entrez"] = (200, {}, PUBMED)

    assert fetch("PMC5815332", client).pmid == "29456894"


def test_an_isbn_gives_the_book(client, service):
    service.answers["/api/books?bibkeys=ISBN:9780262033848"] = (200, {}, BOOK)

    found = fetch("978-0-262-03384-8", client)

    assert (found.type, found.title) == ("book", "Introduction to Engines: With Cards")
    assert found.author == (Name(family="Lovelace", given="Ada"),)
    assert (found.publisher, found.publisher_place, found.isbn) == ("Example Press", "London", "978-0-262-03384-8")
    assert found.issued == Date(((2009, 7, 31),))


def test_the_page_of_a_paper_gives_the_content_of_its_meta_tags(client, service):
    page = """<html><head><title>x</title>
    <meta name="citation_title" content="On Engines &amp; Cards"><meta name="citation_author" content="Lovelace, Ada">
    <meta name="citation_author" content="Charles Babbage"><meta name="citation_publication_date" content="2024/05/17">
    <meta name="citation_conference_title" content="Engine Conference"><meta name="citation_firstpage" content="1">
    <meta name="citation_lastpage" content="9"></head><body></body></html>"""
    service.answers["/42"] = (200, {"Content-Type": "text/html"}, page)

    found = fetch("https://paper.example.org/42", client)

    assert (found.type, found.title, found.container_title) == (
        "paper-conference", "On Engines & Cards", "Engine Conference",
    )  # fmt: skip
    assert found.author == (Name(family="Lovelace", given="Ada"), Name(family="Babbage", given="Charles"))
    assert (found.page, found.issued) == ("1-9", Date(((2024, 5, 17),)))


def test_a_page_with_a_doi_gives_the_record_of_the_doi(client, service):
    service.answers["/42"] = (200, {}, '<meta name="citation_doi" content="10.1000/engines">')
    service.answers["/10.1000/engines"] = (200, {}, CROSSREF)

    assert fetch("https://paper.example.org/42", client).volume == "12"


@pytest.mark.parametrize(
    ("text", "answer", "sentence"),
    [
        ("10.1000/nothing", (404, {}, b""), "There is no DOI 10.1000/nothing. Look for a typing error."),
        ("10.1000/x", (200, {}, [1]), "did not answer with a record. Try again later."),
        ("1843.00002", (200, {}, '<feed xmlns="http://www.w3.org/2005/Atom"/>'), "arXiv has no 1843.00002."),
        ("1843.00002", (200, {}, "{"), "The service did not answer with a record."),
        (
            "1843.00002",
            (200, {}, '<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'.encode("utf-16")),
            "contains more than a record",
        ),
        ("1843.00002", (200, {}, '<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'), "contains more than a record"),
        ("29456894", (200, {}, "<PubmedArticleSet/>"), "PubMed has no 29456894."),
        ("978-0-262-03384-8", (200, {}, {}), "Open Library has no book with the ISBN 978-0-262-03384-8."),
        ("https://paper.example.org/", (200, {}, "<![<!["), "This page does not say which paper it is about."),
        ("https://paper.example.org/", (200, {}, "<p>Hello"), "This page does not say which paper it is about."),
        ("On Engines", (200, {}, {}), "“On Engines” is neither a DOI"),
    ],
)
def test_what_cannot_be_fetched_raises_an_error_with_a_sentence(client, service, text, answer, sentence):
    service.answers["/"] = answer

    with pytest.raises(SourceError) as caught:
        fetch(text, client)

    assert sentence in str(caught.value)
