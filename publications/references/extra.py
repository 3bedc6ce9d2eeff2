"""The names in ``Reference.extra``: CSL's variables without a field in Reference, and which names visitors may see."""

# The variables of CSL 1.0.2, by the kind of their values.
EXTRA_NAMES = frozenset([
    "chair", "compiler", "composer", "curator", "director", "editorial-director", "executive-producer", "guest",
    "host", "interviewer", "illustrator", "narrator", "organizer", "original-author", "performer", "producer",
    "recipient", "reviewed-author", "script-writer", "series-creator",
])  # fmt: skip
EXTRA_DATES = frozenset(["accessed", "available-date", "event-date", "original-date", "submitted"])
EXTRA_TEXTS = frozenset([
    "annote", "archive", "archive_collection", "archive_location", "archive-place", "authority", "call-number",
    "chapter-number", "citation-number", "citation-label", "collection-number", "collection-title", "dimensions",
    "division", "first-reference-note-number", "jurisdiction", "locator", "medium", "number-of-pages",
    "number-of-volumes", "original-publisher", "original-publisher-place", "original-title", "page-first", "part",
    "part-title", "PMCID", "printing", "references", "reviewed-genre", "reviewed-title", "scale", "section", "source",
    "supplement", "title-short", "version", "volume-title", "volume-title-short", "year-suffix",
])  # fmt: skip

# Everything that is not listed here may be a remark, a rating or a path of the person who imported the file.
PRIVATE = {"annote", "call-number", "citation-label", "citation-number", "first-reference-note-number", "locator"}
BIBLATEX = {
    "addendum", "afterword", "annotator", "bookpagination", "booksubtitle", "booktitleaddon", "chapter", "commentator",
    "editora", "editorb", "editorc", "eid", "entrysubtype", "eprint", "eprintclass", "eprinttype", "eventtitleaddon",
    "foreword", "holder", "howpublished", "introduction", "isan", "ismn", "isrn", "issuesubtitle", "issuetitle",
    "issuetitleaddon", "iswc", "journalsubtitle", "journaltitleaddon", "mainsubtitle", "maintitle", "maintitleaddon",
    "nameaddon", "organization", "origlanguage", "pagination", "pubstate", "reprinttitle", "series", "shortauthor",
    "shorteditor", "shortseries", "subtitle", "titleaddon", "volumes",
}  # fmt: skip
# Fields of journals, publishers and databases.
USUAL = {
    "archiveprefix", "article-number", "articleno", "assignee", "award", "bibcode", "collaboration", "eissn",
    "fjournal", "hdl", "issue_date", "jstor", "lccn", "mrclass", "mrnumber", "nationality", "numpages", "oclc",
    "primaryclass", "urn", "zblnumber", "zmnumber",
}  # fmt: skip
RIS = {"op", "ri", "sv", "tt"}  # original publication, reviewed item, volume of the series, translated title
# What the readers store: the type in the file, "and others", titles of one work in several forms.
READERS = {"container-titles", "entrytype", "et-al", "funders", "nocase", "notices", "original-type", "ris-type"}
BIBLIOGRAPHIC = (EXTRA_NAMES | EXTRA_DATES | EXTRA_TEXTS | BIBLATEX | USUAL | RIS | READERS) - PRIVATE
