"""The types and tags of RIS, and the CSL types and variables that correspond to them."""

import re

# A tag, its hyphen and its value. Only after two spaces and the hyphen may the value follow without a space.
TAG = re.compile(r"([A-Z][A-Z0-9])(?:  -|[ \t\u00a0]{0,3}-(?=[ \t\u00a0]|$))[ \t\u00a0]*(.*)")
TYPES = {
    "JOUR": "article-journal", "EJOUR": "article-journal", "JFULL": "periodical", "INPR": "article-journal",
    "ABST": "article-journal", "MGZN": "article-magazine", "NEWS": "article-newspaper", "CPAPER": "paper-conference",
    "CONF": "paper-conference", "CHAP": "chapter", "ECHAP": "chapter", "BOOK": "book", "EBOOK": "book",
    "EDBOOK": "book", "CLSWK": "classic", "SER": "book", "THES": "thesis", "RPRT": "report", "GOVDOC": "report",
    "UNPB": "manuscript", "MANSCPT": "manuscript", "PAMP": "pamphlet", "ELEC": "webpage", "ICOMM": "webpage",
    "WEB": "webpage", "BLOG": "post-weblog", "GEN": "document", "DATA": "dataset", "AGGR": "dataset",
    "COMP": "software", "PAT": "patent", "STAND": "standard", "DICT": "entry-dictionary",
    "ENCYC": "entry-encyclopedia", "MAP": "map", "VIDEO": "motion_picture", "MPCT": "motion_picture",
    "SOUND": "song", "MUSIC": "musical_score", "ART": "graphic", "FIGURE": "figure", "SLIDE": "speech",
    "HEAR": "hearing", "CASE": "legal_case", "BILL": "bill", "STAT": "legislation", "LEGAL": "regulation",
    "PCOMM": "personal_communication", "PREPRINT": "article",
}  # fmt: skip
# The TY of each CSL type, and the first M3 (type of work) if several have the same TY. Zotero reads a TY that it does
# not know, such as UNPB, as a journal article.
WRITTEN_TYPES = {
    "article": ("MANSCPT", "Preprint"), "article-journal": ("JOUR", ""), "article-magazine": ("MGZN", ""),
    "article-newspaper": ("NEWS", ""), "bill": ("BILL", ""), "book": ("BOOK", ""), "broadcast": ("MPCT", "Broadcast"),
    "chapter": ("CHAP", ""), "classic": ("CLSWK", ""), "collection": ("BOOK", "Collection"), "dataset": ("DATA", ""),
    "document": ("GEN", ""), "entry": ("ENCYC", "Entry"), "entry-dictionary": ("DICT", ""),
    "entry-encyclopedia": ("ENCYC", ""), "event": ("GEN", "Event"), "figure": ("FIGURE", ""), "graphic": ("ART", ""),
    "hearing": ("HEAR", ""), "interview": ("PCOMM", "Interview"), "legal_case": ("CASE", ""),
    "legislation": ("STAT", ""), "manuscript": ("MANSCPT", ""), "map": ("MAP", ""), "motion_picture": ("MPCT", ""),
    "musical_score": ("MUSIC", ""), "pamphlet": ("PAMP", ""), "paper-conference": ("CPAPER", ""),
    "patent": ("PAT", ""), "performance": ("GEN", "Performance"), "periodical": ("JFULL", ""),
    "personal_communication": ("PCOMM", ""), "post": ("BLOG", "Post"), "post-weblog": ("BLOG", ""),
    "regulation": ("LEGAL", ""), "report": ("RPRT", ""), "review": ("JOUR", "Review of a work"),
    "review-book": ("JOUR", "Book review"), "software": ("COMP", ""), "song": ("SOUND", ""), "speech": ("SLIDE", ""),
    "standard": ("STAND", ""), "thesis": ("THES", ""), "treaty": ("STAT", "Treaty"), "webpage": ("ELEC", ""),
}  # fmt: skip
KINDS = {(tag, kind.lower()): type_ for type_, (tag, kind) in WRITTEN_TYPES.items() if kind}
SELDOM_KNOWN = {"UNPB", "PREPRINT"}

# Tags that mean the same in every type. The first tag with a value is read; the first tag is written.
FIELDS = {
    "citation_key": ("ID",), "volume": ("VL",), "edition": ("ET",), "publisher": ("PB",),
    "publisher_place": ("CY", "PP"), "doi": ("DO",), "url": ("UR", "LK"), "language": ("LA",), "abstract": ("AB", "N2"),
}  # fmt: skip
EXTRA = {"T3": "collection-title", "ST": "title-short", "NV": "number-of-volumes", "CN": "call-number",
         "DB": "source", "SE": "section"}  # fmt: skip
NAMES = {"author": ("AU", "A1"), "editor": ("A2", "ED"), "collection_editor": ("A3",), "translator": ("A4", "TA")}
# Tags that mean something else in works of a type, and the fields of Reference or names in ``extra``.
BY_TYPE = {
    "book": {"M1": "collection-number"}, "chapter": {"SE": "chapter-number", "SV": "collection-number"},
    "dataset": {"ET": "version"}, "paper-conference": {"C1": "publisher_place", "CY": "event_place"},
    "patent": {"A2": "authority", "C3": "jurisdiction"}, "review": {"RI": "reviewed-title"},
    "review-book": {"RI": "reviewed-title"}, "software": {"ET": "version"},
    "speech": {"T2": "event_title", "CY": "event_place"},
}  # fmt: skip
BOOKS = {"BOOK", "CLSWK", "EBOOK", "EDBOOK", "SER"}
# Types of works in which SP without EP is the number of pages.
WHOLE = BOOKS | {"PAMP", "THES"}
# In a book, the specification swaps the meanings of A2 and A3.
BOOK_NAMES = NAMES | {"editor": ("A3", "ED"), "collection_editor": ("A2",)}
PERIODICALS = {"article-journal", "article-magazine", "article-newspaper", "periodical", "review", "review-book"}
NUMBERED = {"report", "patent", "standard", "legal_case", "bill"}
SEVERAL_VALUES = {"KW", "UR", "L1", "L2", "L3", "L4"}  # in several lines under one tag
ONCE = {"TI", "T1", "PY", "Y1", "ID"}  # tags that a record has once
SEVERAL_LINES = {"AB", "N2", "N1", "RN"}
# Begins the line after a record with what RIS has no tag for, as JSON. Other programs skip lines between records.
CHANGES = "x-csl: "
