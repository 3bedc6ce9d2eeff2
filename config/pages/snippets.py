"""Search snippets: the part of a text around the first word that was found, with all found words marked."""

import re
from functools import lru_cache
from itertools import takewhile

from config.text.plain import plain
from profiles.search.queries import UNSPACED, WORD, fold
from publications.models import FullText

CONTEXT = 110  # characters before and after the first word
MAX_LENGTH = 260


def add_snippets(publications, query, user):
    """Set ``snippet`` of each publication: from its abstract, or from its PDF if only that contains the words."""
    for publication in publications:
        publication.snippet = snippet(plain(publication.abstract), query)
    without_words = {work.pk: work for work in publications if query.terms and not has_mark(work.snippet)}
    if not without_words:
        return
    texts = FullText.objects.visible_to(user).filter(resource__publication__in=without_words)
    for pk, text in texts.values_list("resource__publication", "text"):
        from_pdf = snippet(text, query)
        if has_mark(from_pdf):
            without_words[pk].snippet = from_pdf


def has_mark(pieces):
    """Return whether a snippet contains a word of the query."""
    return any(is_word for _, is_word in pieces)


def snippet(text, query):
    """Return the part of a text around the first word of a query, as [(text, whether it is a word of the query)]."""
    text = " ".join(text.split())
    matches = find_words(text, query)
    first = next(matches, None)
    start = max(0, first[0] - CONTEXT) if first else 0
    if start:
        start = text.find(" ", start, first[0]) + 1 or start
    end = min(len(text), start + MAX_LENGTH)
    if end < len(text):
        end = max(text.rfind(" ", start + 1, end), first[1] if first else 0, start + CONTEXT)
    pieces, position = [("… ", False)] if start else [], start
    for begin, last in [first, *takewhile(lambda match: match[1] <= end, matches)] if first else []:
        pieces += [(text[position:begin], False), (text[begin:last], True)]
        position = last
    pieces.append((text[position:end] + (" …" if end < len(text) else ""), False))
    return [piece for piece in pieces if piece[0]]


def find_words(text, query):
    """Yield (start, end) of each word of a query in a text, in order, by the rules of the search index."""
    if text.isascii():
        # The index changes only the case of ASCII words, so that a regular expression is enough.
        yield from (match.span() for match in _ascii_pattern(query).finditer(text))
        return
    prefixes, whole = _query_words(query)
    for match in WORD.finditer(text):
        if UNSPACED.search(match[0]):
            spans = [(match.start() + at, match.start() + at + 1) for at in range(len(match[0]))]
        else:
            spans = [match.span()]
        for start, end in spans:
            word = fold(text[start:end])
            if word in whole or (prefixes and len(word) > 1 and word.startswith(prefixes)):
                yield start, end


def _query_words(query):
    """Return (prefixes of words, whole words) of a query's terms."""
    prefixes = tuple(term.words[-1] for term in query.terms if not term.is_exact)
    return prefixes, {word for term in query.terms for word in term.words}


@lru_cache(maxsize=64)
def _ascii_pattern(query):
    prefixes, whole = _query_words(query)
    choices = [re.escape(word) for word in sorted(whole)]
    choices += [rf"(?=[^\W_]{{2}}){re.escape(word)}[^\W_]*" for word in prefixes]
    # A word ends where WORD ends it: at anything but a letter or digit.
    return re.compile(rf"(?<![^\W_])(?:{'|'.join(choices) or '(?!)'})(?![^\W_])", re.ASCII | re.IGNORECASE)
