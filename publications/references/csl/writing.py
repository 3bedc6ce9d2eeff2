"""Writes CSL-JSON."""

import json
from dataclasses import replace

from publications.references.csl import notes
from publications.references.csl.reading import from_csl, keywords_from_csl, names_from_csl
from publications.references.csl.variables import CUSTOM, NAME_PARTS, SOFTWARE
from publications.references.extra import EXTRA_DATES, EXTRA_NAMES, EXTRA_TEXTS
from publications.references.reference import CSL_NAMES, ROLES
from publications.references.values.dates import date_from_csl, date_to_csl
from publications.references.values.markup import with_entities


def dumps(references, *, complete=True):
    """Return the text of a list of items. The options are those of ``write``."""
    return "".join(write(references, complete=complete))


def write(references, *, complete=True):
    """Yield the text of a list of items, valid against the schema, item by item.

    ``complete``: what CSL has no variable for is written to ``custom``. Otherwise it is left out, and every item has a
    type that other programs import.
    """
    separator = "["
    for number, reference in enumerate(references, 1):
        item = to_csl(reference, f"#{number}")
        text = json.dumps(item if complete else _common(item), ensure_ascii=False, indent=1)
        yield f"{separator}\n{with_entities(text)}"
        separator = ","
    yield "\n]\n" if separator == "," else "[]\n"


def to_csl(reference, number="#1"):
    """Return the item (a dict) of a Reference, valid against the schema.

    ``number`` becomes the ``id``, which the schema requires, of a Reference without a citation key.
    """
    item = {"id": reference.citation_key or number, "type": reference.type}
    note = {"note": reference.note}
    custom = {} if notes.with_fields(note) == note else note  # the reader would take fields from it
    for name, csl in CSL_NAMES.items():
        value = getattr(reference, name)
        if not value or name in ("type", "arxiv_id"):
            continue
        if name in ROLES:
            item[csl] = [name_to_csl(person) for person in value]
        elif name == "issued":
            item[csl] = date_to_csl(value)
        elif name == "keyword":
            item[csl] = _join_keywords(value)
            if keywords_from_csl(item[csl]) != value:
                custom[csl] = list(value)
        else:
            (custom if name in CUSTOM else item)[csl] = value
    orcids = {CSL_NAMES[role]: [name.orcid for name in getattr(reference, role)] for role in ROLES}
    if known := {csl: found for csl, found in orcids.items() if any(found)}:
        custom["ORCID"] = known  # the schema allows no ORCID iD in a name
    if reference.type in ("book", "document") and reference.genre == SOFTWARE:
        custom["type"] = reference.type  # the reader would take it for software
    if reference.arxiv_id:
        item["archive"], item["archive_location"] = "arXiv", reference.arxiv_id
    for name, value in reference.extra.items():
        place = item if name not in item and _is_valid(name, value) else custom
        place[name] = value
    if custom:
        item["custom"] = custom
    return item


def _common(item):
    """Return an item that all programs import.

    Zotero refuses a whole file that contains "software", a type of CSL 1.0.2. In CSL 1.0.1 software was a book with a
    version, and Zotero still reads it so. Zotero has no place for the archive of a preprint, but for its number.
    """
    item.pop("custom", None)
    if item["type"] == "software":
        item = {"genre": SOFTWARE} | item | {"type": "book" if "version" in item else "document"}
    elif item["type"] == "article" and item.get("archive") == "arXiv":
        number = f"arXiv:{item.pop('archive_location')}"
        item = {"number": number, "publisher": item.pop("archive")} | item
    return item


def difference(wanted, got):
    """Return the changes that turn ``got`` into ``wanted``: {CSL name: value, or None to remove it}.

    Empty if the References are equal. ORCID iDs are left out, because other formats cannot hold them.
    """
    if wanted == got:
        return {}
    new, old = (_without_orcids(to_csl(reference)) for reference in (wanted, got))
    return {name: new.get(name) for name in (*new, *old) if new.get(name) != old.get(name)}


def patched(reference, text, name):
    """Return a Reference with the changes of a ``difference`` in JSON.

    A text that is not such JSON is stored in ``extra`` under ``name``.
    """
    if not text:
        return reference
    try:
        return from_csl({**to_csl(reference), **json.loads(text)})
    except (AttributeError, KeyError, TypeError, ValueError, RecursionError):
        return replace(reference, extra=reference.extra | {name: text})


def _without_orcids(item):
    custom = {name: value for name, value in item.pop("custom", {}).items() if name != "ORCID"}
    return item | ({"custom": custom} if custom else {})


def name_to_csl(name):
    """Return a Name as a CSL-JSON name."""
    return {csl: getattr(name, field) for csl, field in NAME_PARTS.items() if getattr(name, field)}


def _join_keywords(words):
    if not any("," in word for word in words):
        return ", ".join(words)
    return "; ".join(words) + (";" if len(words) == 1 else "")


def _is_valid(name, value):
    """Return whether the schema has a variable of this name, with values such as this one."""
    if name in EXTRA_TEXTS:
        return isinstance(value, str)
    if name in EXTRA_DATES:
        return isinstance(value, dict) and date_to_csl(date_from_csl(value)) == value
    if name in EXTRA_NAMES:
        return isinstance(value, list) and [name_to_csl(person) for person in names_from_csl(value)] == value
    return name == "categories" and isinstance(value, list) and all(isinstance(item, str) for item in value)
