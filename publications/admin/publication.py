"""The admin of publications."""

import json
import math
from functools import partial

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.widgets import AdminTextareaWidget
from django.db import models, transaction
from django.db.models import Exists, F, OuterRef, Q
from django.forms import Script
from django.forms.fields import InvalidJSONInput
from django.urls import path
from django.utils.html import format_html

from profiles.admin import PUBLISHING, PublishableAdmin, PublishingForm, RowsInline
from profiles.admin.files import FilesField, ResourceInline
from profiles.admin.publishing import MomentField, MomentWidget
from profiles.forms import RowForm, RowFormSet, TagChoice, TextField
from profiles.models.tag import tag_key
from profiles.search.admin import SearchAdmin
from publications.admin.authors import BylineField, authorships_from, read_authors
from publications.admin.files import PublicationResourceForm, add_files, inspect_file, new_metadata
from publications.admin.imports import ImportAdmin
from publications.admin.names import Names
from publications.admin.numbering import NumberingAdmin
from publications.admin.selected import SelectedAdmin
from publications.files import fulltext
from publications.models import Authorship, Notice, Publication, Resource
from publications.references.values.bylines import OTHERS

# Positions from here on are temporary: while rows are renumbered, no two may have the same one.
TEMPORARY_POSITION = 10_000
AUTHOR_LIMIT = 5_000


class ExtraField(forms.JSONField):
    """A JSON object that every database stores, and every export writes, without loss."""

    default_error_messages = {"invalid": 'Enter a JSON object, such as {"note": "To appear"}.'}

    def to_python(self, value):
        try:
            data = super().to_python(value) or {}
            text = json.dumps(data, allow_nan=False, ensure_ascii=False)
            text.encode()  # fails for an unpaired surrogate
        except (ValueError, RecursionError):
            data = None
        if not isinstance(data, dict) or "\\u0000" in text:
            raise forms.ValidationError(self.error_messages["invalid"], code="invalid")
        return data

    def bound_data(self, data, initial):
        try:
            self.to_python(data)
        except forms.ValidationError:
            return InvalidJSONInput(data)  # shown again as it was typed
        return super().bound_data(data, initial)


class AuthorshipForm(RowForm):
    position = forms.IntegerField(
        label="Order",
        required=False,
        min_value=0,
        max_value=TEMPORARY_POSITION - 1,
        help_text="1 comes first. Leave empty to add at the end.",
    )

    class Meta:
        model = Authorship
        exclude = ["position"]  # set by the formset, so that the form does not validate it: rows may swap positions

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        if self.instance.pk:
            self.initial.setdefault("position", self.instance.position)

    def clean(self):
        cleaned = super().clean()
        if not self.errors and not cleaned.get("person") and not cleaned.get("name"):
            self.add_error("person", "Choose a person, or enter the name as printed.")
        return cleaned


class AuthorshipFormSet(RowFormSet):
    """Authors and editors in order.

    The numbers in the forms only sort the rows: gaps, duplicates and empty ones are allowed. Saving numbers the rows
    of each role from 1.
    """

    unvalidated = ("position",)

    def save(self, commit=True):
        with transaction.atomic():
            rows = self.model.objects.filter(publication=self.instance)
            rows.update(position=F("position") + TEMPORARY_POSITION)
            sorted_rows = [form.instance for form in self.get_sorted_forms()]
            for position, row in enumerate(sorted_rows, 1):
                row.position = 2 * TEMPORARY_POSITION + position
            self.model.objects.bulk_update([row for row in sorted_rows if row.pk], ["position"], batch_size=100)
            saved = super().save()
            counts = {}
            rows = list(rows.order_by("position"))
            for row in rows:
                row.position = counts[row.role] = counts.get(row.role, 0) + 1
            self.model.objects.bulk_update(rows, ["position"], batch_size=100)
        return saved

    def get_sorted_forms(self):
        deleted = set(self.deleted_forms)  # a property that is computed each time
        remaining = [form for form in self.forms if form not in deleted and (form.instance.pk or form.has_changed())]

        def position(form):
            number = form.cleaned_data.get("position")
            return math.inf if number is None else number

        return sorted(remaining, key=position)


class PublicationForm(PublishingForm):
    byline = BylineField()
    has_more_authors = forms.BooleanField(
        label="End the authors with “et al.”",
        required=False,
        help_text="If the rows below are not all of the authors. Pages and citations show “et al.” after the last one.",
    )
    files = FilesField(
        "PDF, slides, poster, other files",
        "Choose one or more files. Each becomes a row below. The text of PDFs can be searched.",
    )

    class Meta:
        error_messages = {
            "version_of": {
                "invalid_choice": (
                    "Choose the main version. The one you chose was deleted, or is itself a version of another work."
                )
            }
        }

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.initial.setdefault("has_more_authors", self.instance.has_more_authors)

    def save(self, commit=True):
        is_shortened = bool(OTHERS.search(self.cleaned_data["byline"]))
        self.instance.has_more_authors = is_shortened or self.cleaned_data["has_more_authors"]
        return super().save(commit)


