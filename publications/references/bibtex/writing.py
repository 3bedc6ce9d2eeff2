"""Writes BibTeX for BibTeX and biber, and for the reference managers that import it."""

import json
import re
from functools import lru_cache
from itertools import chain, count

from profiles.content.patterns import COLLABORATION
from publications.references import csl
from publications.references.bibtex import fields
from publications.references.bibtex.entries import CHANGES, Entry
from publications.references.bibtex.reading import EntryReader, loads
from publications.references.extra import READERS, RIS
from publications.references.reference import CSL_NAMES, Date, Name, Reference
from publications.references.tex import has_balanced_braces, to_tex
from publications.references.values import links
from publications.references.values.dates import MONTHS
from publications.references.values.names import parse_names
from publications.references.values.wording import ends_with_others, stage_of

PUBLISHERS = {"phdthesis": "school", "mastersthesis": "school", "techreport": "institution", "thesis": "institution",
              "report": "institution", "manual": "organization"}  # fmt: skip
STATE_NAMES = {value: state for state, value in fields.STATES.items()}
# A value that not every parser reads alike: with an escaped brace, or with an @ that could start an entry.
AMBIGUOUS = re.compile(r"\\(?:[{}]|$)|(?:^|\n)\s*@")
JSON_STRING = re.compile(r'"(?:[^"\\]|\\.)*"')
# Fields with a meaning for BibTeX or biber, which a field of ``extra`` must not get.
RESERVED = {"crossref", "xdata", "xref", "ids", "options", "year", "month", "day", "date", "x-csl", "entrytype"}


def dumps(references, *, unicode=False, complete=True):
    """Return the text of a file. The options are those of ``write``."""
    return "".join(write(references, unicode=unicode, complete=complete))


def write(references, *, unicode=False, complete=True):
    """Yield the text of a file entry by entry, in ASCII with TeX macros, or with Unicode letters.

    ``complete``: what BibTeX has no field for is written to an @comment before the entry, which other programs skip,
    so that nothing is lost when the file is imported.
    """
    keys = set()
    for reference in references:
        key = _unique_key(reference, keys)
        type_ = fields.entry_type_of(reference, complete=complete)
        left_out = {"nocase", "entrytype"} if complete else READERS - {"et-al"} | RIS
        values = EntryWriter(reference, key, type_, left_out, unicode=unicode).values
        lines = [f"  {name} = {value if name == 'month' else f'{{{value}}}'}," for name, value in values.items()]
        text = "\n".join([f"@{type_}{{{key},", *lines, "}\n\n"])
        lost = _lost(reference, Entry(1, 1, type_.lower(), text, key, values)) if complete else ""
        yield f"@comment{{{CHANGES} {key} {lost}}}\n{text}" if lost else text


def _unique_key(reference, keys):
    """Return the citation key, or one of author and year, that is not in ``keys`` yet, and add it."""
    first = (reference.author or reference.editor or (Name(literal="anonymous"),))[0]
    made = f"{first.family or first.literal}{reference.year or ''}"
    key = re.sub(r"[\s,{}()\"#%~\\'=@]+", "", reference.citation_key) or re.sub(r"[^A-Za-z0-9]+", "", made) or "entry"
    numbered = (f"{key}-{number}" for number in count(2))
    key = next(candidate for candidate in chain([key], numbered) if candidate.lower() not in keys)
    keys.add(key.lower())
    return key


