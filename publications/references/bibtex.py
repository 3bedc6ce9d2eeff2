"""BibTeX and BibLaTeX: read as real files are, written so that both BibTeX and biber take it without a warning."""

import json
import re
from functools import lru_cache
from html import unescape

from publications.references import bibfile, csl
from publications.references.dates import MONTHS, date_of, edtf
from publications.references.identifiers import ARXIV, DOI, DOI_RESOLVER, bare_doi
from publications.references.names import parse_names, split
from publications.references.reading import Loaded, joined
from publications.references.reference import CSL_NAMES, FIELD_NAMES, Date, Name, Reference
from publications.references.tex import NOCASE, from_tex, has_balanced_braces, to_tex

media_type = "application/x-bibtex"
label = "BibTeX"

TYPES = {
    **dict.fromkeys(["article", "suppperiodical"], "article-journal"),
    **dict.fromkeys(["inproceedings", "conference"], "paper-conference"),
    **dict.fromkeys(["incollection", "inbook", "suppbook", "suppcollection", "bookinbook"], "chapter"),
    **dict.fromkeys(
        ["book", "mvbook", "collection", "mvcollection", "reference", "mvreference", "proceedings", "mvproceedings",
         "manual"], "book"
    ),
    **dict.fromkeys(["thesis", "phdthesis", "mastersthesis", "bachelorthesis"], "thesis"),
    **dict.fromkeys(["techreport", "report"], "report"),
    **dict.fromkeys(["online", "electronic", "www", "webpage"], "webpage"),
    **dict.fromkeys(["artwork", "image"], "graphic"),
    **dict.fromkeys(["video", "movie"], "motion_picture"),
    **dict.fromkeys(["audio", "music"], "song"),
    "booklet": "pamphlet", "inreference": "entry-encyclopedia", "preprint": "article", "software": "software",
    "dataset": "dataset", "patent": "patent", "standard": "standard", "unpublished": "manuscript",
    "periodical": "periodical", "letter": "personal_communication", "legislation": "legislation",
    "jurisdiction": "legal_case", "review": "review", "performance": "performance", "misc": "document",
}  # fmt: skip
GENRES = {"phdthesis": "PhD thesis", "mastersthesis": "Master’s thesis", "bachelorthesis": "Bachelor’s thesis"}
# What BibLaTeX's keys for kinds of thesis and report print.
KINDS = {
    "phdthesis": "PhD thesis", "mathesis": "Master’s thesis", "bathesis": "Bachelor’s thesis",
    "candthesis": "Candidate thesis", "techreport": "Technical report", "resreport": "Research report",
    "patent": "Patent", "patentus": "US patent", "patenteu": "European patent", "patentde": "German patent",
    "patentuk": "British patent", "patentfr": "French patent", "patreqfr": "French patent request",
}  # fmt: skip
SUBTYPES = {"magazine": "article-magazine", "newspaper": "article-newspaper"}
STATES = {
    "inpreparation": "in preparation", "submitted": "submitted", "forthcoming": "accepted", "inpress": "accepted",
    "accepted": "accepted", "retracted": "retracted", "prepublished": "prepublished",
}  # fmt: skip

