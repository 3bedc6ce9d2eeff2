"""Works by ORCID iD, from ORCID's public API, version 3.0."""

from dataclasses import replace

from profiles.content.batches import batched
from publications.references import bibtex
from publications.references.csl import date_from_csl
from publications.references.reference import Reference
from publications.references.values.names import parse_name

API = "https://pub.orcid.org/v3.0/"
PER_REQUEST = 50
TYPES = {
    "journal-article": "article-journal", "conference-paper": "paper-conference", "preprint": "article",
    "working-paper": "report", "report": "report", "book": "book", "edited-book": "book", "book-chapter": "chapter",
    "dissertation": "thesis", "dissertation-thesis": "thesis", "data-set": "dataset", "software": "software",
    "patent": "patent", "lecture-speech": "speech", "conference-poster": "speech", "conference-abstract": "speech",
    "conference-presentation": "speech", "magazine-article": "article-magazine", "standards-and-policy": "standard",
    "newspaper-article": "article-newspaper", "website": "webpage", "online-resource": "webpage", "review": "review",
    "encyclopedia-entry": "entry-encyclopedia", "dictionary-entry": "entry-dictionary", "manual": "book",
}  # fmt: skip
VENUES = {"paper-conference", "article-journal", "chapter", "article-magazine", "article-newspaper"}


def works(orcid, client):
    """Yield the References of the works in an ORCID record; raise SourceError."""
    summary = client.get(f"{API}{orcid}/works").json()
    codes = []
    for group in summary.get("group") or []:
        versions = group.get("work-summary") or []
        if versions:
            # Several sources may describe one work; the researcher's preferred one has the highest index.
            best = max(versions, key=lambda version: int(version.get("display-index") or 0))
            codes.append(str(best["put-code"]))
    for some in batched(codes, PER_REQUEST):
        answer = client.get(f"{API}{orcid}/works/{','.join(some)}").json()
        for entry in answer.get("bulk") or []:
            if entry.get("work"):
                yield _reference(entry["work"])


def _reference(work):
    ids = {}
    for found in (work.get("external-ids") or {}).get("external-id") or []:
        if found.get("external-id-relationship") in ("self", "version-of", None):
            ids.setdefault(found.get("external-id-type"), str(found.get("external-id-value", "")).strip())
    type_ = TYPES.get(str(work.get("type", "")).lower().replace("_", "-"), "document")
    title, subtitle = _value(_dict(work.get("title")).get("title")), _value(_dict(work.get("title")).get("subtitle"))
    venue = _value(work.get("journal-title"))
    date = _dict(work.get("publication-date"))
    parts = [_value(date.get(name)) for name in ("year", "month", "day")]
    said = Reference(
        type=type_,
        title=f"{title}: {subtitle}" if subtitle else title,
        author=tuple(_people(work)),
        issued=date_from_csl({"date-parts": [[part for part in parts if part]]} if parts[0] else {}),
        container_title=venue if type_ in VENUES else "",
        publisher="" if type_ in VENUES or type_ == "article" else venue,
        doi=ids.get("doi", "").partition("doi.org/")[2] or ids.get("doi", ""),
        arxiv_id=ids.get("arxiv", "").lower().removeprefix("arxiv:"),
        pmid=ids.get("pmid", ""),
        isbn=ids.get("isbn", ""),
        url=_value(work.get("url")),
        abstract=" ".join(str(work.get("short-description") or "").split()),
    )
    return _completed(said, _dict(work.get("citation")))


def _people(work):
    for found in _dict(work.get("contributors")).get("contributor") or []:
        role = _dict(found.get("contributor-attributes")).get("contributor-role")
        name = _value(found.get("credit-name"))
        if name and (role is None or str(role).lower() in ("author", "co-author", "co_author")):
            yield replace(parse_name(name), orcid=_dict(found.get("contributor-orcid")).get("path") or "")


def _completed(said, citation):
    """Add the volume, pages and names of the BibTeX that ORCID may have of a work."""
    is_bibtex = citation.get("citation-type") == "bibtex"
    read = bibtex.loads(str(citation.get("citation-value") or "")).references if is_bibtex else []
    if not read:
        return said
    names = ("author", "volume", "issue", "page", "container_title", "publisher", "editor")
    return replace(said, **{name: getattr(said, name) or getattr(read[0], name) for name in names})


def _dict(value):
    return value if isinstance(value, dict) else {}


def _value(value):
    return " ".join(str(_dict(value).get("value") or "").split())
