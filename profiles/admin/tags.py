"""The vocabulary: rename, merge, describe."""

from django.contrib import admin
from django.db.models import Count, IntegerField, OuterRef, Subquery
from django.db.models.functions import Coalesce
from taggit.models import Tag as TaggitTag

from profiles.admin.content import TEXTS, WritingAdmin
from profiles.admin.deleting import DeletingAdmin
from profiles.forms import validate_tag
from profiles.history.admin import HistoryAdmin
from profiles.history.merge_admin import MergingAdmin
from profiles.models import Tag, TaggedBase

admin.site.unregister(TaggitTag)  # the site has a vocabulary of its own


@admin.register(Tag)
class TagAdmin(DeletingAdmin, MergingAdmin, WritingAdmin, HistoryAdmin):
    markdown = {"description": 2}
    formfield_overrides = TEXTS
    list_display = ["name", "slug", "uses", "description"]
    search_fields = ["name", "description"]
    ordering = ["name"]
    fields = ["name", "description", "slug"]

    def get_queryset(self, request):
        tags = super().get_queryset(request)
        if request.resolver_match.view_name == "admin:autocomplete":
            return tags
        # All that can be tagged, whichever app it is in, each counted apart.
        ties = [relation.related_model for relation in Tag._meta.related_objects]
        uses = 0
        for tie in ties:
            if issubclass(tie, TaggedBase):
                rows = tie.objects.filter(tag=OuterRef("pk")).order_by().values("tag")
                count = Subquery(rows.annotate(count=Count("pk")).values("count"), output_field=IntegerField())
                uses = uses + Coalesce(count, 0)
        return tags.annotate(uses=uses)

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