# Fields whose name alone says what they are, the first one of a pair before the second.
TEXTS = {
    "abstract": "abstract", "volume": "volume", "edition": "edition", "publisher": "publisher",
    "shortjournal": "container_title_short", "journalabbr": "container_title_short",
    "journal-iso": "container_title_short", "eventtitle": "event_title", "conference": "event_title",
    "venue": "event_place", "track": "track", "funding": "funding", "language": "language", "langid": "language",
    "issn": "issn", "isbn": "isbn", "location": "publisher_place", "address": "publisher_place",
    "school": "publisher", "institution": "publisher", "organization": "publisher", "note": "note", "award": "note",
    "pmid": "pmid", "primaryclass": "arxiv_class", "eprintclass": "arxiv_class",
}  # fmt: skip
EXTRA_TEXTS = {
    "series": "collection-title", "annotation": "annote", "annote": "annote", "shorttitle": "title-short",
    "pagetotal": "number-of-pages", "numpages": "number-of-pages", "volumes": "number-of-volumes",
    "version": "version", "chapter": "chapter-number", "part": "part", "pmcid": "PMCID", "origtitle": "original-title",
    "origpublisher": "original-publisher", "origlocation": "original-publisher-place", "library": "call-number",
}  # fmt: skip
DATES = {"urldate": "accessed", "origdate": "original-date", "eventdate": "event-date"}
NAMES = {"author": "author", "editor": "editor", "translator": "translator", "bookauthor": "container_author"}
EDITORS = {
    "compiler": "compiler", "director": "director", "founder": "", "organizer": "organizer",
    "collaborator": "contributor", "series": "collection_editor",
}  # fmt: skip
VERBATIM = {"doi", "url", "eprint", "file", "pdf", "isbn", "issn", "pmid", "pmcid", "verba", "verbb", "verbc"}
# Lists of several places or houses, which BibLaTeX parts as it does names.
LISTS = {"publisher", "location", "address", "school", "institution", "organization"}
LINES = {"abstract", "note", "annotation", "annote"}
ARXIV_ID = rf"(?P<id>{ARXIV})"
PREPRINTS = re.compile(
    r"(?:the\s+)?(?:arxiv|corr|biorxiv|medrxiv|chemrxiv|psyarxiv|osf preprints|ssrn|research square|preprints)\b",
    re.IGNORECASE,
)
JUST_ARXIV = re.compile(
    rf"(?:arxiv(?:\.org)?|corr)?(?:\s*(?:e-?prints?|preprint))?[\s,:]*(?:(?:arxiv:|abs/)\s*)*(?:{ARXIV_ID})?(?:\s*\[[\w.-]+\])?",
    re.IGNORECASE,
)
# The macros of the American Astronomical Society for journals, as ADS writes them.
JOURNALS = {
    "aj": "The Astronomical Journal", "apj": "The Astrophysical Journal",
    "apjl": "The Astrophysical Journal Letters", "apjs": "The Astrophysical Journal Supplement Series",
    "aap": "Astronomy and Astrophysics", "aaps": "Astronomy and Astrophysics Supplement Series",
    "aapr": "Astronomy and Astrophysics Reviews", "araa": "Annual Review of Astronomy and Astrophysics",
    "mnras": "Monthly Notices of the Royal Astronomical Society", "nat": "Nature", "icarus": "Icarus",
    "pasp": "Publications of the Astronomical Society of the Pacific",
    "pasj": "Publications of the Astronomical Society of Japan",
    "pasa": "Publications of the Astronomical Society of Australia", "prl": "Physical Review Letters",
    "pra": "Physical Review A", "prb": "Physical Review B", "prc": "Physical Review C", "prd": "Physical Review D",
    "pre": "Physical Review E", "physrep": "Physics Reports", "physscr": "Physica Scripta",
    "planss": "Planetary and Space Science", "procspie": "Proceedings of the SPIE", "solphys": "Solar Physics",
    "ssr": "Space Science Reviews", "jcap": "Journal of Cosmology and Astroparticle Physics",
    "jgr": "Journal of Geophysical Research", "grl": "Geophysical Research Letters",
    "apss": "Astrophysics and Space Science",
    "baas": "Bulletin of the American Astronomical Society", "gca": "Geochimica et Cosmochimica Acta",
    "memras": "Memoirs of the Royal Astronomical Society", "na": "New Astronomy", "nar": "New Astronomy Reviews",
    "rmxaa": "Revista Mexicana de Astronomía y Astrofísica",
    "qjras": "Quarterly Journal of the Royal Astronomical Society",
    "skytel": "Sky and Telescope", "sovast": "Soviet Astronomy", "zap": "Zeitschrift für Astrophysik",
    "actaa": "Acta Astronomica", "ao": "Applied Optics", "applopt": "Applied Optics",
    "psj": "The Planetary Science Journal",
}  # fmt: skip


def read(blocks):
    """Read the text of some blocks piece by piece; yields Loaded and raises nothing, whatever the text."""
    for entries, problems, count in bibfile.read(blocks):
        references = [_Reading(entry).reference() for entry in entries]
        yield Loaded(references, sorted(problems, key=lambda problem: (problem.entry, problem.line)), count)


