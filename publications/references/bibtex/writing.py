"""Writes BibTeX that both BibTeX and biber read without a warning."""

import json
import re
from functools import lru_cache

from publications.references import csl
from publications.references.bibtex import entries
from publications.references.bibtex.fields import DATES, GENRES, NAMES, STATES, VERBATIM, entry_type_of
from publications.references.bibtex.reading import EntryReader, loads
from publications.references.dates import MONTHS
from publications.references.names import parse_names
from publications.references.reference import CSL_NAMES, Date, Name, Reference
from publications.references.tex import has_balanced_braces, to_tex

PUBLISHERS = {"phdthesis": "school", "mastersthesis": "school", "techreport": "institution", "thesis": "institution",
              "report": "institution", "manual": "organization"}  # fmt: skip
WRITTEN = {
    "event_title": "eventtitle", "event_place": "venue", "track": "track",
    "publisher_place": "address", "volume": "volume", "edition": "edition", "language": "language",
    "container_title_short": "shortjournal", "note": "note", "funding": "funding",
}  # fmt: skip
WRITTEN_EXTRA = {
    "collection-title": "series", "annote": "annote", "title-short": "shorttitle", "number-of-pages": "pagetotal",
    "number-of-volumes": "volumes", "version": "version", "chapter-number": "chapter", "part": "part",
    "PMCID": "pmcid", "original-title": "origtitle", "original-publisher": "origpublisher",
    "original-publisher-place": "origlocation",
}  # fmt: skip
# A brace or the end behind a backslash, and an @ that may begin a line.
ODD = re.compile(r"\\(?:[{}]|$)|(?:^|\n)\s*@")
# What another program would act on, were it written as a field of that name.
RESERVED = {"crossref", "xdata", "xref", "ids", "options", "year", "month", "day", "date", "x-csl", "entrytype"}


def dumps(references, *, unicode=False):
    return "".join(write(references, unicode=unicode))


def write(references, *, unicode=False):
    """The entries, one by one; in ASCII, or with letters as they are where ``unicode``.

    What BibTeX has no field for goes into a field ``x-csl`` of its own, so that reading gives back all of it.
    """
    seen = set()
    for reference in references:
        key = _free_key(reference, seen)
        fields = EntryWriter(reference, key, unicode=unicode).fields
        text = _entry(reference, key, fields)
        lacking = _lacking(reference, key, fields, text)
        if lacking:
            text = _entry(reference, key, fields | {"x-csl": lacking})
        yield text


def _entry(reference, key, fields):
    lines = [f"  {name} = {value if name == 'month' else f'{{{value}}}'}," for name, value in fields.items()]
    return "\n".join([f"@{entry_type_of(reference)}{{{key},", *lines, "}\n\n"])


def _free_key(reference, seen):
    first = (reference.author or reference.editor or (Name(literal="anonymous"),))[0]
    made = f"{first.family or first.literal}{reference.year or ''}"
    key = re.sub(r"[\s,{}()\"#%~\\'=@]+", "", reference.citation_key) or re.sub(r"[^A-Za-z0-9]+", "", made) or "entry"
    stem, number = key, 1
    while key.lower() in seen:
        number += 1
        key = f"{stem}-{number}"
    seen.add(key.lower())
    return key


