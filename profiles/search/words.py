"""The words of a text, as the search index holds them and as a query is compared with them."""

import re
import unicodedata

from profiles.content.slugs import LETTERS, without_symbols

WORD = re.compile(r"[^\W_]+")
# Scripts without spaces between words.
UNSPACED = re.compile(r"[\u2e80-\u2fdf\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")
APOSTROPHES = dict.fromkeys(map(ord, "’‘ʼʻʹ′´`"), "'")
REPLACED = LETTERS | APOSTROPHES
TAG = re.compile(r"</?(?:b|em|i|strong|sub|sup)>", re.IGNORECASE)
MATHS = re.compile(r"\$([^$]{1,500})\$")
# Commands that change the look of letters, and spaces.
LOOK = re.compile(
    r"\\(?:(?:math|over|under|wide)[a-z]+|text[a-z]*|operatorname|left|right|(?:bar|d?dot|hat|tilde|vec)\b|[^a-zA-Z])"
)
COMMAND = re.compile(r"\\(?:var)?([a-zA-Z]+)(\{?)")


def fold(text):
    """Return a text without case, accents and ligatures: "Müller" becomes "muller", "Øβ" becomes "o beta"."""
    if text.isascii():
        return text.lower()
    text = unicodedata.normalize("NFKD", text.casefold().translate(REPLACED)).casefold().translate(REPLACED)
    text = "".join(letter for letter in text if not unicodedata.combining(letter))
    return without_symbols(text)


def words(text):
    """Return the list of the words of a text, which may have HTML for emphasis and TeX maths: CO$_2$ is "co2"."""
    return WORD.findall(UNSPACED.sub(r" \g<0> ", fold(MATHS.sub(_words_of_maths, TAG.sub("", text)))))


def _words_of_maths(maths):
    text = COMMAND.sub(lambda found: f" {found[1]}{' ' if found[2] else ''}", LOOK.sub("", maths[1]))
    return re.sub(r"[{}_^]", "", text)
