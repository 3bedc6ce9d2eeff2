"""The words of a search in texts: marked in titles, and with some text around them as snippets."""

import re
from html import unescape

from django.utils.html import escape

from profiles.search.words import UNSPACED, WORD, fold

CONTEXT = 110  # characters before and after the first word of a snippet
MAX_SNIPPET = 260  # characters
NOT_TEXT = re.compile(r"(<math\b.*?</math>|<[^>]*>)", re.DOTALL)


def find_words(text, query):
    """Yield (start, end) of each word of a query in a text, in order, by the rules of the search index."""
    prefixes = tuple(term.words[-1] for term in query.terms if not term.is_exact)
    whole = {word for term in query.terms for word in term.words}
    for match in WORD.finditer(text):
        is_unspaced = UNSPACED.search(match[0])
        for start, end in [(at, at + 1) for at in range(*match.span())] if is_unspaced else [match.span()]:
            folded = fold(text[start:end]).split()
            if any(word in whole or (len(word) > 1 and word.startswith(prefixes)) for word in folded):
                yield start, end


def has_word(text, query):
    """Return whether a text has any word of a query."""
    return next(find_words(text, query), None) is not None


def marked(text, query):
    """Return a text as HTML, with the words of a query in <mark>."""
    html, position = "", 0
    for start, end in find_words(text, query):
        html += f"{escape(text[position:start])}<mark>{escape(text[start:end])}</mark>"
        position = end
    return html + escape(text[position:])


def marked_html(html, query):
    """Return clean HTML with the words of a query in <mark>, outside of its tags and formulas."""
    pieces = NOT_TEXT.split(html)
    pieces[::2] = [marked(unescape(text), query) for text in pieces[::2]]
    return "".join(pieces)


def snippet(text, query):
    """Return the part of a text around the first word of a query, with at most some 300 characters."""
    text = " ".join(text.split())
    matches = find_words(text, query)
    first = next(matches, None)
    start = max(0, first[0] - CONTEXT) if first else 0
    if start:
        start = text.find(" ", start, first[0]) + 1 or start
    end = min(len(text), start + MAX_SNIPPET)
    if end < len(text):
        end = max(text.rfind(" ", start + 1, end), first[1] if first else 0, start + CONTEXT)
    return f"{'… ' if start else ''}{text[start:end]}{' …' if end < len(text) else ''}"
