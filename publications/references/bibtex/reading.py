"""Reads BibTeX and BibLaTeX as it occurs in real files."""

import re

from publications.references import csl
from publications.references.bibtex import entries, fields, jekyll, marks
from publications.references.reading import Loaded, joined
from publications.references.reference import CSL_NAMES, FIELD_NAMES, Reference
from publications.references.tex import NOCASE, from_tex, left_out
from publications.references.values import identifiers
from publications.references.values.dates import date_of
from publications.references.values.markup import from_html, paragraphs_from_html
from publications.references.values.names import parse_names
from publications.references.values.pages import hyphenated, is_separate
from publications.references.values.wording import stage_of, understood, without_placeholders

HTML = re.compile(r"&#?\w{2,8};|</?(?:jats:|mml:)?(?:em|strong|italic|bold|scp?|math|p|br)\b[^<>]*>", re.IGNORECASE)
OWN_SPAN = re.compile(r"<(span (?:class=\"nocase\"|style=\"font-variant: ?small-caps;?\")|/span)>")
ARXIV_EPRINT = re.compile(
    rf"(?:(?:https?://)?(?:www\.)?arxiv\.org/(?:abs|pdf)/|arxiv:)?{identifiers.ARXIV_ID}(?:\.pdf)?", re.IGNORECASE
)


def read(blocks):
    """Read a text, given in blocks. Yield a Loaded for each piece; errors in the text are Problems in it."""
    for found, problems, count in entries.read(blocks):
        references = [EntryReader(entry).reference() for entry in found]
        problems += [problem for entry in found for problem in _left_out(entry)]
        yield Loaded(references, sorted(problems, key=lambda problem: (problem.entry, problem.line)), count)


def loads(text):
    """Return one Loaded with all entries of a text."""
    return joined(read([text]))


def _left_out(entry):
    """Yield a Problem for each macro of an entry that is left out."""
    for name, value in entry.fields.items():
        for macro in left_out(value) if name not in (*fields.VERBATIM, entries.CHANGES) else ():
            if macro not in fields.JOURNALS:
                message = f"“\\{macro}” is not a known macro of TeX, so it was left out. Write the text instead."
                yield entry.problem(message, name)


