"""RIS, as the specification of 2011 has it and as publishers and reference managers write it.

A reader of our own: rispy drops records in silence and knows no line numbers.
"""

import json
import re
from dataclasses import dataclass, field

from publications.references import csl
from publications.references.dates import SEASONS, date_of
from publications.references.identifiers import (
    ARXIV_CLASS,
    ARXIV_DOI,
    ARXIV_ID,
    ARXIV_VENUE,
    DOI,
    DOI_PREFIX,
    DOI_RESOLVER,
    PMID,
    PREPRINT_SERVER,
    bare_doi,
)
from publications.references.names import SUFFIX, parse_name
from publications.references.reading import Loaded, Problem, joined, pieces
from publications.references.reference import Date, Name, Reference

media_type = "application/x-research-info-systems"
label = "RIS"

CUT = re.compile(r"^TY[ \t\u00a0]{0,3}-(?=[ \t\u00a0\n])", re.MULTILINE)  # where a record begins, whatever came before
TAG = re.compile(r"([A-Z][A-Z0-9])[ \t\u00a0]{0,3}-(?:[ \t\u00a0]+(.*)|$)")
TYPES = {
    "JOUR": "article-journal", "EJOUR": "article-journal", "JFULL": "periodical", "INPR": "article-journal",
    "ABST": "article-journal", "MGZN": "article-magazine", "NEWS": "article-newspaper", "CPAPER": "paper-conference",
    "CONF": "paper-conference", "CHAP": "chapter", "ECHAP": "chapter", "BOOK": "book", "EBOOK": "book",
    "EDBOOK": "book", "CLSWK": "classic", "SER": "book", "THES": "thesis", "RPRT": "report", "GOVDOC": "report",
    "UNPB": "manuscript", "MANSCPT": "manuscript", "PAMP": "pamphlet", "ELEC": "webpage", "ICOMM": "webpage",
    "WEB": "webpage", "BLOG": "post-weblog", "GEN": "document", "DATA": "dataset", "AGGR": "dataset",
    "COMP": "software", "PAT": "patent", "STAND": "standard", "DICT": "entry-dictionary",
    "ENCYC": "entry-encyclopedia", "MAP": "map", "VIDEO": "motion_picture", "MPCT": "motion_picture",
    "SOUND": "song", "MUSIC": "musical_score", "ART": "graphic", "FIGURE": "figure", "SLIDE": "speech",
    "HEAR": "hearing", "CASE": "legal_case", "BILL": "bill", "STAT": "legislation", "LEGAL": "regulation",
    "PCOMM": "personal_communication", "PREPRINT": "article",
}  # fmt: skip
# The first one of each; preprints have none of their own that programs know.
WRITTEN_TYPES = {type_: tag for tag, type_ in reversed(TYPES.items())} | {
    "article": "GEN",
    "paper-conference": "CPAPER",
}

# Tags that say the same whatever the type; the first one that has a value wins.
FIELDS = {
    "title": ("TI", "T1", "CT"), "volume": ("VL",), "publisher": ("PB",), "publisher_place": ("CY", "PP"),
    "edition": ("ET",), "language": ("LA",), "abstract": ("AB", "N2"), "doi": ("DO",), "url": ("UR", "LK"),
    "citation_key": ("ID",),
}  # fmt: skip
EXTRA = {"T3": "collection-title", "ST": "title-short", "NV": "number-of-volumes", "CN": "call-number",
         "DB": "source", "SE": "section"}  # fmt: skip
NAMES = {"author": ("AU", "A1"), "editor": ("A2", "ED"), "collection_editor": ("A3",), "translator": ("A4", "TA")}
# The specification gives books' second and third kind of author other meanings.
BOOK_NAMES = {"author": ("AU", "A1"), "editor": ("A3", "ED"), "collection_editor": ("A2",), "translator": ("A4", "TA")}
NUMBERED = {"report", "patent", "standard", "legal_case", "bill"}
SEVERAL_LINES = {"AB", "N2", "N1"}
# What RIS has no tag for, as JSON behind these letters: Zotero takes M2 into its "Extra", where it harms nothing.
CARRIED, MARK = "M2", "x-csl: "
BODY = re.compile(
    r"\b(?:collaboration|consortium|group|team|project|university|institute|committee|commission|association|society|"
    r"organi[sz]ation|agency|council|network|foundation|department|ministry|office|centre|center|company|inc|ltd|"
    r"laboratory|initiative|alliance|board|bank|nations)\b",
    re.IGNORECASE,
)


