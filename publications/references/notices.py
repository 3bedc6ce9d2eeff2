"""Notices about a work that appeared after it: retractions, corrections and expressions of concern.

``Reference.extra["notices"]`` is a list of dicts with ``kind``, ``date`` (ISO 8601), ``doi``, ``url`` and ``text``. No
format but CSL-JSON's ``custom`` has a field for them, so files for visitors have them in the note.
"""

import re
from calendar import month_name
from dataclasses import replace

from publications.references.values.dates import date_from_csl
from publications.references.values.identifiers import bare_doi

NAME = "notices"
# What is said of a work with such a notice, the gravest first.
LABELS = {"retraction": "Retracted", "concern": "Expression of concern", "correction": "Corrected"}
RETRACTED = "retracted"  # the status
# Crossref's types of updates (crossref.org/documentation/crossmark). A new version or edition is no notice.
CROSSREF = {
    **dict.fromkeys(["retraction", "withdrawal", "removal"], "retraction"),
    "expression_of_concern": "concern",
    **dict.fromkeys(["correction", "corrigendum", "erratum", "addendum", "clarification"], "correction"),
    "partial_retraction": "correction",  # the work as a whole stands
}


def read(value):
    """Return the notices of a value in ``extra``, which may be anything, in the order of their dates."""
    found = []
    for item in value if isinstance(value, list) else []:
        if isinstance(item, dict) and str(item.get("kind")) in LABELS:
            texts = {name: item.get(name) for name in ("date", "doi", "url", "text")}
            notice = {"kind": item["kind"]} | {name: text for name, text in texts.items() if _is_text(text)}
            if notice not in found:
                found.append(notice)
    return sorted(found, key=lambda notice: notice.get("date", ""))


def from_crossref(updates):
    """Return the notices of the ``updated-by`` of a record of Crossref."""
    found = {}
    for update in updates if isinstance(updates, list) else []:
        kind = CROSSREF.get(str(update.get("type")).lower().replace("-", "_")) if isinstance(update, dict) else None
        doi = bare_doi(str(update.get("DOI") or "")) if kind else ""
        if doi:  # the publisher and Retraction Watch may both name it
            date = date_from_csl(update.get("updated") or "").iso
            found.setdefault((kind, doi.lower()), {"kind": kind, "doi": doi} | ({"date": date} if date else {}))
    return read(list(found.values()))


def sentences(reference):
    """Return what is said of a Reference: ["Retracted, 17 March 2025, https://doi.org/10.1000/r"]."""
    notices = read(reference.extra.get(NAME))
    found = [sentence(notice) for notice in notices]
    is_noted = any(notice["kind"] == "retraction" for notice in notices)
    return [LABELS["retraction"], *found] if reference.status == RETRACTED and not is_noted else found


def sentence(notice):
    address = f"https://doi.org/{notice['doi']}" if notice.get("doi") else notice.get("url", "")
    return ", ".join(filter(None, (LABELS[notice["kind"]], _written(notice.get("date", "")), address)))


def is_among(notice, others):
    """Return whether a notice is one of others, by its kind and its DOI, or by its date and address."""
    keys = ("doi",) if notice.get("doi") else ("date", "url")
    return any(
        notice["kind"] == other["kind"] and all(_key(notice, name) == _key(other, name) for name in keys)
        for other in read(others)
    )


def _key(notice, name):
    return notice.get(name, "").lower()


def with_note(reference):
    """Return a Reference whose note has its notices, for the programs of readers."""
    return replace(reference, note="; ".join(filter(None, (reference.note, *sentences(reference)))))


def _written(date):
    """Return an ISO 8601 date as "17 March 2025"."""
    if not re.fullmatch(r"\d{4}(?:-(?:0[1-9]|1[0-2])(?:-\d\d)?)?", date, re.ASCII):
        return ""
    year, month, day = (*date.split("-"), "", "")[:3]
    return " ".join(filter(None, (day.lstrip("0"), month and month_name[int(month)], year)))


def _is_text(value):
    return isinstance(value, str) and bool(value)
