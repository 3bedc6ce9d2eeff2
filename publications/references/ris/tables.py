"""The types and tags of RIS, and the CSL types and variables that correspond to them."""

import re

TAG = re.compile(r"([A-Z][A-Z0-9])[ \t\u00a0]{0,3}-(?:[ \t\u00a0]+(.*)|$)")
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
# The first tag of each type. Few programs know the tag PREPRINT.
WRITTEN_TYPES = {type_: tag for tag, type_ in reversed(TYPES.items())} | {
    "article": "GEN",
    "paper-conference": "CPAPER",
}

# Tags that mean the same in every type. The first tag with a value is read; the first tag is written.
FIELDS = {
    "citation_key": ("ID",), "volume": ("VL",), "edition": ("ET",), "publisher": ("PB",),
    "publisher_place": ("CY", "PP"), "doi": ("DO",), "url": ("UR", "LK"), "language": ("LA",), "abstract": ("AB", "N2"),
}  # fmt: skip
EXTRA = {"T3": "collection-title", "ST": "title-short", "NV": "number-of-volumes", "CN": "call-number",
         "DB": "source", "SE": "section"}  # fmt: skip
NAMES = {"author": ("AU", "A1"), "editor": ("A2", "ED"), "collection_editor": ("A3",), "translator": ("A4", "TA")}
# In a book, the specification swaps the meanings of A2 and A3.
BOOK_NAMES = NAMES | {"editor": ("A3", "ED"), "collection_editor": ("A2",)}
NUMBERED = {"report", "patent", "standard", "legal_case", "bill"}
SEVERAL_LINES = {"AB", "N2", "N1"}
# Where JSON with the fields that RIS has no tag for is written. Zotero stores M2 in its "Extra" field.
CHANGES, MARK = "M2", "x-csl: "