@dataclass
class _Record:
    """The lines of one record: (tag, value) pairs in order."""

    line: int
    lines: list = field(default_factory=list)
    pairs: list = field(default_factory=list)
    ended: bool = False

    @property
    def raw(self):
        return "\n".join(self.lines).strip()


def read(blocks):
    """Read the text of some blocks piece by piece; yields Loaded and raises nothing, whatever the text."""
    before, lines = 0, 0
    for piece in pieces(blocks, CUT):
        loaded = _loaded(piece, before, lines)
        before += loaded.entries
        lines += piece.count("\n")
        yield loaded


def loads(text):
    """Read all records of a text at once; returns Loaded."""
    return joined(read([text]))


def _loaded(text, before, lines):
    """Loaded of a piece, before which there were so many records and lines."""
    records, problems = _split(text, lines + 1)
    references = []
    for number, record in enumerate(records, before + 1):
        key = next((value for tag, value in record.pairs if tag == "ID"), "")
        place = {"entry": number, "line": record.line, "key": key, "text": record.raw}
        if not record.pairs or record.pairs[0][0] != "TY":
            message = "The record does not begin with “TY  - ”, so its type is not known. Put the line at its start."
            problems.append(Problem(message, **place, field="TY"))
            continue
        if not record.ended:
            message = "The record does not end with “ER  - ”. It was read up to here; look whether it is whole."
            problems.append(Problem(message, **place, field="ER", lost=False))
        if len(record.pairs) == 1:
            problems.append(Problem("The record has nothing but its type. Add its fields.", **place, lost=False))
        if record.pairs[0][1].upper() not in TYPES:
            message = f"“{record.pairs[0][1]}” is no type of RIS; the work was read as a document. Choose its type."
            problems.append(Problem(message, **place, field="TY", lost=False))
        references.append(_Reading(record.pairs).reference())
    return Loaded(references, sorted(problems, key=lambda problem: problem.line), len(records))


def _split(text, first_line):
    records, problems, current = [], [], None
    for number, line in enumerate(text.split("\n"), first_line):
        line = line.rstrip("\r\n \t")  # noqa: PLW2901
        found = TAG.match(line) or (current is None and TAG.match(line.strip()))
        tag, value = (found[1], (found[2] or "").strip()) if found else ("", "")
        if tag == "TY" or (current is None and found and tag != "ER"):
            current = _Record(number)
            records.append(current)
        if current is None:
            if line.strip() and tag != "ER" and not records:
                problems.append(
                    Problem("This line belongs to no record and was left out.", 0, number, text=line, lost=False)
                )
            continue
        current.lines.append(line)
        if tag == "ER":
            current.ended, current = True, None
        elif found:
            current.pairs.append((tag, value))
        elif current.pairs:
            last, before = current.pairs[-1]
            # A line that would look like a tag was written with a blank before it.
            shown = line[1:] if TAG.match(line[1:]) else line
            joined = f"{before}\n{shown}" if last in SEVERAL_LINES else f"{before} {line.strip()}".strip()
            current.pairs[-1] = (last, joined)
    return records, problems