class EntryWriter:
    """The fields of one entry, as TeX, in the order that people are used to: ``found``."""

    def __init__(self, reference, key, *, unicode):
        self.reference, self.unicode = reference, unicode
        self.type = entry_type_of(reference)
        self.extra = dict(reference.extra)
        nocase = self.extra.pop("nocase", {})
        self.nocase = nocase if isinstance(nocase, dict) else {}
        self.extra.pop("entrytype", None)
        self.found = {}
        self._names()
        self._titles_and_numbers()
        self._identifiers()
        self._rest()
        if not (self.found["author"] or self.found["editor"]):
            # What styles sort by where there is no name.
            self.found.setdefault("key", key)

    @property
    def fields(self):
        return {name: value for name, value in self.found.items() if value}

    def tex(self, value, csl_name=""):
        """TeX of a value, with the braces that it came with, if it is still the same."""
        if not isinstance(value, str):
            return ""
        cased = self.nocase.get(csl_name)
        is_cased = isinstance(cased, str) and csl.without_nocase(cased) == value
        return to_tex(cased if is_cased else value, unicode=self.unicode)

    def _names(self):
        others = self.extra.pop("et-al", [])
        for name, role in NAMES.items():
            people = [_name(person, self.unicode) for person in getattr(self.reference, role)]
            self.found[name] = " and ".join([*people, *(["others"] if CSL_NAMES[role] in others else [])])

    def _titles_and_numbers(self):
        found, reference = self.found, self.reference
        found["title"] = self.tex(reference.title, "title")
        container = reference.container_title or (reference.event_title if self.type == "inproceedings" else "")
        is_article = reference.type.startswith("article")
        journals = is_article or self.type in ("article", "suppperiodical")
        found["journal" if journals else "booktitle"] = self.tex(container, "container-title")
        found |= _issued(reference.issued)
        found["volume"] = self.tex(reference.volume)
        if is_article or reference.type in ("periodical", "review"):
            found["number"] = self.tex(reference.issue)
        elif reference.type in ("book", "chapter", "paper-conference"):
            found["number"] = self.tex(self.extra.pop("collection-number", ""))
        else:
            found["number"] = self.tex(reference.number)
        found["pages"] = re.sub(r"(?<=[\w)])-(?=\w)", "--", self.tex(reference.page))
        found[PUBLISHERS.get(self.type, "publisher")] = self.tex(reference.publisher)
        for name, field in WRITTEN.items():
            found[field] = self.tex(getattr(reference, name), CSL_NAMES[name])
        found["type"] = self.tex(reference.genre) if reference.genre != GENRES.get(self.type, "") else ""
        states = {value: state for state, value in STATES.items()}
        found["pubstate"] = states.get(reference.status, self.tex(reference.status))

    def _identifiers(self):
        found, reference = self.found, self.reference
        if reference.arxiv_id:
            found |= {"eprint": _verbatim(reference.arxiv_id), "archiveprefix": "arXiv"}
            found["primaryclass"] = self.tex(reference.arxiv_class)
        found |= {name: _verbatim(getattr(reference, name)) for name in ("doi", "isbn", "issn", "pmid", "url")}

    def _rest(self):
        found, extra, keywords = self.found, self.extra, self.reference.keyword
        found["keywords"] = self.tex(("; " if any("," in word for word in keywords) else ", ").join(keywords))
        found["abstract"] = self.tex(self.reference.abstract)
        for name, field in WRITTEN_EXTRA.items():
            found[field] = self.tex(extra.pop(name, ""), name)
        for field, name in DATES.items():
            date = csl.date_from_csl(extra[name]) if isinstance(extra.get(name), dict) else Date()
            if len(date.parts) == 1:
                found[field] = date.iso
                del extra[name]
        for name, value in extra.items():
            field = name.removeprefix("bib-")
            if isinstance(value, str) and re.fullmatch(r"[a-z][a-z0-9_-]*", field) and field not in RESERVED:
                written = _verbatim(value) if field in VERBATIM else self.tex(value)
                found[field] = found.get(field) or written


def _issued(date):
    """Year, month and day of the (first) date: of anything else in these fields biber warns."""
    if not date.parts:
        return {"year": to_tex(date.literal)}
    start = date.parts[0]
    found = {"year": f"{start[0]:04}"}
    if len(start) > 1:
        found["month"] = MONTHS[start[1] - 1]
    if len(start) > 2:
        found["day"] = str(start[2])
    return found


@lru_cache(maxsize=16384)
def _name(name, unicode):
    """A name as BibTeX takes it apart again."""
    if name.literal:
        return f"{{{to_tex(name.literal, unicode=unicode)}}}"
    parts = [
        to_tex(part, unicode=unicode) for part in (name.non_dropping_particle, name.family, name.suffix, name.given)
    ]
    particle, family, suffix, given = parts
    for braced in (False, True):
        if braced:
            family, suffix, given = (f"{{{part}}}" if part else "" for part in parts[1:])
        whole = f"{particle} {family}".strip()
        if suffix:
            written = f"{whole}, {suffix}, {given}"
        else:
            written = f"{whole}, {given}" if given or braced or " " in whole else whole
        if parse_names(written) == ((name,), False):
            return written
    return written


def _verbatim(text):
    if not has_balanced_braces(text) or re.search(r"\\(?:[{}]|$)", text):
        text = text.replace("{", "%7B").replace("}", "%7D").replace("\\", "%5C")
    return text


def _lacking(reference, key, fields, text):
    """JSON of what reading the entry would not give back, with no brace in it but JSON's own; "" for nothing."""
    if all(map(_is_split_alike, fields.values())):
        # The file would be split into these very fields, so it need not be.
        read = [EntryReader(entries.Entry(1, 1, entry_type_of(reference).lower(), text, key, fields)).reference()]
    else:
        read = loads(text).references
    lacking = csl.difference(reference, read[0] if read else Reference())
    if not lacking:
        return ""
    written = json.dumps(_without_braces(lacking), separators=(",", ":"))
    return written.replace("\\u0001", "\\u007b").replace("\\u0002", "\\u007d")


def _is_split_alike(value):
    """Whether a value within braces is the same for any reader: its braces pair, and nothing else could end it."""
    return not ODD.search(value) and value == value.strip() and has_balanced_braces(value)


def _without_braces(value):
    """The same with stand-ins for the braces in its texts, since those of a value must be balanced."""
    if isinstance(value, str):
        return value.replace("{", "\x01").replace("}", "\x02")
    if isinstance(value, list):
        return [_without_braces(item) for item in value]
    if isinstance(value, dict):
        return {_without_braces(name): _without_braces(item) for name, item in value.items()}
    return value
