"""Base classes for the admin of content: publishing, tags, Markdown, previews, history."""

from functools import partial
from itertools import chain

from django.contrib import admin, messages
from django.contrib.admin.widgets import AdminTextareaWidget
from django.db import models, transaction
from django.db.models.functions import Now
from django.forms import Script
from django.utils import timezone
from django.utils.formats import date_format
from pictures.models import PictureField
from taggit.managers import TaggableManager

from profiles.admin.duplicates import DuplicateAdmin
from profiles.admin.previews import PreviewAdmin
from profiles.admin.publishing import MomentField, MomentWidget, PublishingForm
from profiles.admin.uploads import ImageField, UploadWidget, keep_uploads
from profiles.content import blocks
from profiles.content.batches import batched
from profiles.content.publishing import PUBLIC, Publishable
from profiles.files.tagged import is_untagged
from profiles.forms import (
    ChooserField,
    FocusWidget,
    MarkdownWidget,
    MultipleChooserField,
    RowForm,
    RowFormSet,
    SafeAutocomplete,
    SafeAutocompleteMultiple,
    TagsField,
    TextField,
)
from profiles.history import revisions

PUBLISHING = ("Publishing", {"fields": ["state", "publish_at"]})

LAST_STATES = "last_states"  # session key: {label of a model: the state that the user chose last}
CHUNK = 100  # rows that a bulk action changes in one transaction
UNTAGGED = (
    "Screen readers find no headings and no reading order in {}, because the PDF is not tagged. If you can, export it "
    "as a tagged PDF and upload that instead: in Word, choose “Document structure tags for accessibility”; in LaTeX, "
    "start with \\DocumentMetadata{{tagging=on}}."
)
WIDE_FIELD = 200  # characters from which a text field gets the width of the page

# A URL typed without a scheme gets https.
URL_FIELDS = {models.URLField: {"assume_scheme": "https"}}
TEXT_FIELDS = {**URL_FIELDS, models.TextField: {"form_class": TextField, "widget": AdminTextareaWidget}}


class AutocompleteMixin:
    """For a ModelAdmin or inline: autocomplete widgets that distinguish objects with the same name.

    They refuse a malformed id instead of failing on it.
    """

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        if db_field.name in self.get_autocomplete_fields(request):
            widget = SafeAutocompleteMultiple if db_field.many_to_many else SafeAutocomplete
            kwargs["widget"] = widget(db_field, self.admin_site)
            kwargs["form_class"] = MultipleChooserField if db_field.many_to_many else ChooserField
        return super().formfield_for_dbfield(db_field, request, **kwargs)


class RowsInline(AutocompleteMixin, admin.TabularInline):
    """Related rows, without empty extra ones. Rows with a ``position`` are sorted by dragging.

    ``shows_early`` puts the inline directly below the first fieldset.
    """

    shows_early = False

    class Media:
        js = [Script("js/admin/rows.js", type="module")]

    extra = 0
    form = RowForm
    formset = RowFormSet
    formfield_overrides = URL_FIELDS


class MarkdownAdmin(admin.ModelAdmin):
    """``markdown`` maps each Markdown field to the level at which its page starts headings.

    ``blocks`` are those of these fields whose pages show blocks (profiles.content.blocks).
    """

    markdown = {}
    blocks = ()

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        name = db_field.name
        if name in self.markdown:
            kwargs["widget"] = MarkdownWidget(self.markdown[name], blocks=name in self.blocks)
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    def get_form(self, request, obj=None, change=False, **kwargs):
        form = super().get_form(request, obj, change=change, **kwargs)
        for name in form.base_fields.keys() & set(self.blocks):
            validate = partial(blocks.validate, before=getattr(obj, name, ""))
            form.base_fields[name].validators = [*form.base_fields[name].validators, validate]
        return form


class PublishPermissionAdmin(PreviewAdmin):
    """Without the publish permission, published and scheduled rows are read-only, and new ones are drafts.

    These rules spare users a refusal. That nothing visible changes is checked for every request
    (config.editing.visitors).

    ``publishing_fields`` are the fields that only the publish permission unlocks.
    """

    publishing_fields = []

    def has_publish_permission(self, request):
        opts = self.model._meta.concrete_model._meta
        return request.user.has_perm(f"{opts.app_label}.publish_{opts.model_name}")

    def can_change_state(self, request, obj):
        return obj is None or self.has_publish_permission(request) or not is_published(vars(obj))

    def has_change_permission(self, request, obj=None):
        return super().has_change_permission(request, obj) and self.can_change_state(request, obj)

    def has_delete_permission(self, request, obj=None):
        return super().has_delete_permission(request, obj) and self.can_change_state(request, obj)

    def get_readonly_fields(self, request, obj=None):
        locked = [] if self.has_publish_permission(request) else self.publishing_fields
        return [*super().get_readonly_fields(request, obj), *locked]

    def has_preview_permission(self, request, obj):
        # A preview link shows a draft to people without an account.
        return super().has_preview_permission(request, obj) and self.has_publish_permission(request)


