"""The dated lines of an academic life; each kind is a list of its own."""

from django.contrib import admin

from profiles.admin.content import PUBLISHING, PublishableAdmin
from profiles.models import (
    Award,
    Education,
    Grant,
    Membership,
    News,
    Person,
    Position,
    Service,
    Supervision,
    Talk,
    Teaching,
    Travel,
)

WHEN = ("start", "end")
WHERE = ("city", "country")
POINT = ("latitude", "longitude")


class ActivityAdmin(PublishableAdmin):
    """One kind of activity; ``what`` names the fields that the kind needs, in the order of work."""

    what = []
    markdown = {"description": 4}
    autocomplete_fields = ["person"]
    list_select_related = ["person"]
    search_fields = ["title", "organisation", "city", "description"]

    def get_list_display(self, request):
        columns = [name for name in ("organisation", "start", "end") if name in self._names()]
        return ["__str__", *columns, "position", "visible"]

    def get_fieldsets(self, request, obj=None):
        # A field that the kind does not need is shown all the same where it holds something: a page shows it too.
        rest = [
            name for name in ("role", *WHERE, *POINT, *WHEN) if name not in self._names() and getattr(obj, name, None)
        ]
        return [
            (None, {"fields": [*self.what, *rest]}),
            PUBLISHING,
            ("More", {"classes": ["collapse"], "fields": ["tags", "position", "person"]}),
        ]

    def get_changeform_initial_data(self, request):
        return {"person": Person.objects.owner(), **super().get_changeform_initial_data(request)}

    def _names(self):
        return {name for entry in self.what for name in ([entry] if isinstance(entry, str) else entry)}


KINDS = {
    Education: ["title", "organisation", WHEN, WHERE, "url", "description"],
    Position: ["title", "organisation", WHEN, WHERE, "url", "description"],
    Award: ["title", "organisation", "start", "url", "description"],
    Grant: ["title", "role", "organisation", WHEN, "url", "description"],
    Talk: ["title", "role", "organisation", WHEN, WHERE, POINT, "url", "description"],
    Teaching: ["title", "role", "organisation", WHEN, "url", "description"],
    Service: ["title", "role", "organisation", WHEN, "url", "description"],
    Supervision: ["title", "role", "organisation", WHEN, "url", "description"],
    Membership: ["title", "role", "organisation", WHEN, "url"],
    Travel: [WHERE, POINT, "title", WHEN, "url", "description"],
    News: ["title", "start", "url", "description"],
}

for kind, what in KINDS.items():
    admin.site.register(kind, type(f"{kind.__name__}Admin", (ActivityAdmin,), {"what": what}))
