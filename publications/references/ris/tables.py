"""The types and tags of RIS, and the CSL types and variables that correspond to them."""

import re

# A tag, its hyphen and its value. Only after two spaces and the hyphen may the value follow without a space.
TAG = re.compile(r"([A-Z][A-Z0-9])(?:  -|[ \t\u00a0]{0,3}-(?=[ \t\u00a0]|$))[ \t\u00a0]*(.*)")
TYPES = {
    "JOUR": "article-journal", "EJOUR": "article-journal", "JFULL": "periodical", "INPR": "article-journal",
    "ABST": "article-journal", "MGZN": "article-magazine", "NEWS": "article-newspaper", "CPAPER": "paper-conference",
    "CONF": "paper-conference", "CHAP": "chapter", "ECHAP": "chapter", "BOOK": "book", "EBOOK": "book",
    "EDBOOK": "book", "CLSWK": "classic", "SER": "book", "THES": "thesis", "RPRT": "report", "GOVDOC": "report",
    "UNPB": "manuscript", "MANSCPT": "manuscript", "PAMP": "pamphlet", "ELEC": "webpage",
    "ICOMM": "personal_communication", "WEB": "webpage", "BLOG": "post-weblog", "GEN": "document",
    "DATA": "dataset", "AGGR": "dataset",
    "COMP": "software", "PAT": "patent", "STAND": "standard", "DICT": "entry-dictionary",
    "ENCYC": "entry-encyclopedia", "MAP": "map", "VIDEO": "motion_picture", "MPCT": "motion_picture",
    "SOUND": "song", "MUSIC": "musical_score", "ART": "graphic", "FIGURE": "figure", "SLIDE": "speech",
    "HEAR": "hearing", "CASE": "legal_case", "BILL": "bill", "STAT": "legislation", "LEGAL": "regulation",
    "PCOMM": "personal_communication", "PREPRINT": "article", "ADVS": "motion_picture", "MULTI": "motion_picture",
    "CHART": "graphic", "DBASE": "dataset", "UNBILL": "bill", "UNPD": "manuscript", "ANCIENT": "document",
    "CTLG": "document", "EQUA": "document", "GRANT": "document", "GRNT": "document",
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
EXTRA = {
    "collection-title": ("T3",), "title-short": ("ST",), "number-of-volumes": ("NV",), "call-number": ("CN", "H2"),
    "source": ("DB", "DP", "H1"), "section": ("SE",),
}  # fmt: skip
BOOKS = {"BOOK", "CLSWK", "EBOOK", "EDBOOK", "SER"}
NAMES = {"author": ("AU",), "editor": ("A2", "ED"), "collection_editor": ("A3",), "translator": ("A4",)}
# In a book, the specification swaps the meanings of A2 and A3. The author of an edited book is its editor.
NAMES_OF_BOOK = NAMES | {"editor": ("A3", "ED"), "collection_editor": ("A2",)}
NAMES_OF_EDITED_BOOK = NAMES_OF_BOOK | {"author": (), "editor": ("AU", "A3", "ED")}
NAMES_OF_WORK_IN_SERIES = {"editor": ("ED",), "collection_editor": ("A2",)}
NAMES_BY_TYPE = {
    "bill": {"editor": ("ED",), "collection_editor": ()},
    "dataset": {"producer": ("A2",), "editor": ("ED",), "contributor": ("A4",), "translator": ()},
    "interview": {"interviewer": ("A2",), "editor": ("ED",)},
    "legal_case": {"editor": ("ED",), "collection_editor": (), "translator": ()},
    "motion_picture": {"producer": ("A3",), "performer": ("A4",), "collection_editor": (), "translator": ()},
    "musical_score": {"producer": ("A4",), "translator": ()},
    "paper-conference": {"contributor": ("A4",), "translator": ()},
    "patent": {"editor": ("ED",), "collection_editor": ()},
    "personal_communication": {"recipient": ("A2",), "editor": ("ED",)},
    "post-weblog": {"illustrator": ("A3",), "collection_editor": ()},
    "song": {"performer": ("A2",), "editor": ("ED",)},
    "speech": {"author": ("AU", "A2"), "editor": ("ED",)},
    "thesis": {"advisor": ("A3",), "collection_editor": ()},
    **dict.fromkeys(("map", "report", "software", "standard", "webpage"), NAMES_OF_WORK_IN_SERIES),
}
# Tags that mean something else in works of a type, and the fields of Reference or names in ``extra``.
BY_TYPE = {
    "bill": {"ET": "chapter-number", "OP": "references", "T3": "authority"},
    "book": {"M1": "collection-number"}, "chapter": {"SE": "chapter-number", "SV": "collection-number"},
    "classic": {"M1": "collection-number"}, "dataset": {"ET": "version", "NV": "number"},
    "graphic": {"C3": "dimensions"},
    "hearing": {"ET": "chapter-number", "M1": "number", "OP": "references", "T2": "section", "T3": "authority"},
    "legal_case": {"A2": "container_title", "OP": "references", "PB": "authority", "SV": "number"},
    "legislation": {"ET": "chapter-number", "M1": "number", "OP": "references"},
    "map": {"C1": "scale", "T2": "collection-title"}, "motion_picture": {"C5": "medium", "SP": "dimensions"},
    "paper-conference": {"C1": "publisher_place", "CY": "event_place"},
    "patent": {"A2": "authority", "C3": "jurisdiction", "C5": "references"},
    "report": {"NV": "collection-number", "T2": "collection-title"}, "review": {"RI": "reviewed-title"},
    "review-book": {"RI": "reviewed-title"}, "software": {"ET": "version", "T2": "collection-title"},
    "speech": {"T2": "event_title", "CY": "event_place"}, "standard": {"T2": "collection-title"},
    "thesis": {"M1": "number", "T2": "division"},
}  # fmt: skip
# Other tags that are only read, each into the first of the names that has no value yet; some keep their own name.
READ_BY_TYPE = {
    "article-journal": {"M1": ("issue",)}, "article-magazine": {"M1": ("issue",)},
    "chapter": {"M1": ("number-of-volumes", "collection-number")},
    "dataset": {"IS": ("version",)}, "motion_picture": {"C4": ("genre",), "T2": ("collection-title",)},
    "paper-conference": {"M1": ("issue",)}, "software": {"IS": ("version",), "VL": ("version", "edition")},
    "patent": {"ET": ("et",), "NV": ("nv",), "SE": ("se",), "T3": ("t3",), "VL": ("vl",)},
}  # fmt: skip
# Types of works in which SP without EP is the number of pages; and those in which it is if it is a number.
WHOLE = BOOKS | {"PAMP", "THES"}
OFTEN_WHOLE = {"GOVDOC", "MANSCPT", "RPRT", "STAND"}
NUMBERED = {"report", "patent", "standard", "legal_case", "bill"}
SEVERAL_VALUES = {"KW", "UR", "L1", "L2", "L3", "L4"}  # in several lines under one tag
ONCE = {"TI", "T1", "PY", "Y1", "ID"}  # tags that a record has once
ACCESSED = {"post-weblog", "webpage"}  # whose M1 or VL may be the date of access
TITLES = {"TI", "T1", "T2", "T3", "CT", "BT", "C3", "JF", "JO", "JA", "J1", "J2", "ST"}
ABSTRACTS = {"AB", "N2"}
SEVERAL_LINES = {"AB", "N2", "N1", "RN"}
# Begins the line after a record with what RIS has no tag for, as JSON. Other programs skip lines between records.
CHANGES = "x-csl: "


def names_of(tag, type_):
    """Return {role: tags} of the names in a record with a TY and a CSL type. Roles are fields or names in ``extra``."""
    if tag == "EDBOOK":
        return NAMES_OF_EDITED_BOOK
    return NAMES_OF_BOOK if tag in BOOKS else NAMES | NAMES_BY_TYPE.get(type_, {})
