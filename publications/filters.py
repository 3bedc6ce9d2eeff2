"""The filters of the publications list: read from the address, applied, counted, and written back."""

import re
from dataclasses import dataclass, replace

from django.db.models import Count
from django.http import Http404
from django.utils.http import urlencode

from profiles.models import Person, Tag
from publications.models import Authorship, Publication, TaggedPublication

LONGEST_QUERY = 200
MOST_CHOICES = 30


@dataclass(frozen=True)
class Filters:
    """What is asked of the list. ``tags`` and ``author`` are slugs; a work must have all of the tags."""

    tags: tuple[str, ...] = ()
    year: int | None = None
    type: str = ""
    author: str = ""
    q: str = ""

    @classmethod
    def from_query(cls, query):
        """Read a QueryDict; empty values count as absent. Raises Http404 with a sentence for what cannot be."""
        year, type_, q = (query.get(name, "").strip() for name in ("year", "type", "q"))
        if year and not re.fullmatch(r"[1-9][0-9]{3}", year):
            raise Http404(f"“{year[:40]}” is not a year.")
        if type_ and type_ not in Publication.TYPE_LABELS:
            raise Http404(f"“{type_[:40]}” is not a type of publication.")
        if len(q) > LONGEST_QUERY:
            raise Http404(f"The search text is longer than {LONGEST_QUERY} characters.")
        return cls(
            tags=tuple(sorted({tag.strip() for tag in query.getlist("tag") if tag.strip()})),
            year=int(year) if year else None,
            type=type_,
            author=query.get("author", "").strip(),
            q=q,
        )

    def __bool__(self):
        return self != Filters()

    def apply(self, works, user, *, without=()):
        """The works that pass as far as this user may know, leaving out the filters named in ``without``."""
        if "tags" not in without:
            for tag in self.tags:
                works = works.filter(pk__in=TaggedPublication.objects.filter(tag__slug=tag).values("content_object"))
        if self.year and "year" not in without:
            works = works.filter(year=self.year)
        if self.type and "type" not in without:
            works = works.filter(type=self.type)
        if self.author and "author" not in without:
            names = Authorship.objects.visible_to(user).filter(person__slug=self.author)
            works = works.filter(pk__in=names.values("publication"))
        if self.q and "q" not in without:
            works = works.search(self.q, user)
        return works

    @property
    def fields(self):
        """Name and value of each set filter, in the order of the address."""
        pairs = [("tag", tag) for tag in self.tags]
        pairs += [(name, getattr(self, name)) for name in ("year", "type", "author", "q") if getattr(self, name)]
        return pairs

    def query_string(self, **change):
        """ "?tag=a&year=2025" with the changes made, or "" where no filter is left."""
        query = urlencode(replace(self, **change).fields)
        return f"?{query}" if query else ""

    def toggle_tag(self, slug):
        return tuple(sorted(set(self.tags) ^ {slug}))


@dataclass(frozen=True)
class Choice:
    """One value of a filter: its label, how many works it would leave, and the address that turns it on or off."""

    label: str
    count: int
    href: str
    selected: bool


