"""Records by DOI, with the content negotiation of Crossref, DataCite and mEDRA at doi.org."""

import re
from html import unescape
from urllib.parse import quote

from publications.references import csl
from publications.references.reference import CSL_NAMES, ROLES

RESOLVER = "https://doi.org/"
ACCEPT = "application/vnd.citationstyles.csl+json"
NAMES = {CSL_NAMES[role] for role in ROLES} | csl.EXTRA_NAMES
FIELDS = set(CSL_NAMES.values()) | csl.EXTRA_TEXTS | csl.EXTRA_NAMES | {"submitted"}
# Fields with another meaning in Crossref than in CSL, or without use in a citation.
IGNORED = {"source", "references", "URL", "archive", "categories", "note", "id", "status", "jurisdiction"}


def fetch(doi, client):
    """Return the Reference of a bare DOI; raise SourceError."""
    unknown = f"There is no DOI {doi}. Look for a typing error."
    answer = client.get(RESOLVER + quote(doi, safe="/:;()._-"), accept=ACCEPT, not_found=unknown)
    return reference_of({"DOI": doi, **answer.json()})


def reference_of(item):
    """Return the Reference of a Crossref or DataCite record, which resembles CSL-JSON but violates its schema."""
    item = {name: value for name, value in item.items() if value not in (None, "", [], {})}
    found = {name: _value(name, item[name]) for name in FIELDS - IGNORED if name in item}
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
    if name in NAMES:
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
    """Convert the HTML, JATS or MathML in a title to CSL's rich text."""
    text = re.sub(r"<(?:mml:)?annotation[^>]*>.*?</(?:mml:)?annotation>", "", str(text), flags=re.DOTALL)
    for ours, theirs in (("i", "i|em|italic"), ("b", "b|strong|bold"), ("sub", "sub"), ("sup", "sup")):
        text = re.sub(rf"<(/?)(?:jats:)?(?:{theirs})(?:\s[^>]*)?>", rf"<\1{ours}>", text, flags=re.IGNORECASE)
    text = re.sub(r"<(?!/?(?:i|b|sub|sup)>)/?[a-zA-Z][^<>]*>", "", text)
    return " ".join(unescape(unescape(text)).split())


def _abstract(text):
    """Convert a JATS or HTML abstract to plain paragraphs."""
    text = re.sub(r"<(?:jats:)?title[^>]*>\s*abstract\s*</(?:jats:)?title>", "", text, flags=re.IGNORECASE)
    text = re.sub(r"</(?:jats:)?(?:p|title|sec|list-item)>", "\n\n", text)
    paragraphs = [" ".join(part.split()) for part in re.sub(r"</?[a-zA-Z][^<>]*>", "", text).split("\n\n")]
    return unescape("\n\n".join(part for part in paragraphs if part))


def _funding(funder):
    awards = ", ".join(map(str, funder.get("award", [])))
    return f"{funder['name']} ({awards})" if awards else funder["name"]
