"""Records from the web page of a paper: its meta tags, as Google Scholar and Zotero read them, or its JSON-LD."""

import json
from contextlib import suppress
from html.parser import HTMLParser

from publications.references.csl import date_from_csl
from publications.references.reference import Reference
from publications.references.values.dates import date_of
from publications.references.values.names import parse_name
from publications.sources import arxiv, doi
from publications.sources.client import SourceError
from publications.sources.identify import identify

# The tag that names the container or the institution determines the type.
CONTAINERS = {
    "citation_journal_title": "article-journal",
    "citation_conference_title": "paper-conference",
    "citation_inbook_title": "chapter",
    "citation_book_title": "chapter",
}
INSTITUTIONS = {
    "citation_dissertation_institution": "thesis",
    "citation_technical_report_institution": "report",
}
JSON_LD_TYPES = {
    "ScholarlyArticle": "article-journal", "Article": "article-journal", "Book": "book", "Thesis": "thesis",
}  # fmt: skip


def fetch(url, client):
    """Return the Reference of the work that a page is about; raise SourceError if the page does not say enough."""
    answer = client.get(url, accept="text/html,application/xhtml+xml")
    tags = MetaTags()
    with suppress(AssertionError):  # raised by the parser for some malformed pages
        tags.feed(answer.text)
    for name in ("citation_doi", "dc.identifier", "prism.doi", "bepress_citation_doi", "citation_arxiv_id"):
        for value in tags.values.get(name, []):
            found = identify(value)
            if found and found.kind in ("doi", "arxiv"):
                # If the service fails, the page itself may say enough.
                with suppress(SourceError):
                    return {"doi": doi, "arxiv": arxiv}[found.kind].fetch(found.value, client)
    reference = _from_meta_tags(tags, answer.url) or _from_json_ld(tags, answer.url)
    if reference is None:
        raise SourceError("This page does not say which paper it is about. Paste its DOI, or an export of it.")
    return reference


class MetaTags(HTMLParser):
    """Reads the meta tags of a page into ``values`` (a list for each name, in lower case), and its JSON-LD scripts."""

    def __init__(self):
        super().__init__()
        self.values, self.scripts = {}, []
        self._in_script = False

    def handle_starttag(self, tag, attributes):
        attributes = {name: value or "" for name, value in attributes}
        name = (attributes.get("name") or attributes.get("property", "")).lower()
        if tag == "meta" and name and attributes.get("content", "").strip():
            self.values.setdefault(name, []).append(" ".join(attributes["content"].split()))
        elif tag == "script" and attributes.get("type", "").lower() == "application/ld+json":
            self._in_script = True
            self.scripts.append("")

    def handle_endtag(self, tag):
        self._in_script = self._in_script and tag != "script"

    def handle_data(self, data):
        if self._in_script:
            self.scripts[-1] += data

    def first(self, *names):
        """Return the first value of the first of the names that occurs, or ""."""
        return next((self.values[name][0] for name in names if name in self.values), "")

    def works(self):
        """Yield the JSON-LD objects that describe works."""
        for script in self.scripts:
            try:
                data = json.loads(script)
            except (ValueError, RecursionError):
                continue
            graph = data.get("@graph", [data]) if isinstance(data, dict) else data
            for item in graph if isinstance(graph, list) else ():
                if isinstance(item, dict) and str(item.get("@type")) in JSON_LD_TYPES:
                    yield item


def _from_meta_tags(tags, url):
    title = tags.first("citation_title", "dc.title", "bepress_citation_title", "eprints.title")
    sources = ("citation_author", "dc.creator", "bepress_citation_author")
    names = next((tags.values[name] for name in sources if name in tags.values), [])
    if not title or not names:
        return None
    if len(names) == 1:
        names = [name.strip() for name in names[0].split(";")]
    types = [type_ for name, type_ in (CONTAINERS | INSTITUTIONS).items() if name in tags.values]
    start, end = tags.first("citation_firstpage"), tags.first("citation_lastpage")
    date = tags.first("citation_publication_date", "citation_date", "citation_online_date", "dc.date", "citation_year")
    is_iso = date[:4].isdigit()
    return Reference(
        type=types[0] if types else "article",
        title=title,
        author=tuple(parse_name(name) for name in names if name),
        issued=date_from_csl({"raw": date.replace("/", "-")[:10]}) if is_iso else date_of(date[-4:], date[:-4], ""),
        container_title=tags.first(*CONTAINERS),
        publisher=tags.first(*INSTITUTIONS, "citation_publisher", "dc.publisher"),
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


def _from_json_ld(tags, url):
    for work in tags.works():
        people = work.get("author", [])
        people = people if isinstance(people, list) else [people]
        names = [str(one.get("name", "")) if isinstance(one, dict) else str(one) for one in people]
        title = work.get("headline") or work.get("name")
        if title and any(names):
            return Reference(
                type=JSON_LD_TYPES[str(work["@type"])],
                title=str(title),
                author=tuple(parse_name(name) for name in names if name),
                issued=date_from_csl({"raw": str(work.get("datePublished", ""))[:10]}),
                url=url,
            )
    return None