class Facets:
    """The choices of each filter with their counts, among the works that the other filters leave.

    Four queries at most, whatever the number of works. ``by_year_and_type`` is [(year or None, type, number of works)]
    among the works that the other filters leave; ``count``, the number of works that pass all filters, is a sum of it.
    """

    def __init__(self, filters, works, user, path):
        self.filters = filters
        self.works = works
        self.user = user
        self.path = path
        rows = filters.apply(works, user, without={"year", "type"}).order_by().values_list("year", "type")
        self.by_year_and_type = list(rows.annotate(count=Count("pk")))

    @property
    def count(self):
        wanted = self.filters
        return sum(
            count
            for year, type_, count in self.by_year_and_type
            if wanted.year in (None, year) and wanted.type in ("", type_)
        )

    @property
    def years(self):
        counts = {}
        for year, type_, count in self.by_year_and_type:
            if year and self.filters.type in ("", type_):
                counts[year] = counts.get(year, 0) + count
        return [self._choice("year", year, year, counts[year]) for year in sorted(counts, reverse=True)]

    @property
    def types(self):
        counts = {}
        for year, type_, count in self.by_year_and_type:
            if self.filters.year in (None, year):
                counts[type_] = counts.get(type_, 0) + count
        labels = Publication.TYPE_LABELS
        return [self._choice("type", type_, label, counts[type_]) for type_, label in labels.items() if type_ in counts]

    def tags(self):
        rows = (
            TaggedPublication.objects.filter(content_object__in=self.filters.apply(self.works, self.user).order_by())
            .values_list("tag__slug", "tag__name")
            .annotate(count=Count("pk"))
            .order_by("-count", "tag__name")[:MOST_CHOICES]
        )
        return [
            Choice(
                name, count, self.path + self.filters.query_string(tags=self.filters.toggle_tag(slug)),
                slug in self.filters.tags,
            )
            for slug, name, count in rows
        ]  # fmt: skip

    def authors(self):
        rows = (
            Authorship.objects.visible_to(self.user)
            .filter(
                publication__in=self.filters.apply(self.works, self.user, without={"author"}).order_by(),
                person__isnull=False,
            )
            .values_list("person__slug", "person__name")
            .annotate(count=Count("publication", distinct=True))
            .order_by("-count", "person__name")[:MOST_CHOICES]
        )
        return [self._choice("author", slug, name, count) for slug, name, count in rows]

    def selected(self):
        """The set filters with their labels, each with the address that lifts it.

        Raises Http404 for a tag or author that none of the works has, and Moved where a slug has changed.
        """
        chosen = []
        names = Authorship.objects.visible_to(self.user).filter(publication__in=self.works)
        for field, queryset, slugs in (
            ("tag", Tag.objects.filter(taggedpublication_items__content_object__in=self.works), self.filters.tags),
            ("author", Person.objects.filter(authorships__in=names), [self.filters.author]),
        ):
            wanted = [slug for slug in slugs if slug]
            if not wanted:
                continue
            found = {item.slug: item for item in queryset.filter(slug__in=wanted).distinct()}
            for slug in wanted:
                item = found.get(slug)
                if item is None:
                    self._raise_for_missing(field, queryset, slug)
                href = self._without(field, slug)
                chosen.append(Choice(item.name, 0, href, selected=True))
        if self.filters.year:
            chosen.append(Choice(str(self.filters.year), 0, self._without("year"), selected=True))
        if self.filters.type:
            chosen.append(Choice(Publication.TYPE_LABELS[self.filters.type], 0, self._without("type"), selected=True))
        if self.filters.q:
            chosen.append(Choice(f"“{self.filters.q}”", 0, self._without("q"), selected=True))
        return chosen

    def _choice(self, field, value, label, count):
        selected = getattr(self.filters, field) == value
        href = self._without(field) if selected else self.path + self.filters.query_string(**{field: value})
        return Choice(str(label), count, href, selected)

    def _without(self, field, slug=""):
        empty = {"tag": {"tags": self.filters.toggle_tag(slug)}, "year": {"year": None}}.get(field, {field: ""})
        return self.path + self.filters.query_string(**empty)

    def _raise_for_missing(self, field, queryset, slug):
        moved = queryset.distinct().moved_from(slug)
        if moved is None:
            raise Http404(f"There is no {field} “{slug[:60]}” among the publications.")
        if field == "author":
            raise Moved(self.path + self.filters.query_string(author=moved.slug))
        tags = tuple(sorted({moved.slug, *self.filters.tags} - {slug}))
        raise Moved(self.path + self.filters.query_string(tags=tags))


class Moved(Exception):  # noqa: N818 (a way on, not an error)
    """The same list has another address now."""

    def __init__(self, href):
        super().__init__(href)
        self.href = href
