"""Records of Crossref and DataCite as CSL-JSON. Both resemble it, but violate its schema.

Sources: Crossref's REST API (https://api.crossref.org), its and DataCite's answers at https://doi.org.
"""

import re
from functools import partial

from publications.references import funders, notices
from publications.references.csl.variables import OTHER_TYPES
from publications.references.extra import EXTRA_NAMES, EXTRA_TEXTS
from publications.references.reading import converted
from publications.references.reference import CSL_NAMES, ROLES
from publications.references.values.dates import date_from_csl
from publications.references.values.markup import from_html, paragraphs_from_html, unescaped
from publications.references.values.pages import is_separate

# Fields that only Crossref has.
MARKS = frozenset([
    "alternative-id", "article-number", "content-domain", "deposited", "indexed", "is-referenced-by-count",
    "journal-issue", "message-type", "posted", "published-online", "published-print", "reference-count",
    "references-count", "relation", "short-container-title", "subtitle", "update-to", "updated-by",
])  # fmt: skip
NAMES = {CSL_NAMES[role] for role in ROLES} | EXTRA_NAMES
FIELDS = set(CSL_NAMES.values()) | EXTRA_TEXTS | EXTRA_NAMES | {"submitted"}
# Fields with another meaning in Crossref than in CSL, or without use in a citation.
IGNORED = {"source", "references", "URL", "archive", "categories", "note", "id", "status", "jurisdiction"}
DATES = ("published-print", "published", "issued", "published-online", "posted", "created")
PARTS_OF_BOOKS = ("chapter", "paper-conference")


def is_record(item):
    """Return whether an item (a dict) is a record of Crossref, or of DataCite at doi.org.

    A citation key of ours may be a URL, because DataCite's BibTeX has such keys.
    """
    return (
        not MARKS.isdisjoint(item)
        or isinstance(item.get("title"), list)
        or ("citation-key" not in item and re.match(r"https?://(?:dx\.)?doi\.org/10\.", str(item.get("id"))))
    )


def cleaned(item):
    """Return the CSL-JSON item of a record; raise FieldError."""
    item = {name: value for name, value in item.items() if value not in (None, "", [], {})}
    found = {name: converted(name, partial(_value, name), item[name]) for name in FIELDS - IGNORED if name in item}
    found["title"], subtitle = (converted(name, _title, item.get(name, "")) for name in ("title", "subtitle"))
    if subtitle.casefold() not in found["title"].casefold():
        found["title"] += f"{'' if found['title'][-1:] in ':?!' else ':'} {subtitle}"
    type_ = str(_read("type", item))
    found["type"] = "article" if item.get("subtype") == "preprint" else OTHER_TYPES.get(type_, type_)
    found["issued"] = next((item[name] for name in DATES if name in item and date_from_csl(item[name]).parts), None)
    found |= _container(item, found)
    number = str(_read("article-number", item))
    found.setdefault("page", number)
    if is_separate(number, str(found["page"])):
        found["article-number"] = number
    found.setdefault("publisher-place", _read("publisher-location", item))
    found.setdefault("edition", _read("edition-number", item))
    for name in ("ISSN", "ISBN"):
        found[name] = str(_read(name, item)).rpartition("/")[2]
    # The preprint server, the university, or the author of the report.
    if (institutions := _named(item.get("institution"))) and found["type"] in ("article", "report", "thesis"):
        found["publisher"] = unescaped(institutions[0]["name"])
    if found["type"] == "article" and found.get("publisher", "").lower() == "arxiv":
        del found["publisher"]
    if found["type"] == "thesis":
        found.setdefault("genre", _read("degree", item))
    funded_by = _named(item.get("funder"))
    funding = "; ".join(converted("funder", _funding, funder) for funder in funded_by)
    identified = [one for funder in funded_by for one in converted("funder", _identified, funder)]
    noted = notices.from_crossref(item.get("updated-by"))
    is_retracted = any(notice["kind"] == "retraction" for notice in noted)
    if is_retracted or re.match(r"retracted:", found["title"], re.IGNORECASE):
        found["status"] = notices.RETRACTED
    custom = {"funding": funding, funders.NAME: identified, notices.NAME: noted}
    return {name: value for name, value in found.items() if value} | {"custom": custom}


def _container(item, found):
    """Return the variables of the journal, of the book and its series, or of the event."""
    titles = item.get("container-title", "")
    titles = [from_html(title) for title in (titles if isinstance(titles, list) else [titles])]
    short = from_html(_read("short-container-title", item) or _read("container-title-short", item))
    container = {"container-title": titles[0], "container-title-short": short if short not in titles else ""}
    if found["type"] in PARTS_OF_BOOKS and len(titles) > 1:
        container |= {"collection-title": titles[0], "container-title": titles[1]}
    if isinstance(event := item.get("event"), dict):
        container |= {"event-title": from_html(event.get("name", "")), "event-place": event.get("location", "")}
    if isinstance(issue := item.get("journal-issue"), dict):
        container["issue"] = found.get("issue") or issue.get("issue")
    return container


def _value(name, value):
    if name in NAMES:
        return list(map(_person, value if isinstance(value, list) else [value]))
    if name == "abstract":
        return paragraphs_from_html(str(_first(value)))
    if name in ("issued", "submitted"):
        return value
    if name.endswith("title"):
        return _title(value)
    value = _first(value)
    return unescaped(value) if isinstance(value, str) else value


def _title(value):
    return from_html(_first(value))


def _person(person):
    if not isinstance(person, dict):
        return person
    return {name: unescaped(text) for name, text in person.items() if isinstance(text, str)}


def _read(name, item):
    return converted(name, _first, item.get(name, ""))


def _first(value):
    """Return the first text of a list, or a text or number as it is."""
    value = (value[0] if value else "") if isinstance(value, list) else value
    if isinstance(value, dict | list):
        raise TypeError(value)
    return value


def _named(value):
    """Return the records with a name of a list."""
    return [item for item in (value if isinstance(value, list) else []) if isinstance(item, dict) and item.get("name")]


def _funding(funder):
    awards = ", ".join(map(str, funder.get("award") or []))
    return f"{funder['name']} ({awards})" if awards else funder["name"]


def _identified(funder):
    return funders.make(funder["name"], funder.get("DOI"), funder.get("award") or [])
