"""Works by author or ORCID iD, from OpenAlex."""

import re
from dataclasses import replace

from publications.references.csl import date_from_csl
from publications.references.reference import Reference
from publications.references.values.names import parse_name
from publications.sources.client import SourceError

API = "https://api.openalex.org/works"
TYPES = {
    "article": "article-journal", "preprint": "article", "book": "book", "book-chapter": "chapter",
    "dissertation": "thesis", "dataset": "dataset", "report": "report", "review": "article-journal",
    "editorial": "article-journal", "letter": "article-journal", "standard": "standard", "software": "software",
    "reference-entry": "entry-encyclopedia", "peer-review": "review",
}  # fmt: skip


def works(author, client):
    """Yield the References of an author's works, by OpenAlex ID ("A123") or ORCID iD; raise SourceError."""
    who = f"author.id:{author}" if author.upper().startswith("A") else f"author.orcid:{author}"
    cursor = "*"
    while cursor:
        params = {"filter": who, "per-page": 200, "cursor": cursor, **client.email_as("mailto")}
        answer = client.get(API, params=params).json()
        if not isinstance(answer.get("results"), list):
            raise SourceError("OpenAlex did not answer with a list of works. Try again later.")
        yield from (_reference(work) for work in answer["results"] if isinstance(work, dict))
        cursor = (answer.get("meta") or {}).get("next_cursor") if answer["results"] else None


def _reference(work):
    place = work.get("primary_location") or {}
    source = place.get("source") or {}
    biblio = work.get("biblio") or {}
    start, end = biblio.get("first_page") or "", biblio.get("last_page") or ""
    type_ = TYPES.get(work.get("type") or "", "document")
    if type_ == "article-journal" and source.get("type") == "conference":
        type_ = "paper-conference"
    if source.get("type") == "repository" and work.get("type") in ("article", "preprint"):
        type_ = "article"
    addresses = [location.get("landing_page_url") or "" for location in work.get("locations") or []]
    arxiv = next(filter(None, (re.search(r"arxiv\.org/(?:abs|pdf)/(\S+)", address) for address in addresses)), None)
    return Reference(
        type=type_,
        title=" ".join((work.get("title") or work.get("display_name") or "").split()),
        author=tuple(_name(authorship) for authorship in work.get("authorships") or []),
        issued=_date(work),
        container_title="" if type_ == "article" else source.get("display_name") or "",
        issn=source.get("issn_l") or "",
        volume=biblio.get("volume") or "",
        issue=biblio.get("issue") or "",
        page=f"{start}-{end}" if end and end != start else start,
        doi=(work.get("doi") or "").partition("doi.org/")[2],
        arxiv_id=re.sub(r"\.pdf$", "", arxiv[1]) if arxiv else "",
        pmid=((work.get("ids") or {}).get("pmid") or "").rstrip("/").rpartition("/")[2],
        language=work.get("language") or "",
        status="retracted" if work.get("is_retracted") else "",
        abstract=_abstract(work.get("abstract_inverted_index") or {}),
    )


def _name(authorship):
    author = authorship.get("author") or {}
    name = parse_name(authorship.get("raw_author_name") or author.get("display_name") or "")
    return replace(name, orcid=(author.get("orcid") or "").rpartition("/")[2])


def _date(work):
    year, date = work.get("publication_year") or "", work.get("publication_date") or ""
    # OpenAlex gives 1 January if it knows only the year.
    return date_from_csl({"raw": str(year) if date.endswith("-01-01") else date or str(year)})


def _abstract(index):
    """Return the text of an inverted index, which maps each word to its positions."""
    words = sorted((position, word) for word, positions in index.items() for position in positions)
    return " ".join(word for _, word in words)
