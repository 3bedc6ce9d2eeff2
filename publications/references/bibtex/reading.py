"""Reads BibTeX and BibLaTeX, with the errors and habits of real files."""

import re
from html import unescape

from publications.references import csl
from publications.references.bibtex import entries
from publications.references.bibtex.fields import (
    DATES,
    EDITORS,
    EXTRA_TEXTS,
    GENRES,
    JOURNALS,
    KINDS,
    LINES,
    LISTS,
    NAMES,
    STATES,
    SUBTYPES,
    TEXTS,
    TYPES,
    VERBATIM,
    entry_type_of,
    verbatim,
)
from publications.references.dates import date_of
from publications.references.identifiers import (
    ARXIV_DOI,
    ARXIV_ID,
    ARXIV_VENUE,
    DOI,
    DOI_RESOLVER,
    PREPRINT_SERVER,
    bare_doi,
)
from publications.references.names import parse_names, split
from publications.references.reading import Loaded, joined
from publications.references.reference import CSL_NAMES, FIELD_NAMES, Reference
from publications.references.tex import NOCASE, from_tex


def read(blocks):
    """Read the text of some blocks piece by piece; yields Loaded and raises nothing, whatever the text."""
    for found, problems, count in entries.read(blocks):
        references = [EntryReader(entry).reference() for entry in found]
        yield Loaded(references, sorted(problems, key=lambda problem: (problem.entry, problem.line)), count)


def loads(text):
    """Read all entries of a text at once; returns Loaded."""
    return joined(read([text]))


