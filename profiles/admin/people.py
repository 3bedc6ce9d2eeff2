"""People and the sections of the home page."""

from django.contrib import admin

from profiles.admin.content import PUBLISHING, ContentAdmin, PublishableAdmin, RowsInline
from profiles.content.patterns import ORCID
from profiles.forms import AddressForm
from profiles.history.merge_admin import MergeAdmin
from profiles.models import Link, Person, Relation, Section
from profiles.search.admin import SearchAdmin


class LinkInline(RowsInline):
    model = Link
    form = AddressForm
    fields = ["url", "kind", "label", "position"]


class RelationInline(RowsInline):
    model = Relation
    fk_name = "person"
    autocomplete_fields = ["related"]
    verbose_name_plural = "advisors, students and collaborators"

    def get_queryset(self, request):
        return super().get_queryset(request).select_related("related")


@admin.register(Person)
class PersonAdmin(SearchAdmin, MergeAdmin, ContentAdmin):
    markdown = {"bio": 2}
    publishing_fields = ["is_owner", "is_public_page"]
    list_display = ["name", "headline", "orcid", "is_owner", "is_public_page"]
    list_filter = ["is_public_page", "is_owner"]
    search_fields = ["name"]
    search_help_text = (
        "Searches names in any spelling, headlines, biographies, interests, ORCID iDs and e-mail addresses."
    )
    identifiers = {"orcid": ORCID, "email": r"\S+@\S+"}
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
    list_display = ["title", "position", "visibility"]
    list_editable = ["position"]
    search_fields = ["title", "body"]
    fieldsets = [(None, {"fields": ["title", "body", "position"]}), PUBLISHING]
