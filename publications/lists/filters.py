"""The filters of the publications list: read from the address, applied, counted, and written back."""

import re
from dataclasses import dataclass, replace

from django.db.models import Count, Exists, OuterRef
from django.http import Http404
from django.utils.functional import cached_property
from django.utils.http import urlencode

from profiles.models import Person, Tag
from publications.lists.chart import Chart
from publications.models import Authorship, Publication, TaggedPublication

MAX_QUERY_LENGTH = 200
MAX_CHOICES = 20
MAX_TAGS = 20  # each adds a subquery


@dataclass(frozen=True)
class Filters:
    """The filters of the list. ``tags`` and ``author`` are slugs; a work must have all of the tags.

    ``group`` and ``show`` filter nothing, but stay in the address with the filters: "type" groups the list by type,
    "all" shows it on one page.
    """

    tags: tuple[str, ...] = ()
    year: int | None = None
    type: str = ""
    author: str = ""
    q: str = ""
    group: str = ""
    show: str = ""

    @classmethod
    def from_query(cls, query):
        """Read a QueryDict; empty values count as absent. Raise Http404, with a sentence, for an invalid value."""
        year, type_, q = (query.get(name, "").strip() for name in ("year", "type", "q"))
        if year and not re.fullmatch(r"[1-9][0-9]{3}", year):
            raise Http404(f"“{year[:40]}” is not a year.")
        if type_ and type_ not in Publication.TYPE_LABELS:
            raise Http404(f"“{type_[:40]}” is not a type of publication.")
        if len(q) > MAX_QUERY_LENGTH:
            raise Http404(f"The search text is longer than {MAX_QUERY_LENGTH} characters.")
        tags = tuple(sorted({tag.strip() for tag in query.getlist("tag") if tag.strip()}))
        if len(tags) > MAX_TAGS:
            raise Http404(f"At most {MAX_TAGS} tags can be combined.")
        group = "type" if query.get("group") == "type" else ""
        show = "all" if query.get("show") == "all" else ""
        return cls(tags, int(year) if year else None, type_, query.get("author", "").strip(), q, group, show)

    def __bool__(self):
        return self != Filters()

    def apply(self, works, user, *, without=()):
        """Return the works that match all filters but those named in ``without``.

        For a visitor, works under blind review match no author, and no search by author.
        """
        for tag in self.tags:
            works = works.with_tag(tag)
        if self.year and "year" not in without:
            works = works.filter(year=self.year)
        if self.type and "type" not in without:
            works = works.filter(type=self.type)
        if self.author and "author" not in without:
            works = works.naming([self.author], user)
        if self.q and "q" not in without:
            works = works.search(self.q, user)
        return works

    @property
    def fields(self):
        """[(name, value)] of the filters that are set, in the order of the query string."""
        pairs = [("tag", tag) for tag in self.tags]
        names = ("year", "type", "author", "q", "group", "show")
        return pairs + [(name, getattr(self, name)) for name in names if getattr(self, name)]

    def query_string(self, **change):
        """Return the query string with the changes, such as "?tag=a&year=2025", or "" without filters."""
        query = urlencode(replace(self, **change).fields)
        return f"?{query}" if query else ""

    def toggle_tag(self, slug):
        return tuple(sorted(set(self.tags) ^ {slug}))


@dataclass(frozen=True)
class Choice:
    """One value of a filter: its label, the number of works with it, and the URL that sets or clears it.

    A year also has the bars of the chart, and the numbers behind their colours as text.
    """

    label: str
    count: int
    href: str
    selected: bool
    bars: tuple = ()
    text: str = ""

    def __str__(self):
        return self.label


