"""Writes RIS."""

import json
import re

from publications.references import csl
from publications.references.csl.reading import names_from_csl
from publications.references.reference import CSL_NAMES, PERIODICALS, ROLES, Reference
from publications.references.ris import tables
from publications.references.ris.reading import loads, read_name
from publications.references.values.dates import SEASONS
from publications.references.values.wording import stage_of


def dumps(references, *, complete=True):
    """Return the text of a file. The options are those of ``write``."""
    return "".join(write(references, complete=complete))


def write(references, *, complete=True):
    """Yield the text of a file record by record, with the line ends (CR LF) that the specification requires.

    ``complete``: what RIS has no tag for is written as JSON to a line after the record, which other programs skip, so
    that nothing is lost when the file is imported.
    """
    for reference in references:
        record = _record(_pairs(reference, complete=complete))
        if complete:
            read = loads(record).references
            lost = csl.difference(reference, read[0] if read else Reference())
            if lost:
                record += f"{tables.CHANGES}{json.dumps(lost, ensure_ascii=False, separators=(',', ':'))}\n"
        yield f"{record}\n".replace("\n", "\r\n")


def _record(pairs):
    lines = []
    for tag, value in pairs:
        first, *more = value.splitlines() if tag in tables.SEVERAL_LINES else [" ".join(value.split())]
        lines.append(f"{tag}  - {first}")
        lines += [f" {line}" if tables.TAG.match(line) else line for line in more]
    return "\n".join([*lines, "ER  - ", ""])


def _pairs(reference, *, complete):
    """Return the tags and values of a Reference in the usual order."""
    extra = dict(reference.extra)
    usual, kind = tables.WRITTEN_TYPES[reference.type]
    stage = stage_of(reference.status)
    if complete and stage == "accepted" and usual == "JOUR" and not kind:
        usual = "INPR"  # which Zotero reads as a manuscript
    imported = extra.pop("ris-type", "")
    type_ = imported if imported and (complete or imported not in tables.SELDOM_KNOWN) else usual
    others, own = tables.BY_TYPE.get(reference.type, {}), _own_tags(reference, extra)
    found = [("TY", type_), *_names(reference, extra, type_)]
    start, dash, end = reference.page.partition("-")
    if not dash or "-" in end or "," in reference.page:
        start, end = reference.page, ""
    if not start and type_ in tables.WHOLE and isinstance(extra.get("number-of-pages"), str):
        start = extra.pop("number-of-pages")
    found += _titles(reference, extra, type_)
    found += [
        *own.items(),
        *((tag, extra.pop(name)) for name, (tag, *_) in tables.EXTRA.items() if isinstance(extra.get(name), str)),
        ("PY", f"{reference.year:04}" if reference.year else reference.issued.literal or (stage and reference.status)),
        ("DA", _written_date(reference.issued)),
        ("IS", "" if reference.type in tables.NUMBERED else reference.issue),
        ("SP", start),
        ("EP", end),
        ("M3", kind if type_ == usual else ""),
        ("M3", reference.genre),
        *(("SN", number) for number in _standard_numbers(reference)),
        ("AN", _accession(reference)),
        *((tags[0], getattr(reference, name)) for name, tags in tables.FIELDS.items() if tags[0] not in others),
        ("N1", reference.note),
        ("RN", extra.pop("annote") if isinstance(extra.get("annote"), str) else ""),
        *(("KW", word) for word in reference.keyword),
    ]
    accessed = extra.pop("accessed", None)
    if isinstance(accessed, dict):
        found.append(("Y2", _written_date(csl.date_from_csl(accessed))))
    for name, value in extra.items():
        if re.fullmatch(r"[a-z][a-z0-9]", name) and name.upper() not in ("ER", "TY"):
            found += [(name.upper(), str(item)) for item in (value if isinstance(value, list) else [value])]
    if type_ == "COMP":
        own["LA"] = ""  # Zotero reads the programming language there
    return [(tag, value) for tag, value in found if value and own.get(tag, value) == value]


def _names(reference, extra, type_):
    """Return the tags and values of the names of a record with this TY. Remove their roles from ``extra``."""
    found = []
    for role, tags in tables.names_of(type_, reference.type).items():
        names = getattr(reference, role) if role in ROLES else names_from_csl(extra.pop(role, []))
        tag = "ED" if tags[:1] == ("A3",) and role == "editor" else "".join(tags[:1])
        found += [(tag, _written_name(name)) for name in names if tag]
    return found


def _titles(reference, extra, type_):
    """Return the tags and values of the titles. The second one of a book is its series, of a paper its conference."""
    second, third = reference.container_title, ""
    if type_ in tables.BOOKS and isinstance(extra.get("collection-title"), str):
        second = extra.pop("collection-title")
    elif reference.type == "paper-conference":
        second, third = reference.event_title or second, second
    return [("TI", reference.title), ("T2", second), ("J2", reference.container_title_short), ("C3", third)]


def _own_tags(reference, extra):
    """Return {tag: value} of the tags with another meaning in this type of work. Remove their names from ``extra``."""
    found = {}
    for tag, name in tables.BY_TYPE.get(reference.type, {}).items():
        value = getattr(reference, name) if name in CSL_NAMES else extra.get(name)
        if value and isinstance(value, str):
            found[tag] = value
            extra.pop(name, "")
    return found


def _standard_numbers(reference):
    """Return the values of SN: the number of a report or patent, an ISSN, or an ISBN, which Zotero reads first."""
    if reference.type in tables.NUMBERED:
        return [reference.number]
    if reference.type in (*PERIODICALS, "periodical"):
        return [reference.issn or reference.isbn]
    return [reference.isbn, reference.issn]


def _accession(reference):
    """Return the accession number: the arXiv or PubMed identifier."""
    if reference.arxiv_id:
        return f"arXiv:{reference.arxiv_id}" + (f" [{reference.arxiv_class}]" if reference.arxiv_class else "")
    return f"PMID:{reference.pmid}" if reference.pmid else ""


def _written_name(name):
    if name.literal:
        # A comma at the end marks an organisation in EndNote.
        return name.literal if read_name(name.literal) == name else f"{name.literal},"
    family = " ".join(part for part in (name.dropping_particle, name.non_dropping_particle, name.family) if part)
    return f"{family}, {name.given}" + (f", {name.suffix}" if name.suffix else "")


def _written_date(date):
    if not date.parts:
        return ""
    season = next((name.title() for name, number in SEASONS.items() if number == date.season), "")
    if season:
        return f"{date.year:04}///{season}"
    return "/".join(f"{part:02}" for part in date.parts[0]) if len(date.parts[0]) > 1 else ""
