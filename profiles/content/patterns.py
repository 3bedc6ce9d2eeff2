"""Patterns that every app uses. Pure Python, so that ``publications.references`` can import them."""

import re

# The characters that XML 1.0 forbids or discourages (section 2.2). Databases, HTML and calendars refuse some of them.
FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")
LONGEST_TEXT = 100_000  # characters that an editor's text may have: a book chapter
CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")
ORCID = r"[0-9]{4}-[0-9]{4}-[0-9]{4}-[0-9]{3}[0-9X]"
ROR = r"0[0-9a-hjkmnp-tv-z]{6}[0-9]{2}"
# Han characters, kana and Hangul: scripts whose names are written family name first, without a space.
EAST_ASIAN = re.compile(r"[\u3005\u3007\u3040-\u30ff\u3400-\u9fff\uac00-\ud7a3\uf900-\ufaff\U00020000-\U0003ffff]+")
# A name with such a word is that of a group.
COLLABORATION = re.compile(
    r"\b(?:collaborations?|consorti(?:um|a)|group|initiative|investigators|network|team)\b", re.IGNORECASE
)
