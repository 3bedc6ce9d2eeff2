"""The differences between a publication and an imported reference, field by field."""

from dataclasses import dataclass, replace

from profiles.models.tag import tag_key
from publications.imports import comparable
from publications.references import notices
from publications.references.reference import CSL_NAMES, Reference
from publications.references.values import links
from publications.references.values.wording import stage_of

LABELS = {
    "annote": "annotation",
    "arxiv_class": "arXiv class",
    "arxiv_id": "arXiv identifier",
    "author": "authors",
    "citation_key": "citation key",
    "container_title": "journal, proceedings or book",
    "container_title_short": "abbreviated venue",
    "corresponding": "corresponding authors",
    "doi": "DOI",
    "editor": "editors",
    "event_place": "conference location",
    "event_title": "conference",
    "funders": "identifiers of funders",
    "isbn": "ISBN",
    "issn": "ISSN",
    "issued": "date",
    "keyword": "tags",
    "note": "award or note",
    "notices": "corrections and retractions",
    "page": "pages",
    "pdf": "PDF",
    "pmid": "PubMed identifier",
    "press": "press coverage",
    "publisher_place": "publisher location",
    "supp": "supplement",
    "url": "publisher’s page",
}
# The fields that show an editor whether two records describe the same work.
COMPARED = (
    "title", "type", "author", "issued", "container_title", "event_title", "publisher", "edition", "volume", "issue",
    "number", "page", "doi", "arxiv_id", "isbn",
)  # fmt: skip
NOTICES = f"extra.{notices.NAME}"
IGNORED = {"nocase"}  # protected capitals are changed with their title


@dataclass(frozen=True)
class Change:
    """A field that would get another value.

    ``name`` is a field of Reference, or "extra." and a key. ``conflict``: the old value was entered or edited by hand,
    so that it is not changed by default.
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
    def differs(self):
        return bool(self.old) != bool(self.new) or not _adds_nothing(self.name, self.old, self.new)

    @property
    def old_text(self):
        return as_text(self.old)

    @property
    def new_text(self):
        return as_text(self.new)


def as_text(value):
    """Return the value of a field as text."""
    if isinstance(value, tuple | list):
        return "; ".join(map(as_text, value))
    if isinstance(value, dict):
        return ", ".join(f"{name}: {as_text(item)}" for name, item in value.items())
    return getattr(value, "iso", "") or getattr(value, "literal", "") or str(value or "")


def values_of(reference):
    """Return {name: value} of a Reference's fields that are not empty; the keys of ``extra`` become "extra.…"."""
    values = {name: getattr(reference, name) for name in CSL_NAMES if getattr(reference, name)}
    return values | {f"extra.{key}": value for key, value in reference.extra.items() if key not in IGNORED}


def compared(stored, imported):
    """Return a Change for each field in COMPARED that at least one of two References has."""
    facts = (Change(name, getattr(stored, name), getattr(imported, name)) for name in COMPARED)
    return [fact for fact in facts if fact.old or fact.new]


def changes(stored, imported, origins, source):
    """Return the Changes that importing a Reference from a source would make to the ``stored`` Reference.

    ``origins`` maps sources to the References they gave before: a value that ``source`` repeats is not a change, and a
    value that no source gave was entered by hand. Fields that are empty in ``imported`` are not changed, except the
    status of a work that has appeared.
    """
    addresses = set(map(_bare, links.links_in(stored.extra).values()))
    current, before = values_of(stored), values_of(origins.get(source, Reference()))
    known = [values_of(origin) for origin in origins.values()]
    found = []
    for name, new in values_of(imported).items():
        old = current.get(name)
        if new == before.get(name) or _adds_nothing(name, old, new):
            continue
        if name == "status" and stage_of(new) and not old and (stored.volume or stored.page):
            continue  # an older file: the work has appeared since
        if links.is_link(name.removeprefix("extra."), new) and _bare(new) in addresses:
            continue
        if name == "status" and old == notices.RETRACTED:
            continue  # no source takes a retraction back
        if name == NOTICES:
            new = [*(old or ()), *(notice for notice in notices.read(new) if not notices.is_among(notice, old))]  # noqa: PLW2901
        if name == "keyword":
            new = (*(old or ()), *(word for word in new if tag_key(word) not in set(map(tag_key, old or ()))))  # noqa: PLW2901
        is_imported = any(_adds_nothing(name, values.get(name), old) for values in known)
        by_hand = bool(old) and not is_imported and not _completes(name, old, new)
        found.append(Change(name, old, new, by_hand))
    has_appeared = imported.year and {change.name for change in found if not change.old} & {"volume", "issue", "page"}
    if has_appeared and stage_of(stored.status) and not imported.status:
        found.append(Change("status", stored.status, ""))
    return tuple(found)


def _bare(url):
    """Return a URL without what does not distinguish two: the scheme and the last slash."""
    return url.rstrip("/").partition("://")[2]


def _adds_nothing(name, old, new):
    """Return whether the new value has nothing that the old one lacks."""
    return old == new or (bool(old) and name in _SAME and _SAME[name](old, new))


_SAME = {
    NOTICES: lambda old, new: all(notices.is_among(notice, old) for notice in notices.read(new)),
    "doi": lambda old, new: old.casefold() == new.casefold(),
    "isbn": lambda old, new: comparable.isbns(old) == comparable.isbns(new),
    "issn": lambda old, new: old.replace("-", "") == new.replace("-", ""),
    "issue": lambda _, new: not comparable.number(new),
    "issued": lambda old, new: bool(new.iso) and old.iso.startswith(new.iso),
    "keyword": lambda old, new: set(map(tag_key, new)) <= set(map(tag_key, old)),
    "page": lambda old, new: comparable.pages(new) in (comparable.pages(old), (comparable.pages(old)[0], "")),
    "type": lambda _, new: new == "document",
    "url": lambda old, new: _bare(old) == _bare(new),
    "volume": lambda _, new: not comparable.number(new),
}


def _completes(name, old, new):
    """Return whether the new value contains the old one, so that no manual edit is lost."""
    return name in ("keyword", NOTICES) or (name == "issued" and new.iso.startswith(old.iso))


def merged(stored, chosen, imported):
    """Return ``stored`` with the chosen changes. Protected capitals are changed with their title."""
    new = {change.name: change.new for change in chosen}
    fields = {name: value for name, value in new.items() if not name.startswith("extra.")}
    extra = stored.extra | {name.removeprefix("extra."): new[name] for name in new if name not in fields}
    marks = {name: text for name, text in imported.extra.get("nocase", {}).items() if name.replace("-", "_") in fields}
    if marks:
        extra["nocase"] = extra.get("nocase", {}) | marks
    return replace(stored, **fields, extra=extra)


def without_conflicts(imported, found, before):
    """Return ``imported``, but with the fields of ``before`` where the changes are conflicts."""
    conflicts = {change.name for change in found if change.conflict}
    fields = {name: getattr(before, name) for name in conflicts if not name.startswith("extra.")}
    extra = {key: value for key, value in imported.extra.items() if f"extra.{key}" not in conflicts}
    extra |= {key: value for key, value in before.extra.items() if f"extra.{key}" in conflicts}
    return replace(imported, **fields, extra=extra)
