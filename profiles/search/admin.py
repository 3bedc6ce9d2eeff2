"""Lists of the admin that take as long for a hundred thousand rows as for a thousand.

What grows with a table is counting its rows, leafing past them, sorting them where no index has the order, and looking
for letters within their texts. So counting stops early, a page is found by the numbers of its rows alone, a list is
sorted by the columns that have an index, and words are looked up in the index of the search.
"""

import re

from django.contrib import admin
from django.contrib.admin.views.main import ORDER_VAR, ChangeList
from django.core.paginator import Paginator
from django.db import connection
from django.utils.functional import cached_property

from profiles.search import indexing
from profiles.search.queries import PARTS, Query

COUNTED = 5_000  # rows that are counted one by one
OFFERED = 500  # matches that an autocomplete has to offer


class Roughly(int):
    """A number of rows that is not exact, and how a page puts it."""

    def __new__(cls, number, words):
        rough = super().__new__(cls, number)
        rough.words = words
        return rough

    def __str__(self):
        return self.words


class RoughPaginator(Paginator):
    """Counts a part of a table exactly as far as COUNTED, and a whole table as well as its database does it quickly."""

    @cached_property
    def count(self):
        rows = self.object_list.order_by()
        if not rows.query.where:
            return table_size(rows)
        counted = rows[: COUNTED + 1].count()
        return counted if counted <= COUNTED else Roughly(counted, f"more than {COUNTED:,}")


def table_size(rows):
    """How many rows a table has. SQLite knows by heart; PostgreSQL would look at each, but keeps an estimate."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            table = rows.model._meta.db_table
            cursor.execute("SELECT reltuples::bigint FROM pg_class WHERE oid = %s::regclass", [table])
            (estimate,) = cursor.fetchone()
        if estimate > COUNTED:
            return Roughly(estimate, f"about {estimate:,}")
    return rows.count()


class LongList(ChangeList):
    def get_ordering(self, request, queryset):
        """Rows that are equal in a column stand in the usual order, and turned around everything is.

        So one index has both: of the column and then the usual order.
        """
        columns = [column for column in super().get_ordering(request, queryset) if column not in ("pk", "-pk")]
        usual = self._get_deterministic_ordering(self._get_default_ordering())
        if ORDER_VAR in self.params and columns and columns[0].startswith("-"):
            usual = [turned(column) for column in usual]
        named = {column.removeprefix("-") for column in columns}
        return [*columns, *(column for column in usual if column.removeprefix("-") not in named)]

    def get_results(self, request):
        super().get_results(request)
        if self.multi_page:
            # The rows before the page are passed by in the index, without a look at what they hold.
            keys = list(self.result_list.values_list("pk", flat=True))
            page = self.root_queryset.filter(pk__in=keys).order_by(*self.queryset.query.order_by)
            self.result_list = self.apply_select_related(page)


def turned(column):
    return column.removeprefix("-") if column.startswith("-") else f"-{column}"


def values_used(model, name):
    """The values of a column, in order and each once, found one after the other in an index that begins with it."""
    quote = connection.ops.quote_name
    table, column = quote(model._meta.db_table), quote(model._meta.get_field(name).column)
    with connection.cursor() as cursor:
        cursor.execute(
            f"WITH RECURSIVE used(value) AS (SELECT min({column}) FROM {table} UNION ALL "  # noqa: S608 (names of ours)
            f"SELECT (SELECT min({column}) FROM {table} WHERE {column} > used.value) FROM used "
            "WHERE used.value IS NOT NULL) SELECT value FROM used WHERE value IS NOT NULL"
        )
        return [value for (value,) in cursor.fetchall()]


class LongListAdmin(admin.ModelAdmin):
    """For a model that may have very many rows."""

    paginator = RoughPaginator
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER  # they would count everything, filter by filter

    def get_changelist(self, request, **kwargs):
        return LongList


class SearchedAdmin(LongListAdmin):
    """For a model with an index of its words. ``search_fields`` only say that there is a search.

    ``identifiers`` are columns that are not in that index, each with what its values look like: one that is typed whole
    is found. ``initial`` is the column whose beginning a single letter is.
    """

    identifiers = {}
    initial = ""

    def get_search_results(self, request, queryset, search_term):
        text = search_term.strip()
        if not text:
            return queryset, False
        for column, pattern in self.identifiers.items():
            if re.fullmatch(pattern, text) and (keys := list(self._identified(column, text))):
                return queryset.filter(pk__in=keys), False
        if self.initial and len(text) == 1:
            return queryset.filter(**{f"{self.initial}__istartswith": text}), False
        query = Query.parse(text)
        indexing.refresh()
        if request.resolver_match.view_name == "admin:autocomplete" and (words := query.within(PARTS)):
            # Nobody scrolls through thousands: those that were added last are enough, until one types on.
            index = self.model._meta.get_field("index").related_model.objects.filter(words__match=words)
            return queryset.filter(pk__in=list(index.order_by("-pk").values_list("pk", flat=True)[:OFFERED])), False
        return (self.find(request, queryset, query) if query else queryset.none()), False

    def find(self, request, queryset, query):
        return queryset.matching(query) if query.terms else queryset.none()

    def _identified(self, column, text):
        # Said twice, since the index of an identifier has no empty ones.
        found = self.model._base_manager.filter(**{column: text}).exclude(**{column: ""})
        return found.order_by().values_list("pk", flat=True)