def loads(text):
    """Read all entries of a text at once; returns Loaded."""
    return joined(read([text]))


class _Reading:
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
        usual = {written_type(reference), "article" if reference.type == "article" else "conference"}
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
        issued = csl.date_from_csl(edtf(date)) if date else date_of(year, month, day)
        self.found["issued"] = issued
        for name, csl_name in DATES.items():
            if name in self.left:
                self.extra[csl_name] = csl.date_to_csl(csl.date_from_csl(edtf(verbatim(self.left.pop(name)))))

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
        doi = csl.ARXIV_DOI.fullmatch(found.get("doi", ""))
        if doi:
            self.put("arxiv_id", doi[1])
        on_server = bool(PREPRINTS.match(venue))
        if (self.entry.type == "article" and on_server) or (
            self.entry.type in ("misc", "online", "unpublished", "electronic")
            and not venue
            and (found.get("arxiv_id") or PREPRINTS.match(how))
        ):
            found["type"] = "article"
        if found["type"] == "article" and found.get("arxiv_id"):
            same = JUST_ARXIV.fullmatch(venue)
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


def verbatim(source):
    """A field that is no TeX (an address, a DOI), without the TeX that people put there all the same."""
    text = re.sub(r"\\url\{(.*?)\}", r"\1", source.strip())
    text = re.sub(r"\{?\\textasciitilde\s*(?:\{\})?\}?|\\~\{\s*\}|\{\\~\}|\$\\sim\$|\\~", "~", text)
    text = re.sub(r"\{?\\textunderscore\s*(?:\{\})?\}?", "_", text)
    text = re.sub(r"\{\\?([_%#&~])\}|\\([_%#&$~{}])", lambda found: found[1] or found[2], text)
    text = re.sub(r"\s+", " ", text)
    while text.startswith("{") and text.endswith("}") and has_balanced_braces(text[1:-1]):
        text = text[1:-1]
    return text.strip()


# Writing

CLASSIC = {
    "book": "book", "pamphlet": "booklet", "report": "techreport", "article-magazine": "article",
    "article-newspaper": "article", "article-journal": "article", "paper-conference": "inproceedings",
    "chapter": "incollection", "manuscript": "unpublished",
}  # fmt: skip
PARTS_OF = {"article": "journal", "inproceedings": "booktitle", "incollection": "booktitle"}
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


def written_type(reference):
    """The type of the entry for a Reference: that which it came with, or one that every style knows."""
    if "entrytype" in reference.extra:
        return reference.extra["entrytype"]
    if reference.type == "thesis":
        return (
            "phdthesis"
            if not re.search("master|bachelor|diplom|licen", reference.genre, re.IGNORECASE)
            else "mastersthesis"
        )
    type_ = CLASSIC.get(reference.type, "misc")
    has_container = reference.container_title or (type_ == "inproceedings" and reference.event_title)
    if (type_ in PARTS_OF and not has_container) or (type_ == "unpublished" and not reference.note):
        return "misc"
    return type_


def dumps(references, *, unicode=False):
    return "".join(dump(references, unicode=unicode))


def dump(references, *, unicode=False):
    """The entries, one by one; in ASCII, or with letters as they are where ``unicode``.

    What BibTeX has no field for goes into a field ``x-csl`` of its own, so that reading gives back all of it.
    """
    seen = set()
    for reference in references:
        key = _free_key(reference, seen)
        fields = _Writing(reference, key, unicode=unicode).fields
        text = _entry(reference, key, fields)
        lacking = _lacking(reference, key, fields, text)
        if lacking:
            text = _entry(reference, key, fields | {"x-csl": lacking})
        yield text


def _entry(reference, key, fields):
    lines = [f"  {name} = {value if name == 'month' else f'{{{value}}}'}," for name, value in fields.items()]
    return "\n".join([f"@{written_type(reference)}{{{key},", *lines, "}\n\n"])


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


class _Writing:
    """The fields of one entry, as TeX, in the order that people are used to: ``found``."""

    def __init__(self, reference, key, *, unicode):
        self.reference, self.unicode = reference, unicode
        self.type = written_type(reference)
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
        read = [_Reading(bibfile.BibEntry(1, 1, written_type(reference).lower(), key, text, fields)).reference()]
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
