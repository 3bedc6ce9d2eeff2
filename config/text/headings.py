"""Anchors of the headings of a text, and its table of contents."""

import re
from collections import Counter
from dataclasses import dataclass, field

from profiles.content.slugs import make_slug

# The headings of clean HTML have no attributes. Those of cards and blocks have a class, and get no anchor.
HEADING = re.compile(r"<h([2-6])>(.*?)</h\1>", re.DOTALL)
NOT_IN_LINKS = re.compile(
    r'</?a\b[^>]*>|<sup class="footnote-ref">.*?</sup>| tabindex="0" role="group" aria-label="Formula"', re.DOTALL
)
TAG = re.compile(r"<[^>]*>")
MIN_HEADINGS = 4  # of a text that has a table of contents
USED = {"main", "scheme"}  # ids of templates/base.html


@dataclass
class Heading:
    html: str
    anchor: str
    level: int
    below: list["Heading"] = field(default_factory=list)


@dataclass
class AnchoredText:
    """Clean HTML whose headings have ids. ``contents`` has the headings of the first two levels if there are many."""

    html: str
    contents: list[Heading]


def anchored(html):
    """Return the AnchoredText of clean HTML whose highest heading is an h2."""
    headings, used, numbers = [], set(USED), Counter()

    def with_anchor(match):
        level, inner = int(match[1]), match[2]
        html = NOT_IN_LINKS.sub("", inner)
        stem = make_slug(TAG.sub("", html)) or "section"
        anchor = stem
        while anchor in used:
            numbers[stem] += 1
            anchor = f"{stem}-{numbers[stem] + 1}"
        used.add(anchor)
        headings.append(Heading(html, anchor, level))
        return f'<h{level} id="{anchor}">{inner}</h{level}>'

    html = HEADING.sub(with_anchor, html)
    return AnchoredText(html, _contents(headings) if len(headings) >= MIN_HEADINGS else [])


def _contents(headings):
    """Return the headings that are an h2, each with those that are an h3 below it."""
    found = []
    for heading in headings:
        if heading.level == 2:
            found.append(heading)
        elif heading.level == 3:
            (found[-1].below if found else found).append(heading)
    return found
