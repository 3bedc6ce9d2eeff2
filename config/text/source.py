"""Markdown as source text, for pages that are themselves Markdown."""

import re
from urllib.parse import urljoin

from profiles.content.addresses import on_site

SPECIAL = re.compile(r"[\\`*_\[\]<]|&(?=#?\w+;)")
# Invisible on a page: comments of HTML, which may lack an end, and definitions of links like "[//]: # (a note)".
COMMENTS = re.compile(r"<!--.*?(?:-->|\Z)|^ {0,3}\[(?://|comment)\]:[^\n]*", re.DOTALL | re.MULTILINE | re.IGNORECASE)

# The target of a link that is relative to its page. Code and maths come first, because they may look like links.
RELATIVE = re.compile(
    r"^[ >\t]*(?P<fence>`{3,}|~{3,}).*?(?:^[ >\t]*(?P=fence)|\Z)|(?<!`)(?P<tick>`+)(?!`).+?(?<!`)(?P=tick)(?!`)"
    r"|\$\$.+?\$\$|\$(?!\s)[^$\n]+(?<!\s)\$(?!\d)"
    r"|(?P<before>(?<!\\)\]\(<?|^ {0,3}\[(?!\^)[^\]\n]+\]:[ \t]*<?)(?P<target>(?!//|#|[a-z][a-z0-9+.-]*:)[^\s()<>]+)",
    re.DOTALL | re.IGNORECASE | re.MULTILINE,
)


def escaped(text):
    """Return a plain text on one line, with a backslash before each character that Markdown would interpret."""
    return SPECIAL.sub(r"\\\g<0>", " ".join(str(text).split()))


def public_source(text):
    """Return a Markdown text without its comments."""
    return COMMENTS.sub("", text).strip()


def with_absolute_links(text, page, absolute):
    """Return a Markdown text without links relative to ``page``, a path: ``absolute`` makes a URL of a path."""

    def replaced(found):
        return found["before"] + absolute(on_site(urljoin(page, found["target"]))) if found["before"] else found[0]

    return RELATIVE.sub(replaced, text)


def tidy(text):
    """Return the Markdown of a template without the blank lines that its conditions leave."""
    # Lines of spaces come from conditions inside a paragraph, empty lines from those around it.
    return re.sub(r"\n{3,}", "\n\n", re.sub(r"\n +(?=\n)", "", text)).strip() + "\n"
