"""The full-text search of the admin's lists."""

import re

from django.contrib import admin

from profiles.search.queries import Query, index_of

AUTOCOMPLETE_LIMIT = 500


class SearchAdmin(admin.ModelAdmin):
    """For a model with a search index. ``search_fields`` must be set, but only to show the search box.

    ``identifiers`` maps fields that are not in the index to a pattern: a search that matches it and equals a value
    finds that row. ``initial`` is the field whose first letter a search for a single letter compares.
    """

    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    identifiers = {}
    initial = ""

    def get_search_results(self, request, queryset, search_term):
        text = search_term.strip()
        if not text:
            return queryset, False
        for field, pattern in self.identifiers.items():
            if re.fullmatch(pattern, text) and queryset.filter(**{field: text}).exists():
                return queryset.filter(**{field: text}), False
        if self.initial and len(text) == 1:
            return queryset.filter(**{f"{self.initial}__istartswith": text}), False
        query = Query.parse(text)
        if not query:
            return queryset.none(), False
        if request.resolver_match.view_name == "admin:autocomplete" and (match := query.to_match()):
            # The newest matches are enough, because nobody scrolls through thousands.
            matches = index_of(self.model).objects.filter(words__match=match)
            newest = matches.order_by("-pk").values_list("pk", flat=True)[:AUTOCOMPLETE_LIMIT]
            return queryset.filter(pk__in=list(newest)), False
        return self.search(request, queryset, query), False

    def search(self, request, queryset, query):
        return queryset.matching(query) if query.terms else queryset.none()
