"""The entry types and fields of BibTeX and BibLaTeX, and the CSL types and variables that correspond to them."""

import re

from publications.references.reference import PERIODICALS
from publications.references.tex import has_balanced_braces

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
# The text of BibLaTeX's keys for kinds of theses, reports and patents.
KINDS = {
    "phdthesis": "PhD thesis", "mathesis": "Master’s thesis", "bathesis": "Bachelor’s thesis",
    "candthesis": "Candidate thesis", "techreport": "Technical report", "resreport": "Research report",
    "patent": "Patent", "patentus": "US patent", "patenteu": "European patent", "patentde": "German patent",
    "patentuk": "British patent", "patentfr": "French patent", "patreqfr": "French patent request",
}  # fmt: skip
# BibLaTeX's keys of ``pubstate``, and the texts that they stand for.
STATES = {"inpreparation": "in preparation", "inpress": "in press"} | {
    state: state for state in ("submitted", "forthcoming", "accepted", "retracted", "prepublished")
}

# Fields that are read the same way in every entry type. The first one wins if two have the same variable.
TEXTS = {
    "abstract": "abstract", "volume": "volume", "edition": "edition", "publisher": "publisher",
    "shortjournal": "container_title_short", "journalabbr": "container_title_short",
    "journal-iso": "container_title_short", "abbr": "container_title_short",
    "eventtitle": "event_title", "conference": "event_title",
    "venue": "event_place", "track": "track", "funding": "funding", "language": "language", "langid": "language",
    "issn": "issn", "isbn": "isbn", "location": "publisher_place", "address": "publisher_place",
    "school": "publisher", "institution": "publisher", "organization": "publisher", "note": "note",
    "pmid": "pmid", "primaryclass": "arxiv_class", "eprintclass": "arxiv_class",
}  # fmt: skip
# The field that is written for a variable, where it is the same in every entry type.
WRITTEN = {
    "event_title": "eventtitle", "event_place": "venue", "track": "track", "publisher_place": "address",
    "volume": "volume", "edition": "edition", "language": "language", "container_title_short": "shortjournal",
    "note": "note", "funding": "funding",
}  # fmt: skip
EXTRA_TEXTS = {
    "series": "collection-title", "annote": "annote", "annotation": "annote", "shorttitle": "title-short",
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
VERBATIM = {"doi", "url", "biburl", "eprint", "file", "pdf", "isbn", "issn", "pmid", "pmcid", "verba", "verbb", "verbc"}
LINES = {"abstract", "note", "annotation", "annote"}
# The American Astronomical Society's macros for journals, which the Astrophysics Data System uses.
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

# The entry type of each CSL type, and the ``entrysubtype`` if several have the same entry type. Zotero drops entries of
# types that it does not know (@dataset, @review, @standard), so others are written that it reads. A style that does not
# know a type treats it as @misc. The subtypes of articles are BibLaTeX's.
WRITTEN_TYPES = {
    "article": ("misc", "preprint"), "article-journal": ("article", ""), "article-magazine": ("article", "magazine"),
    "article-newspaper": ("article", "newspaper"), "bill": ("legislation", "bill"), "book": ("book", ""),
    "broadcast": ("video", "broadcast"), "chapter": ("incollection", ""), "classic": ("book", "classic"),
    "collection": ("collection", "collection"), "dataset": ("misc", "dataset"), "document": ("misc", ""),
    "entry": ("inreference", "entry"), "entry-dictionary": ("inreference", "dictionary"),
    "entry-encyclopedia": ("inreference", ""), "event": ("misc", "event"), "figure": ("artwork", "figure"),
    "graphic": ("artwork", ""), "hearing": ("jurisdiction", "hearing"), "interview": ("misc", "interview"),
    "legal_case": ("jurisdiction", ""), "legislation": ("legislation", ""), "manuscript": ("unpublished", ""),
    "map": ("misc", "map"), "motion_picture": ("movie", ""), "musical_score": ("book", "score"),
    "pamphlet": ("booklet", ""), "paper-conference": ("inproceedings", ""), "patent": ("patent", ""),
    "performance": ("misc", "performance"), "periodical": ("misc", "periodical"),
    "personal_communication": ("letter", ""), "post": ("online", "post"), "post-weblog": ("online", "blog"),
    "regulation": ("legislation", "regulation"), "report": ("techreport", ""), "review": ("article", "review"),
    "review-book": ("article", "bookreview"), "software": ("software", ""), "song": ("audio", ""),
    "speech": ("unpublished", "talk"), "standard": ("techreport", "standard"), "thesis": ("thesis", ""),
    "treaty": ("legislation", "treaty"), "webpage": ("online", ""),
}  # fmt: skip
SUBTYPES = {written: type_ for type_, written in WRITTEN_TYPES.items() if written[1]}
# The ``type`` of entries whose entry type would be printed as something else: "Standard 12" and not "Technical report".
KIND_NAMES = {"standard": "Standard"}
# The entry types that Zotero reads.
WIDELY_READ = {
    "article", "artwork", "audio", "book", "booklet", "collection", "conference", "electronic", "inbook",
    "incollection", "inproceedings", "inreference", "jurisdiction", "legislation", "letter", "manual",
    "mastersthesis", "misc", "movie", "mvbook", "online", "patent", "phdthesis", "proceedings", "report", "software",
    "techreport", "thesis", "unpublished", "video",
}  # fmt: skip


def entry_type_of(reference, *, complete=True):
    """Return the entry type of a Reference: the one that it was imported with, or one that every style supports.

    If not ``complete``, the imported type is used only if it is widely read.
    """
    imported = reference.extra.get("entrytype")
    if imported and (complete or imported in WIDELY_READ):
        return imported
    if reference.type == "thesis" and reference.genre:
        is_lower = re.search("master|bachelor|diplom|licen", reference.genre, re.IGNORECASE)
        return "mastersthesis" if is_lower else "phdthesis"
    return WRITTEN_TYPES[reference.type][0]


def has_issues(type_):
    """Return whether ``number`` is the issue in works of a CSL type."""
    return type_ in (*PERIODICALS, "periodical")


def verbatim(source):
    """Return the value of a field that must not contain TeX (a URL, a DOI), without TeX that it contains anyway."""
    text = re.sub(r"\\(?:url|path|nolinkurl|href)\s*\{(.*?)\}(?:\{.*\})?", r"\1", source.strip())
    text = re.sub(r"\{?\\textasciitilde\s*(?:\{\})?\}?|\\~\{\s*\}|\{\\~\}|\$\\sim\$|\\~", "~", text)
    text = re.sub(r"\{?\\textunderscore\s*(?:\{\})?\}?", "_", text)
    text = re.sub(r"\{\\?([_%#&~])\}|\\([_%#&$~{}])", lambda found: found[1] or found[2], text)
    text = re.sub(r"\s+", " ", text)
    for _ in range(3):
        if text.startswith("{") and text.endswith("}") and has_balanced_braces(text[1:-1]):
            text = text[1:-1].strip()
    return text
