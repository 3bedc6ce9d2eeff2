"""What the admin of all content has in common: tags, rows, publishing."""

import time
from dataclasses import dataclass, fields

from django.conf import settings
from django.contrib import admin, messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.widgets import AdminFileWidget, AdminTextareaWidget
from django.core.exceptions import PermissionDenied
from django.db import models, transaction
from django.db.models.functions import Now
from django.forms import Script
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.formats import date_format
from pictures.models import PictureField
from taggit.managers import TaggableManager

from profiles.admin.deleting import DeletingAdmin
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
    possible_key,
    validate_moment,
)
from profiles.history import revisions
from profiles.history.admin import HistoryAdmin

PUBLISHING = ("Publishing", {"fields": ["state", "publish_at"]})

CHUNK = 100  # rows that an action changes in one transaction
SECONDS = 1  # after which it goes on in another request
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


class ContentAdmin(DeletingAdmin, PublishingAdmin, WritingAdmin, Choosing, PreviewAdmin, HistoryAdmin):
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
        return self._in_parts(request, queryset, "publish")

    @admin.action(description="Make drafts again", permissions=["publish"])
    def unpublish(self, request, queryset):
        return self._in_parts(request, queryset, "unpublish")

    def _in_parts(self, request, queryset, method):
        """Change rows by a method of their queryset, some at a time.

        After SECONDS it is a page with a bar, which asks for the next part by itself; at the end it tells how many.
        """
        progress, end = Progress.of(request.POST), time.monotonic() + SECONDS
        while keys := list(queryset.filter(pk__gt=progress.after).order_by("pk").values_list("pk", flat=True)[:CHUNK]):
            rows = self.model._base_manager.filter(pk__in=keys)
            if method == "publish":
                progress.later += rows.filter(publish_at__gt=Now()).count()
            self._in_bulk(request, rows, method)
            progress.done, progress.after = progress.done + len(keys), keys[-1]
            if time.monotonic() > end and len(keys) == CHUNK:
                return self._go_on(request, queryset, progress)
        if method == "publish":
            self._tell(request, progress.done - progress.later, "is public now.", "are public now.")
            self._tell(request, progress.later, "opens at its moment to come.", "open at their moments to come.")
        else:
            self._tell(request, progress.done, "is a draft now.", "are drafts now.")
        return None

    def _in_bulk(self, request, rows, method):
        """Change rows by a method of their queryset, with what they were and are in their history."""
        with transaction.atomic():
            revisions.keep_all(list(rows))
            getattr(self.model.objects.filter(pk__in=rows.values("pk")), method)()
            revisions.record_all(list(rows.all()), request.user)

    def _go_on(self, request, queryset, progress):
        progress.total = progress.total or progress.done + queryset.filter(pk__gt=progress.after).count()
        asked = {name: request.POST.getlist(name) for name in ("action", "select_across", ACTION_CHECKBOX_NAME)}
        context = {
            **self.admin_site.each_context(request),
            "title": f"{progress.done:,} of {progress.total:,} {self.opts.verbose_name_plural} are done",
            "opts": self.opts,
            "progress": progress,
            "fields": [(name, value) for name, values in asked.items() for value in values],
        }
        return TemplateResponse(request, "admin/progress.html", context)

    def _tell(self, request, count, one, many):
        if count:
            names = self.opts.verbose_name if count == 1 else self.opts.verbose_name_plural
            self.message_user(request, f"{count} {names} {one if count == 1 else many}", messages.SUCCESS)


@dataclass
class Progress:
    """How far an action on many rows is: the last row, and how many are done, of which so many open later."""

    after: int = 0
    done: int = 0
    later: int = 0
    total: int = 0

    @classmethod
    def of(cls, data):
        return cls(*(int(possible_key(data.get(field.name, "")) or 0) for field in fields(cls)))
