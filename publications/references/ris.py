"""RIS, as the specification of 2011 defines it and as publishers and reference managers write it."""

import json
import re
from dataclasses import dataclass, field

from publications.references import csl, identifiers
from publications.references.dates import SEASONS, date_of
from publications.references.names import SUFFIX, parse_name
from publications.references.reading import Loaded, Problem, joined, pieces
from publications.references.reference import Date, Name, Reference

media_type = "application/x-research-info-systems"
label = "RIS"

START = re.compile(r"^TY[ \t\u00a0]{0,3}-(?=[ \t\u00a0\n])", re.MULTILINE)  # always begins a record
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
# The first tag of each type. Few programs know the tag PREPRINT.
WRITTEN_TYPES = {type_: tag for tag, type_ in reversed(TYPES.items())} | {
    "article": "GEN",
    "paper-conference": "CPAPER",
}

# Tags that mean the same in every type. The first tag with a value is read; the first tag is written.
FIELDS = {
    "citation_key": ("ID",), "volume": ("VL",), "edition": ("ET",), "publisher": ("PB",),
    "publisher_place": ("CY", "PP"), "doi": ("DO",), "url": ("UR", "LK"), "language": ("LA",), "abstract": ("AB", "N2"),
}  # fmt: skip
EXTRA = {"T3": "collection-title", "ST": "title-short", "NV": "number-of-volumes", "CN": "call-number",
         "DB": "source", "SE": "section"}  # fmt: skip
NAMES = {"author": ("AU", "A1"), "editor": ("A2", "ED"), "collection_editor": ("A3",), "translator": ("A4", "TA")}
# In a book, the specification swaps the meanings of A2 and A3.
BOOK_NAMES = NAMES | {"editor": ("A3", "ED"), "collection_editor": ("A2",)}
NUMBERED = {"report", "patent", "standard", "legal_case", "bill"}
SEVERAL_LINES = {"AB", "N2", "N1"}
# Where JSON with the fields that RIS has no tag for is written. Zotero stores M2 in its "Extra" field.
CHANGES, MARK = "M2", "x-csl: "
ORGANISATION = re.compile(
    r"\b(?:collaboration|consortium|group|team|project|university|institute|committee|commission|association|society|"
    r"organi[sz]ation|agency|council|network|foundation|department|ministry|office|centre|center|company|inc|ltd|"
    r"laboratory|initiative|alliance|board|bank|nations)\b",
    re.IGNORECASE,
)


@dataclass
class Record:
    """One record: its lines, and their tags and values as pairs."""

    line: int
    lines: list = field(default_factory=list)
    pairs: list = field(default_factory=list)
    is_closed: bool = False


def read(blocks):
    """Read a text, given in blocks. Yield a Loaded for each piece; errors in the text are Problems in it."""
    count, line = 0, 1
    for piece in pieces(blocks, START):
        loaded = _loaded(piece, count, line)
        count += loaded.entries
        line += piece.count("\n")
        yield loaded


def loads(text):
    """Return one Loaded with all records of a text."""
    return joined(read([text]))


def _loaded(text, count, line):
    """Return the Loaded of a piece that begins at a line, after ``count`` records."""
    records, problems = _split(text, line)
    references = []
    for number, record in enumerate(records, count + 1):
        key = next((value for tag, value in record.pairs if tag == "ID"), "")
        place = {"entry": number, "line": record.line, "key": key, "text": "\n".join(record.lines).strip()}
        if not record.pairs or record.pairs[0][0] != "TY":
            message = "The record does not begin with “TY  - ”, so its type is unknown. Add this line at its start."
            problems.append(Problem(message, **place, field="TY"))
            continue
        if not record.is_closed:
            message = "The record does not end with “ER  - ”. It was read up to here; check that it is complete."
            problems.append(Problem(message, **place, field="ER", lost=False))
        if len(record.pairs) == 1:
            problems.append(Problem("The record has a type but no fields. Add its fields.", **place, lost=False))
        if record.pairs[0][1].upper() not in TYPES:
            message = f"“{record.pairs[0][1]}” is not a RIS type. The work was read as a document; choose its type."
            problems.append(Problem(message, **place, field="TY", lost=False))
        references.append(RecordReader(record.pairs).reference())
    return Loaded(references, sorted(problems, key=lambda problem: problem.line), len(records))


