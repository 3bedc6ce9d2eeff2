"""What the search page shows: everything public that has all the words, and where in it they stand."""

from config.markdown import plain
from config.tags import tags_in_use
from profiles.models import Activity, Person
from profiles.search import UNSPACED, WORD, fold
from projects.models import Project
from publications.models import FullText

MOST_OF_A_KIND = 6
AROUND = 110  # characters shown before and after the first word that is found
LONGEST_SNIPPET = 260


def other_kinds(query, user):
    """[(title, objects, template)] of what is found beside publications; nothing where a year or tag is asked for."""
    if not query.terms or {"year", "tag"} & set(query.facts):
        return []
    found = [
        ("People", Person.objects.published(), "config/search/person.html"),
        ("Projects", Project.objects.visible_to(user), "config/search/project.html"),
        ("Activities", Activity.objects.visible_to(user), "config/search/activity.html"),
        ("Tags", tags_in_use(user), "config/search/tag.html"),
    ]
    wanted = fold(query.facts.get("type", ""))
    return [
        (title, items, template)
        for title, rows, template in found
        if title.lower().startswith(wanted) and (items := list(rows.best_first(query)[:MOST_OF_A_KIND]))
    ]


def add_snippets(publications, query, user):
    """Give each publication its ``snippet``: of the abstract, or of its PDF where only that has the words."""
    lacking = {}
    for publication in publications:
        publication.snippet = snippet(plain(publication.abstract), query)
        if query.terms and not any(is_marked for _, is_marked in publication.snippet):
            lacking[publication.pk] = publication
    texts = FullText.objects.visible_to(user).filter(resource__publication__in=lacking)
    for key, text in texts.values_list("resource__publication", "text"):
        found = snippet(text, query)
        if any(is_marked for _, is_marked in found):
            lacking[key].snippet = found


def snippet(text, query):
    """[(text, whether it is one of the words)] of the part of a text that has the first of the query's words."""
    text = " ".join(text.split())
    marks = marked(text, query)
    start = max(0, marks[0][0] - AROUND) if marks else 0
    if start:
        start = text.find(" ", start, marks[0][0]) + 1 or start
    end = min(len(text), start + LONGEST_SNIPPET)
    if end < len(text):
        end = max(text.rfind(" ", start + 1, end), marks[0][1] if marks else 0, start + AROUND)
    pieces, at = [("… ", False)] if start else [], start
    for first, last in marks:
        if last > end:
            break
        pieces += [(text[at:first], False), (text[first:last], True)]
        at = last
    pieces.append((text[at:end] + (" …" if end < len(text) else ""), False))
    return [piece for piece in pieces if piece[0]]


def marked(text, query):
    """[(first, last)] of the places of the query's words in a text, as the index finds them."""
    beginnings = tuple(term.words[-1] for term in query.terms if not term.is_exact)
    whole = {word for term in query.terms for word in term.words}
    found = []
    for match in WORD.finditer(text):
        if UNSPACED.search(match[0]):
            places = [(match.start() + at, match.start() + at + 1) for at in range(len(match[0]))]
        else:
            places = [match.span()]
        for first, last in places:
            word = fold(text[first:last])
            if word in whole or (beginnings and len(word) > 1 and word.startswith(beginnings)):
                found.append((first, last))
    return found
