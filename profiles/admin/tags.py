"""Tags: rename, merge and describe them."""

from django.contrib import admin
from django.db.models import Count, IntegerField, OuterRef, Subquery
from django.db.models.functions import Coalesce
from taggit.models import Tag as TaggitTag

from profiles.admin.content import TEXT_FIELDS, MarkdownAdmin
from profiles.forms import validate_tag
from profiles.history.merge_admin import MergeAdmin
from profiles.models import Tag, TaggedBase

admin.site.unregister(TaggitTag)  # replaced by the site's own Tag


@admin.register(Tag)
class TagAdmin(MergeAdmin, MarkdownAdmin):
    markdown = {"description": 2}
    formfield_overrides = TEXT_FIELDS
    list_display = ["name", "slug", "uses", "description"]
    search_fields = ["name", "other_names", "description"]
    ordering = ["name"]
    fields = ["name", "other_names", "description", "slug"]

    def get_queryset(self, request):
        # A count for each model that can be tagged, in whichever app.
        uses = 0
        for relation in Tag._meta.related_objects:
            if issubclass(relation.related_model, TaggedBase):
                rows = relation.related_model.objects.filter(tag=OuterRef("pk")).order_by().values("tag")
                count = Subquery(rows.annotate(count=Count("pk")).values("count"), output_field=IntegerField())
                uses = uses + Coalesce(count, 0)
        return super().get_queryset(request).annotate(uses=uses)

    def get_deletion_notes(self, item):
        if not item.uses:
            return []
        return [f"{item.uses} {'entry uses' if item.uses == 1 else 'entries use'} this tag and will lose it."]

    @admin.display(description="Uses", ordering="uses")
    def uses(self, tag):
        return tag.uses

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if db_field.name == "name":
            field.validators.append(validate_tag)
        return field

    def to_field_allowed(self, request, to_field):
        # Forms refer to tags by name (profiles.forms).
        return to_field == "name" or super().to_field_allowed(request, to_field)
