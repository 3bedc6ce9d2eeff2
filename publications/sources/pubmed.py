"""Articles by PubMed ID or PMCID, from NCBI's E-utilities (efetch) and ID converter."""

from publications.references.csl import date_from_csl
from publications.references.reference import Name, Reference
from publications.references.values.dates import date_of
from publications.sources.client import SourceError
from publications.sources.xml import parsed, text_of

EFETCH = "https://eutils.ncbi.nlm.nih.gov/entrez/eutils/efetch.fcgi"
CONVERTER = "https://pmc.ncbi.nlm.nih.gov/tools/idconv/api/v1/articles/"


def fetch(identifier, client):
    """Return the Reference of a PubMed ID, or of a PMCID ("PMC123"); raise SourceError."""
    pmid = _converted(identifier, client) if identifier.startswith("PMC") else identifier
    params = {"db": "pubmed", "id": pmid, "retmode": "xml", "tool": "academic-site"}
    answer = client.get(EFETCH, accept="application/xml", params=params | client.email_as("email"))
    article = parsed(answer).find(".//PubmedArticle")
    if article is None:
        raise SourceError(f"PubMed has no {pmid}. Look for a typing error.", 404)
    return _reference(article, pmid)


def _converted(pmcid, client):
    params = {"ids": pmcid, "format": "json", "tool": "academic-site"}
    records = client.get(CONVERTER, params=params | client.email_as("email")).json()
    for record in records.get("records", []):
        if isinstance(record, dict) and record.get("pmid"):
            return str(record["pmid"])
    raise SourceError(f"PubMed Central has no PubMed ID for {pmcid}. Try its DOI.", 404)


def _reference(article, pmid):
    citation = article.find("MedlineCitation/Article")
    if citation is None:
        raise SourceError(f"PubMed's record of {pmid} is not a journal article. Try its DOI.")
    ids = {found.get("IdType"): text_of(found) for found in article.findall("PubmedData/ArticleIdList/ArticleId")}
    paragraphs = [
        (f"{part.get('Label').capitalize()}: " if part.get("Label") else "") + text_of(part)
        for part in citation.findall("Abstract/AbstractText")
    ]
    keywords = map(text_of, article.findall("MedlineCitation/KeywordList/Keyword"))
    return Reference(
        type="article-journal",
        title=text_of(citation, "ArticleTitle").rstrip(".").strip("[]"),
        author=tuple(name for author in citation.findall("AuthorList/Author") if (name := _name(author)) != Name()),
        issued=_date(citation.find("Journal/JournalIssue/PubDate")),
        container_title=text_of(citation, "Journal/Title"),
        container_title_short=text_of(citation, "Journal/ISOAbbreviation"),
        volume=text_of(citation, "Journal/JournalIssue/Volume"),
        issue=text_of(citation, "Journal/JournalIssue/Issue"),
        page=_pages(text_of(citation, "Pagination/MedlinePgn")),
        issn=text_of(citation, "Journal/ISSN"),
        language=text_of(citation, "Language"),
        doi=ids.get("doi", ""),
        pmid=pmid,
        abstract="\n\n".join(filter(None, paragraphs)),
        keyword=tuple(dict.fromkeys(filter(None, keywords))),
        extra={"PMCID": ids["pmc"]} if ids.get("pmc") else {},
    )


def _name(author):
    orcid = next((text_of(found) for found in author.findall("Identifier") if found.get("Source") == "ORCID"), "")
    return Name(
        family=text_of(author, "LastName"),
        given=text_of(author, "ForeName") or text_of(author, "Initials"),
        suffix=text_of(author, "Suffix"),
        literal=text_of(author, "CollectiveName"),
        orcid=orcid.rpartition("/")[2],
    )


def _date(element):
    if element is None:
        return date_from_csl({})
    year = text_of(element, "Year") or text_of(element, "MedlineDate")[:4]
    return date_of(year, text_of(element, "Month") or text_of(element, "Season"), text_of(element, "Day"))


def _pages(text):
    """Complete abbreviated pages: "101-9" becomes "101-109"."""
    start, dash, end = text.partition("-")
    if dash and start.isdigit() and end.isdigit() and len(end) < len(start):
        end = start[: len(start) - len(end)] + end
    return start + dash + end
