"""The search page: all public content that has the words of a query.

Below each publication is a snippet: the part of its text around the first word that was found, with all words marked.
"""

from itertools import takewhile

from django.views.generic import ListView

from config.pages.tags import count_uses, tags_in_use
from config.text.plain import plain
from profiles.models import Activity, Person
from profiles.search.queries import Query
from profiles.search.words import UNSPACED, WORD, fold
from projects.models import Project
from publications.filters import MAX_QUERY_LENGTH, Facets, Filters
from publications.models import FullText, Publication

MAX_OF_A_KIND = 6  # people, projects, activities or tags
CONTEXT = 110  # characters before and after the first word of a snippet
MAX_SNIPPET = 260  # characters


class Search(ListView):
    """The publications found, best first. On the first page, other content is shown above them."""

    template_name = "config/search.html"
    paginate_by = 20

    def get_queryset(self):
        user, parameters = self.request.user, self.request.GET.copy()
        parameters["q"] = parameters.get("q", "")[:MAX_QUERY_LENGTH]
        self.filters = Filters.from_query(parameters)
        self.query = Query.parse(self.filters.q)
        works = Publication.objects.none()
        if self.query:
            works = Publication.objects.visible_to(user).search(self.query, user).without_found_versions()
        self.facets = Facets(self.filters, works, self.request, is_searched=True)
        found = self.filters.apply(works, user, without={"q"}).only("issued", "abstract")
        return found.best_first(self.query) if self.query.terms else found.newest_first()

    def get_context_data(self, **kwargs):
        context = super().get_context_data(
            filters=self.filters, facets=self.facets, selected=self.facets.selected(), **kwargs
        )
        add_snippets(context["object_list"], self.query, self.request.user)
        is_first = context["page_obj"].number == 1 and not (self.filters.year or self.filters.type)
        context["kinds"] = find_other_kinds(self.query, self.request.user) if is_first else []
        return context


def kinds_besides_publications(user):
    """Return [(title, queryset, template of an object)] of the other content that the user may search."""
    return [
        ("People", Person.objects.published(), "config/search/person.html"),
        ("Projects", Project.objects.visible_to(user), "config/search/project.html"),
        ("Activities", Activity.objects.visible_to(user), "config/search/activity.html"),
        ("Tags", tags_in_use(user), "config/search/tag.html"),
    ]


def find_other_kinds(query, user):
    """Return [(title, objects found, template of an object)] of the other content, without empty kinds.

    A query with a year or a tag finds publications only.
    """
    if not query.terms or {"year", "tag"} & set(query.facts):
        return []
    wanted = fold(query.facts.get("type", ""))
    found = [
        (title, objects, template)
        for title, rows, template in kinds_besides_publications(user)
        if title.lower().startswith(wanted) and (objects := rows.best_first(query)[:MAX_OF_A_KIND])
    ]
    for title, tags, _ in found:
        if title == "Tags":
            uses = count_uses(user, tags)
            for tag in tags:
                tag.uses = uses[tag.pk]
    return found


def add_snippets(publications, query, user):
    """Set ``snippet`` of each publication: from its abstract, or from its PDF if only that contains the words."""
    without_words = {}
    for publication in publications:
        publication.snippet = snippet(plain(publication.abstract), query)
        if query.terms and not any(is_word for _, is_word in publication.snippet):
            without_words[publication.pk] = publication
    texts = FullText.objects.visible_to(user).filter(resource__publication__in=without_words)
    for pk, text in texts.values_list("resource__publication", "text"):
        from_pdf = snippet(text, query)
        if any(is_word for _, is_word in from_pdf):
            without_words[pk].snippet = from_pdf


def snippet(text, query):
    """Return the part of a text around the first word of a query, as [(text, whether it is a word of the query)]."""
    text = " ".join(text.split())
    matches = find_words(text, query)
    first = next(matches, None)
    start = max(0, first[0] - CONTEXT) if first else 0
    if start:
        start = text.find(" ", start, first[0]) + 1 or start
    end = min(len(text), start + MAX_SNIPPET)
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
    prefixes = tuple(term.words[-1] for term in query.terms if not term.is_exact)
    whole = {word for term in query.terms for word in term.words}
    for match in WORD.finditer(text):
        is_unspaced = UNSPACED.search(match[0])
        for start, end in [(at, at + 1) for at in range(*match.span())] if is_unspaced else [match.span()]:
            folded = fold(text[start:end]).split()
            if any(word in whole or (len(word) > 1 and word.startswith(prefixes)) for word in folded):
                yield start, end