def _split(text, first_line):
    """Return the records of a text, and Problems for the lines before the first record."""
    records, problems, current = [], [], None
    for number, full_line in enumerate(text.split("\n"), first_line):
        line = full_line.rstrip("\r\n \t")
        found = TAG.match(line) or (current is None and TAG.match(line.strip()))
        tag, value = (found[1], (found[2] or "").strip()) if found else ("", "")
        if tag == "TY" or (current is None and found and tag != "ER"):
            current = Record(number)
            records.append(current)
        if current is None:
            if line.strip() and tag != "ER" and not records:
                message = "This line is not part of a record and was ignored."
                problems.append(Problem(message, 0, number, text=line, lost=False))
            continue
        current.lines.append(line)
        if tag == "ER":
            current.is_closed, current = True, None
        elif found:
            current.pairs.append((tag, value))
        elif current.pairs:
            last, before = current.pairs[-1]
            # The writer indents lines of a text that look like a tag.
            own = line[1:] if TAG.match(line[1:]) else line
            whole = f"{before}\n{own}" if last in SEVERAL_LINES else f"{before} {line.strip()}".strip()
            current.pairs[-1] = (last, whole)
    return records, problems


class RecordReader:
    """Makes a Reference from a record. ``left`` has the values of the tags that have not been read yet."""

    def __init__(self, pairs):
        self.left = {}
        for tag, value in pairs:
            text = value.strip("\n") if tag in SEVERAL_LINES else " ".join(value.split())
            if value:
                self.left.setdefault(tag, []).append(text)
        self.tag = self.take("TY").upper()
        self.found = {"type": TYPES.get(self.tag, "document")}
        self.extra = {}

    def take(self, *tags):
        """Take the first value of the first tag that has one."""
        for tag in tags:
            if self.left.get(tag):
                return self.left[tag].pop(0)
        return ""

    def take_all(self, *tags):
        """Take all values of the tags."""
        return [value for tag in tags for value in self.left.pop(tag, [])]

    def reference(self):
        changes = next((value for value in self.left.get(CHANGES, []) if value.startswith(MARK)), "")
        if changes:
            self.left[CHANGES].remove(changes)
        for name, tags in (BOOK_NAMES if self.found["type"] == "book" else NAMES).items():
            self.found[name] = tuple(map(_name, self.take_all(*tags)))
        self._titles()
        self.found |= {name: self.take(*tags) for name, tags in FIELDS.items()}
        self.extra |= {name: value for tag, name in EXTRA.items() if (value := self.take(tag))}
        self._dates()
        self._numbers()
        self._identifiers()
        self._words()
        self._preprint()
        type_ = self.found["type"]
        if self.tag != WRITTEN_TYPES.get(type_) and TYPES.get(self.tag, type_) == type_:
            self.extra["ris-type"] = self.tag
        for tag, values in self.left.items():
            if values:
                self.extra[tag.lower()] = values[0] if len(values) == 1 else values
        found = {name: value for name, value in self.found.items() if value}
        return csl.patched(Reference(**found, extra=self.extra), changes.removeprefix(MARK), CHANGES.lower())

    def _titles(self):
        found, order = self.found, ("T2", "JF", "BT")
        found["title"] = self.take("TI", "T1", "CT")
        if found["type"] in ("book", "periodical"):
            found["title"] = found["title"] or self.take("BT", "T2", "JF")
            # The second title of a book is its series.
            self.left["T3"] = [*self.left.get("T3", []), *self.take_all("T2")]
        if found["type"] == "paper-conference" and self.left.get("C3"):
            # The second title is the conference if the proceedings have a title.
            event = self.take("T2")
            found["event_title"] = event if event not in self.left["C3"] else ""
            order = ("C3", "JF", "BT")
        names = list(dict.fromkeys(self.take_all(*order)))
        short = self.take_all("JO", "J2", "JA", "J1")
        if not names and short:
            names = [max(short, key=len)]
        short = [value for value in dict.fromkeys(short) if value not in names]
        found |= {"container_title": "".join(names[:1]), "container_title_short": "".join(short[:1])}
        if rest := [*names[1:], *short[1:]]:
            self.extra["container-titles"] = rest

    def _dates(self):
        dates = [_date(self.take(tag)) for tag in ("PY", "Y1", "DA")]
        year = next((date.year for date in dates if date.year), None)
        # Use the most precise of the dates in the same year.
        dates = [date for date in dates if date and date.year == year]
        self.found["issued"] = max(dates, key=lambda date: len(date.iso), default=Date())
        if accessed := _date(self.take("Y2")):
            self.extra["accessed"] = csl.date_to_csl(accessed)

    def _numbers(self):
        found, is_numbered = self.found, self.found["type"] in NUMBERED
        start, end = (re.sub(r"\s*[-‐–—]+\s*", "-", self.take(tag)) for tag in ("SP", "EP"))
        found["page"] = f"{start}-{end}" if start and end and end != start and "-" not in start else start or end
        found["page"] = found["page"] or self.take("C7")
        issue, number = self.take("IS"), self.take("M1")
        if is_numbered:
            found["number"] = number or issue
            issue = issue if number and issue != number else ""
        elif number:
            self.extra["m1"] = number
        found["issue"] = issue
        genre = self.take("M3")
        if re.match(rf"(?:doi:?\s*)?{identifiers.DOI_PREFIX}", genre, re.IGNORECASE):
            found["doi"] = found["doi"] or genre
        else:
            found["genre"] = genre
        for value in re.split(r"\s*[;\n]\s*|\s(?=\d{4}-\d{3}[\dXx]\b)", " ".join(self.take_all("SN"))):
            digits = re.sub(r"[^0-9Xx]", "", value)
            name = {8: "issn", 10: "isbn", 13: "isbn"}.get(len(digits), "number")
            name = "number" if is_numbered and len(digits) != 13 else name
            if value and found.get(name):
                found[name] += f", {value}"
            elif value:
                marks = r"\s*\((?:issn|isbn|print|online|electronic)[^)]*\)$"
                found[name] = re.sub(marks, "", value, flags=re.IGNORECASE)

    def _identifiers(self):
        found = self.found
        resolver = re.search(rf"{identifiers.DOI_RESOLVER}({identifiers.DOI})", found["url"])
        found["doi"] = identifiers.bare_doi(found["doi"]) or (resolver[1] if resolver else "")
        accession = self.take("AN")
        arxiv = re.fullmatch(
            rf"(?:arxiv:)\s*{identifiers.ARXIV_ID}(?:\s*{identifiers.ARXIV_CLASS})?", accession, re.IGNORECASE
        )
        pubmed = re.fullmatch(rf"(?:pmid:?\s*)?({identifiers.PMID})", accession, re.IGNORECASE)
        if arxiv:
            found["arxiv_id"], found["arxiv_class"] = arxiv["id"], arxiv["class"] or ""
        elif pubmed and (accession.lower().startswith("pmid") or "pubmed" in self.extra.get("source", "").lower()):
            found["pmid"] = pubmed[1]
        elif accession:
            self.extra["an"] = accession

    def _words(self):
        self.found["note"] = "\n\n".join(self.take_all("N1", "RN"))
        words = self.take_all("KW")
        if len(words) == 1:
            words = re.split(r"\s*;\s*", words[0])
        self.found["keyword"] = tuple(dict.fromkeys(filter(None, words)))

    def _preprint(self):
        """Set the arXiv identifier, and the type of a work that appeared on a preprint server only."""
        found, venue = self.found, self.found["container_title"]
        if not found.get("arxiv_id"):
            found["arxiv_id"] = identifiers.arxiv_id_of_doi(found["doi"]) or identifiers.arxiv_id_in(
                f"{venue} {found['url']}"
            )
        if found["type"] in ("article-journal", "document", "manuscript", "webpage") and (
            identifiers.PREPRINT_SERVER.match(venue) or (not venue and found["arxiv_id"])
        ):
            found["type"] = "article"
            if identifiers.ARXIV_VENUE.fullmatch(venue):
                found["container_title"] = ""