class EntryWriter:
    """Makes the fields of an entry in the usual order. ``values`` maps their names to TeX.

    ``left_out`` are the names in ``extra`` that get no field.
    """

    def __init__(self, reference, key, type_, left_out, *, unicode):
        self.reference, self.type, self.unicode = reference, type_, unicode
        self.extra = {name: value for name, value in reference.extra.items() if name not in left_out}
        nocase = reference.extra.get("nocase")
        self.nocase = nocase if isinstance(nocase, dict) else {}
        self.found = {}
        self._names()
        self._titles_and_numbers()
        self._identifiers()
        self._texts()
        if not (self.found["author"] or self.found["editor"]):
            self.found.setdefault("key", key)  # styles sort by it

    @property
    def values(self):
        return {name: value for name, value in self.found.items() if value}

    def tex(self, value, csl_name=""):
        """Return the TeX of a value, with the braces that it was imported with unless the value has changed."""
        if not isinstance(value, str):
            return ""
        marked = self.nocase.get(csl_name)
        is_same = isinstance(marked, str) and csl.without_nocase(marked) == value
        return to_tex(marked if is_same else value, unicode=self.unicode)

    def _names(self):
        for name, role in fields.NAMES.items():
            people = [_name(person, self.unicode) for person in getattr(self.reference, role)]
            self.found[name] = " and ".join(
                [*people, *(["others"] if ends_with_others(self.extra, CSL_NAMES[role]) else [])]
            )
        self.extra.pop("et-al", None)
        # BibTeX's styles print the word "Collaboration" themselves.
        groups = [name.literal for name in self.reference.contributor if COLLABORATION.search(name.literal)]
        self.found["collaboration"] = self.tex(" and ".join(group.removesuffix(" Collaboration") for group in groups))

    def _titles_and_numbers(self):
        found, reference, type_ = self.found, self.reference, self.reference.type
        found["title"] = self.tex(reference.title, "title")
        container = reference.container_title or (reference.event_title if self.type == "inproceedings" else "")
        is_in_journal = fields.has_issues(type_) or self.type in ("article", "suppperiodical")
        found["journal" if is_in_journal else "booktitle"] = self.tex(container, "container-title")
        found |= _issued(reference.issued)
        found["volume"] = self.tex(reference.volume)
        number = reference.issue if fields.has_issues(type_) else reference.number or reference.issue
        if type_ in ("book", "chapter", "paper-conference"):
            number = self.extra.pop("collection-number", "")
        found["number"] = self.tex(number)
        found["pages"] = re.sub(r"(?<=[\w)])-(?=\w)", "--", self.tex(reference.page))
        found[PUBLISHERS.get(self.type, "publisher")] = self.tex(reference.publisher)
        for name, field in fields.WRITTEN.items():
            found[field] = self.tex(getattr(reference, name), CSL_NAMES[name])
        genre = reference.genre or fields.KIND_NAMES.get(type_, "")
        found["type"] = self.tex(genre) if genre != fields.GENRES.get(self.type, "") else ""
        entry_type, subtype = fields.WRITTEN_TYPES[type_]
        found["entrysubtype"] = subtype if self.type == entry_type else ""
        if reference.issued or not stage_of(reference.status):
            found["pubstate"] = STATE_NAMES.get(reference.status, self.tex(reference.status))
        else:
            found["year"] = self.tex(reference.status)  # BibTeX's styles print it
        if self.type == "unpublished":
            found["note"] = found["note"] or self.tex(reference.status)  # required

    def _identifiers(self):
        found, reference = self.found, self.reference
        if reference.arxiv_id:
            # BibTeX's styles read "archiveprefix" and "primaryclass", biber both, Zotero "eprinttype".
            found |= {"eprint": _verbatim(reference.arxiv_id), "eprinttype": "arxiv", "archiveprefix": "arXiv"}
            found |= dict.fromkeys(["eprintclass", "primaryclass"], self.tex(reference.arxiv_class))
        found |= {name: _verbatim(getattr(reference, name)) for name in ("doi", "isbn", "issn", "pmid", "url")}

    def _texts(self):
        found, extra, keywords = self.found, self.extra, self.reference.keyword
        found["keywords"] = self.tex(("; " if any("," in word for word in keywords) else ", ").join(keywords))
        found["abstract"] = self.tex(self.reference.abstract)
        for field, name in fields.EXTRA_TEXTS.items():
            found.setdefault(field, self.tex(extra.pop(name, ""), name))
        for field, name in fields.DATES.items():
            date = csl.date_from_csl(extra[name]) if isinstance(extra.get(name), dict) else Date()
            if len(date.parts) == 1:
                found[field] = date.iso
                del extra[name]
        for name, value in extra.items():
            field = name.removeprefix("bib-")
            if isinstance(value, str) and re.fullmatch(r"[a-z][a-z0-9_-]*", field) and field not in RESERVED:
                is_verbatim = field in fields.VERBATIM or (links.name_of(field) and " " not in value)
                written = _verbatim(value) if is_verbatim else self.tex(value)
                found[field] = found.get(field) or written


def _issued(date):
    """Return year, month and day of the first date. Other values make biber warn."""
    year, month, day, *_ = (*(date.parts[0] if date.parts else ()), None, None, None)
    return {
        "year": f"{year:04}" if year else to_tex(date.literal),
        "month": MONTHS[month - 1] if month else "",
        "day": str(day or ""),
    }


@lru_cache(maxsize=16384)
def _name(name, unicode):
    """Return the TeX of a Name, with braces around its parts if BibTeX would split it differently without."""
    if name.literal:
        return f"{{{to_tex(name.literal, unicode=unicode)}}}"
    parts = (name.non_dropping_particle, name.family, name.suffix, name.given)
    particle, *parts = (to_tex(part, unicode=unicode) for part in parts)
    for braced in (False, True):
        family, suffix, given = (f"{{{part}}}" if part and braced else part for part in parts)
        whole = f"{particle} {family}".strip()
        written = ", ".join([whole, *([suffix] if suffix else []), given])
        if not (suffix or given or braced or " " in whole):
            written = whole
        if parse_names(written) == ((name,), False):
            break
    return written


def _verbatim(text):
    """Return an identifier or URL on one line, with braces and backslashes escaped that would end the field."""
    text = " ".join(text.split())
    if not has_balanced_braces(text) or re.search(r"\\(?:[{}]|$)", text):
        text = text.replace("{", "%7B").replace("}", "%7D").replace("\\", "%5C")
    return text


def _lost(reference, entry):
    """Return as JSON what would be lost if the entry was imported, or "". Its braces are balanced."""
    if any(AMBIGUOUS.search(value) or value != value.strip() or not has_balanced_braces(value)
           for value in entry.fields.values()):  # fmt: skip
        read = loads(entry.raw).references
    else:
        read = [EntryReader(entry).reference()]
    lost = csl.difference(reference, read[0] if read else Reference())
    if not lost:
        return ""
    # In strings, braces need not be balanced, and BibTeX would start an entry at an "@".
    written = json.dumps(lost, separators=(",", ":"))
    return JSON_STRING.sub(lambda string: re.sub("[{}@]", lambda found: f"\\u{ord(found[0]):04x}", string[0]), written)