def is_published(values):
    """Return whether a row with these field values is public, now or from a scheduled time on."""
    return any(values.get(name) == value for name, value in PUBLIC.items())


def uploads_of(forms):
    """Yield the new files of valid forms, from their fields ``file`` and ``files``."""
    for form in forms:
        for name in {"file", "files"} & set(form.changed_data):
            value = form.cleaned_data.get(name) or []
            yield from value if isinstance(value, list) else [value]


class ContentAdmin(AutocompleteMixin, PublishPermissionAdmin, MarkdownAdmin):
    """The admin of a model that has tags and pictures."""

    formfield_overrides = {**TEXT_FIELDS, PictureField: {"form_class": ImageField, "widget": UploadWidget}}

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        if isinstance(db_field, TaggableManager):
            return TagsField(db_field, self.admin_site)
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if (db_field.max_length or 0) >= WIDE_FIELD and field.widget.attrs.get("class") == "vTextField":
            field.widget.attrs["class"] = "vLargeTextField"
        if db_field.name.endswith("_focus"):
            field.widget = FocusWidget(db_field.name.removesuffix("_focus"))
        return field

    def save_related(self, request, form, formsets, change):
        forms = [form, *chain.from_iterable(formset.forms for formset in formsets)]
        untagged = [upload.name for upload in uploads_of(forms) if is_untagged(upload)]
        super().save_related(request, form, formsets, change)
        if untagged:
            self.message_user(request, UNTAGGED.format(", ".join(f"“{name}”" for name in untagged)), messages.INFO)

    def render_change_form(self, request, context, **kwargs):
        if request.method == "POST":  # the form has errors
            rows = chain.from_iterable(one.formset.forms for one in context["inline_admin_formsets"])
            keep_uploads(request, [context["adminform"].form, *rows])
        return super().render_change_form(request, context, **kwargs)


class PublishableAdmin(DuplicateAdmin, ContentAdmin):
    """The admin of a Publishable model: its visibility, and publishing in bulk."""

    class Media:
        js = [Script("js/admin/publishing.js", type="module")]

    form = PublishingForm
    formfield_overrides = {
        **ContentAdmin.formfield_overrides,
        models.DateTimeField: {"form_class": MomentField, "widget": MomentWidget},
    }
    actions = ["publish", "unpublish"]
    publishing_fields = ["state", "publish_at"]
    list_filter = ["state"]

    def get_changeform_initial_data(self, request):
        initial = super().get_changeform_initial_data(request)
        last = request.session.get(LAST_STATES, {}).get(self.model._meta.concrete_model._meta.label)
        return {"state": last, **initial} if last and self.has_publish_permission(request) else initial

    def save_model(self, request, obj, form, change):
        super().save_model(request, obj, form, change)
        is_chosen = "state" in (form.changed_data if change else form.cleaned_data)
        if is_chosen and not obj.is_scheduled:
            # The default of the next one. A schedule has its own date each time.
            states = {**request.session.get(LAST_STATES, {}), obj._meta.concrete_model._meta.label: obj.state}
            request.session[LAST_STATES] = states

    @admin.display(description="Visibility", ordering="publish_at")
    def visibility(self, item):
        if item.is_public:
            return "Published"
        if item.is_scheduled:
            return f"Scheduled for {date_format(timezone.localtime(item.publish_at), 'j M Y, H:i')}"
        return "Draft"

    @admin.action(description="Publish", permissions=["publish"])
    def publish(self, request, queryset):
        drafts = queryset.filter(state=Publishable.State.DRAFT)
        scheduled = drafts.filter(publish_at__gt=Now()).count()
        published = self.change_in_chunks(request, drafts, "publish", timezone.now()) - scheduled
        if published or not scheduled:
            self.message_count(request, published, "published")
        if scheduled:
            self.message_count(request, scheduled, "scheduled")

    @admin.action(description="Unpublish", permissions=["publish"])
    def unpublish(self, request, queryset):
        shown = queryset.filter(state=Publishable.State.PUBLISHED)
        self.message_count(request, self.change_in_chunks(request, shown, "unpublish"), "unpublished")

    def change_in_chunks(self, request, queryset, method, *arguments):
        """Call a queryset method on the rows, CHUNK at a time, and record it in their history.

        Each chunk is a separate transaction, so that other users can save in between. Return the number of rows.
        """
        keys = list(queryset.order_by("pk").values_list("pk", flat=True))
        for some in batched(keys, CHUNK):
            rows = self.model.objects.filter(pk__in=some)
            with transaction.atomic():
                revisions.record_unsaved_changes(rows)
                getattr(rows, method)(*arguments)
                revisions.record(rows.all(), request.user)
        return len(keys)

    def message_count(self, request, count, done):
        names = self.opts.verbose_name if count == 1 else self.opts.verbose_name_plural
        if count:
            self.message_user(request, f"{count:,} {names} {done}.", messages.SUCCESS)
        else:
            self.message_user(request, f"No {names} {done}: nothing had to change.", messages.INFO)