class _Reading:
    """One record on its way to a Reference: ``left`` holds the values of the tags that nothing has taken yet."""

    def __init__(self, pairs):
        self.left = {}
        for tag, value in pairs:
            if value:
                self.left.setdefault(tag, []).append(
                    value.strip("\n") if tag in SEVERAL_LINES else " ".join(value.split())
                )
        self.tag = self.take("TY").upper()
        self.found = {"type": TYPES.get(self.tag, "document")}
        self.extra = {}

    def take(self, *tags):
        """The first value of the first of the tags that has any, which is taken."""
        for tag in tags:
            if self.left.get(tag):
                value = self.left[tag].pop(0)
                if not self.left[tag]:
                    del self.left[tag]
                return value
        return ""

    def reference(self):
        carried = next((value for value in self.left.get(CARRIED, []) if value.startswith(MARK)), "")
        if carried:
            self.left[CARRIED].remove(carried)
        for name, tags in (BOOK_NAMES if self.found["type"] == "book" else NAMES).items():
            self.found[name] = tuple(_name(value) for tag in tags for value in self.left.pop(tag, []))
        self._titles()
        for name, tags in FIELDS.items():
            self.found[name] = self.take(*tags)
        for tag, name in EXTRA.items():
            value = self.take(tag)
            if value:
                self.extra[name] = value
        self._dates()
        self._numbers()
        self._identifiers()
        self._words()
        self._preprint()
        type_ = self.found["type"]
        if self.tag != WRITTEN_TYPES.get(type_) and TYPES.get(self.tag, type_) == type_:
            self.extra["ris-type"] = self.tag
        for tag, values in ((tag, values) for tag, values in self.left.items() if values):
            self.extra[tag.lower()] = values[0] if len(values) == 1 else values
        found = {name: value for name, value in self.found.items() if value}
        return csl.patched(Reference(**found, extra=self.extra), carried.removeprefix(MARK), CARRIED.lower())

    def _titles(self):
        found, is_whole = self.found, self.found["type"] in ("book", "periodical")
        if is_whole and not ({"TI", "T1", "CT"} & self.left.keys()):
            found["title"] = self.take("BT", "T2", "JF")
            self.left.setdefault("TI", []).insert(0, found["title"])
            if not found["title"]:
                del self.left["TI"]
        if is_whole:
            # Of a book, the second title is its series.
            self.left.setdefault("T3", []).extend(self.left.pop("T2", []))
            self.left = {tag: values for tag, values in self.left.items() if values}
        names = self._names_of_container()
        short = [value for tag in ("JO", "J2", "JA", "J1") for value in self.left.pop(tag, [])]
        if not names and short:
            # The longest is the name in full, where only abbreviations are tagged.
            names = [max(short, key=len)]
        short = [value for value in dict.fromkeys(short) if value not in names]
        if names:
            found["container_title"] = names[0]
        if short:
            found["container_title_short"] = short[0]
        rest = [*names[1:], *short[1:]]
        if rest:
            self.extra["container-titles"] = rest

    def _names_of_container(self):
        """The names that journal, book or proceedings are given, the usual one first."""
        order = ("T2", "JF", "BT")
        if self.found["type"] == "paper-conference" and self.left.get("C3"):
            # Where the proceedings have a title, the second title is the conference's.
            order = ("C3", "JF", "BT")
            event = self.take("T2")
            self.found["event_title"] = event if event not in self.left["C3"] else ""
        return list(dict.fromkeys(value for tag in order for value in self.left.pop(tag, [])))

    def _dates(self):
        dates = [_date(self.take(tag)) for tag in ("PY", "Y1", "DA")]
        year = next((date.year for date in dates if date.year), None)
        # The fullest of those that agree with the year.
        agreeing = [date for date in dates if date.year == year] if year else [date for date in dates if date]
        self.found["issued"] = max(agreeing, key=lambda date: len(date.iso), default=Date())
        accessed = _date(self.take("Y2"))
        if accessed:
            self.extra["accessed"] = csl.date_to_csl(accessed)

    def _numbers(self):
        found = self.found
        start, end = (re.sub(r"\s*[-‐–—]+\s*", "-", self.take(tag)) for tag in ("SP", "EP"))
        found["page"] = f"{start}-{end}" if start and end and end != start and "-" not in start else start or end
        if "C7" in self.left and not found["page"]:
            found["page"] = self.take("C7")
        issue, number = self.take("IS"), self.take("M1")
        if found["type"] in NUMBERED:
            found["number"] = number or issue
            issue = issue if number and issue != number else ""
        elif number:
            self.extra["m1"] = number
        found["issue"] = issue
        kind = self.take("M3")
        if re.match(rf"(?:doi:?\s*)?{DOI_PREFIX}", kind, re.IGNORECASE):
            found["doi"] = found.get("doi") or kind
        elif kind:
            found["genre"] = kind
        for value in re.split(r"\s*[;\n]\s*|\s(?=\d{4}-\d{3}[\dXx]\b)", " ".join(self.left.pop("SN", []))):
            digits = re.sub(r"[^0-9Xx]", "", value)
            name = "issn" if len(digits) == 8 else "isbn" if len(digits) in (10, 13) else "number"
            name = "number" if found["type"] in NUMBERED and len(digits) != 13 else name
            if value and found.get(name):
                found[name] += f", {value}"
            elif value:
                found[name] = re.sub(
                    r"\s*\((?:issn|isbn|print|online|electronic)[^)]*\)$", "", value, flags=re.IGNORECASE
                )

    def _identifiers(self):
        found = self.found
        found["doi"] = bare_doi(found.get("doi", ""))
        if not found["doi"]:
            said = re.search(rf"{DOI_RESOLVER}({DOI})", found.get("url", ""))
            found["doi"] = said[1] if said else ""
        accession = self.take("AN")
        arxiv = re.fullmatch(rf"(?:arxiv:)\s*{ARXIV_ID}(?:\s*{ARXIV_CLASS})?", accession, re.IGNORECASE)
        pubmed = re.fullmatch(rf"(?:pmid:?\s*)?({PMID})", accession, re.IGNORECASE)
        if arxiv:
            found["arxiv_id"], found["arxiv_class"] = arxiv["id"], arxiv["class"] or ""
        elif pubmed and (accession.lower().startswith("pmid") or "pubmed" in self.extra.get("source", "").lower()):
            found["pmid"] = pubmed[1]
        elif accession:
            self.extra["an"] = accession
        if not found.get("arxiv_id"):
            said = ARXIV_DOI.fullmatch(found["doi"])
            found["arxiv_id"] = said[1] if said else ""

    def _words(self):
        notes = [*self.left.pop("N1", []), *self.left.pop("RN", [])]
        self.found["note"] = "\n\n".join(notes)
        values = self.left.pop("KW", [])
        if len(values) == 1:
            values = re.split(r"\s*;\s*", values[0])
        self.found["keyword"] = tuple(dict.fromkeys(value for value in values if value))

    def _preprint(self):
        found, venue = self.found, self.found.get("container_title", "")
        said = re.search(
            rf"arxiv(?:\.org/(?:abs|pdf)/|:)\s*{ARXIV_ID}", f"{venue} {found.get('url', '')}", re.IGNORECASE
        )
        if said and not found.get("arxiv_id"):
            found["arxiv_id"] = re.sub(r"\.pdf$", "", said["id"])
        if found["type"] in ("article-journal", "document", "manuscript", "webpage") and (
            PREPRINT_SERVER.match(venue) or (not venue and found.get("arxiv_id"))
        ):
            found["type"] = "article"
            if ARXIV_VENUE.fullmatch(venue):
                found["container_title"] = ""