class EntryReader:
    """Makes a Reference from an entry. ``left`` has the fields of the entry that have not been read yet."""

    def __init__(self, entry):
        self.entry = entry
        self.left = dict(entry.fields)
        self.found = {"citation_key": entry.key, "type": fields.TYPES.get(entry.type.replace("-", ""), "document")}
        self.extra = {}
        self.nocase = {}

    def reference(self):
        changes = self.left.pop(entries.CHANGES, "")
        self.extra |= jekyll.take_fields(self.left)
        self._type()
        self._names()
        self._titles()
        self._dates()
        self._identifiers()
        self._container()
        self._numbers()
        self._words()
        self._texts()
        self._marks()
        self._preprint()
        self._rest()
        found = {name: value for name, value in self.found.items() if value}
        reference = without_placeholders(understood(Reference(**found, extra=self.extra)))
        # An @article without a journal would be written as @misc, so a preprint's entry type is not stored.
        if self.entry.type not in {
            fields.entry_type_of(reference),
            "article" if reference.type == "article" else "conference",
        }:
            reference.extra["entrytype"] = self.entry.type
        return csl.patched(reference, changes, entries.CHANGES)

    def text(self, name):
        """Take a field and return its rich text, without nocase marks."""
        source = self.left.pop(name, "")
        if name in fields.VERBATIM:
            return fields.verbatim(source)
        return csl.without_nocase(_rich(source, lines=name in fields.LINES)).strip()

    def title(self, name, csl_name, subtitle=""):
        """Take a title and its subtitle and return "Title: Subtitle". Store the marked text in ``nocase``."""
        marked, marked_subtitle = _rich(self.left.pop(name, "")), from_tex(self.left.pop(subtitle, ""))
        if marked and marked_subtitle:
            separator = " " if csl.without_nocase(marked)[-1] in "?!:" else ": "
            marked += separator + marked_subtitle
        elif marked_subtitle:
            return csl.without_nocase(marked_subtitle)
        if NOCASE in marked:
            self.nocase[csl_name] = marked
        return csl.without_nocase(marked).strip()

    def put(self, name, value):
        """Set a field of Reference or of ``extra`` unless it is set. Return whether it has this value afterwards."""
        place = self.found if name in CSL_NAMES else self.extra
        if value:
            place.setdefault(name, value)
        return place.get(name) == value

    def _type(self):
        """Set the type that the entry type and its subtype mean together."""
        subtype = from_tex(self.left.get("entrysubtype", "")).lower()
        type_ = fields.SUBTYPES.get((self.entry.type, subtype))
        self.is_certain = bool(type_)
        if type_:
            self.found["type"] = type_
            del self.left["entrysubtype"]
            if self.left.get("type") == fields.KIND_NAMES.get(type_):
                self.left.pop("type", "")

    def _names(self):
        roles = {role: self._people(name, role) for name, role in fields.NAMES.items()}
        kind = self.left.pop("editortype", "").lower()
        others = [(kind, roles.pop("editor"))] if kind in fields.EDITORS else []
        others += [
            (self.left.pop(f"{field}type", "").lower(), names)
            for field in ("editora", "editorb", "editorc")
            if (names := self._people(field, "contributor"))
        ]
        for kind, names in others:
            role = fields.EDITORS.get(kind) or "contributor"
            if role in CSL_NAMES:
                roles[role] = (*roles.get(role, ()), *names)
            elif names:
                self.extra[role] = [csl.name_to_csl(name) for name in names]
        self.found |= roles

    def _people(self, field, role):
        names, others = parse_names(self.left.pop(field, ""))
        if others:
            self.extra.setdefault("et-al", []).append(CSL_NAMES[role])
        return names

    def _titles(self):
        self.put("title", self.title("title", "title", "subtitle"))
        self.put("titleaddon", self.text("titleaddon"))
        self.put("event_title", self.title("eventtitle", "event-title"))
        series = self.title("series", "collection-title")
        self.put("collection-title", {"newseries": "New series", "oldseries": "Old series"}.get(series, series))
        self.put("title-short", self.title("shorttitle", "title-short"))

    def _dates(self):
        date = fields.verbatim(self.left.pop("date", ""))  # in TeX, the "~" of EDTF would be a space
        year, month, day = (self.text(name) for name in ("year", "month", "day"))
        if stage_of(month):
            year, month = f"{year}, {month}".strip(", "), ""
        self.found["issued"] = csl.date_from_csl(date) if date else date_of(year, month, day)
        for name, csl_name in fields.DATES.items():
            if name in self.left:
                self.extra[csl_name] = csl.date_to_csl(csl.date_from_csl(fields.verbatim(self.left.pop(name))))

    def _identifiers(self):
        self.put("doi", identifiers.bare_doi(self.text("doi")))
        url = self.text("url")
        for name in ("howpublished", "note"):
            address = fields.verbatim(self.left.get(name, "")).removesuffix(".")
            if re.fullmatch(r"https?://\S+", address) and url in ("", address):
                url = address
                del self.left[name]
            is_doi = re.fullmatch(rf"doi:?\s*{identifiers.DOI}", address, re.IGNORECASE)
            if is_doi and self.put("doi", identifiers.bare_doi(address)):
                del self.left[name]
        self.put("url", url)
        self.put("doi", identifiers.doi_of_url(url))
        archive = (self.left.get("archiveprefix") or self.left.get("eprinttype") or "").lower()
        eprint = fields.verbatim(self.left.get("eprint", ""))
        arxiv = ARXIV_EPRINT.fullmatch(eprint) if archive in ("", "arxiv") else None
        if arxiv or (archive == "pubmed" and eprint.isdigit()):
            self.put("arxiv_id" if arxiv else "pmid", arxiv["id"] if arxiv else eprint)
            for name in ("eprint", "archiveprefix", "eprinttype"):
                self.left.pop(name, None)
        elif archive != "arxiv":
            # The class of another archive, not of arXiv.
            for name in ("primaryclass", "eprintclass"):
                if name in self.left:
                    self.extra[name] = self.text(name)

    def _container(self):
        type_ = self.found["type"]
        is_part = type_ in ("chapter", "paper-conference")
        in_series = is_part and "booktitle" in self.left  # as proceedings in "SIGPLAN Notices"
        for name in ("fjournal", "journaltitle", "journal"):
            macro = re.fullmatch(r"\\([a-z]+)\s*(?:\{\})?", self.left.get(name, "").strip())
            if macro and macro[1] in fields.JOURNALS:
                self.left[name] = fields.JOURNALS[macro[1]]
            if name in self.left:
                subtitle = "journalsubtitle" if name != "fjournal" else ""
                value = self.title(name, "collection-title" if in_series else "container-title", subtitle)
                if not self.put("collection-title" if in_series else "container_title", value):
                    self.put(name if in_series else "container_title_short", value)
        book = self.title("booktitle", "container-title", "booksubtitle") if "booktitle" in self.left else ""
        main = self.title("maintitle", "", "mainsubtitle") if "maintitle" in self.left else ""
        if type_ == "book":
            # Entries that refer to this one inherit it; it is often the same as the title.
            self.put("booktitle", book if book != self.found.get("title") else "")
            book = ""
        if main and is_part and book:
            self.extra["volume-title"], book = book, main
            self.nocase.pop("container-title", None)
        elif main and type_ == "book":
            # The work is one volume of a work with the main title.
            self.extra["maintitle"], main = main, ""
        if not self.put("container_title", book or main):
            self.put("event_title", book)  # of an article in a journal of proceedings
        is_of_conference = type_ == "paper-conference" or self.entry.type == "proceedings"
        if is_of_conference and "location" in self.left and "address" in self.left:
            self.put("event_place", self.text("location"))  # the ACM's

    def _numbers(self):
        self.put("page", hyphenated(self.text("pages")))
        number, issue = self.text("number"), self.text("issue")
        type_ = self.found["type"]
        if fields.has_issues(type_):
            self.put("issue", number or issue)
            self.put("issuetitle", issue if number else "")
        else:
            self.put("collection-number" if type_ in ("book", "chapter", "paper-conference") else "number", number)
            self.put("issue", issue)
        for name in ("eid", "articleno", "article-number"):
            number = self.text(name)
            self.put("page", number)
            if is_separate(number, self.found.get("page")):
                self.put(name, number)

    def _words(self):
        genre, state = self.text("type"), self.text("pubstate")
        if not state and stage_of(self.left.get("status", "")):  # other values are about reading: "unread"
            state = self.text("status")
        self.put("genre", fields.KINDS.get(genre.lstrip("\\").lower(), genre) or fields.GENRES.get(self.entry.type, ""))
        self.put("status", fields.STATES.get(state.lower().replace(" ", ""), state))
        texts = [self.text("keywords"), self.text("keyword")]
        words = [word.strip() for text in texts for word in text.split(";" if ";" in text else ",")]
        self.found["keyword"] = tuple(dict.fromkeys(filter(None, words)))

    def _texts(self):
        for name, target in [*fields.TEXTS.items(), *fields.EXTRA_TEXTS.items()]:
            if name in self.left:
                value = self.text(name)
                if not self.put(target, value):
                    self.extra[name] = value
        if pmid := re.fullmatch(rf"PMID:?\s*({identifiers.PMID})\.?", self.found.get("note", "")):
            self.put("pmid", pmid[1])
            del self.found["note"]

    def _marks(self):
        explanations = (self.extra.get("annote", ""), self.found.get("note", ""))
        self.found["author"], marked = marks.without_marks(self.found["author"], *explanations)
        self.extra |= marked

    def _preprint(self):
        """Set the arXiv identifier, and the type of a work that appeared on a preprint server only."""
        found, venue, type_ = self.found, self.found.get("container_title", ""), self.entry.type
        volume = re.fullmatch(rf"abs/{identifiers.ARXIV_ID}", found.get("volume", ""))
        if volume and venue.lower() == "corr":
            del found["volume"]
            self.put("arxiv_id", volume["id"])
        how = from_tex(self.left.get("howpublished", ""))
        self.put("arxiv_id", identifiers.arxiv_id_in(venue, how, found.get("note", ""), found.get("url", "")))
        self.put("arxiv_id", identifiers.arxiv_id_of_doi(found.get("doi", "")))
        arxiv_id = found.get("arxiv_id")
        is_unpublished = type_ in ("misc", "online", "unpublished", "electronic") and not venue
        if not self.is_certain and (
            (type_ == "article" and identifiers.PREPRINT_SERVER.match(venue))
            or (is_unpublished and (arxiv_id or identifiers.PREPRINT_SERVER.match(how)))
        ):
            found["type"] = "article"
        if found["type"] == "article" and arxiv_id:
            only = identifiers.ARXIV_VENUE.fullmatch(venue)
            if only and only["id"] in (None, arxiv_id):
                found.pop("container_title", None)
                self.nocase.pop("container-title", None)
            if re.fullmatch(rf"(?:arxiv:)?{identifiers.ARXIV_ID}", found.get("issue", ""), re.IGNORECASE):
                del found["issue"]

    def _rest(self):
        """Store the fields that are left in ``extra``, and ``nocase`` for the titles that were used."""
        for name, source in self.left.items():
            if name == "key" and source == self.entry.key:
                continue
            is_taken = name in CSL_NAMES.values() or name in FIELD_NAMES or name in ("nocase", "et-al", *self.extra)
            value = fields.verbatim(source) if name in fields.VERBATIM else csl.without_nocase(_rich(source))
            if value:
                self.extra[f"bib-{name}" if is_taken else name] = value
        values = self.extra | {CSL_NAMES[name]: value for name, value in self.found.items()}
        nocase = {name: text for name, text in self.nocase.items() if csl.without_nocase(text) == values.get(name)}
        if nocase:
            self.extra["nocase"] = nocase


def _rich(source, *, lines=False):
    """Return the rich text of TeX that may contain HTML, as Crossref's does."""
    text = from_tex(source, lines=lines)
    if not HTML.search(text):
        return text
    if lines:
        return paragraphs_from_html(text)
    # Our own marks would be removed like those of HTML.
    return from_html(OWN_SPAN.sub("\ue004\\1\ue005", text)).replace("\ue004", "<").replace("\ue005", ">")
