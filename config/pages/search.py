"""The search page: all public content that has the words of a query, in one list, best first."""

from dataclasses import dataclass
from functools import cached_property

from django.db.models import QuerySet
from django.http import Http404
from django.views.generic import ListView

from config.pages.contents import pages_of_request
from config.pages.spelling import MAX_ROWS, similar_query
from config.pages.tags import count_uses, tags_by_use, tags_in_use
from config.text.matches import has_word, snippet
from config.text.plain import plain
from profiles.content.blocks import without_blocks
from profiles.models import Activity, Course, Page, Person, Post, Talk
from profiles.search.queries import Query
from profiles.search.words import fold
from projects.models import Grant, Project
from publications.lists.filters import MAX_QUERY_LENGTH, Facets, Filters
from publications.models import Authorship, FullText, Publication

TAGS_SHOWN = 12  # where nothing was searched or found
NAMES_SHOWN = 6  # of the authors of a result


@dataclass(frozen=True)
class SearchKind:
    """A kind of content that is searched.

    Its ``title`` is the name of a field, and snippets are taken from the Markdown in its ``texts``. ``shown`` is the
    queryset that reads what a result shows.
    """

    name: str
    label: str
    plural: str
    rows: QuerySet
    title: str
    texts: tuple[str, ...] = ()
    shown: QuerySet | None = None

    @property
    def template(self):
        return f"config/search/{self.name}.html"

    def read(self, keys):
        """Return {primary key: object} with what a result shows."""
        shown = self.rows.model.objects.for_results() if self.shown is None else self.shown
        return shown.in_bulk(keys) if keys else {}

    def text_of(self, item):
        texts = filter(None, (getattr(item, name) for name in self.texts))
        return plain(without_blocks("\n\n".join(texts)))


def kinds_besides_publications(user):
    """Return the SearchKinds of the other content that the user may search."""
    return [
        SearchKind("person", "Person", "People", Person.objects.published(), "name", ("bio",)),
        SearchKind("project", "Project", "Projects", Project.objects.visible_to(user), "name", ("summary", "body")),
        SearchKind("grant", "Grant", "Grants", Grant.objects.visible_to(user), "title", ("description",)),
        SearchKind("talk", "Talk", "Talks", Talk.objects.visible_to(user), "title", ("abstract",)),
        SearchKind(
            "course", "Course", "Courses", Course.objects.visible_to(user), "title", ("description", "syllabus")
        ),
        SearchKind("post", "News", "News", Post.objects.visible_to(user), "title", ("summary", "body")),
        SearchKind("page", "Page", "Pages", Page.objects.visible_to(user), "title", ("body",)),
        SearchKind("activity", "Activity", "Activities", Activity.objects.visible_to(user), "title", ("description",)),
        SearchKind("tag", "Tag", "Tags", tags_in_use(user), "name", ("description",)),
    ]


class Results:
    """The results of several searches in one list, as a sequence that reads only the rows of a slice.

    What has all words in its title comes first; then the best of each kind take turns. The ranks of different kinds
    cannot be compared, because each is relative to the other rows of its kind.
    """

    def __init__(self, found):
        self.found = found  # [(SearchKind, BestFirst)]

    @cached_property
    def places(self):
        """[(whether words are missing in the title, place in the kind, number of the kind, primary key)] in order."""
        return sorted(
            (not is_in_title, place, number, key)
            for number, (_, rows) in enumerate(self.found)
            for place, (key, is_in_title) in enumerate(rows.ranked.items())
        )

    def counts(self):
        """Return [(SearchKind, number of results)] of the kinds that have any."""
        return [(kind, len(rows)) for kind, rows in self.found if len(rows)]

    def of(self, name):
        """Return the Results of the kind with that name, or of all kinds."""
        return Results([(kind, rows) for kind, rows in self.found if name in ("", kind.name)])

    def __len__(self):
        return len(self.places)

    def __getitem__(self, span):
        """Return [(SearchKind, object)]."""
        wanted = [(number, key) for _, _, number, key in self.places[span]]
        items = {}
        for number, (kind, _) in enumerate(self.found):
            read = kind.read([key for in_kind, key in wanted if in_kind == number])
            items |= {(number, key): (kind, item) for key, item in read.items()}
        return [items[one] for one in wanted if one in items]


