"""Reads RIS."""

import re
from dataclasses import replace

from publications.references import csl, identifiers
from publications.references.dates import SEASONS, date_of
from publications.references.east_asian import split_name
from publications.references.names import SUFFIX, parse_name
from publications.references.reading import Loaded, Problem, joined
from publications.references.reference import CSL_NAMES, Date, Name, Reference
from publications.references.ris import tables
from publications.references.ris.records import records
from publications.references.wording import understood

ORGANISATION = re.compile(
    r"\b(?:collaboration|consortium|group|team|project|university|institute|committee|commission|association|society|"
    r"organi[sz]ation|agency|council|network|foundation|department|ministry|office|centre|center|company|inc|ltd|"
    r"laboratory|initiative|alliance|board|bank|nations)\b",
    re.IGNORECASE,
)


def read(blocks):
    """Read a text, given in blocks. Yield a Loaded for each record; errors in the text are Problems in it."""
    found = records(blocks)
    if ignored := "\n".join(next(found).after).strip():
        message = "The text before the first record is not RIS and was ignored."
        yield Loaded([], [Problem(message, 0, 1, text=ignored, lost=False)])
    for number, record in enumerate(found, 1):
        yield _loaded(record, number)


def loads(text):
    """Return one Loaded with all records of a text."""
    return joined(read([text]))


def _loaded(record, number):
    """Return the Loaded of a record with its number in the file."""
    pairs = record.pairs
    key = next((value for tag, value in pairs if tag == "ID"), "")
    place = {"entry": number, "line": record.line, "key": key, "text": "\n".join(record.lines).strip()}
    if not record.has_type:
        message = "The record has no “TY  - ” line, so its type is unknown. Add this line at its start."
        return Loaded([], [Problem(message, **place, field="TY")], 1)
    problems = []
    if not record.is_closed:
        message = "The record does not end with “ER  - ”. It was read up to here; check that it is complete."
        problems.append(Problem(message, **place, field="ER", lost=False))
    if len(pairs) == 1:
        problems.append(Problem("The record has a type but no fields. Add its fields.", **place, lost=False))
    if pairs[0][1].upper() not in tables.TYPES:
        message = f"“{pairs[0][1]}” is not a RIS type. The work was read as a document; choose its type."
        problems.append(Problem(message, **place, field="TY", lost=False))
    return Loaded([RecordReader(record).reference()], problems, 1)


class RecordReader:
    """Makes a Reference from a record. ``left`` has the values of the tags that have not been read yet."""

    def __init__(self, record):
        self.changes = record.changes
        self.left = {}
        for tag, value in record.pairs:
            if value:
                self.left.setdefault(tag, []).append(value)
        self.tag = self.take("TY").upper()
        self.found = {"type": tables.TYPES.get(self.tag, "document")}
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
        self._type()
        for name, tags in (tables.BOOK_NAMES if self.tag in tables.BOOKS else tables.NAMES).items():
            self.found[name] = tuple(map(read_name, self.take_all(*tags)))
        self._titles()
        self.found |= {name: self.take(*tags) for name, tags in tables.FIELDS.items() if name not in self.found}
        self.extra |= {name: value for tag, name in tables.EXTRA.items() if (value := self.take(tag))}
        self._dates()
        self._numbers()
        self._identifiers()
        self._words()
        self._preprint()
        type_ = self.found["type"]
        if self.tag not in (tables.WRITTEN_TYPES[type_][0], "INPR") and tables.TYPES.get(self.tag, type_) == type_:
            self.extra["ris-type"] = self.tag
        for tag, values in self.left.items():
            if values:
                self.extra[tag.lower()] = values[0] if len(values) == 1 else values
        found = {name: value for name, value in self.found.items() if value}
        reference = understood(Reference(**found, extra=self.extra))
        if self.tag == "INPR" and not reference.status:
            reference = replace(reference, status="in press")
        return csl.patched(reference, self.changes, "x-csl")

    def _type(self):
        """Set the type that TY and the first M3 mean together, and take the tags with another meaning in this type."""
        kinds = self.left.get("M3", [])
        if kinds and (type_ := tables.KINDS.get((self.tag, kinds[0].lower()))):
            self.found["type"] = type_
            self.left["M3"] = kinds[1:]
        if self.tag == "CONF" and "C1" not in self.left:
            return  # publishers write their own place to CY
        for tag, name in tables.BY_TYPE.get(self.found["type"], {}).items():
            if value := self.take(tag):
                (self.found if name in CSL_NAMES else self.extra)[name] = value

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
        found, is_numbered = self.found, self.found["type"] in tables.NUMBERED
        start, end = (re.sub(r"\s*[-‐–—]+\s*", "-", self.take(tag)) for tag in ("SP", "EP"))
        found["page"] = f"{start}-{end}" if start and end and end != start and "-" not in start else start or end
        found["page"] = found["page"] or self.take("C7")
        if start and not end and self.tag in tables.WHOLE:
            self.extra["number-of-pages"], found["page"] = start, ""
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
        found["doi"] = identifiers.bare_doi(found["doi"]) or identifiers.doi_of_url(found["url"])
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
        if remarks := self.take_all("N1", "RN"):
            # EndNote's research notes, Zotero's child notes, what a database exports about itself: not bibliographic.
            self.extra["annote"] = "\n\n".join(remarks)
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


def read_name(text):
    """Return the Name of "Family, Given, Suffix". A text without a comma, or with one at its end, is an organisation's.

    Without a comma it may also be a person's.
    """
    if text.endswith(","):
        return Name(literal=text.rstrip(", "))
    parts = [part.strip() for part in text.split(",")]
    if len(parts) == 1:
        is_literal = ORGANISATION.search(text) or (" " not in text and not split_name(text))
        return Name(literal=text) if is_literal else parse_name(text)
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
