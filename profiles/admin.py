from django.contrib import admin, messages
from django.db import models
from django.db.models import Count, IntegerField, OuterRef, Subquery
from django.db.models.functions import Coalesce, Now
from django.utils import timezone
from django.utils.formats import date_format
from pictures.models import PictureField
from taggit.managers import TaggableManager
from taggit.models import Tag as TaggitTag

from profiles.forms import (
    ChooseOne,
    ChooseSeveral,
    RowForm,
    RowFormSet,
    TagsField,
    validate_moment,
    validate_tag,
    validate_whole_image,
)
from profiles.models import (
    Award,
    Education,
    Grant,
    Link,
    Membership,
    News,
    Person,
    Position,
    Relation,
    Section,
    Service,
    Supervision,
    Tag,
    TaggedBase,
    Talk,
    Teaching,
    Travel,
)

PUBLISHING = ("Publishing", {"fields": ["state", "publish_at"]})


LONG = 200  # characters from which a line of text gets the width of the page

# An address typed without its scheme is an https one.
ADDRESSES = {models.URLField: {"assume_scheme": "https"}}

admin.site.unregister(TaggitTag)  # the site has a vocabulary of its own


class Choosing:
    """For an admin or inline: what is chosen by autocomplete may be anything that a request can hold."""

    def formfield_for_foreignkey(self, db_field, request, **kwargs):
        if db_field.name in self.get_autocomplete_fields(request):
            kwargs.setdefault("widget", ChooseOne(db_field, self.admin_site, using=kwargs.get("using")))
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def formfield_for_manytomany(self, db_field, request, **kwargs):
        if db_field.name in self.get_autocomplete_fields(request):
            kwargs.setdefault("widget", ChooseSeveral(db_field, self.admin_site, using=kwargs.get("using")))
        return super().formfield_for_manytomany(db_field, request, **kwargs)


class RowsInline(Choosing, admin.TabularInline):
    """Rows of what belongs to the object; none is shown until it is asked for."""

    extra = 0
    form = RowForm
    formset = RowFormSet
    formfield_overrides = ADDRESSES


class TaggedAdmin(Choosing, admin.ModelAdmin):
    """Tags to choose or to type."""

    formfield_overrides = ADDRESSES

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        if isinstance(db_field, TaggableManager):
            return TagsField(db_field, self.admin_site)
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if (db_field.max_length or 0) >= LONG and field.widget.attrs.get("class") == "vTextField":
            field.widget.attrs["class"] = "vLargeTextField"
        if isinstance(db_field, PictureField):
            field.validators.append(validate_whole_image)
        return field


class PublishableAdmin(TaggedAdmin):
    """Content with a publishing state: its column, its filter, and publishing in bulk."""

    actions = ["publish", "unpublish"]
    list_filter = ["state"]

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if db_field.name == "publish_at":
            field.validators.append(validate_moment)
        return field

    @admin.display(description="Visible", ordering="publish_at")
    def visible(self, item):
        if item.is_public:
            return "Published"
        if item.is_scheduled:
            return f"From {date_format(timezone.localtime(item.publish_at), 'j M Y, H:i')}"
        return "Draft"

    @admin.action(description="Publish", permissions=["change"])
    def publish(self, request, queryset):
        # Counted before, since a list filtered by state holds none of them afterwards.
        later = queryset.filter(publish_at__gt=Now()).count()
        public = queryset.order_by().publish() - later
        self._tell(request, public, "is public now.", "are public now.")
        self._tell(request, later, "opens at its moment to come.", "open at their moments to come.")

    @admin.action(description="Make drafts again", permissions=["change"])
    def unpublish(self, request, queryset):
        self._tell(request, queryset.order_by().unpublish(), "is a draft now.", "are drafts now.")

    def _tell(self, request, count, one, many):
        if count:
            names = self.opts.verbose_name if count == 1 else self.opts.verbose_name_plural
            self.message_user(request, f"{count} {names} {one if count == 1 else many}", messages.SUCCESS)


class LinkInline(RowsInline):
    model = Link


class RelationInline(RowsInline):
    model = Relation
    fk_name = "person"
    autocomplete_fields = ["related"]
    verbose_name = "relation"
    verbose_name_plural = "supervisors, students, collaborators"

    def get_queryset(self, request):
        return super().get_queryset(request).select_related("related")


@admin.register(Person)
class PersonAdmin(TaggedAdmin):
    list_display = ["name", "headline", "orcid", "is_owner", "is_public_page"]
    list_filter = ["is_public_page", "is_owner"]
    search_fields = ["name", "other_names", "orcid", "email"]
    inlines = [LinkInline, RelationInline]
    fieldsets = [
        (None, {"fields": ["name", "headline", ("photo", "photo_alt"), "bio", "tags"]}),
        ("Contact", {"fields": ["email", "homepage", "orcid"]}),
        ("On this site", {"fields": ["is_owner", "is_public_page", "citation_style", "slug"]}),
        (
            "For citations and imports",
            {"classes": ["collapse"], "fields": [("given", "particle", "family", "suffix"), "other_names"]},
        ),
    ]


@admin.register(Section)
class SectionAdmin(PublishableAdmin):
    list_display = ["title", "position", "visible"]
    list_editable = ["position"]
    search_fields = ["title", "body"]
    fieldsets = [(None, {"fields": ["title", "body", "position"]}), PUBLISHING]


@admin.register(Tag)
class TagAdmin(admin.ModelAdmin):
    list_display = ["name", "slug", "uses", "description"]
    search_fields = ["name", "description"]
    ordering = ["name"]
    fields = ["name", "description", "slug"]

    def get_queryset(self, request):
        # All that can be tagged, whichever app it is in, each counted apart.
        ties = [relation.related_model for relation in Tag._meta.related_objects]
        uses = 0
        for tie in ties:
            if issubclass(tie, TaggedBase):
                rows = tie.objects.filter(tag=OuterRef("pk")).order_by().values("tag")
                count = Subquery(rows.annotate(count=Count("pk")).values("count"), output_field=IntegerField())
                uses = uses + Coalesce(count, 0)
        return super().get_queryset(request).annotate(uses=uses)

    @admin.display(description="Uses", ordering="uses")
    def uses(self, tag):
        return tag.uses

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if db_field.name == "name":
            field.validators.append(validate_tag)
        return field

    def to_field_allowed(self, request, to_field):
        # The tags of a form are known by their names (profiles.forms).
        return to_field == "name" or super().to_field_allowed(request, to_field)


WHEN = ("start", "end")
WHERE = ("city", "country")
POINT = ("latitude", "longitude")


class ActivityAdmin(PublishableAdmin):
    """One kind of activity; ``what`` names the fields that the kind needs, in the order of work."""

    what = []
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