def _name(text):
    """The Name of "Family, Given, Suffix"; a body has no comma."""
    parts = [part.strip() for part in text.split(",")]
    if len(parts) == 1:
        return Name(literal=text) if " " not in text or BODY.search(text) else parse_name(text)
    if len(parts) == 2 or (len(parts) == 3 and SUFFIX.fullmatch(parts[2])):
        return parse_name(", ".join([parts[0], *parts[2:], parts[1]]))
    return Name(family=parts[0], given=parts[1], suffix=", ".join(parts[2:]))


def _date(text):
    """The Date of RIS's "YYYY/MM/DD/other", or of what is written in its place."""
    parts = re.fullmatch(r"(\d{4})(?:/(\d{0,2})(?:/(\d{0,2})(?:/(.*))?)?)?", text)
    if not parts:
        words = re.fullmatch(r"(?:(\d{1,2})\s+)?([^\W\d_]+\.?)\s+(?:(\d{1,2}),?\s+)?(\d{4})", text)
        if words:
            return date_of(words[4], words[2], words[1] or words[3] or "")
        return csl.date_from_csl(text.rstrip("/"))
    year, month, day, other = (part or "" for part in parts.groups())
    numbers = [number for number in (year, month, day) if number.strip("0")]
    date = csl.date_from_csl({"date-parts": [numbers], "season": SEASONS.get(other.strip().lower(), "")})
    if not month and other and not date.season:
        named = date_of(year, other, "")
        return named if len(named.iso) > 4 else date
    return date