class Facets:
    """The choices of each filter with their counts, among the works that match the other filters.

    Each facet runs its query when a template reads it. It has at most ``max_choices`` tags or authors, or all with
    ``facets=all`` in the query string. ``is_searched`` says that the works already match ``q``.
    """

    def __init__(self, filters, works, request, *, is_searched=False):
        self.filters = filters
        self.max_choices = None if request.GET.get("facets") == "all" else MAX_CHOICES
        self.works = works
        self.applied = {"q"} if is_searched else set()
        self.user, self.path, self.query = request.user, request.path, request.GET
        self.key = (self.path, filters, self.max_choices)

    @property
    def all_href(self):
        """The URL of the list with all choices of each facet."""
        query = self.filters.query_string()
        return f"{self.path}{query}&facets=all" if query else f"{self.path}?facets=all"

    @cached_property
    def by_year_and_type(self):
        """[(year or None, type, number of works)] among the works that match the other filters."""
        return list(self._works("year", "type").order_by().values_list("year", "type").annotate(count=Count("*")))

    @cached_property
    def count(self):
        """The number of works that match all filters."""
        wanted = self.filters
        return sum(
            count
            for year, type_, count in self.by_year_and_type
            if wanted.year in (None, year) and wanted.type in ("", type_)
        )

    @cached_property
    def chart(self):
        """The Chart of the works that all filters but the year leave; works without a date are not shown."""
        rows = self.by_year_and_type
        return Chart({(year, one): count for year, one, count in rows if year and self.filters.type in ("", one)})

    @cached_property
    def years(self):
        chosen = [self._choice("year", year, year, count) for year, count in self.chart.totals.items()]
        if not self.chart.is_drawn:
            return chosen
        return [
            replace(one, bars=tuple(self.chart.bars(int(one.label))), text=self.chart.text(int(one.label)))
            for one in chosen
        ]

    @property
    def types(self):
        counts = {}
        for year, type_, count in self.by_year_and_type:
            if self.filters.year in (None, year):
                counts[type_] = counts.get(type_, 0) + count
        labels = Publication.TYPE_LABELS
        return [self._choice("type", type_, label, counts[type_]) for type_, label in labels.items() if type_ in counts]

    def tags(self):
        tagged = TaggedPublication.objects.order_by().filter(content_object__in=self._works().order_by().values("pk"))
        uses = tagged.values_list("tag").annotate(uses=Count("pk")).order_by("-uses", "tag")
        return [
            Choice(
                tag.name, tag.uses, self.path + self.filters.query_string(tags=self.filters.toggle_tag(tag.slug)),
                tag.slug in self.filters.tags,
            )
            for tag in most_used(Tag, uses, self.max_choices)
        ]  # fmt: skip

    def authors(self):
        works = self._works("author").with_authors_shown(self.user)
        names = Authorship.objects.filter(person__isnull=False, publication__in=works.order_by().values("pk"))
        uses = names.values_list("person").annotate(uses=Count("publication", distinct=True))
        found = most_used(Person, uses.order_by("-uses", "person"), self.max_choices)
        return [self._choice("author", person.slug, person.name, person.uses) for person in found]

    def _works(self, *without):
        return self.filters.apply(self.works, self.user, without={*without, *self.applied})

    def selected(self):
        """Return the filters that are set as Choices, each with the URL that clears it.

        Raise Http404 for a tag or author that none of the works has, and Moved where a slug has changed.
        """
        found = []
        for field, slugs in (("tag", self.filters.tags), ("author", [self.filters.author])):
            queryset = self._with_works(field)
            names = dict(queryset.filter(slug__in=slugs).values_list("slug", "name")) if any(slugs) else {}
            for slug in filter(None, slugs):
                if slug not in names:
                    self._raise_for_missing(field, queryset, slug)
                found.append((names[slug], field, slug))
        for field, label in (("year", str), ("type", Publication.TYPE_LABELS.get), ("q", "“{}”".format)):
            if value := getattr(self.filters, field):
                found.append((label(value), field, ""))
        return [Choice(label, 0, self._without(field, slug), selected=True) for label, field, slug in found]

    def _with_works(self, field):
        """Return the tags or authors of any of the works."""
        if field == "tag":
            model, works = Tag, self.works.filter(taggedpublication__tag=OuterRef("pk"))
        else:
            shown = self.works.with_authors_shown(self.user)
            model, works = Person, shown.filter(authorships__person=OuterRef("pk"))
        return model.objects.filter(Exists(works.order_by()))

    def _choice(self, field, value, label, count):
        selected = getattr(self.filters, field) == value
        href = self._without(field) if selected else self.path + self.filters.query_string(**{field: value})
        return Choice(str(label), count, href, selected)

    def _without(self, field, slug=""):
        empty = {"tag": {"tags": self.filters.toggle_tag(slug)}, "year": {"year": None}}.get(field, {field: ""})
        return self.path + self.filters.query_string(**empty)

    def _raise_for_missing(self, field, queryset, slug):
        moved = queryset.moved_from(slug)
        if moved is None:
            raise Http404(f"There is no {field} “{slug[:60]}” among the publications.")
        query = self.query.copy()
        slugs = [moved.slug if value.strip() == slug else value for value in query.getlist(field)]
        query.setlist(field, dict.fromkeys(slugs))
        raise Moved(f"{self.path}?{query.urlencode()}")


def most_used(model, uses, limit):
    """Return the tags or people with the most works, each with ``uses``: the number of works.

    ``uses`` is a queryset of (primary key, number of works), the highest number first.
    """
    counts = dict(uses[:limit])
    found = model.objects.only("slug", "name").in_bulk(counts)
    for key, item in found.items():
        item.uses = counts[key]
    return sorted(found.values(), key=lambda item: (-item.uses, item.name))


class Moved(Exception):  # noqa: N818 (not an error)
    """Redirects to the list's new URL, ``href``: the slug of a tag or author has changed."""

    def __init__(self, href):
        super().__init__(href)
        self.href = href
