"""Writes RIS."""

import json
import re

from publications.references import csl
from publications.references.dates import SEASONS
from publications.references.reference import Reference
from publications.references.ris import tables
from publications.references.ris.reading import loads
from publications.references.wording import stage_of


def dumps(references, *, complete=True):
    """Return the text of a file."""
    return "".join(write(references))


def write(references):
    """Yield the text of a file record by record, with the line ends (CR LF) that the specification requires.

    What RIS has no tag for is written to ``M2`` as JSON, so that nothing is lost when the file is imported.
    """
    for reference in references:
        pairs = _pairs(reference)
        read = loads(_record(pairs)).references
        lost = csl.difference(reference, read[0] if read else Reference())
        if lost:
            pairs.append((tables.CHANGES, tables.MARK + json.dumps(lost, ensure_ascii=False, separators=(",", ":"))))
        yield _record(pairs).replace("\n", "\r\n")


def _record(pairs):
    lines = []
    for tag, value in pairs:
        first, *more = value.split("\n") if tag in tables.SEVERAL_LINES else [" ".join(value.split())]
        lines.append(f"{tag}  - {first}")
        lines += [f" {line}" if tables.TAG.match(line) else line for line in more]
    return "\n".join([*lines, "ER  - ", "", ""])


def _pairs(reference):
    """Return the tags and values of a Reference in the usual order."""
    extra = dict(reference.extra)
    stage = stage_of(reference.status)
    is_in_press = stage == "accepted" and reference.type == "article-journal"
    type_ = "INPR" if is_in_press else tables.WRITTEN_TYPES.get(reference.type, "GEN")
    found = [("TY", extra.pop("ris-type", "") or type_)]
    for role, tags in (tables.BOOK_NAMES if reference.type == "book" else tables.NAMES).items():
        tag = "ED" if tags[0] == "A3" and role == "editor" else tags[0]
        found += [(tag, _written_name(name)) for name in getattr(reference, role)]
    start, dash, end = reference.page.partition("-")
    if not dash or "-" in end or "," in reference.page:
        start, end = reference.page, ""
    is_numbered, is_paper = reference.type in tables.NUMBERED, reference.type == "paper-conference"
    is_series = reference.type == "book" and isinstance(extra.get("collection-title"), str)
    series = extra.pop("collection-title") if is_series else ""
    found += [
        ("TI", reference.title),
        ("T2", series or (is_paper and reference.event_title) or reference.container_title),
        ("J2", reference.container_title_short),
        ("C3", reference.container_title if is_paper else ""),
        *((tag, extra.pop(name)) for tag, name in tables.EXTRA.items() if isinstance(extra.get(name), str)),
        ("PY", f"{reference.year:04}" if reference.year else reference.issued.literal or (stage and reference.status)),
        ("DA", _written_date(reference.issued)),
        ("IS", "" if is_numbered else reference.issue),
        ("SP", start),
        ("EP", end),
        ("M3", reference.genre),
        ("SN", reference.number if is_numbered else reference.issn or reference.isbn),
        ("AN", _accession(reference)),
        *((tags[0], getattr(reference, name)) for name, tags in tables.FIELDS.items()),
        ("N1", reference.note),
        *(("KW", word) for word in reference.keyword),
    ]
    accessed = extra.pop("accessed", None)
    if isinstance(accessed, dict):
        found.append(("Y2", _written_date(csl.date_from_csl(accessed))))
    for name, value in extra.items():
        if re.fullmatch(r"[a-z][a-z0-9]", name) and name.upper() not in ("ER", "TY", tables.CHANGES):
            found += [(name.upper(), str(item)) for item in (value if isinstance(value, list) else [value])]
    return [(tag, value) for tag, value in found if value]


def _accession(reference):
    """Return the accession number: the arXiv or PubMed identifier."""
    if reference.arxiv_id:
        return f"arXiv:{reference.arxiv_id}" + (f" [{reference.arxiv_class}]" if reference.arxiv_class else "")
    return f"PMID:{reference.pmid}" if reference.pmid else ""


def _written_name(name):
    if name.literal:
        return name.literal
    family = " ".join(part for part in (name.dropping_particle, name.non_dropping_particle, name.family) if part)
    return f"{family}, {name.given}" + (f", {name.suffix}" if name.suffix else "")


def _written_date(date):
    if not date.parts:
        return ""
    season = next((name.title() for name, number in SEASONS.items() if number == date.season), "")
    if season:
        return f"{date.year:04}///{season}"
    return "/".join(f"{part:02}" for part in date.parts[0]) if len(date.parts[0]) > 1 else ""
