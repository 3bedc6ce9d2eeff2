import json
from functools import partial

from django import forms
from django.contrib import admin, messages
from django.core.validators import EMPTY_VALUES
from django.db import models, transaction
from django.db.models import Exists, F, OuterRef, Q
from django.forms import Script
from django.forms.fields import InvalidJSONInput
from django.urls import path
from django.utils.html import format_html

from profiles.admin import ADDRESSES, PUBLISHING, PublishableAdmin, RowsInline
from profiles.forms import LightRowForm, RowFormSet, TagChoice
from profiles.models.tag import tag_key
from profiles.search.admin import SearchedAdmin, values_used
from publications import fulltext
from publications.admin.authors import BylineField, authorships_of, read_authors
from publications.admin.files import CheckedFileField, FilesField, add_files, inspect_file, offers
from publications.admin.imports import ImportingAdmin
from publications.models import Authorship, Publication, Resource

OUT_OF_THE_WAY = 10_000
MOST_AUTHORS = 5_000


class ExtraField(forms.JSONField):
    """Names and values, of which every database and every export can make the same text again."""

    default_error_messages = {"invalid": 'Write names and values in braces, such as {"note": "To appear"}.'}

    def to_python(self, value):
        if not value or isinstance(value, dict):
            return value or {}
        try:
            found = json.loads(value)
            text = json.dumps(found, allow_nan=False, ensure_ascii=False)
            text.encode()  # fails for half a pair of surrogates
        except (ValueError, RecursionError) as error:
            raise forms.ValidationError(self.error_messages["invalid"], code="invalid") from error
        if not isinstance(found, dict) or "\\u0000" in text:
            raise forms.ValidationError(self.error_messages["invalid"], code="invalid")
        return found

    def bound_data(self, data, initial):
        # What was refused is shown as it was typed.
        try:
            self.to_python(data)
        except forms.ValidationError:
            return InvalidJSONInput(data)
        return super().bound_data(data, initial)


class AuthorshipForm(LightRowForm):
    position = forms.IntegerField(
        label="Order", required=False, min_value=0, max_value=OUT_OF_THE_WAY - 1, help_text="Empty: at the end."
    )

    class Meta:
        model = Authorship
        fields = ["position", "person", "name", "role", "equal_contribution", "corresponding", "presenter"]

    def clean(self):
        cleaned = super().clean()
        if not self.errors and not cleaned.get("person") and not cleaned.get("name"):
            self.add_error("person", "Choose a person, or write the name as printed.")
        return cleaned

    def _get_validation_exclusions(self):
        # Two rows that change places hold each other's number until both are saved: the formset numbers them.
        return super()._get_validation_exclusions() | {"position"}


class AuthorshipFormSet(RowFormSet):
    """Names in an order.

    The numbers that an editor types say which row comes before which; gaps, ties and empty ones are fine. On
    saving, the names of each role are numbered from 1, since the database holds each number once.
    """

    def save(self, commit=True):
        if not commit:
            return super().save(commit=False)
        with transaction.atomic():
            rows = self.model.objects.filter(publication=self.instance)
            rows.update(position=F("position") + OUT_OF_THE_WAY)
            asked = [form.instance for form in self._in_order()]
            for place, row in enumerate(asked, 1):
                row.position = 2 * OUT_OF_THE_WAY + place
            self.model.objects.bulk_update([row for row in asked if row.pk], ["position"], batch_size=100)
            saved = super().save()
            numbers = {}
            kept = list(rows.order_by("position"))
            for row in kept:
                row.position = numbers[row.role] = numbers.get(row.role, 0) + 1
            self.model.objects.bulk_update(kept, ["position"], batch_size=100)
        return saved

    def _in_order(self):
        deleted = set(self.deleted_forms)  # worked out anew each time that it is asked for
        kept = [form for form in self.forms if form not in deleted and (form.instance.pk or form.has_changed())]

        def place(numbered):
            index, form = numbered
            number = form.cleaned_data.get("position")
            return (number in EMPTY_VALUES, number or 0, index)

        return [form for _, form in sorted(enumerate(kept), key=place)]


