"""What the admin of all content has in common: tags, rows, publishing."""

from django.conf import settings
from django.contrib import admin, messages
from django.contrib.admin.widgets import AdminFileWidget, AdminTextareaWidget
from django.core.exceptions import PermissionDenied
from django.db import models, transaction
from django.db.models.functions import Now
from django.forms import Script
from django.utils import timezone
from django.utils.formats import date_format
from pictures.models import PictureField
from taggit.managers import TaggableManager

from profiles import history
from profiles.admin.history import HistoryAdmin
from profiles.admin.previews import PreviewAdmin
from profiles.forms import (
    ChooseOne,
    ChooseSeveral,
    FocusWidget,
    ImageField,
    MarkdownWidget,
    RowForm,
    RowFormSet,
    TagsField,
    TextField,
    validate_moment,
)

PUBLISHING = ("Publishing", {"fields": ["state", "publish_at"]})

CHUNK = 100
LONG = 200  # characters from which a line of text gets the width of the page

# An address typed without its scheme is an https one.
ADDRESSES = {models.URLField: {"assume_scheme": "https"}}
TEXTS = {**ADDRESSES, models.TextField: {"form_class": TextField, "widget": AdminTextareaWidget}}


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
    """Rows of what belongs to the object; none is shown until it is asked for.

    Those with a ``position`` are put in order by dragging. What ``comes_early`` stands above the finer fields.
    """

    comes_early = False

    class Media:
        js = [Script("js/rows.js", type="module")]

    extra = 0
    form = RowForm
    formset = RowFormSet
    formfield_overrides = ADDRESSES


class WritingAdmin(admin.ModelAdmin):
    """``markdown`` maps the names of fields that hold Markdown to the level at which their page starts headings."""

    markdown = {}

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        if db_field.name in self.markdown:
            kwargs["widget"] = MarkdownWidget(self.markdown[db_field.name])
        return super().formfield_for_dbfield(db_field, request, **kwargs)


class PublishingAdmin(admin.ModelAdmin):
    """Who may not publish writes drafts: what is public, or opens by itself, is theirs to look at."""

    publishing_fields = []

    def has_publish_permission(self, request):
        opts = self.model._meta.concrete_model._meta
        return request.user.has_perm(f"{opts.app_label}.publish_{opts.model_name}")

    def has_change_permission(self, request, obj=None):
        return super().has_change_permission(request, obj) and self._may_touch(request, obj)

    def has_delete_permission(self, request, obj=None):
        return super().has_delete_permission(request, obj) and self._may_touch(request, obj)

    def get_readonly_fields(self, request, obj=None):
        kept = [] if self.has_publish_permission(request) else self.publishing_fields
        return [*super().get_readonly_fields(request, obj), *kept]

    def save_model(self, request, obj, form, change):
        if change and not self._may_touch(request, obj):
            raise PermissionDenied("Ask an editor to change what is published.")
        super().save_model(request, obj, form, change)

    def refuse_restore(self, request, state):
        if not self.has_publish_permission(request) and is_published(state.root.values):
            return "That state was published. Ask an editor to restore it."
        return super().refuse_restore(request, state)

    def _may_touch(self, request, obj):
        return obj is None or self.has_publish_permission(request) or not is_published(vars(obj))


def is_published(values):
    """Whether the fields of a row say that it is public, now or from a moment on."""
    return values.get("state") == "published" or values.get("is_public_page") or values.get("is_owner") or False


class ContentAdmin(PublishingAdmin, WritingAdmin, Choosing, PreviewAdmin, HistoryAdmin):
    """Tags to choose or to type."""

    formfield_overrides = {**TEXTS, PictureField: {"form_class": ImageField, "widget": AdminFileWidget}}

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        if isinstance(db_field, TaggableManager):
            return TagsField(db_field, self.admin_site)
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if (db_field.max_length or 0) >= LONG and field.widget.attrs.get("class") == "vTextField":
            field.widget.attrs["class"] = "vLargeTextField"
        if db_field.name.endswith("_focus"):
            field.widget = FocusWidget(db_field.name.removesuffix("_focus"))
        return field


class PublishableAdmin(ContentAdmin):
    """Content with a publishing state: its column, its filter, and publishing in bulk."""

    actions = ["publish", "unpublish"]
    moments = ["publish_at"]
    publishing_fields = ["state", "publish_at"]
    list_filter = ["state"]

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if db_field.name in self.moments:
            field.validators.append(validate_moment)
            field.help_text = f"{field.help_text} Times are those of {settings.TIME_ZONE}."
            for part, widget in zip(("date", "time"), field.widget.widgets, strict=True):
                widget.attrs["aria-label"] = f"{db_field.verbose_name}, {part}".capitalize()
        return field

    @admin.display(description="Visible", ordering="publish_at")
    def visible(self, item):
        if item.is_public:
            return "Published"
        if item.is_scheduled:
            return f"From {date_format(timezone.localtime(item.publish_at), 'j M Y, H:i')}"
        return "Draft"

    @admin.action(description="Publish", permissions=["publish"])
    def publish(self, request, queryset):
        # Counted before, since a list filtered by state holds none of them afterwards.
        later = queryset.filter(publish_at__gt=Now()).count()
        public = self._in_bulk(request, queryset, "publish") - later
        self._tell(request, public, "is public now.", "are public now.")
        self._tell(request, later, "opens at its moment to come.", "open at their moments to come.")

    @admin.action(description="Make drafts again", permissions=["publish"])
    def unpublish(self, request, queryset):
        self._tell(request, self._in_bulk(request, queryset, "unpublish"), "is a draft now.", "are drafts now.")

    def _in_bulk(self, request, queryset, method):
        """Change rows by a method of their queryset, with what they were and are in their history; how many."""
        pks = list(queryset.order_by().values_list("pk", flat=True))
        with transaction.atomic():
            for start in range(0, len(pks), CHUNK):
                chunk = self.model._base_manager.filter(pk__in=pks[start : start + CHUNK])
                history.keep_all(list(chunk))
                getattr(self.model.objects.filter(pk__in=chunk.values("pk")), method)()
                history.record_all(list(chunk.all()), request.user)
        return len(pks)

    def _tell(self, request, count, one, many):
        if count:
            names = self.opts.verbose_name if count == 1 else self.opts.verbose_name_plural
            self.message_user(request, f"{count} {names} {one if count == 1 else many}", messages.SUCCESS)
