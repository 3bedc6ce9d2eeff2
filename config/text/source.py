"""Markdown as source text, for pages that are themselves Markdown."""

import re

SPECIAL = re.compile(r"[\\`*_\[\]<]|&(?=#?\w+;)")
# Invisible on a page: comments of HTML, which may lack an end, and definitions of links like "[//]: # (a note)".
COMMENTS = re.compile(r"<!--.*?(?:-->|\Z)|^ {0,3}\[(?://|comment)\]:[^\n]*", re.DOTALL | re.MULTILINE | re.IGNORECASE)


def escaped(text):
    """Return a plain text on one line, with a backslash before each character that Markdown would interpret."""
    return SPECIAL.sub(r"\\\g<0>", " ".join(str(text).split()))


def public_source(text):
    """Return a Markdown text without its comments."""
    return COMMENTS.sub("", text).strip()
