"""People and the sections of the home page."""

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.forms import Script
from django.http import JsonResponse
from django.urls import path, reverse
from django.utils.html import format_html

from profiles.admin.content import PUBLISHING, ContentAdmin, PublishableAdmin, RowsInline
from profiles.content.names import NameParts, split_name
from profiles.content.patterns import ORCID
from profiles.content.publishing import Publishable
from profiles.forms import AddressForm
from profiles.history import revisions
from profiles.history.merge_admin import MergeAdmin
from profiles.models import Affiliation, Link, Person, Relation, Section
from profiles.search.admin import SearchAdmin
from profiles.signals import person_edited

NAME_LENGTH = Person._meta.get_field("name").max_length


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


class AffiliationInline(RowsInline):
    model = Affiliation
    fields = ["organisation", "department", "place", "ror", "start", "end", "position"]


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
    inlines = [LinkInline, AffiliationInline, RelationInline]
    change_form_template = "admin/profiles/person/change_form.html"
    readonly_fields = ["cited_as"]
    fieldsets = [
        (None, {"fields": ["name", NameParts._fields, "cited_as", "headline"]}),
        (None, {"fields": ["photo", ("photo_alt", "photo_focus"), "bio", "tags"]}),
        ("Contact", {"fields": ["email", "homepage", "orcid"]}),
        ("On this site", {"fields": ["is_owner", "is_public_page", "citation_style", "slug"]}),
        ("Names on works", {"classes": ["collapse"], "fields": ["other_names", "names_of_others"]}),
    ]

    class Media:
        js = [Script("js/admin/name.js", type="module")]

    def get_urls(self):
        return [path("name/", self.admin_site.admin_view(read_name), name="profiles_person_name"), *super().get_urls()]

    @admin.display(description="Cited as")
    def cited_as(self, person):
        """A sample citation. The script updates it, and the parts of the name unless an editor has set them."""
        return format_html(
            '<output data-url="{}" data-follows="{}">{}</output>',
            reverse("admin:profiles_person_name"),
            "yes" if person.has_derived_parts else "",
            sample_citation(person.name, person.parts),
        )

    def save_related(self, request, form, formsets, change):
        super().save_related(request, form, formsets, change)
        for formset in formsets:
            if issubclass(formset.model, Publishable):  # each has its own history
                revisions.record(formset.new_objects, request.user, "Added")
        if not change or {"name", *NameParts._fields, "other_names"} & set(form.changed_data):
            person_edited.send(Person, person=form.instance, request=request)


def sample_citation(name, parts):
    cited = parts.cited() or name
    return f"{cited} (2025). Title of the work. …" if cited else ""


def read_name(request):
    """Return the parts of the ``name`` in the query string, or the given parts, with a sample citation, as JSON."""
    if not (request.user.has_perm("profiles.add_person") or request.user.has_perm("profiles.change_person")):
        raise PermissionDenied
    given = NameParts(*(request.GET.get(part, "")[:NAME_LENGTH] for part in NameParts._fields))
    name = request.GET.get("name", "")[:NAME_LENGTH]
    parts = given if any(given) else split_name(name)
    return JsonResponse({"parts": parts._asdict(), "citation": sample_citation(name, parts)})


@admin.register(Section)
class SectionAdmin(PublishableAdmin):
    markdown = {"body": 3}
    blocks = ["body"]
    list_display = ["title", "position", "visibility"]
    list_editable = ["position"]
    search_fields = ["title", "body"]
    fieldsets = [(None, {"fields": ["title", "body", "position"]}), PUBLISHING]