def _name(text):
    """Return the Name of "Family, Given, Suffix". A text without a comma may be an organisation."""
    parts = [part.strip() for part in text.split(",")]
    if len(parts) == 1:
        return Name(literal=text) if " " not in text or ORGANISATION.search(text) else parse_name(text)
    if len(parts) == 2 or (len(parts) == 3 and SUFFIX.fullmatch(parts[2])):
        return parse_name(", ".join([parts[0], *parts[2:], parts[1]]))
    return Name(family=parts[0], given=parts[1], suffix=", ".join(parts[2:]))


def _date(text):
    """Return the Date of RIS's "YYYY/MM/DD/other", or of "17 May 2024" and similar texts."""
    parts = re.fullmatch(r"(\d{4})(?:/(\d{0,2})(?:/(\d{0,2})(?:/(.*))?)?)?", text)
    if not parts:
        words = re.fullmatch(r"(?:(\d{1,2})\s+)?([^\W\d_]+\.?)\s+(?:(\d{1,2}),?\s+)?(\d{4})", text)
        if words:
            return date_of(words[4], words[2], words[1] or words[3] or "")
        return csl.date_from_csl(text.rstrip("/"))
    year, month, day, other = (part or "" for part in parts.groups())
    if other and not month:
        named = date_of(year, other, "")
        if named.season or len(named.iso) > 4:
            return named
    numbers = [number for number in (year, month, day) if number.strip("0")]
    return csl.date_from_csl({"date-parts": [numbers], "season": SEASONS.get(other.strip().lower(), "")})