class Search(ListView):
    """The results of a search. A year, a type, a tag or an author finds publications only."""

    template_name = "config/search.html"
    paginate_by = 20

    def get_queryset(self):
        parameters = self.request.GET.copy()
        parameters["q"] = parameters.get("q", "")[:MAX_QUERY_LENGTH]
        self.filters = Filters.from_query(parameters)
        self.query = Query.parse(self.filters.q)
        self.kind = parameters.get("kind", "").strip()
        names = ["", "publication", *(kind.name for kind in kinds_besides_publications(self.request.user))]
        if self.kind not in names:
            raise Http404(f"“{self.kind[:40]}” is not a kind of content.")
        self.works = self.find_works(self.query)
        self.all_results = self.find(self.query, self.works)
        return self.all_results.of(self.kind)

    def find_works(self, query):
        if not query:
            return Publication.objects.none()
        user = self.request.user
        return Publication.objects.visible_to(user).search(query, user).without_found_versions()

    def find(self, query, works):
        """Return the Results of a Query, with those of the publications that the filters leave."""
        user = self.request.user
        works = self.filters.apply(works, user, without={"q"})
        shown = Publication.objects.with_authors(user).with_resources(user).prefetch_related("tags")
        kinds = [SearchKind("publication", "Publication", "Publications", works, "title", ("abstract",), shown)]
        filters = self.filters
        is_filtered = bool(filters.tags or filters.year or filters.type or filters.author)
        is_for_works = is_filtered or bool({"year", "tag"} & query.facts.keys())
        if query.terms and not is_for_works:
            wanted = fold(query.facts.get("type", ""))
            others = kinds_besides_publications(user)
            kinds += [kind for kind in others if kind.plural.lower().startswith(wanted)]
        return Results([(kind, kind.rows.best_first(query)) for kind in kinds])

    def get_context_data(self, **kwargs):
        user = self.request.user
        facets = Facets(self.filters, self.works, self.request, is_searched=True)
        context = super().get_context_data(
            filters=self.filters, facets=facets, selected=facets.selected(), query=self.query, kind=self.kind,
            kinds=self.all_results.counts(), total=len(self.all_results), **kwargs,
        )  # fmt: skip
        prepare(context["object_list"], self.query, user)
        if not context["object_list"]:
            context["similar"] = self.similar_text() if self.query.terms else ""
            context["tags"] = tags_by_use(user)[:TAGS_SHOWN] if "tags" in pages_of_request(self.request) else []
        return context

    def similar_text(self):
        """Return a similar search text that finds something, or ""."""
        user, works = self.request.user, Publication.objects.visible_to(self.request.user)

        def titles_and_names():
            for kind in [*kinds_besides_publications(user), SearchKind("", "", "", works, "title")]:
                yield from kind.rows.order_by("-pk").values_list(kind.title, flat=True)[:MAX_ROWS]
            newest = works.order_by("-pk").values("pk")[:MAX_ROWS]
            names = Authorship.objects.visible_to(user).filter(publication__in=newest)
            for pair in names.values_list("name", "person__name").distinct():
                yield from filter(None, pair)

        text = similar_query(self.query, self.request, titles_and_names)
        query = Query.parse(text)
        return text if text and len(self.find(query, self.find_works(query))) else ""


def prepare(results, query, user):
    """Set what results show besides their fields: ``snippet``, and for a publication its authors and found tags."""
    works, tags = {}, []
    for kind, item in results:
        item.snippet = snippet(kind.text_of(item), query)
        if kind.name == "publication":
            works[item.pk] = item
            item.names_shown = names_of(item, query)
            item.tags_found = [tag for tag in item.tags.all() if has_word(tag.name, query)] if query.terms else []
        elif kind.name == "tag":
            tags.append(item)
    if tags:
        uses = count_uses(user, tags)
        for tag in tags:
            tag.uses = uses[tag.pk]
    if query.terms:
        add_snippets_of_pdfs({pk: work for pk, work in works.items() if not has_word(work.snippet, query)}, query, user)


def names_of(publication, query):
    """Return the authors of a result, or else its editors: the first, and those who were searched."""
    names = list(map(str, publication.byline or publication.editors_of_whole))
    if len(names) > NAMES_SHOWN:
        found = [name for name in names[NAMES_SHOWN - 1 :] if query.terms and has_word(name, query)][:NAMES_SHOWN]
        names = [*names[: NAMES_SHOWN - 1], "…", *found]
    return ", ".join(names) + publication.byline_end


def add_snippets_of_pdfs(works, query, user):
    """Replace the snippets of publications, {primary key: publication}, whose PDF has the words."""
    texts = FullText.objects.visible_to(user).filter(resource__publication__in=works)
    for pk, text in texts.values_list("resource__publication", "text"):
        from_pdf = snippet(text, query)
        if has_word(from_pdf, query):
            works[pk].snippet, works[pk].is_from_pdf = from_pdf, True
