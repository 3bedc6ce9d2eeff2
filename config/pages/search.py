"""The search page: all public content that has the words of a query."""

from django.views.generic import ListView

from config.pages.snippets import add_snippets
from config.pages.tags import count_uses, tags_in_use
from profiles.models import Activity, Person
from profiles.search.queries import Query, fold
from projects.models import Project
from publications.filters import MAX_QUERY_LENGTH, Facets, Filters
from publications.models import Publication

MAX_OF_A_KIND = 6  # people, projects, activities or tags


class Search(ListView):
    """The publications that were found, best first; on the first page, the other content above them."""

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
    """Return [(title, objects that the user may see, template of an object)] of the other content that is searched."""
    return [
        ("People", Person.objects.published(), "config/search/person.html"),
        ("Projects", Project.objects.visible_to(user), "config/search/project.html"),
        ("Activities", Activity.objects.visible_to(user), "config/search/activity.html"),
        ("Tags", tags_in_use(user), "config/search/tag.html"),
    ]


def find_other_kinds(query, user):
    """Return the same of what a query finds, without empty kinds.

    Nothing if the query names a year or a tag, by which only publications are searched.
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
