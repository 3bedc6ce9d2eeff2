"""The admin of talks, with the occasions on which each was given."""

from django.contrib import admin
from django.db import models
from django.forms import Script, TextInput

from profiles.admin.content import PUBLISHING, URL_FIELDS, AutocompleteMixin, PublishableAdmin
from profiles.admin.duplicates import COPY_OF
from profiles.admin.files import ResourceInline
from profiles.admin.places import POINT, suggest_cities, update_point
from profiles.admin.publishing import ClockInput
from profiles.content.dates import zone_names
from profiles.forms import RowForm, RowFormSet
from profiles.models import Occasion, Person, Talk, TalkResource
from profiles.models.talk import last_start


class OccasionInline(AutocompleteMixin, admin.StackedInline):
    """The occasions of a talk, the first of which has an empty form at once."""

    class Media:
        js = [Script("js/admin/cities.js", type="module"), Script("js/admin/rows.js", type="module")]

    model = Occasion
    form = RowForm
    formset = RowFormSet
    template = "admin/profiles/talk/occasions.html"
    shows_early = True
    zone_names = staticmethod(zone_names)
    classes = ["occasions"]
    formfield_overrides = {
        **URL_FIELDS,
        models.TimeField: {"widget": ClockInput(attrs={"type": "time", "step": "any"}, format="%H:%M:%S")},
    }
    fieldsets = [
        (
            None,
            {
                "fields": [
                    ("event", "kind"),
                    ("start", "end"),
                    ("start_time", "end_time", "time_zone"),
                    ("city", "country", "is_online"),
                    ("organisation", "url"),
                ]
            },
        ),
        ("Other kind, coordinates", {"classes": ["collapse"], "fields": ["label", *POINT]}),
    ]

    def get_extra(self, request, obj=None, **kwargs):
        return 0 if obj or COPY_OF in request.GET else 1

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        if db_field.name == "time_zone":
            kwargs["widget"] = TextInput(attrs={"list": "time-zones", "class": "zone"})
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if db_field.name == "city":
            suggest_cities(field)
        return field


class TalkResourceInline(ResourceInline):
    model = TalkResource
    verbose_name = "file or link"
    verbose_name_plural = "slides, poster, video"


class WhenFilter(admin.SimpleListFilter):
    """Upcoming talks, past talks, and talks without an occasion."""

    title = "date"
    parameter_name = "when"

    def lookups(self, request, model_admin):
        return [("upcoming", "Upcoming"), ("past", "Given before"), ("undated", "Without an occasion")]

    def queryset(self, request, queryset):
        if self.value() == "undated":
            return queryset.filter(occasions=None)
        if self.value() not in ("upcoming", "past"):
            return queryset
        upcoming = {occasion.talk_id for occasion in Occasion.objects.upcoming()}
        if self.value() == "upcoming":
            return queryset.filter(pk__in=upcoming)
        return queryset.exclude(pk__in=upcoming).exclude(occasions=None)


@admin.register(Talk)
class TalkAdmin(PublishableAdmin):
    markdown = {"abstract": 2}
    ordering = [last_start().desc(nulls_last=True), "-pk"]
    list_display = ["title", "last_occasion", "date", "visibility"]
    list_filter = ["state", WhenFilter]
    search_fields = ["title", "occasions__event", "occasions__organisation", "occasions__city", "speakers__name"]
    autocomplete_fields = ["speakers"]
    inlines = [OccasionInline, TalkResourceInline]
    fieldsets = [
        (None, {"fields": ["title"]}),
        ("About", {"fields": ["abstract", "speakers", "tags"]}),
        PUBLISHING,
        ("More", {"classes": ["collapse"], "fields": ["not_in_cvs", "slug"]}),
    ]

    def get_queryset(self, request):
        return super().get_queryset(request).annotate(last_start=last_start()).prefetch_related("occasions")

    def get_changeform_initial_data(self, request):
        owner = Person.objects.owner()
        return {"speakers": [owner.pk] if owner else [], **super().get_changeform_initial_data(request)}

    def copied_rows(self, request, inline, item):
        # A copy may be in another city: its coordinates are those of its city, once it is saved.
        rows = super().copied_rows(request, inline, item)
        return [{name: value for name, value in row.items() if name not in POINT} for row in rows]

    def save_formset(self, request, form, formset, change):
        if formset.model is Occasion:
            for row in formset.forms:
                if row.has_changed() and row not in formset.deleted_forms:
                    self.update_point(request, row)
        super().save_formset(request, form, formset, change)

    def update_point(self, request, row):
        if message := update_point(row.instance, row.initial, "under “Other kind, coordinates”"):
            self.message_user(request, *message)

    @admin.display(description="Last occasion")
    def last_occasion(self, talk):
        return str(talk.latest or "–")

    @admin.display(description="Date", ordering="last_start")
    def date(self, talk):
        return talk.latest.when if talk.latest else "–"
