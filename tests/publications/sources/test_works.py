"""The works of a person at each service."""

import pytest

from publications.references import Date, Name
from publications.sources import SYNC, SourceError

ORCID = "0000-0002-1825-0097"


def value(text):
    return {"value": text}


ORCID_WORKS = {
    "group": [
        {"work-summary": [{"put-code": 1, "display-index": "0"}, {"put-code": 2, "display-index": "1"}]},
        {"work-summary": [{"put-code": 3, "display-index": "0"}]},
    ]
}
ORCID_BULK = {
    "bulk": [
        {"work": {
            "put-code": 2, "type": "journal-article", "title": {"title": value("On Engines"), "subtitle": None},
            "journal-title": value("Journal of Engines"),
            "publication-date": {"year": value("2024"), "month": value("05"), "day": None},
            "external-ids": {"external-id": [
                {"external-id-type": "doi", "external-id-value": "10.1000/engines", "external-id-relationship": "self"},
                {"external-id-type": "issn", "external-id-value": "1234-5678", "external-id-relationship": "part-of"},
            ]},
            "contributors": {"contributor": [
                {"credit-name": value("Ada Lovelace"), "contributor-orcid": {"path": ORCID},
                 "contributor-attributes": {"contributor-role": "author"}},
            ]},
            "citation": {"citation-type": "bibtex", "citation-value": "@article{x, volume={12}, title={Other}}"},
        }},
        {"error": {"response-code": 404}},
    ]
}  # fmt: skip
OPENALEX = {
    "meta": {"count": 1, "next_cursor": "next"},
    "results": [{
        "id": "https://openalex.org/W1", "doi": "https://doi.org/10.1000/engines", "title": "On Engines",
        "publication_year": 2024, "publication_date": "2024-05-17", "type": "article", "language": "en",
        "ids": {"pmid": "https://pubmed.ncbi.nlm.nih.gov/29456894"},
        "authorships": [{"author": {"display_name": "Ada Lovelace", "orcid": f"https://orcid.org/{ORCID}"},
                         "raw_author_name": "Ada Lovelace"}],
        "primary_location": {"source": {"display_name": "Journal of Engines", "issn_l": "1234-5678"}},
        "locations": [{"landing_page_url": "http://arxiv.org/abs/1843.00001"}],
        "biblio": {"volume": "12", "issue": "3", "first_page": "1", "last_page": "29"},
        "abstract_inverted_index": {"engines": [1], "On": [0], "cards": [3], "and": [2]},
    }],
}  # fmt: skip
DBLP = f"""<?xml version="1.0"?>
<dblpperson name="Ada Lovelace 0001" pid="65/9612" n="2">
<r><article key="journals/je/Lovelace24" mdate="2024-05-17">
<author orcid="{ORCID}" pid="65/9612">Ada Lovelace 0001</author>
<author>J&#252;rgen M&#252;ller</author><title>On Engines.</title><pages>1-29</pages><year>2024</year>
<volume>12</volume>
<journal>J. Eng.</journal><number>3</number><ee>https://doi.org/10.1000/engines</ee></article></r>
<r><article publtype="informal" key="journals/corr/abs-1843-00001"><author>Ada Lovelace 0001</author>
<title>On Engines.</title><year>2023</year><volume>abs/1843.00001</volume><journal>CoRR</journal>
<ee>https://arxiv.org/abs/1843.00001</ee></article></r>
</dblpperson>"""


def test_orcid_lists_each_work_once_as_the_researcher_prefers_it(client, service):
    service.answers[f"/v3.0/{ORCID}/works"] = (200, {}, ORCID_WORKS)
    service.answers[f"/v3.0/{ORCID}/works/2,3"] = (200, {}, ORCID_BULK)

    [work] = SYNC["orcid"].works(ORCID, client)

    assert (work.type, work.title, work.container_title) == ("article-journal", "On Engines", "Journal of Engines")
    assert (work.author, work.author[0].orcid) == ((Name(family="Lovelace", given="Ada"),), ORCID)
    assert (work.doi, work.issn, work.volume, work.issued) == ("10.1000/engines", "", "12", Date(((2024, 5),)))


def test_openalex_lists_all_pages(client, service):
    service.answers["/works"] = [(200, {}, OPENALEX), (200, {}, {"meta": {"next_cursor": None}, "results": []})]

    [work] = SYNC["openalex"].works("A5023888391", client)

    assert service.asked[0][0].startswith("/works?filter=author.id:A5023888391&per-page=200&cursor=*")
    assert (work.type, work.title, work.abstract) == ("article-journal", "On Engines", "On engines and cards")
    assert (work.doi, work.arxiv_id, work.pmid, work.page) == ("10.1000/engines", "1843.00001", "29456894", "1-29")
    assert work.issued == Date(((2024, 5, 17),))


def test_dblp_lists_articles_and_preprints_with_names_without_numbers(client, service):
    service.answers["/pid/65/9612.xml"] = (200, {}, DBLP)

    article, preprint = SYNC["dblp"].works("65/9612", client)

    assert article.author == (Name(family="Lovelace", given="Ada"), Name(family="Müller", given="Jürgen"))
    assert (article.title, article.doi, article.volume, article.page) == ("On Engines", "10.1000/engines", "12", "1-29")
    assert (preprint.type, preprint.arxiv_id, preprint.container_title) == ("article", "1843.00001", "")


@pytest.mark.parametrize(
    ("name", "type_"),
    [("proceedings-article", "paper-conference"), ("reference-entry", "entry"), ("book-part", "chapter"),
     ("database", "dataset")],
)  # fmt: skip
def test_crossref_lists_the_works_with_the_orcid_id(client, service, name, type_):
    item = {"DOI": "10.1000/engines", "type": name, "title": ["On Engines"]}
    service.answers["/works"] = (200, {}, {"status": "ok", "message": {"items": [item], "next-cursor": "x"}})

    [work] = SYNC["crossref"].works(ORCID, client)

    assert service.asked[0][0].startswith(f"/works?filter=orcid:{ORCID}&rows=200&cursor=*")
    assert (work.type, work.doi) == (type_, "10.1000/engines")


@pytest.mark.parametrize("service_name", SYNC)
@pytest.mark.parametrize("body", [[], {}, {"message": 3}, "<html>"])
def test_an_answer_of_another_shape_gives_an_error_or_no_works(client, service, service_name, body):
    service.answers["/"] = (200, {}, body)

    try:
        found = list(SYNC[service_name].works(ORCID, client))
    except SourceError:
        found = []

    assert found == []
