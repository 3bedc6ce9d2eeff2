"""People and the sections of the home page."""

from django.contrib import admin

from profiles.admin.content import PUBLISHING, ContentAdmin, PublishableAdmin, RowsInline
from profiles.history.merge_admin import MergingAdmin
from profiles.models import Link, Person, Relation, Section
from profiles.search.admin import SearchedAdmin


class LinkInline(RowsInline):
    model = Link


class RelationInline(RowsInline):
    model = Relation
    fk_name = "person"
    autocomplete_fields = ["related"]
    verbose_name = "relation"
    verbose_name_plural = "supervisors, students, collaborators"

    def get_queryset(self, request):
        return super().get_queryset(request).select_related("related")


@admin.register(Person)
class PersonAdmin(SearchedAdmin, MergingAdmin, ContentAdmin):
    markdown = {"bio": 2}
    publishing_fields = ["is_owner", "is_public_page"]
    list_display = ["name", "headline", "orcid", "is_owner", "is_public_page"]
    list_filter = ["is_public_page", "is_owner"]
    sortable_by = ["name"]
    search_fields = ["name"]
    search_help_text = "By words of the name in any spelling, headline, biography or interests; by ORCID iD or e-mail."
    identifiers = {"orcid": r"[\d-]{18}[\dX]", "email": r"\S+@\S+"}
    initial = "family"
    inlines = [LinkInline, RelationInline]
    fieldsets = [
        (None, {"fields": ["name", "headline", "photo", ("photo_alt", "photo_focus"), "bio", "tags"]}),
        ("Contact", {"fields": ["email", "homepage", "orcid"]}),
        ("On this site", {"fields": ["is_owner", "is_public_page", "citation_style", "slug"]}),
        (
            "For citations and imports",
            {"classes": ["collapse"], "fields": [("given", "particle", "family", "suffix"), "other_names"]},
        ),
    ]


@admin.register(Section)
class SectionAdmin(PublishableAdmin):
    markdown = {"body": 3}
    list_display = ["title", "position", "visible"]
    list_editable = ["position"]
    search_fields = ["title", "body"]
    fieldsets = [(None, {"fields": ["title", "body", "position"]}), PUBLISHING]
