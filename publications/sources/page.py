"""The page of a paper: what its meta tags say, as Google Scholar and Zotero read them."""

import json
from contextlib import suppress
from html.parser import HTMLParser

from publications.references.csl import date_from_csl
from publications.references.dates import date_of
from publications.references.names import parse_name
from publications.references.reference import Reference
from publications.sources import arxiv, doi
from publications.sources.client import SourceError
from publications.sources.identify import identify

CONTAINERS = {
    "citation_journal_title": "article-journal",
    "citation_conference_title": "paper-conference",
    "citation_inbook_title": "chapter",
    "citation_book_title": "chapter",
}
PUBLISHERS = {
    "citation_dissertation_institution": "thesis",
    "citation_technical_report_institution": "report",
}


def fetch(url, client):
    """The Reference of the work that a page is about; raises SourceError where it does not say enough."""
    answer = client.get(url, accept="text/html,application/xhtml+xml")
    tags = _Tags()
    with suppress(AssertionError):  # a page may be such that the parser gives up
        tags.feed(answer.text)
    for name in ("citation_doi", "dc.identifier", "prism.doi", "bepress_citation_doi", "citation_arxiv_id"):
        for value in tags.found.get(name, []):
            found = identify(value)
            if found and found.kind in ("doi", "arxiv"):
                try:
                    return {"doi": doi, "arxiv": arxiv}[found.kind].fetch(found.value, client)
                except SourceError:
                    break  # then what the page itself says
    return _of_tags(tags, answer.url)


class _Tags(HTMLParser):
    """The page's meta tags (names in lower case, values in order), its JSON-LD and its title."""

    def __init__(self):
        super().__init__()
        self.found, self.scripts, self.title = {}, [], ""
        self._within = ""

    def handle_starttag(self, tag, attributes):
        attributes = {name: value or "" for name, value in attributes}
        if tag == "meta":
            name = (attributes.get("name") or attributes.get("property", "")).lower()
            if name and attributes.get("content", "").strip():
                self.found.setdefault(name, []).append(" ".join(attributes["content"].split()))
        elif tag == "title" and not self.title:
            self._within = "title"
        elif tag == "script" and attributes.get("type", "").lower() == "application/ld+json":
            self._within = "script"
            self.scripts.append("")

    def handle_endtag(self, tag):
        if tag == self._within:
            self._within = ""

    def handle_data(self, data):
        if self._within == "title":
            self.title += data
        elif self._within == "script":
            self.scripts[-1] += data

    def first(self, *names):
        return next((self.found[name][0] for name in names if name in self.found), "")

    def works(self):
        """The page's JSON-LD objects that are works."""
        for script in self.scripts:
            try:
                data = json.loads(script)
            except (ValueError, RecursionError):
                continue
            for item in (
                data if isinstance(data, list) else data.get("@graph", [data]) if isinstance(data, dict) else []
            ):
                if isinstance(item, dict) and str(item.get("@type")) in (
                    "ScholarlyArticle",
                    "Article",
                    "Book",
                    "Thesis",
                ):
                    yield item


def _of_tags(tags, url):
    title = tags.first("citation_title", "dc.title", "bepress_citation_title", "eprints.title")
    names = (
        tags.found.get("citation_author")
        or tags.found.get("dc.creator")
        or tags.found.get("bepress_citation_author", [])
    )
    if not title or not names:
        return _of_json_ld(tags, url)
    container, type_ = next(
        ((tags.found[name][0], type_) for name, type_ in CONTAINERS.items() if name in tags.found), ("", "")
    )
    publisher, other = next(
        ((tags.found[name][0], type_) for name, type_ in PUBLISHERS.items() if name in tags.found), ("", "")
    )
    if len(names) == 1 and ";" in names[0]:
        names = [name.strip() for name in names[0].split(";")]
    start, end = tags.first("citation_firstpage"), tags.first("citation_lastpage")
    date = tags.first("citation_publication_date", "citation_date", "citation_online_date", "dc.date", "citation_year")
    return Reference(
        type=type_ or other or "article",
        title=title,
        author=tuple(parse_name(name) for name in names if name),
        issued=date_from_csl({"raw": date.replace("/", "-")[:10]})
        if date[:4].isdigit()
        else date_of(date[-4:], date[:-4], ""),
        container_title=container,
        publisher=publisher or tags.first("citation_publisher", "dc.publisher"),
        volume=tags.first("citation_volume"),
        issue=tags.first("citation_issue"),
        page=f"{start}-{end}" if start and end and start != end else start,
        doi=tags.first("citation_doi").removeprefix("doi:").strip(),
        arxiv_id=tags.first("citation_arxiv_id"),
        isbn=tags.first("citation_isbn"),
        issn=tags.first("citation_issn"),
        pmid=tags.first("citation_pmid"),
        language=tags.first("citation_language"),
        abstract=tags.first("citation_abstract", "dc.description"),
        url=url,
    )


def _of_json_ld(tags, url):
    for work in tags.works():
        people = work.get("author", [])
        people = people if isinstance(people, list) else [people]
        names = [str(one.get("name", "")) if isinstance(one, dict) else str(one) for one in people]
        title = work.get("headline") or work.get("name")
        if title and any(names):
            return Reference(
                type={"Book": "book", "Thesis": "thesis"}.get(str(work["@type"]), "article-journal"),
                title=str(title),
                author=tuple(parse_name(name) for name in names if name),
                issued=date_from_csl({"raw": str(work.get("datePublished", ""))[:10]}),
                url=url,
            )
    raise SourceError("This page does not say which paper it is about. Paste its DOI, or an export of it.")