class AuthorshipInline(RowsInline):
    model = Authorship
    template = "admin/publications/authors.html"
    shows_early = True

    class Media:
        js = [Script("js/admin/authors.js", type="module")]

    form = AuthorshipForm
    formset = AuthorshipFormSet
    fields = ["position", "person", "name", "role", "equal_contribution", "corresponding", "presenter", "contribution"]
    autocomplete_fields = ["person"]
    extra = 1
    max_num = AUTHOR_LIMIT  # Django's default of 1,000 is too low for large collaborations.
    verbose_name = "author or editor"
    verbose_name_plural = "authors and editors"

    def get_queryset(self, request):
        return super().get_queryset(request).select_related("person")


class NoticeFormSet(RowFormSet):
    """Notices, none of them twice."""

    def clean(self):
        super().clean()
        keys = set()
        for form in self.forms:
            is_row = form.has_changed() or form.instance.pk
            if form in self.deleted_forms or form.errors or not is_row:
                continue
            if form.instance.key in keys:
                form.add_error(None, "This notice is here twice. Remove one of the two.")
            keys.add(form.instance.key)


class NoticeInline(RowsInline):
    model = Notice
    formset = NoticeFormSet
    fields = ["kind", "date", "doi", "url", "text"]
    formfield_overrides = {
        **RowsInline.formfield_overrides,
        models.TextField: {"form_class": TextField, "widget": AdminTextareaWidget(attrs={"rows": 2})},
    }


class PublicationResourceInline(ResourceInline):
    model = Resource
    form = PublicationResourceForm
    template = "admin/publications/resources.html"
    shows_early = True
    verbose_name_plural = "PDF, code, data, slides"
    fields = ["url", "file", "kind", "label", "version", "license", "visible_from", "position"]
    formfield_overrides = {
        **ResourceInline.formfield_overrides,
        models.DateTimeField: {"form_class": MomentField, "widget": MomentWidget},
    }

    class Media:
        js = [Script("js/admin/files.js", type="module")]


class UsedValuesFilter(admin.SimpleListFilter):
    """Filters by the values of a field that occur."""

    def queryset(self, request, queryset):
        if not self.value():
            return queryset
        is_used = self.value() in dict(self.lookup_choices)
        return queryset.filter(**{self.parameter_name: self.value()}) if is_used else queryset.none()


class TypeFilter(UsedValuesFilter):
    title = parameter_name = "type"

    def lookups(self, request, model_admin):
        used = set(Publication.objects.order_by().values_list("type", flat=True).distinct())
        return [(value, label) for value, label in Publication.TYPE_LABELS.items() if value in used]


class YearFilter(UsedValuesFilter):
    title = parameter_name = "year"

    def lookups(self, request, model_admin):
        years = Publication.objects.exclude(year=None).order_by("-year").values_list("year", flat=True).distinct()
        return [(str(year), str(year)) for year in years]


class MissingFilter(admin.SimpleListFilter):
    """Publications without what readers look for."""

    title = "missing content"
    parameter_name = "lacks"
    CONDITIONS = {
        "abstract": ("Abstract", Q(abstract="")),
        "resources": ("PDF or code", ~Exists(Resource.objects.filter(publication=OuterRef("pk")).order_by())),
    }

    def lookups(self, request, model_admin):
        return [(value, label) for value, (label, _) in self.CONDITIONS.items()]

    def queryset(self, request, queryset):
        _, condition = self.CONDITIONS.get(self.value(), ("", Q()))
        return queryset.filter(condition)


class TagFilter(admin.SimpleListFilter):
    """A tag, chosen with an autocomplete, because there may be thousands."""

    title = "tag"
    parameter_name = "tag"
    template = "admin/publications/tag_filter.html"

    def lookups(self, request, model_admin):
        choices = [(self.value(), self.value())] if self.value() else []
        self.widget = TagChoice(Publication._meta.get_field("tags"), model_admin.admin_site, choices=choices)
        return ()

    def has_output(self):
        return True

    def choices(self, changelist):
        """Yield the widget, and the other filters for the form's hidden fields."""
        others = {name: values for name, values in changelist.filter_params.items() if name != self.parameter_name}
        yield {
            "select": self.widget.render(self.parameter_name, self.value(), {"aria-label": "Tag"}),
            "others": [(name, value) for name, values in others.items() for value in values],
            "all": changelist.get_query_string(remove=[self.parameter_name]),
        }

    def queryset(self, request, queryset):
        return queryset.filter(taggedpublication__tag__key=tag_key(self.value())) if self.value() else queryset


