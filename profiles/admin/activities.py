"""The admin of activities: a list for each kind."""

from django.contrib import admin
from django.contrib.admin.utils import flatten

from profiles.admin.content import PUBLISHING, PublishableAdmin
from profiles.models import ACTIVITY_MODELS, KINDS, Person

EXTRA_FIELDS = ("role", "city", "country", "latitude", "longitude", "start", "end")


class ActivityAdmin(PublishableAdmin):
    """One kind of activity, with the fields that KINDS gives it."""

    markdown = {"description": 4}
    autocomplete_fields = ["person"]
    list_select_related = ["person"]
    search_fields = ["title", "organisation", "city", "description"]

    def get_kind_fields(self):
        """Return the names of the kind's fields, without the rows that they form."""
        return flatten(KINDS[self.model.KIND].fields)

    def get_list_display(self, request):
        columns = [name for name in ("organisation", "start", "end") if name in self.get_kind_fields()]
        return ["__str__", *columns, "position", "visibility"]

    def get_fieldsets(self, request, obj=None):
        # A filled field of another kind is shown too, because the pages show it.
        names = self.get_kind_fields()
        filled = [name for name in EXTRA_FIELDS if name not in names and getattr(obj, name, None)]
        return [
            (None, {"fields": [*KINDS[self.model.KIND].fields, *filled]}),
            PUBLISHING,
            ("More", {"classes": ["collapse"], "fields": ["tags", "position", "person"]}),
        ]

    def get_changeform_initial_data(self, request):
        return {"person": Person.objects.owner(), **super().get_changeform_initial_data(request)}

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        if db_field.name == "start" and "end" not in self.get_kind_fields():
            kwargs["label"] = "Date"
        return super().formfield_for_dbfield(db_field, request, **kwargs)


for model in ACTIVITY_MODELS.values():
    admin.site.register(model, ActivityAdmin)
