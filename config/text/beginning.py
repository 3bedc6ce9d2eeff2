"""The beginning of a long text: a few sentences that a page shows before the rest."""

import re
from itertools import islice

from config.text.markdown import PARSER
from config.text.plain import plain

SHORT = 400  # characters: a text up to this length is not split
LONGEST = 320  # of the beginning, unless its first sentence is longer
MAX_TRIES = 20
SENTENCE_END = re.compile(r"(?<=[.!?])\s+(?=\S)|(?<=[。！？])(?=.)")
# After these, or after an initial, a full stop does not end a sentence.
ABBREVIATION = re.compile(r"\b(?:Dr|Prof|Mrs?|Ms|Mx|St|No|Nr|Fig|vs|cf|al|approx|ca|\w|\w\.\w)\.$")


def split(text):
    """Return (beginning, rest) of a Markdown text, which are Markdown, too; the rest is "" if it is not split.

    It is split after its first paragraph or after one of its sentences, wherever the two halves read the same as the
    whole: a link, emphasis or formula is never cut, nor a footnote or an address separated from where it is defined.
    """
    text = text.replace("\r\n", "\n").strip()
    whole = plain(text)
    if len(whole) <= SHORT:
        return text, ""
    for position in islice(_positions(text), MAX_TRIES):
        first, rest = text[:position].rstrip(), text[position:].strip("\n")
        if rest and _letters(f"{plain(first)} {plain(rest)}") == _letters(whole):
            return first, rest
    return text, ""


def _positions(text):
    """Yield where a text could be split, the best position first."""
    paragraph = next((one for one in PARSER.parse(text) if one.type == "paragraph_open" and one.level == 0), None)
    if paragraph is None:
        return
    lines = text.split("\n")
    start, end = (len("\n".join(lines[:line])) for line in paragraph.map)
    sentences = [match.end() for match in SENTENCE_END.finditer(text, start, end)]
    sentences = [one for one in sentences if not ABBREVIATION.search(text[:one].rstrip())]
    ends = [*sentences, end]
    yield from sorted((one for one in ends if one - start <= LONGEST), reverse=True)
    yield from (one for one in ends if one - start > LONGEST)


def _letters(text):
    return "".join(text.split())
