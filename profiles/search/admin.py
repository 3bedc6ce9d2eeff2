"""Admin lists that are searched through the full-text index."""

import re

from django.contrib import admin

from profiles.search.queries import PARTS, Query

AUTOCOMPLETE_LIMIT = 500


class SearchAdmin(admin.ModelAdmin):
    """For a model with a search index. ``search_fields`` must be set, but only shows the search box.

    ``identifiers`` maps columns that the index does not hold to the pattern of their values: a whole one is found.
    ``initial`` is the column in which a single letter is looked up, as the first letter.
    """

    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    identifiers = {}
    initial = ""

    def get_search_results(self, request, queryset, search_term):
        text = search_term.strip()
        if not text:
            return queryset, False
        for column, pattern in self.identifiers.items():
            if re.fullmatch(pattern, text) and queryset.filter(**{column: text}).exists():
                return queryset.filter(**{column: text}), False
        if self.initial and len(text) == 1:
            return queryset.filter(**{f"{self.initial}__istartswith": text}), False
        query = Query.parse(text)
        if not query:
            return queryset.none(), False
        if request.resolver_match.view_name == "admin:autocomplete" and (words := query.within(PARTS)):
            # The newest matches are enough, because nobody scrolls through thousands.
            index = self.model._meta.get_field("index").related_model.objects.filter(words__match=words)
            newest = index.order_by("-pk").values_list("pk", flat=True)[:AUTOCOMPLETE_LIMIT]
            return queryset.filter(pk__in=list(newest)), False
        return self.search(request, queryset, query), False

    def search(self, request, queryset, query):
        return queryset.matching(query) if query.terms else queryset.none()
