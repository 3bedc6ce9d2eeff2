"""The names of countries, in the spellings that people write: "US", "USA" and "United States" are one.

Each line of countries.tsv has the code of a country (ISO 3166), its name, and other names.
"""

from functools import cache
from pathlib import Path

from profiles.search.words import words

FILE = Path(__file__).with_name("countries.tsv")


def code_of(name):
    """Return the code of the country with a name or code, or ""."""
    return _codes().get("".join(words(name)), "")


def name_of(code):
    return _names()[code]


@cache
def _rows():
    return [line.split("\t") for line in FILE.read_text(encoding="utf-8").splitlines()]


@cache
def _codes():
    return {"".join(words(name)): code for code, *names in _rows() for name in (code, *names)}


@cache
def _names():
    return {code: name for code, name, *_ in _rows()}
