"""Reads RIS."""

import re
from dataclasses import replace

from publications.references import csl
from publications.references.reading import Loaded, Problem, joined
from publications.references.reference import CSL_NAMES, ROLES, Date, Name, Reference
from publications.references.ris import procite, tables
from publications.references.ris.records import records
from publications.references.values import identifiers
from publications.references.values.dates import date_from_text
from publications.references.values.east_asian import east_asian_name
from publications.references.values.markup import from_html, paragraphs_from_html, unescaped
from publications.references.values.names import SUFFIX, parse_name
from publications.references.values.pages import is_separate
from publications.references.values.wording import stage_of, understood, without_placeholders

HTML = re.compile(r"(?:<|&lt;)/?(?:jats:)?(?:p|i|b|em|sub|sup|br|div|sec|title|italic|bold)\b[^<>&]*/?(?:>|&gt;)")
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
        for tag, value in procite.converted(record.pairs):
            if text := _text(tag, value):
                # EndNote wrote DOIs to M3 before there was DO.
                is_doi = tag == "M3" and re.fullmatch(identifiers.DOI, text)
                texts = re.split(r";\s*(?=https?://)", text) if tag == "UR" else [text]
                self.left.setdefault("DO" if is_doi else "AU" if tag == "A1" else tag, []).extend(texts)
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
        self._names()
        self._titles()
        self.found |= {name: self.take(*tags) for name, tags in tables.FIELDS.items() if name not in self.found}
        for name, tags in tables.EXTRA.items():
            if name not in self.extra and (value := self.take(*tags)):
                self.extra[name] = value
        self._dates()
        self._pages()
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
        reference = without_placeholders(understood(Reference(**found, extra=self.extra)))
        if self.tag == "INPR" and not reference.status:
            reference = replace(reference, status="in press")
        return csl.patched(reference, self.changes, "x-csl")

    def _type(self):
        """Set the type that TY and the first M3 mean together, and take the tags with another meaning in this type."""
        kinds = self.left.get("M3", [])
        if kinds and (type_ := tables.KINDS.get((self.tag, kinds[0].lower()))):
            self.found["type"] = type_
            self.left["M3"] = kinds[1:]
        type_ = self.found["type"]
        own = {tag: (name,) for tag, name in tables.BY_TYPE.get(type_, {}).items()} | tables.READ_BY_TYPE.get(type_, {})
        if self.tag == "CONF" and "C1" not in self.left:
            own.pop("CY")  # publishers write their own place there
        for tag, names in own.items():
            free = [name for name in names if name not in self.found | self.extra]
            if free and (value := self.take(tag)):
                (self.found if free[0] in CSL_NAMES else self.extra)[free[0]] = value

    def _names(self):
        for role, tags in tables.names_of(self.tag, self.found["type"]).items():
            texts = [text.strip() for value in self.take_all(*tags) for text in value.split(";")]
            names = tuple(map(read_name, filter(None, texts)))
            if role in ROLES:
                self.found[role] = names
            elif names:
                self.extra[role] = [csl.name_to_csl(name) for name in names]
        if self.tag in tables.BOOKS and not (self.found["author"] or self.found["editor"]):
            # Mendeley and others write the editors of a book to A2.
            self.found |= {"editor": self.found["collection_editor"], "collection_editor": ()}

    def _titles(self):
        found, order = self.found, ("T2", "JF", "BT")
        found["title"] = self.take("TI", "T1", "CT")
        if self.tag in tables.BOOKS or found["type"] in ("book", "periodical"):
            found["title"] = found["title"] or self.take("BT", "T2", "JF")
            # The second title of a book is its series.
            self.left["T3"] = [*self.left.get("T3", []), *self.take_all("T2")]
        found["title"] = found["title"] or self.take("ST")
        if found["type"] == "paper-conference" and self.left.get("C3"):
            # The second title is the conference if the proceedings have a title.
            event = self.take("T2")
            found["event_title"] = event if event not in self.left["C3"] else ""
            order = ("C3", "JF", "BT")
        names = list(dict.fromkeys([*filter(None, [found.get("container_title")]), *self.take_all(*order)]))
        short = self.take_all("JO", "J2", "JA", "J1")
        if not names and short:
            names = [max(short, key=len)]
        short = [value for value in dict.fromkeys(short) if value not in names]
        found |= {"container_title": "".join(names[:1]), "container_title_short": "".join(short[:1])}
        if rest := [*names[1:], *short[1:]]:
            self.extra["container-titles"] = rest

    def _dates(self):
        whole = _date(self.take("PY"))
        # The day of the same year. EndNote's DA may have only the day and month.
        dates = {tag: _date(value, whole.year) for tag in ("DA", "Y1") for value in self.left.get(tag, [])[:1]}
        whole = whole or next((date for date in dates.values() if date.parts), dates.get("Y1", Date()))
        for tag, date in dates.items():
            if date == whole or (date.parts and date.year == whole.year):
                self.take(tag)
                whole = max(whole, date, key=_precision)
        self.found["issued"] = whole
        online = _date(self.found["edition"]) if self.found["type"] == "article-journal" else Date()
        if len(online.iso) > 4:  # EndNote's date of the online version
            self.extra["available-date"], self.found["edition"] = csl.date_to_csl(online), ""
        for tag in ("Y2", "M1", "VL") if self.found["type"] in tables.ACCESSED else ("Y2",):
            if (values := self.left.get(tag)) and (accessed := _date(values[0])).parts:
                self.extra.setdefault("accessed", csl.date_to_csl(accessed))
                self.take(tag)

    def _pages(self):
        """Set the pages, or the number of pages of a whole work."""
        start, end = (re.sub(r"\s*[-‐–—]+\s*", "-", self.take(tag)) for tag in ("SP", "EP"))
        number = re.sub(r"(?<=\d)\s*(?:pp?\.?|pages)$", "", start)
        if (
            not end
            and "-" not in start
            and (self.tag in tables.WHOLE or (self.tag in tables.OFTEN_WHOLE and number.isdigit()))
        ):
            self.extra |= {"number-of-pages": number} if number else {}
            start = ""
        page = f"{start}-{end}" if start and end and end != start and "-" not in start else start or end
        number = self.take("C7")
        self.found["page"] = page or number
        if is_separate(number, self.found["page"]):
            self.extra["c7"] = number

    def _numbers(self):
        found, is_numbered = self.found, self.found["type"] in tables.NUMBERED
        found.setdefault("issue", self.take("IS"))
        genre = self.take("M3")
        if re.match(rf"(?:doi:?\s*)?{identifiers.DOI_PREFIX}", genre, re.IGNORECASE) or identifiers.doi_of_url(genre):
            found["doi"] = found["doi"] or genre
        else:
            found["genre"] = genre or found.get("genre", "")
        if self.found["type"] == "thesis" and not found["genre"] and not re.search(r"\d", found["volume"]):
            found["genre"], found["volume"] = found["volume"], ""  # the degree
        marks = r"\s*\((?:issn|isbn|print|online|electronic)[^)]*\)$"
        for text in re.split(r"\s*[;\n]\s*|\s(?=\d{4}-\d{3}[\dXx]\b)", " ".join(self.take_all("SN"))):
            digits = re.sub(r"[^0-9Xx]", "", text)
            name = {8: "issn", 10: "isbn", 13: "isbn"}.get(len(digits), "number")
            name = "number" if is_numbered and len(digits) != 13 else name
            value = re.sub(marks, "", text, flags=re.IGNORECASE)
            if name == "number" and found.get(name) and not is_numbered:
                self.extra["sn"] = value
                continue
            if value not in found.get(name, "").split(", "):
                found[name] = ", ".join(filter(None, [found.get(name), value]))
        if is_numbered and not found.get("number"):
            found["number"] = self.take("M1") or found["issue"]
            found["issue"] = "" if found["issue"] == found["number"] else found["issue"]

    def _identifiers(self):
        found = self.found
        if pubmed := re.match(rf"PM:({identifiers.PMID})$", found["url"]):
            found["pmid"], found["url"] = pubmed[1], ""  # Reference Manager
        for tag in ("C2", "C3", "C7"):
            if re.fullmatch(identifiers.PMCID, "".join(self.left.get(tag, [])[:1])):
                self.extra["PMCID"] = self.take(tag)
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
        # EndNote repeats the title in the notes.
        if remarks := [text for text in self.take_all("N1", "RN") if text != self.found["title"]]:
            # EndNote's research notes, Zotero's child notes, what a database exports about itself: not bibliographic.
            self.extra["annote"] = "\n\n".join(remarks)
        words = [word.removeprefix("%K ").strip() for value in self.take_all("KW") for word in value.split(";")]
        words = words[0].split(",") if len(words) == 1 else words
        self.found["keyword"] = tuple(dict.fromkeys(word.strip() for word in words if word.strip()))

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
        is_literal = ORGANISATION.search(text) or (" " not in text and not east_asian_name(text))
        return Name(literal=text) if is_literal else parse_name(text)
    if len(parts) == 2 or (len(parts) == 3 and SUFFIX.fullmatch(parts[2])):
        return parse_name(", ".join([parts[0], *parts[2:], parts[1]]))
    return Name(family=parts[0], given=parts[1], suffix=", ".join(parts[2:]))


def _date(text, year=None):
    """Return the Date of RIS's "YYYY/MM/DD/other" or of another text, which may lack the year if that is known."""
    parts = re.fullmatch(r"(\d{4})/(\d{0,2})/(\d{0,2})/(.*)", text)
    if parts:
        # The rest may be a season, a month in words, the time, or "in press".
        named = date_from_text(f"{parts[4]} {parts[1]}") if not parts[2] else Date()
        date = named if named.parts else date_from_text("/".join(filter(None, parts.groups()[:3])))
        return replace(date, literal=parts[4]) if stage_of(parts[4]) else date
    return date_from_text(f"{text} {year}" if year and not re.search(r"\d{4}", text) else text)


def _precision(date):
    return len(date.iso), bool(date.season), bool(date.literal)


def _text(tag, value):
    """Return a value without HTML: its entities as characters, and the markup of titles as rich text."""
    if "&" not in value and "<" not in value:
        return value
    if tag in tables.TITLES:
        return from_html(value)
    return paragraphs_from_html(value) if tag in tables.ABSTRACTS and HTML.search(value) else unescaped(value)
