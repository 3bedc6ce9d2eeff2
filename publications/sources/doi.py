"""A DOI's record, by the content negotiation that Crossref, DataCite and mEDRA offer at doi.org."""

import re
from html import unescape
from urllib.parse import quote

from publications.references import csl
from publications.references.reference import CSL_NAMES
from publications.sources.client import SourceError

RESOLVER = "https://doi.org/"
ACCEPT = "application/vnd.citationstyles.csl+json"
KEPT = set(CSL_NAMES.values()) | csl.EXTRA_TEXTS | csl.EXTRA_NAMES | {"submitted"}
# Crossref's own, which CSL has under the same name with another meaning, or which are of no use in a citation.
DROPPED = {"source", "references", "URL", "archive", "categories", "note", "id", "status", "jurisdiction"}


def fetch(doi, client):
    """The Reference of a bare DOI; raises SourceError."""
    try:
        answer = client.get(RESOLVER + quote(doi, safe="/:;()._-"), accept=ACCEPT)
    except SourceError as error:
        if error.status == 404:
            raise SourceError(f"There is no DOI {doi}. Look for a typing error.", 404) from error
        raise
    item = answer.json()
    if not isinstance(item, dict):
        raise SourceError(f"The record of {doi} is not in a form that can be read.")
    return reference_of({"DOI": doi, **item})


def reference_of(item):
    """The Reference of a Crossref or DataCite record, which is like CSL-JSON and yet fails its schema."""
    item = {name: value for name, value in item.items() if value not in (None, "", [], {})}
    found = {name: _value(name, item[name]) for name in KEPT - DROPPED if name in item}
    title, subtitle = _first(item.get("title", "")), _first(item.get("subtitle", ""))
    found["title"] = _rich(title)
    if subtitle and _rich(subtitle).casefold() not in found["title"].casefold():
        found["title"] += f": {_rich(subtitle)}"
    found["type"] = _type(item)
    found["issued"] = next(filter(None, map(_date, (item.get(name) for name in DATES))), None)
    found["container-title-short"] = _rich(
        _first(item.get("short-container-title", item.get("container-title-short", "")))
    )
    if found["container-title-short"] == found.get("container-title"):
        del found["container-title-short"]
    event = item.get("event")
    if isinstance(event, dict):
        found |= {"event-title": event.get("name", ""), "event-place": event.get("location", "")}
    found.setdefault("page", item.get("article-number", ""))
    found.setdefault("publisher-place", item.get("publisher-location", ""))
    for name in ("ISSN", "ISBN"):
        found[name] = str(_first(item.get(name, ""))).rpartition("/")[2]
    if found["type"] == "article" and found.get("publisher", "").lower() == "arxiv":
        del found["publisher"]
    funders = [funder for funder in item.get("funder", []) if isinstance(funder, dict)]
    custom = {"funding": "; ".join(_funding(funder) for funder in funders if funder.get("name"))}
    if re.match(r"retracted:", found["title"], re.IGNORECASE):
        found["status"] = "retracted"
    # A made-up key of the service is no key of the author's.
    return csl.from_csl({**{name: value for name, value in found.items() if value}, "custom": custom})


DATES = ("published-print", "published", "issued", "published-online", "posted", "created")


def _date(value):
    date = csl.date_from_csl(value) if value else None
    return csl.date_to_csl(date) if date and date.parts else None


def _type(item):
    type_ = str(_first(item.get("type", "")))
    if item.get("subtype") == "preprint":
        return "article"
    return csl.OTHER_TYPES.get(type_, type_)


def _value(name, value):
    if name in csl.EXTRA_NAMES or name in csl.NAME_VARIABLES:
        return [_person(person) for person in value if isinstance(person, dict)] if isinstance(value, list) else []
    if name == "abstract":
        return _abstract(str(value))
    if name == "submitted":
        return _date(value)
    value = _first(value)
    return _rich(str(value)) if name.endswith("title") else unescape(str(value)) if isinstance(value, str) else value


def _person(person):
    return {name: unescape(text) for name, text in person.items() if isinstance(text, str)}


def _first(value):
    return (value[0] if value else "") if isinstance(value, list) else value


def _rich(text):
    """CSL's rich text of a title with HTML, JATS or MathML in it."""
    text = re.sub(r"<(?:mml:)?annotation[^>]*>.*?</(?:mml:)?annotation>", "", str(text), flags=re.DOTALL)
    for ours, theirs in (("i", "i|em|italic"), ("b", "b|strong|bold"), ("sub", "sub"), ("sup", "sup")):
        text = re.sub(rf"<(/?)(?:jats:)?(?:{theirs})(?:\s[^>]*)?>", rf"<\1{ours}>", text, flags=re.IGNORECASE)
    text = re.sub(r"<(?!/?(?:i|b|sub|sup)>)/?[a-zA-Z][^<>]*>", "", text)
    return " ".join(unescape(unescape(text)).split())


def _abstract(text):
    """Plain paragraphs of a JATS or HTML abstract."""
    text = re.sub(r"<(?:jats:)?title[^>]*>\s*abstract\s*</(?:jats:)?title>", "", text, flags=re.IGNORECASE)
    text = re.sub(r"</(?:jats:)?(?:p|title|sec|list-item)>", "\n\n", text)
    paragraphs = [" ".join(part.split()) for part in re.sub(r"</?[a-zA-Z][^<>]*>", "", text).split("\n\n")]
    return unescape("\n\n".join(part for part in paragraphs if part))


def _funding(funder):
    awards = ", ".join(map(str, funder.get("award", [])))
    return f"{funder['name']} ({awards})" if awards else funder["name"]
