"""What the search page shows: everything public that has all the words, and where in it they stand."""

import re
from functools import lru_cache
from itertools import takewhile

from config.pages.tags import tags_by_use, tags_in_use
from config.text.markdown import plain
from profiles import edition
from profiles.models import Activity, Person
from profiles.search.queries import UNSPACED, WORD, fold
from projects.models import Project
from publications.models import FullText, Publication

MOST_OF_A_KIND = 6
AROUND = 110  # characters shown before and after the first word that is found
LONGEST_SNIPPET = 260


def kinds_beside(user):
    """[(title, what of it this user may find, template of one)] of the kinds that are searched beside publications."""
    return [
        ("People", Person.objects.published(), "config/search/person.html"),
        ("Projects", Project.objects.visible_to(user), "config/search/project.html"),
        ("Activities", Activity.objects.visible_to(user), "config/search/activity.html"),
        ("Tags", tags_in_use(user), "config/search/tag.html"),
    ]


def other_kinds(query, request):
    """[(title, objects, template)] of what is found beside publications; nothing where a year or tag is asked for."""
    if not query.terms or {"year", "tag"} & set(query.facts):
        return []
    wanted = fold(query.facts.get("type", ""))
    kinds = [
        (title, items, template)
        for title, rows, template in kinds_beside(request.user)
        if title.lower().startswith(wanted) and (items := list(rows.best_first(query)[:MOST_OF_A_KIND]))
    ]
    for tag in (tag for title, items, _ in kinds if title == "Tags" for tag in items):
        tag.uses = dict(tags_by_use(request))[tag.pk]
    return kinds


def add_snippets(publications, query, request):
    """Give each publication its ``snippet``: of the abstract, or of its PDF where only that has the words."""

    def make(keys):
        made = snippets([number for *_, number in keys], query, request.user)
        return {key: made.get(key[-1]) for key in keys}

    by_key = {("snippet", query, publication.pk): publication for publication in publications}
    for key, found in edition.kept_each(request, list(by_key), make).items():
        by_key[key].snippet = found


def snippets(numbers, query, user):
    """{number: snippet} of publications, by their primary keys."""
    abstracts = Publication.objects.filter(pk__in=numbers).values_list("pk", "abstract")
    found = {number: snippet(plain(abstract), query) for number, abstract in abstracts}
    lacking = [number for number in found if query.terms and not is_marked(found[number])]
    if lacking:
        texts = FullText.objects.visible_to(user).filter(resource__publication__in=lacking)
        for number, text in texts.values_list("resource__publication", "text"):
            of_text = snippet(text, query)
            if is_marked(of_text):
                found[number] = of_text
    return found


def is_marked(pieces):
    """Whether a snippet has one of the words."""
    return any(is_word for _, is_word in pieces)


def snippet(text, query):
    """((text, whether it is one of the words), …) of the part of a text that has the first of the query's words."""
    text = " ".join(text.split())
    marks = marked(text, query)
    first = next(marks, None)
    start = max(0, first[0] - AROUND) if first else 0
    if start:
        start = text.find(" ", start, first[0]) + 1 or start
    end = min(len(text), start + LONGEST_SNIPPET)
    if end < len(text):
        end = max(text.rfind(" ", start + 1, end), first[1] if first else 0, start + AROUND)
    pieces, at = [("… ", False)] if start else [], start
    for begin, last in [first, *takewhile(lambda mark: mark[1] <= end, marks)] if first else []:
        pieces += [(text[at:begin], False), (text[begin:last], True)]
        at = last
    pieces.append((text[at:end] + (" …" if end < len(text) else ""), False))
    return tuple(piece for piece in pieces if piece[0])


def marked(text, query):
    """(first, last) of each place of the query's words in a text, in order, as the index finds them."""
    if text.isascii():
        # The index changes nothing in such words but their case.
        yield from (match.span() for match in _ascii_pattern(query).finditer(text))
        return
    beginnings, whole = _sought(query)
    for match in WORD.finditer(text):
        if UNSPACED.search(match[0]):
            places = [(match.start() + at, match.start() + at + 1) for at in range(len(match[0]))]
        else:
            places = [match.span()]
        for first, last in places:
            word = fold(text[first:last])
            if word in whole or (beginnings and len(word) > 1 and word.startswith(beginnings)):
                yield first, last


def _sought(query):
    """(beginnings of words, whole words) that the query's terms have."""
    beginnings = tuple(term.words[-1] for term in query.terms if not term.is_exact)
    return beginnings, {word for term in query.terms for word in term.words}


@lru_cache(maxsize=64)
def _ascii_pattern(query):
    beginnings, whole = _sought(query)
    choices = [re.escape(word) for word in sorted(whole)]
    choices += [rf"(?=[^\W_]{{2}}){re.escape(word)}[^\W_]*" for word in beginnings]
    # The letters and digits before and after a word are what WORD takes for a word.
    return re.compile(rf"(?<![^\W_])(?:{'|'.join(choices) or '(?!)'})(?![^\W_])", re.ASCII | re.IGNORECASE)