class EntryReader:
    """One entry on its way to a Reference: ``left`` holds the fields that nothing has taken yet."""

    def __init__(self, entry):
        self.entry = entry
        self.left = dict(entry.fields)
        self.found = {}
        self.extra = {}
        self.nocase = {}

    def reference(self):
        carried = self.left.pop("x-csl", "")
        entry_type = self.entry.type
        self.found["citation_key"] = self.entry.key
        self.found["type"] = TYPES.get(entry_type.replace("-", ""), "document")
        self._names()
        self._title()
        self._dates()
        self._identifiers()
        self._container()
        self._numbers()
        self._genre()
        self._keywords()
        self._texts()
        self._preprint()
        self._rest()
        reference = Reference(**{name: value for name, value in self.found.items() if value}, extra=self.extra)
        # A preprint called @article would lack its journal.
        usual = {entry_type_of(reference), "article" if reference.type == "article" else "conference"}
        if entry_type not in usual:
            reference.extra["entrytype"] = entry_type
        return csl.patched(reference, carried, "x-csl")

    def text(self, name):
        """The rich text of a field, which is taken, without marks of case."""
        source = self.left.pop(name, "")
        if name in VERBATIM:
            return verbatim(source)
        return csl.without_nocase(_rich(source, lines=name in LINES))

    def title(self, name, csl_name):
        """The same of a field whose marks of case are kept under ``csl_name``."""
        cased = _rich(self.left.pop(name, ""))
        plain = csl.without_nocase(cased)
        if cased != plain:
            self.nocase[csl_name] = cased
        return plain

    def joined(self, main, csl_name):
        """A title with its subtitle: "Main: Sub"."""
        title = self.title(main, csl_name)
        stem = main.removesuffix("title")
        subtitle_name = {"journal": "journalsubtitle"}.get(main, f"{stem}subtitle")
        cased = from_tex(self.left.pop(subtitle_name, ""))
        if cased and title:
            separator = " " if title[-1] in "?!:" else ": "
            if csl_name in self.nocase or NOCASE in cased:
                self.nocase[csl_name] = self.nocase.get(csl_name, title) + separator + cased
            title += separator + csl.without_nocase(cased)
        return title or csl.without_nocase(cased)

    def put(self, name, value):
        """Set a field of Reference, or of ``extra``, that is not set yet; returns whether it now has this value."""
        place = self.found if name in CSL_NAMES else self.extra
        if value:
            place.setdefault(name, value)
        return place.get(name) == value

    def _names(self):
        roles = {}
        for name, role in NAMES.items():
            roles[role] = self._people(name, role)
        for suffix in ("", "a", "b", "c"):
            kind = (
                self.left.pop(f"editor{suffix}type", "").lower() if f"editor{suffix}" in self.left or not suffix else ""
            )
            if suffix:
                names = self._people(f"editor{suffix}", "contributor")
            else:
                names = roles["editor"] if kind in EDITORS else ()
                if names:
                    roles["editor"] = ()
            target = EDITORS.get(kind) or "contributor"
            if names and target in CSL_NAMES:
                roles[target] = (*roles.get(target, ()), *names)
            elif names:
                self.extra[target] = [csl.name_to_csl(name) for name in names]
        self.found |= roles

    def _people(self, field, role):
        names, others = parse_names(self.left.pop(field, ""))
        if others:
            self.extra.setdefault("et-al", []).append(CSL_NAMES[role])
        return names

    def _title(self):
        self.put("title", self.joined("title", "title"))
        addon = self.title("titleaddon", "")
        self.nocase.pop("", None)
        if addon:
            self.extra["titleaddon"] = addon

    def _dates(self):
        date = verbatim(self.left.pop("date", ""))  # in TeX, the ~ of EDTF would be a space
        year, month, day = (from_tex(self.left.pop(name, "")) for name in ("year", "month", "day"))
        issued = csl.date_from_csl(date) if date else date_of(year, month, day)
        self.found["issued"] = issued
        for name, csl_name in DATES.items():
            if name in self.left:
                self.extra[csl_name] = csl.date_to_csl(csl.date_from_csl(verbatim(self.left.pop(name))))

    def _identifiers(self):
        doi = bare_doi(self.text("doi"))
        self.put("doi", doi.rstrip("."))
        url = self.text("url")
        for name in ("howpublished", "note"):
            address = re.fullmatch(r"\\url\{(.*)\}\.?", self.left.get(name, "").strip()) if not url else None
            if address:
                url = verbatim(address[1])
                del self.left[name]
        if url:
            self.put("url", re.sub(r"^\\url\{(.*)\}$", r"\1", url))
            resolver = re.match(rf"{DOI_RESOLVER}({DOI})", url)
            if resolver:
                self.put("doi", resolver[1])
        self._eprint()

    def _eprint(self):
        archive = (self.left.get("archiveprefix") or self.left.get("eprinttype") or "").lower()
        eprint = verbatim(self.left.get("eprint", ""))
        bare = re.fullmatch(
            rf"(?:(?:https?://)?(?:www\.)?arxiv\.org/(?:abs|pdf)/|arxiv:)?{ARXIV_ID}(?:\.pdf)?", eprint, re.IGNORECASE
        )
        if archive in ("", "arxiv") and bare:
            for name in ("eprint", "archiveprefix", "eprinttype"):
                self.left.pop(name, None)
            self.put("arxiv_id", bare["id"])
        elif archive == "pubmed" and eprint.isdigit():
            for name in ("eprint", "archiveprefix", "eprinttype"):
                self.left.pop(name, None)
            self.put("pmid", eprint)
        elif archive != "arxiv":
            for name in ("primaryclass", "eprintclass"):
                if name in self.left:
                    self.extra[name] = self.text(name)

    def _container(self):
        type_ = self.found["type"]
        subtype = from_tex(self.left.get("entrysubtype", "")).lower()
        if self.entry.type == "article" and subtype in SUBTYPES:
            self.found["type"] = SUBTYPES[subtype]
            del self.left["entrysubtype"]
        for name in ("journaltitle", "journal", "fjournal"):
            macro = re.fullmatch(r"\\([a-z]+)\s*(?:\{\})?", self.left.get(name, "").strip())
            if macro and macro[1] in JOURNALS:
                self.left[name] = JOURNALS[macro[1]]
            if name in self.left and self.put("container_title", self.joined(name, "container-title")):
                continue
        book = self.joined("booktitle", "container-title") if "booktitle" in self.left else ""
        main = self.joined("maintitle", "volume-title") if "maintitle" in self.left else ""
        self.nocase.pop("volume-title", None)
        if main and type_ in ("chapter", "paper-conference") and book:
            self.extra["volume-title"], book = book, main
            self.nocase.pop("container-title", None)
        elif main and type_ == "book":
            # The work is a volume of what the main title names.
            self.extra["maintitle"], main = main, ""
        self.put("container_title", book or main)
        self.put("event_title", self.title("eventtitle", "event-title"))
        series = self.title("series", "collection-title")
        self.put("collection-title", {"newseries": "New series", "oldseries": "Old series"}.get(series, series))
        self.put("title-short", self.title("shorttitle", "title-short"))

    def _numbers(self):
        pages = self.text("pages")
        self.put("page", re.sub(r"\s*[-‐‑‒–—]+\s*", "-", pages))
        number, issue = self.text("number"), self.text("issue")
        type_ = self.found["type"]
        if type_.startswith("article") or type_ in ("periodical", "review"):
            self.put("issue", number or issue)
            if number and issue:
                self.extra["issuetitle"] = issue
        elif type_ in ("book", "chapter", "paper-conference"):
            self.put("collection-number", number)
            self.put("issue", issue)
        else:
            self.put("number", number)
            self.put("issue", issue)
        if "eid" in self.left:
            eid = self.text("eid")
            if "page" in self.found and eid != self.found["page"]:
                self.extra["eid"] = eid
            else:
                self.put("page", eid)

    def _genre(self):
        genre = self.text("type")
        self.put("genre", KINDS.get(genre.lstrip("\\").lower(), genre) or GENRES.get(self.entry.type, ""))
        state = self.text("pubstate")
        self.put("status", STATES.get(state.lower().replace(" ", ""), state))

    def _keywords(self):
        words = []
        for name in ("keywords", "keyword"):
            text = self.text(name)
            words += [word.strip() for word in text.split(";" if ";" in text else ",")]
        self.found["keyword"] = tuple(dict.fromkeys(word for word in words if word))

    def _texts(self):
        for names in (TEXTS, EXTRA_TEXTS):
            for name, target in names.items():
                if name in LISTS and name in self.left:
                    self.left[name] = "; ".join(split(self.left[name], r"\s+and\s+"))
                if name in self.left:
                    value = self.text(name)
                    if not self.put(target, value):
                        self.extra[name] = value

    def _preprint(self):
        """A work that appeared on a preprint server alone is one, whatever the entry calls itself."""
        found, venue = self.found, self.found.get("container_title", "")
        volume = re.fullmatch(rf"abs/{ARXIV_ID}", found.get("volume", ""))
        if volume and venue.lower() == "corr":
            found.pop("volume")
            self.put("arxiv_id", volume["id"])
        how = from_tex(self.left.get("howpublished", ""))
        for place in (venue, how, found.get("note", ""), found.get("url", "")):
            said = re.search(rf"arxiv(?:\.org/(?:abs|pdf)/|:)\s*{ARXIV_ID}", place, re.IGNORECASE)
            if said:
                self.put("arxiv_id", re.sub(r"\.pdf$", "", said["id"]))
        doi = ARXIV_DOI.fullmatch(found.get("doi", ""))
        if doi:
            self.put("arxiv_id", doi[1])
        on_server = bool(PREPRINT_SERVER.match(venue))
        if (self.entry.type == "article" and on_server) or (
            self.entry.type in ("misc", "online", "unpublished", "electronic")
            and not venue
            and (found.get("arxiv_id") or PREPRINT_SERVER.match(how))
        ):
            found["type"] = "article"
        if found["type"] == "article" and found.get("arxiv_id"):
            same = ARXIV_VENUE.fullmatch(venue)
            if same and same["id"] in (None, found["arxiv_id"]):
                found.pop("container_title", None)
                self.nocase.pop("container-title", None)
            if (
                found.get("issue")
                and found["type"] == "article"
                and re.fullmatch(rf"(?:arxiv:)?{ARXIV_ID}", found["issue"], re.IGNORECASE)
            ):
                found.pop("issue")

    def _rest(self):
        for name, source in self.left.items():
            if name == "key" and source == self.entry.key:
                continue
            known = name in CSL_NAMES.values() or name in FIELD_NAMES or name in ("nocase", "et-al")
            value = verbatim(source) if name in VERBATIM else csl.without_nocase(from_tex(source))
            if value:
                self.extra[f"bib-{name}" if known else name] = value
        if self.nocase:
            self.extra["nocase"] = {name: text for name, text in self.nocase.items() if self._still(name, text)}
            if not self.extra["nocase"]:
                del self.extra["nocase"]

    def _still(self, name, text):
        field = FIELD_NAMES.get(name)
        value = self.found.get(field) if field else self.extra.get(name)
        return csl.without_nocase(text) == value


def _rich(source, *, lines=False):
    """Rich text of TeX, in which Crossref leaves HTML's entities."""
    text = from_tex(source, lines=lines)
    return unescape(text) if "&" in text and ";" in text else text
