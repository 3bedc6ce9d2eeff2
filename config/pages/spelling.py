"""“Did you mean …?”: other words for a search that has found nothing, from what the user may see."""

from difflib import get_close_matches

from django.core.cache import caches

from profiles.search.queries import Query
from profiles.search.words import words

MAX_ROWS = 2000  # of each kind; the newest
MIN_LENGTH = 4  # of a word that is corrected
MIN_LIKENESS = 0.75


def similar_query(query, request, texts):
    """Return a search text with the words of a Query that occur nowhere replaced by similar ones, or "".

    ``texts`` returns the titles and names that the user may see. For visitors their words are cached.
    """
    if query.facts or any(term.is_exact or term.part for term in query.terms):
        return ""
    known = _known_words(request, texts)
    found = [_similar(word, known) for term in query.terms for word in term.words]
    changed = " ".join(found)
    return changed if Query.parse(changed) != query else ""


def _known_words(request, texts):
    """Return {first letter: words} of the titles and names."""

    def collect():
        known = {}
        for word in {word for text in texts() for word in words(text) if len(word) >= MIN_LENGTH}:
            known.setdefault(word[0], []).append(word)
        return {letter: sorted(found) for letter, found in known.items()}

    if not request.fragment_seconds:
        return collect()
    key = f"known-words:{request.content_version}"
    return caches["fragments"].get_or_set(key, collect, request.fragment_seconds)


def _similar(word, known):
    """Return the known word that is most like a word with the same first letter; the word itself if none is."""
    same_letter = known.get(word[0], [])
    if len(word) < MIN_LENGTH or any(other.startswith(word) for other in same_letter):
        return word
    near = [other for other in same_letter if abs(len(other) - len(word)) <= 2]
    return next(iter(get_close_matches(word, near, 1, MIN_LIKENESS)), word)