class PublicationForm(forms.ModelForm):
    byline = BylineField()
    files = FilesField()


class AuthorshipInline(RowsInline):
    model = Authorship
    template = "admin/publications/authors.html"
    comes_early = True

    class Media:
        js = [Script("js/authors.js", type="module")]

    form = AuthorshipForm
    formset = AuthorshipFormSet
    autocomplete_fields = ["person"]
    extra = 1
    max_num = MOST_AUTHORS  # Django's 1,000 are fewer than some collaborations have
    verbose_name = "author or editor"
    verbose_name_plural = "authors and editors"

    def get_queryset(self, request):
        return super().get_queryset(request).select_related("person")


class ResourceInline(RowsInline):
    model = Resource
    template = "admin/publications/resources.html"
    comes_early = True
    formfield_overrides = {**ADDRESSES, models.FileField: {"form_class": CheckedFileField}}

    class Media:
        js = [Script("js/files.js", type="module")]

    fields = ["kind", "label", "url", "file", "position"]
    verbose_name_plural = "PDF, code, data, slides"


class UsedTypeFilter(admin.SimpleListFilter):
    """The types that some publication has, not all 45 of CSL."""

    title = "type"
    parameter_name = "type"

    def lookups(self, request, model_admin):
        used = set(values_used(Publication, "type"))
        return [(value, label) for value, label in Publication.TYPE_LABELS.items() if value in used]

    def queryset(self, request, queryset):
        return queryset.filter(type=self.value()) if self.value() else queryset


class YearFilter(admin.SimpleListFilter):
    """The years that some publication is of, the newest first."""

    title = "year"
    parameter_name = "year"

    def lookups(self, request, model_admin):
        return [(str(year), str(year)) for year in reversed(values_used(Publication, "year"))]

    def queryset(self, request, queryset):
        if not self.value():
            return queryset
        if self.value() not in dict(self.lookup_choices):
            return queryset.none()
        # By the date: its index has the order of the list.
        return queryset.filter(issued__range=(self.value(), f"{self.value()}-12-31"))


class LackingFilter(admin.SimpleListFilter):
    """Works without what readers look for."""

    title = "what is missing"
    parameter_name = "lacks"
    LACKS = {
        "abstract": ("Abstract", Q(abstract="")),
        "resources": ("PDF or code", ~Exists(Resource.objects.filter(publication=OuterRef("pk")).order_by())),
    }

    def lookups(self, request, model_admin):
        return [(value, label) for value, (label, _) in self.LACKS.items()]

    def queryset(self, request, queryset):
        _, lacking = self.LACKS.get(self.value(), ("", Q()))
        return queryset.filter(lacking)


class TagFilter(admin.SimpleListFilter):
    """A tag, found as one types: there may be thousands."""

    title = "tag"
    parameter_name = "tag"
    template = "admin/publications/tag_filter.html"

    def lookups(self, request, model_admin):
        chosen = [(self.value(), self.value())] if self.value() else []
        self.widget = TagChoice(Publication._meta.get_field("tags"), model_admin.admin_site, choices=chosen)
        return ()

    def has_output(self):
        return True

    def choices(self, changelist):
        """The select, and the rest of the address as hidden fields."""
        others = {name: values for name, values in changelist.filter_params.items() if name != self.parameter_name}
        yield {
            "select": self.widget.render(self.parameter_name, self.value(), {"aria-label": "Tag"}),
            "others": [(name, value) for name, values in others.items() for value in values],
            "all": changelist.get_query_string(remove=[self.parameter_name]),
        }

    def queryset(self, request, queryset):
        if not self.value():
            return queryset
        return queryset.filter(taggedpublication__tag__key=tag_key(self.value()))