# Writing


def dumps(references):
    return "".join(write(references))


def write(references):
    """The records, one by one, with the line ends that the specification asks for.

    What RIS has no tag for goes into ``U5`` as JSON, so that reading gives back all of it.
    """
    for reference in references:
        pairs = _pairs(reference)
        read = loads(_record(pairs)).references
        lacking = csl.difference(reference, read[0] if read else Reference())
        if lacking:
            pairs.append((CARRIED, MARK + json.dumps(lacking, ensure_ascii=False, separators=(",", ":"))))
        yield _record(pairs).replace("\n", "\r\n")


def _record(pairs):
    lines = []
    for tag, value in pairs:
        first, *more = value.split("\n") if tag in SEVERAL_LINES else [" ".join(value.split())]
        lines.append(f"{tag}  - {first}")
        lines += [f" {line}" if TAG.match(line) else line for line in more]
    return "\n".join([*lines, "ER  - ", "", ""])


def _pairs(reference):
    """(tag, value) of all that RIS can say, in the usual order."""
    extra = dict(reference.extra)
    found = [
        ("TY", extra.pop("ris-type", "") or WRITTEN_TYPES.get(reference.type, "GEN")),
        ("ID", reference.citation_key),
    ]
    for role, tags in (BOOK_NAMES if reference.type == "book" else NAMES).items():
        tag = "ED" if tags[0] == "A3" and role == "editor" else tags[0]
        found += [(tag, _written_name(name)) for name in getattr(reference, role)]
    start, dash, end = reference.page.partition("-")
    if not dash or "-" in end or "," in reference.page:
        start, end = reference.page, ""
    numbered = reference.type in NUMBERED
    conference = reference.type == "paper-conference"
    is_series = reference.type == "book" and isinstance(extra.get("collection-title"), str)
    series = extra.pop("collection-title") if is_series else ""
    found += [
        ("TI", reference.title),
        ("T2", series or (conference and reference.event_title) or reference.container_title),
        ("J2", reference.container_title_short),
        ("C3", reference.container_title if conference else ""),
        *((tag, extra.pop(name)) for tag, name in EXTRA.items() if isinstance(extra.get(name), str)),
        ("PY", f"{reference.year:04}" if reference.year else reference.issued.literal),
        ("DA", _written_date(reference.issued)),
        ("VL", reference.volume),
        ("IS", "" if numbered else reference.issue),
        ("SP", start),
        ("EP", end),
        ("ET", reference.edition),
        ("PB", reference.publisher),
        ("CY", reference.publisher_place),
        ("M3", reference.genre),
        ("SN", reference.number if numbered else reference.issn or reference.isbn),
        ("DO", reference.doi),
        ("AN", _accession(reference)),
        ("UR", reference.url),
        ("LA", reference.language),
        ("AB", reference.abstract),
        ("N1", reference.note),
        *(("KW", word) for word in reference.keyword),
    ]
    accessed = extra.pop("accessed", None)
    if isinstance(accessed, dict):
        found.append(("Y2", _written_date(csl.date_from_csl(accessed))))
    for name, value in extra.items():
        if re.fullmatch(r"[a-z][a-z0-9]", name) and name.upper() not in ("ER", "TY", CARRIED):
            found += [(name.upper(), str(item)) for item in (value if isinstance(value, list) else [value])]
    return [(tag, value) for tag, value in found if value]


def _accession(reference):
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
