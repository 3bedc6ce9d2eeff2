"""The admin of activities: a list for each kind."""

from django.contrib import admin
from django.contrib.admin.utils import flatten
from django.forms import Script

from profiles.admin.content import PUBLISHING, PublishableAdmin
from profiles.admin.places import POINT, suggest_cities, update_point
from profiles.models import ACTIVITY_MODELS, KINDS, Activity, Person

# The fields that only some kinds have.
KIND_FIELDS = ("role", "organisation", "thesis", "city", "country", "start", "end", "is_ongoing")


class ActivityAdmin(PublishableAdmin):
    """One kind of activity, with the fields, labels and help texts that KINDS gives it."""

    class Media:
        js = [Script("js/admin/cities.js", type="module")]

    markdown = {"description": 4}
    autocomplete_fields = ["person"]
    list_select_related = ["person"]
    search_fields = ["title", "organisation", "city", "description"]

    @property
    def kind(self):
        return KINDS[self.model.KIND]

    def get_kind_fields(self):
        """Return the names of the kind's fields, without the rows that they form."""
        return flatten(self.kind.fields)

    def get_list_display(self, request):
        columns = [name for name in ("organisation", "start", "end") if name in self.get_kind_fields()]
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
            ("More", {"classes": ["collapse"], "fields": [*point, "tags", "not_in_cvs", "position", "person"]}),
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
            suggest_cities(field)
        return field

    def save_model(self, request, obj, form, change):
        if "city" in form.fields:
            message = update_point(obj, form.initial, "under “More”")
            if message:
                self.message_user(request, *message)
        super().save_model(request, obj, form, change)


for model in ACTIVITY_MODELS.values():
    admin.site.register(model, ActivityAdmin)
