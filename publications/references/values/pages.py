"""Pages and article numbers, as they are printed."""

import re

ROMAN = r"[ivxlc]+"
PAGE = rf"(?:(?:\d+:)?[A-Z]?\d+[A-Za-z]?|{ROMAN})"
RANGE = re.compile(rf"({PAGE})\s*[-–—]+\s*({PAGE})")
# "45", "xii", "S12" (of a supplement) and "L1" (of letters). Pages have no leading zero and at most four digits.
SINGLE = re.compile(rf"[LPRS]?[1-9]\d{{0,3}}|{ROMAN}")
ARTICLE_NUMBER = re.compile(r"(?=\S*\d)[^\s,;]+")

# The fields of ``extra`` with an article number: BibLaTeX's, ACM's, Crossref's and RIS's.
NUMBER_FIELDS = ("eid", "articleno", "article-number", "c7")
DASHES = re.compile(r"(?<!\s)\s*[-‐‑‒–—−][-‐‑‒–—−\s]*")


def hyphenated(text):
    """Return page numbers with a hyphen in each range, however it was typed: "45-67" for "45--67" or "45 – 67"."""
    return DASHES.sub("-", text)


def printed_pages(text):
    """Return "pp. 45–67", "p. 45", or "article e12" for an article number; another text, such as "pp. 3 f.", unchanged.

    Sources: JHEP numbers its articles "001", Physical Review "061102", PLOS "e0123456", Astronomy & Astrophysics "A12".
    """
    parts = [RANGE.sub(r"\1–\2", part.strip()) for part in re.split(r"[,;]", text)]
    if all(RANGE.fullmatch(part) or SINGLE.fullmatch(part) for part in parts):
        is_one = len(parts) == 1 and "–" not in parts[0]
        return f"{'p.' if is_one else 'pp.'} {', '.join(parts)}"
    return f"article {text}" if ARTICLE_NUMBER.fullmatch(text) else text


def is_separate(number, page):
    """Return whether an article number is stored beside the pages, which otherwise hold it: "5" looks like a page."""
    return bool(number) and (number != page or not printed_pages(number).startswith("article"))


def printed_number_and_pages(number, page):
    """Return "article 5, pp. 1–20" for an article number beside pages."""
    return ", ".join(filter(None, [f"article {number}", printed_pages(page if page != number else "")]))