@admin.register(Publication)
class PublicationAdmin(SearchedAdmin, ImportingAdmin, PublishableAdmin):
    markdown = {"abstract": 3}
    list_display = ["title", "type_label", "in_year", "status", "featured", "visible"]
    list_filter = ["state", TagFilter, "featured", "status", UsedTypeFilter, LackingFilter, YearFilter]
    sortable_by = ["title", "type_label", "in_year", "status", "visible"]
    search_fields = ["title"]
    search_help_text = "By words of title, names, venue, abstract or PDF, by DOI, arXiv identifier or citation key."
    identifiers = {"citation_key": r"\S+"}
    autocomplete_fields = ["version_of"]
    moments = [*PublishableAdmin.moments, "authors_from"]
    publishing_fields = [*PublishableAdmin.publishing_fields, "hides_authors", "authors_from"]
    form = PublicationForm
    formfield_overrides = {**PublishableAdmin.formfield_overrides, models.JSONField: {"form_class": ExtraField}}
    inlines = [AuthorshipInline, ResourceInline]
    fieldsets = [
        (None, {"fields": ["title", ("type", "status"), "issued", "abstract", "tags", "featured"]}),
        (
            "Where it appeared",
            {
                "fields": [
                    "container_title", "container_title_short", ("volume", "issue", "page"), "event_title",
                    "event_place", "track", ("publisher", "publisher_place"),
                ]
            },
        ),
        ("Identifiers", {"fields": ["doi", ("arxiv_id", "arxiv_class"), "url", "citation_key"]}),
        ("Versions", {"fields": ["version_of"]}),
        ("Thumbnail", {"fields": ["image", ("image_alt", "image_focus")]}),
        (PUBLISHING[0], {"fields": [*PUBLISHING[1]["fields"], ("hides_authors", "authors_from")]}),
        (
            "More",
            {
                "classes": ["collapse"],
                "fields": [
                    "award", "funding", ("number", "edition", "genre"), "language", ("isbn", "issn", "pmid"), "license",
                    "slug", "extra",
                ],
            },
        ),
    ]  # fmt: skip

    def get_urls(self):
        view = self.admin_site.admin_view(partial(read_authors, model_admin=self))
        inspect = self.admin_site.admin_view(partial(inspect_file, model_admin=self))
        return [
            path("authors/", view, name="publications_publication_authors"),
            path("inspect/", inspect, name="publications_publication_inspect"),
            *super().get_urls(),
        ]

    def _read_files(self, request, publication):
        for content in fulltext.read_new(publication):
            if news := offers(publication, content):
                self.message_user(request, format_html("The PDF says: {}.", news), messages.INFO)

    @admin.display(description="Type", ordering="type")
    def type_label(self, publication):
        return publication.type_label

    @admin.display(description="Year", ordering="issued")
    def in_year(self, publication):
        return publication.year

    @property
    def media(self):
        return super().media + TagChoice(Publication._meta.get_field("tags"), self.admin_site).media

    def find(self, request, queryset, query):
        return queryset.search(query, request.user)

    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        field = super().formfield_for_foreignkey(db_field, request, **kwargs)
        if db_field.name == "version_of":
            field.error_messages["invalid_choice"] = (
                "Choose the work that stands for all versions; this one is itself a version, or was deleted."
            )
        return field

    def get_search_results(self, request, queryset, search_term):
        found, may_have_duplicates = super().get_search_results(request, queryset, search_term)
        if request.GET.get("field_name") == "version_of":
            # Asked by the autocomplete of that field, which a version cannot stand in. By ``work_key``, since SQLite
            # would look all works up by an empty ``version_of``, and sort them.
            found = found.filter(work_key__isnull=False)
        return found, may_have_duplicates

    def save_related(self, request, form, formsets, change):
        super().save_related(request, form, formsets, change)
        publication = form.instance
        publication.add_authors(authorships_of(form.cleaned_data.get("byline", "")))
        add_files(publication, form.cleaned_data.get("files") or ())
        # Reading a PDF takes seconds, in which nobody else should wait for the database.
        transaction.on_commit(partial(self._read_files, request, publication), robust=True)
        if not publication.citation_key:
            publication.citation_key = publication.free_citation_key()
            publication.save(update_fields=["citation_key"])