def dumps(references):
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
            pairs.append((CHANGES, MARK + json.dumps(lost, ensure_ascii=False, separators=(",", ":"))))
        yield _record(pairs).replace("\n", "\r\n")


def _record(pairs):
    lines = []
    for tag, value in pairs:
        first, *more = value.split("\n") if tag in SEVERAL_LINES else [" ".join(value.split())]
        lines.append(f"{tag}  - {first}")
        lines += [f" {line}" if TAG.match(line) else line for line in more]
    return "\n".join([*lines, "ER  - ", "", ""])


def _pairs(reference):
    """Return the tags and values of a Reference in the usual order."""
    extra = dict(reference.extra)
    found = [("TY", extra.pop("ris-type", "") or WRITTEN_TYPES.get(reference.type, "GEN"))]
    for role, tags in (BOOK_NAMES if reference.type == "book" else NAMES).items():
        tag = "ED" if tags[0] == "A3" and role == "editor" else tags[0]
        found += [(tag, _written_name(name)) for name in getattr(reference, role)]
    start, dash, end = reference.page.partition("-")
    if not dash or "-" in end or "," in reference.page:
        start, end = reference.page, ""
    is_numbered, is_paper = reference.type in NUMBERED, reference.type == "paper-conference"
    is_series = reference.type == "book" and isinstance(extra.get("collection-title"), str)
    series = extra.pop("collection-title") if is_series else ""
    found += [
        ("TI", reference.title),
        ("T2", series or (is_paper and reference.event_title) or reference.container_title),
        ("J2", reference.container_title_short),
        ("C3", reference.container_title if is_paper else ""),
        *((tag, extra.pop(name)) for tag, name in EXTRA.items() if isinstance(extra.get(name), str)),
        ("PY", f"{reference.year:04}" if reference.year else reference.issued.literal),
        ("DA", _written_date(reference.issued)),
        ("IS", "" if is_numbered else reference.issue),
        ("SP", start),
        ("EP", end),
        ("M3", reference.genre),
        ("SN", reference.number if is_numbered else reference.issn or reference.isbn),
        ("AN", _accession(reference)),
        *((tags[0], getattr(reference, name)) for name, tags in FIELDS.items()),
        ("N1", reference.note),
        *(("KW", word) for word in reference.keyword),
    ]
    accessed = extra.pop("accessed", None)
    if isinstance(accessed, dict):
        found.append(("Y2", _written_date(csl.date_from_csl(accessed))))
    for name, value in extra.items():
        if re.fullmatch(r"[a-z][a-z0-9]", name) and name.upper() not in ("ER", "TY", CHANGES):
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
