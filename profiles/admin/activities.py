"""The admin of activities: a list for each kind."""

from django.contrib import admin, messages
from django.contrib.admin.utils import flatten
from django.forms import Script
from django.urls import reverse_lazy

from profiles.admin.content import PUBLISHING, PublishableAdmin
from profiles.models import ACTIVITY_MODELS, KINDS, Activity, Person

# The fields that only some kinds have.
KIND_FIELDS = (
    "role", "organisation", "event", "level", "term", "thesis", "amount", "co_investigators", "city", "country",
    "start", "end", "is_ongoing",
)  # fmt: skip
POINT = ("latitude", "longitude")


class ActivityAdmin(PublishableAdmin):
    """One kind of activity, with the fields, labels and help texts that KINDS gives it."""

    class Media:
        js = [Script("js/admin/cities.js", type="module")]

    markdown = {"description": 4}
    autocomplete_fields = ["person"]
    list_select_related = ["person"]
    search_fields = ["title", "event", "organisation", "city", "description"]

    @property
    def kind(self):
        return KINDS[self.model.KIND]

    def get_kind_fields(self):
        """Return the names of the kind's fields, without the rows that they form."""
        return flatten(self.kind.fields)

    def get_list_display(self, request):
        columns = [name for name in ("event", "organisation", "start", "end") if name in self.get_kind_fields()]
        return ["__str__", *map(self.get_column, columns), "position", "visibility"]

    def get_column(self, name):
        """Return the name of a field, or a function for a column with the kind's label."""
        if name not in self.kind.labels:
            return name

        @admin.display(description=self.kind.labels[name], ordering=name)
        def column(activity):
            return getattr(activity, name)

        return column

    def get_fieldsets(self, request, obj=None):
        # A filled field of another kind is shown too, because the pages show it.
        obj = obj or self.get_copied(request)
        names = self.get_kind_fields()
        filled = [name for name in KIND_FIELDS if name not in names and getattr(obj, name, None)]
        point = [POINT] if "city" in [*names, *filled] or getattr(obj, "point", None) else []
        return [
            (None, {"fields": [*self.kind.fields, *filled]}),
            PUBLISHING,
            ("More", {"classes": ["collapse"], "fields": [*point, "tags", "position", "person"]}),
        ]

    def get_changeform_initial_data(self, request):
        return {"person": Person.objects.owner(), **super().get_changeform_initial_data(request)}

    def copied_values(self, item):
        # A copy may be in another city: its coordinates are those of its city, once it is saved.
        return {name: value for name, value in super().copied_values(item).items() if name not in POINT}

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        name = db_field.name
        if name in self.kind.labels:
            kwargs["label"] = self.kind.labels[name]
        if name in self.kind.help_texts:
            kwargs["help_text"] = self.kind.help_texts[name]
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if name == "title":
            field.required = self.model.KIND != Activity.Kind.TRAVEL
        if name == "city":
            field.widget.attrs["data-cities"] = reverse_lazy("admin:cities")
            field.help_text = "Puts it on the map. Cities are from GeoNames, CC BY 4.0."
        return field

    def save_model(self, request, obj, form, change):
        if "city" in form.fields:
            self.update_point(request, obj, form.initial)
        super().save_model(request, obj, form, change)

    def update_point(self, request, activity, initial):
        """Set the coordinates to those of the city, unless an editor has entered others."""
        before = Activity(**{name: initial.get(name) or "" for name in ("city", "country")})
        before.locate()
        typed, stored = activity.point, Activity(**{name: initial.get(name) for name in POINT}).point
        if typed and (typed != stored or stored != before.point):
            return
        found = activity.locate()
        if activity.point != typed and found:
            message = f"The map shows this at {found[0]}."
            if len(found) > 1:
                message += " If you mean another city of that name, enter its country, or coordinates under “More”."
            self.message_user(request, message)
        elif activity.city and not found:
            message = (
                f"“{activity.city}” is not in the site’s list of cities, so the map does not show this. "
                "To show it, enter coordinates under “More”."
            )
            self.message_user(request, message, messages.WARNING)


for model in ACTIVITY_MODELS.values():
    admin.site.register(model, ActivityAdmin)