@admin.register(Publication)
class PublicationAdmin(SearchAdmin, ImportAdmin, SelectedAdmin, NumberingAdmin):
    markdown = {"abstract": 3}
    list_display = ["title", "type", "issued_year", "status_label", "featured", "visibility"]
    list_filter = ["state", TagFilter, "featured", "status", TypeFilter, MissingFilter, YearFilter]
    search_fields = ["title"]
    search_help_text = (
        "Searches titles, names, venues, abstracts, tags and full text; also DOIs, arXiv identifiers and citation keys."
    )
    identifiers = {"citation_key": r"\S+"}
    autocomplete_fields = ["version_of"]
    not_copied = [
        *PublishableAdmin.not_copied, "doi", "arxiv_id", "arxiv_class", "pmid", "url", "citation_key", "page",
        "version_of", "extra",
    ]  # fmt: skip
    publishing_fields = [*PublishableAdmin.publishing_fields, "hides_authors", "authors_from"]
    form = PublicationForm
    formfield_overrides = {**PublishableAdmin.formfield_overrides, models.JSONField: {"form_class": ExtraField}}
    inlines = [AuthorshipInline, PublicationResourceInline, NoticeInline]
    fieldsets = [
        (None, {"fields": ["title", ("type", "status"), "issued", "abstract", "tags", ("featured", "not_in_cvs")]}),
        (
            "Venue",
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
        return [
            path("authors/", self.admin_site.admin_view(read_authors), name="publications_publication_authors"),
            path(
                "names/",
                self.admin_site.admin_view(Names.as_view(model_admin=self)),
                name="publications_publication_names",
            ),
            path("inspect/", self.admin_site.admin_view(inspect_file), name="publications_publication_inspect"),
            *super().get_urls(),
        ]

    def get_deletion_notes(self, item):
        notes = []
        if versions := item.versions.count():
            notes.append(f"Its versions ({versions}) stay, and become works of their own in the lists.")
        if projects := item.projects.count():
            notes.append(f"The projects that list it ({projects}) stay, without it.")
        if grants := item.grants.count():
            notes.append(f"The grants that list it ({grants}) stay, without it.")
        return notes

    @admin.display(description="Year", ordering="sort_date")
    def issued_year(self, publication):
        return publication.year

    @admin.display(description="Status", ordering="status")
    def status_label(self, publication):
        return publication.status_label

    @property
    def media(self):
        return super().media + TagChoice(Publication._meta.get_field("tags"), self.admin_site).media

    def search(self, request, queryset, query):
        return queryset.search(query, request.user)

    def get_search_results(self, request, queryset, search_term):
        found, may_have_duplicates = super().get_search_results(request, queryset, search_term)
        if request.GET.get("field_name") == "version_of":
            found = found.filter(version_of=None)  # a version cannot have versions
        return found, may_have_duplicates

    def copied_values(self, item):
        return super().copied_values(item) | {"has_more_authors": item.has_more_authors}

    def save_related(self, request, form, formsets, change):
        super().save_related(request, form, formsets, change)
        publication = form.instance
        self.settle_status(request, publication, form.cleaned_data.get("status"))
        publication.add_authors(authorships_from(form.cleaned_data.get("byline", "")))
        add_files(publication, form.cleaned_data.get("files") or ())
        # Reading a PDF takes seconds: after the transaction, so that others need not wait to save.
        transaction.on_commit(partial(self.read_files, request, publication), robust=True)
        if not publication.citation_key:
            publication.citation_key = publication.free_citation_key()
            publication.save(update_fields=["citation_key"])

    def settle_status(self, request, publication, chosen):
        """Give a work the ``chosen`` status unless a notice of retraction remains; then say so."""
        if not chosen or publication.status == chosen:
            return
        if publication.notices.filter(kind=Notice.Kind.RETRACTION).exists():
            message = "The status is “Retracted”, because there is a retraction below. To change it, delete that one."
            self.message_user(request, message, messages.INFO)
        else:
            publication.status = chosen
            publication.save()

    def copied_rows(self, request, inline, item):
        return [] if inline.model is Notice else super().copied_rows(request, inline, item)

    def read_files(self, request, publication):
        for content in fulltext.read_new(publication):
            if metadata := new_metadata(publication, content):
                self.message_user(request, format_html("The PDF contains: {}.", metadata), messages.INFO)
