"""The words that a CV adds to the record, in the language of the CV: titles, "page 1 of 3", dates."""

import re
import tomllib
from functools import cache
from pathlib import Path

from django.utils import timezone, translation

from profiles.content.dates import PartialDate


@cache
def words_of(language):
    """Return the words of a language, as a dict like the tables in words.toml."""
    return tomllib.loads(Path(__file__).with_name("words.toml").read_text("utf-8"))[language]


def title_of(kind, language):
    """Return the title of a kind of part; in English, if the language has none."""
    return words_of(language)["parts"].get(kind) or words_of("en")["parts"].get(kind, "")


def dates(write, item, language):
    """Return the dates of an object, as a function of config/text/periods.py writes them, in a language."""
    with translation.override(language):
        text = write(item)
    translated = words_of(language)["dates"]
    return re.sub("|".join(map(re.escape, translated)), lambda word: translated[word[0]], text) if translated else text


def day(moment, language):
    """Return the day of a moment: "3 May 2026"."""
    with translation.override(language):
        return PartialDate(timezone.localtime(moment).date().isoformat()).display


def term(text, language):
    """Return a fixed word of the site, such as the kind of a talk, in a language; a text of the editor as it is."""
    return words_of(language)["terms"].get(text, text)


def numbers_in(text, language):
    """Return volume, issue and pages in a language: "12(3), S. 45–67"."""
    words = words_of(language)["numbers"]
    if not words:
        return text
    text = re.sub(r"\bpp?\. (?P<pages>.+)$", lambda found: words["pages"].format(found["pages"]), text)
    text = re.sub(r"(?P<number>\b\d+) pp\.", lambda found: words["number_of_pages"].format(found["number"]), text)
    return re.sub(r"\barticle (?P<number>[^\s,]+)", lambda found: words["article"].format(found["number"]), text)
