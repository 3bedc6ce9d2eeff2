"""The types and variables of CSL-JSON, and the names that programs use for them."""

from publications.references.reference import CSL_NAMES, ROLES, Name

TYPES = frozenset([
    "article", "article-journal", "article-magazine", "article-newspaper", "bill", "book", "broadcast", "chapter",
    "classic", "collection", "dataset", "document", "entry", "entry-dictionary", "entry-encyclopedia", "event",
    "figure", "graphic", "hearing", "interview", "legal_case", "legislation", "manuscript", "map", "motion_picture",
    "musical_score", "pamphlet", "paper-conference", "patent", "performance", "periodical", "personal_communication",
    "post", "post-weblog", "regulation", "report", "review", "review-book", "software", "song", "speech", "standard",
    "thesis", "treaty", "webpage",
])  # fmt: skip
# The genre of software in CSL 1.0.1, which had no type for it.
SOFTWARE = "Computer software"
# The names of types in Crossref, DataCite and older versions of CSL.
OTHER_TYPES = {
    "journal-article": "article-journal", "proceedings-article": "paper-conference", "posted-content": "article",
    "preprint": "article", "book-chapter": "chapter", "book-section": "chapter", "monograph": "book",
    "edited-book": "book", "reference-book": "book", "proceedings": "collection", "dissertation": "thesis",
    "report-component": "report", "peer-review": "review", "article-in-press": "article-journal",
    "conference-paper": "paper-conference", "book-review": "review-book", "entry-dictionnary": "entry-dictionary",
    "reference-entry": "entry", "database": "dataset", "book-part": "chapter",
}  # fmt: skip
OLD_NAMES = {"event": "event-title", "journalAbbreviation": "container-title-short", "shortTitle": "title-short"}
NAME_PARTS = {name.replace("_", "-"): name for name in Name.__slots__ if name != "orcid"}
NAME_VARIABLES = frozenset(CSL_NAMES[role] for role in ROLES)
# Fields of Reference without a CSL variable, which are written to "custom".
CUSTOM = ("arxiv_class", "track", "funding")
CASED = ("title", "container-title", "event-title", "collection-title", "title-short")
