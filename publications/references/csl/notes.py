"""Fields in the note of an item: lines such as "Original Date: 1843", which Zotero writes from its field "Extra".

Source: https://www.zotero.org/support/kb/item_types_and_fields#citing_fields_from_extra
"""

import re

from publications.references.csl.variables import CUSTOM, NAME_VARIABLES, OTHER_TYPES, TYPES
from publications.references.extra import EXTRA_DATES, EXTRA_NAMES, EXTRA_TEXTS
from publications.references.reference import CSL_NAMES
from publications.references.values.identifiers import ARXIV_CLASS, ARXIV_ID

LINE = re.compile(r"([A-Za-z][\w. -]{0,40}?) ?: ?(\S.*)")
IN_BRACES = re.compile(r"\{:([\w-]{1,40}): ?([^{}\n]*)\}")
ARXIV = re.compile(rf"arxiv: ?{ARXIV_ID}(?: ?{ARXIV_CLASS})?", re.IGNORECASE)
OWN = {CSL_NAMES[name] for name in CUSTOM} | {"abstract", "annote", "keyword", "note"}
VARIABLES = {
    re.sub("[_ ]", "-", name).lower(): name
    for name in {*CSL_NAMES.values(), *EXTRA_DATES, *EXTRA_NAMES, *EXTRA_TEXTS} - OWN
}


def with_fields(item):
    """Return an item (a dict) with the fields that its note contains, and with the rest of the note.

    A line for a field that the item has already stays in the note, except for the type. Zotero's lines for BibTeX
    ("tex.series: LNCS") become fields of these names.
    """
    note, custom = item.get("note"), item.get("custom")
    if not isinstance(note, str) or (isinstance(custom, dict) and "note" in custom):
        return item
    found, rest = {}, []
    for line in IN_BRACES.sub(r"\n\1: \2\n", note).split("\n"):
        if (field := _field(line.strip())) is None or _is_taken(field[0], item, found):
            rest.append(line)
        elif field[0] in NAME_VARIABLES | EXTRA_NAMES:
            found.setdefault(field[0], []).append(field[1])
        else:
            found[field[0]] = field[1]
    if arxiv := found.pop("arxiv", None):
        found |= {"archive": "arXiv", "archive_location": arxiv["id"]}
        found["custom"] = {**(custom or {}), CSL_NAMES["arxiv_class"]: arxiv["class"] or ""}
    return item | found | {"note": "\n".join(rest)} if found else item


def _is_taken(name, item, found):
    if name in NAME_VARIABLES | EXTRA_NAMES:
        return bool(item.get(name))
    return name != "type" and bool(found.get(name) or item.get("archive" if name == "arxiv" else name))


def _field(line):
    """Return the name and the value of the field in a line, or None."""
    if arxiv := ARXIV.fullmatch(line):
        return "arxiv", arxiv
    if not (parts := LINE.fullmatch(line)):
        return None
    label, value = parts.groups()
    name = VARIABLES.get(re.sub("[_ ]", "-", label).lower(), label if label.startswith("tex.") else None)
    if name in NAME_VARIABLES | EXTRA_NAMES:
        family, bars, given = (part.strip() for part in value.partition("||"))
        return name, {"family": family, "given": given} if bars else {"literal": value}
    if name is None or (name == "type" and value not in {*TYPES, *OTHER_TYPES}):
        return None
    return name, value
