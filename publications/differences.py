"""What a source says that a publication does not, field by field."""

import re
from dataclasses import dataclass, replace

from profiles.models.tag import tag_key
from publications.references.reference import CSL_NAMES, Reference

LABELS = {
    "arxiv_class": "arXiv class",
    "arxiv_id": "arXiv identifier",
    "author": "authors",
    "citation_key": "citation key",
    "container_title": "journal, proceedings or book",
    "container_title_short": "short form of the journal",
    "doi": "DOI",
    "editor": "editors",
    "event_place": "place",
    "event_title": "conference",
    "isbn": "ISBN",
    "issn": "ISSN",
    "issued": "date",
    "keyword": "tags",
    "note": "award or note",
    "page": "pages",
    "pmid": "PubMed identifier",
    "publisher_place": "place of the publisher",
    "url": "address",
}
# Marks of case go with their title and are no difference of their own.
SILENT = {"nocase"}


@dataclass(frozen=True)
class Change:
    """One field that would get another value.

    ``name`` is that of Reference's field, or "extra." and a key. ``conflict`` tells that the old value was written or
    edited by hand, so that it stays unless somebody decides otherwise.
    """

    name: str
    old: object
    new: object
    conflict: bool = False

    @property
    def label(self):
        name = self.name.removeprefix("extra.")
        return LABELS.get(name, name.replace("_", " ").replace("-", " "))

    @property
    def old_text(self):
        return as_text(self.old)

    @property
    def new_text(self):
        return as_text(self.new)


def as_text(value):
    """A field's value as an editor reads it."""
    if isinstance(value, tuple | list):
        return "; ".join(map(as_text, value))
    if isinstance(value, dict):
        return ", ".join(f"{name}: {as_text(item)}" for name, item in value.items())
    return getattr(value, "iso", "") or getattr(value, "literal", "") or str(value or "")


def values_of(reference):
    """All that a Reference says, by name: its fields, and what is in ``extra`` as "extra.…"."""
    values = {name: getattr(reference, name) for name in CSL_NAMES if getattr(reference, name)}
    return values | {f"extra.{key}": value for key, value in reference.extra.items() if key not in SILENT}


def changes(mine, theirs, origins, source):
    """What taking ``theirs`` would change in ``mine`` (References), as a tuple of Change.

    ``origins`` maps the names of sources to what each said before: what ``source`` says again is no news, and a value
    that no source gave is an editor's own. What a source does not say takes nothing away.
    """
    ours, before = values_of(mine), values_of(origins.get(source, Reference()))
    known = [values_of(origin) for origin in origins.values()]
    found = []
    for name, new in values_of(theirs).items():
        old = ours.get(name)
        if new == before.get(name) or _says_no_more(name, old, new):
            continue
        if name == "keyword":
            new = (*(old or ()), *(word for word in new if tag_key(word) not in set(map(tag_key, old or ()))))  # noqa: PLW2901
        by_hand = (
            bool(old) and not _adds_to(name, old, new) and not any(_says_no_more(name, o.get(name), old) for o in known)
        )
        found.append(Change(name, old, new, by_hand))
    return tuple(found)


def _says_no_more(name, old, new):
    """Whether the new value says nothing that the old one does not."""
    if old == new:
        return True
    return bool(old) and name in _SAME and _SAME[name](old, new)


_SAME = {
    "doi": lambda old, new: old.casefold() == new.casefold(),
    "isbn": lambda old, new: old.replace("-", "") == new.replace("-", ""),
    "issn": lambda old, new: old.replace("-", "") == new.replace("-", ""),
    "issued": lambda old, new: bool(new.iso) and old.iso.startswith(new.iso),
    "keyword": lambda old, new: set(map(tag_key, new)) <= set(map(tag_key, old)),
    "page": lambda old, new: re.sub(r"[-‐–—]+", "-", old) == re.sub(r"[-‐–—]+", "-", new),
    "type": lambda _, new: new == "document",
    "url": lambda old, new: old.rstrip("/").partition("://")[2] == new.rstrip("/").partition("://")[2],
}


def _adds_to(name, old, new):
    """Whether the new value holds the old one and more, so that nobody's work is lost by it."""
    return name == "keyword" or (name == "issued" and new.iso.startswith(old.iso))


def merged(mine, chosen, theirs):
    """``mine`` with the chosen changes made; with a title come the marks of what keeps its capitals."""
    fields = {change.name: change.new for change in chosen if not change.name.startswith("extra.")}
    extra = mine.extra | {
        change.name.removeprefix("extra."): change.new for change in chosen if change.name.startswith("extra.")
    }
    marks = {name: text for name, text in theirs.extra.get("nocase", {}).items() if name.replace("-", "_") in fields}
    if marks:
        extra["nocase"] = extra.get("nocase", {}) | marks
    return replace(mine, **fields, extra=extra)


def without_conflicts(theirs, found, before):
    """``theirs`` with what it said ``before`` in the fields whose changes are conflicts."""
    conflicts = {change.name for change in found if change.conflict}
    fields = {name: getattr(before, name) for name in conflicts if not name.startswith("extra.")}
    extra = {key: value for key, value in theirs.extra.items() if f"extra.{key}" not in conflicts}
    extra |= {key: value for key, value in before.extra.items() if f"extra.{key}" in conflicts}
    return replace(theirs, **fields, extra=extra)
