from django import forms
from django.contrib import admin
from django.core.validators import EMPTY_VALUES
from django.db import transaction
from django.db.models import F
from django.forms.models import BaseInlineFormSet

from profiles.admin import PUBLISHING, PublishableAdmin, RowsInline
from publications.models import Authorship, Publication, Resource

OUT_OF_THE_WAY = 10_000


class AuthorshipForm(forms.ModelForm):
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

    def has_changed(self):
        # A row that has nothing but a number or a tick is an empty row.
        changed = set(self.changed_data)
        return bool(changed & {"person", "name"}) if not self.instance.pk else bool(changed)

    def _get_validation_exclusions(self):
        # Two rows that change places hold each other's number until both are saved: the formset numbers them.
        return super()._get_validation_exclusions() | {"position"}


class AuthorshipFormSet(BaseInlineFormSet):
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
            for place, form in enumerate(self._in_order(), 1):
                form.instance.position = 2 * OUT_OF_THE_WAY + place
                if form.instance.pk:
                    rows.filter(pk=form.instance.pk).update(position=form.instance.position)
            saved = super().save()
            numbers = {}
            for row in rows.order_by("position"):
                numbers[row.role] = numbers.get(row.role, 0) + 1
                rows.filter(pk=row.pk).update(position=numbers[row.role])
        return saved

    def _in_order(self):
        kept = [
            form for form in self.forms if form not in self.deleted_forms and (form.instance.pk or form.has_changed())
        ]

        def place(numbered):
            index, form = numbered
            number = form.cleaned_data.get("position")
            return (number in EMPTY_VALUES, number or 0, index)

        return [form for _, form in sorted(enumerate(kept), key=place)]


class AuthorshipInline(RowsInline):
    model = Authorship
    form = AuthorshipForm
    formset = AuthorshipFormSet
    autocomplete_fields = ["person"]
    extra = 1
    verbose_name_plural = "authors and editors"


class ResourceInline(RowsInline):
    model = Resource
    fields = ["kind", "label", "url", "file", "position"]
    verbose_name_plural = "PDF, code, data, slides"


class UsedTypeFilter(admin.SimpleListFilter):
    """The types that some publication has, not all 45 of CSL."""

    title = "type"
    parameter_name = "type"

    def lookups(self, request, model_admin):
        used = set(Publication.objects.order_by().values_list("type", flat=True).distinct())
        return [(value, label) for value, label in Publication.TYPE_LABELS.items() if value in used]

    def queryset(self, request, queryset):
        return queryset.filter(type=self.value()) if self.value() else queryset


@admin.register(Publication)
class PublicationAdmin(PublishableAdmin):
    list_display = ["title", "type_label", "year", "status", "featured", "visible"]
    list_filter = ["state", "featured", "status", UsedTypeFilter, "year"]
    search_fields = ["title", "citation_key", "doi", "arxiv_id", "authorships__name", "authorships__person__name"]
    autocomplete_fields = ["version_of"]
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
        PUBLISHING,
        (
            "More",
            {
                "classes": ["collapse"],
                "fields": [
                    "award", "funding", ("number", "edition", "genre"), "language", ("isbn", "issn", "pmid"), "slug",
                    "extra",
                ],
            },
        ),
    ]  # fmt: skip

    @admin.display(description="Type", ordering="type")
    def type_label(self, publication):
        return publication.type_label

    def save_related(self, request, form, formsets, change):
        super().save_related(request, form, formsets, change)
        publication = form.instance
        if not publication.citation_key:
            publication.citation_key = publication.free_citation_key()
            publication.save(update_fields=["citation_key"])
