"""Fields, widgets and forms of the admin."""

import json
import re

from django import forms
from django.contrib.admin.widgets import AdminTextareaWidget, AutocompleteSelect, AutocompleteSelectMultiple
from django.db.models import Model
from django.forms.models import BaseInlineFormSet
from django.forms.renderers import TemplatesSetting
from django.urls import reverse

from profiles.content.websites import guess_kind
from profiles.models import Activity, Block, Look, Tag
from profiles.models.look import MAX_OF_A_KIND
from profiles.models.tag import tag_key

TAG_LENGTH = Tag._meta.get_field("name").max_length


def validate_tag(name):
    """Raise ValidationError if the name cannot be a tag."""
    # The key of a tag may be longer than its name: "ß" becomes "ss".
    if max(len(name), len(tag_key(name))) > TAG_LENGTH or "," in name or "\0" in name:
        shown = name.replace("\0", "�") if len(name) <= 40 else f"{name[:40]}…"
        message = f"“{shown}” cannot be a tag: use at most {TAG_LENGTH} characters, and no comma."
        raise forms.ValidationError(message, code="invalid")


def safe_pk(value):
    """Return a primary key from a request, or "0", which no row has, if the database cannot look it up."""
    return value if not value or re.fullmatch(r"[0-9]{1,18}", value) else "0"


def chooser_label(item):
    """Return the name of an object, with its ``chooser_detail``, which tells it from others of the same name."""
    detail = getattr(item, "chooser_detail", "")
    return f"{item} — {detail}" if detail else str(item)


class ChooserField(forms.ModelChoiceField):
    def label_from_instance(self, obj):
        return chooser_label(obj)


class MultipleChooserField(forms.ModelMultipleChoiceField):
    def label_from_instance(self, obj):
        return chooser_label(obj)


class SafeAutocomplete(AutocompleteSelect):
    """Django's autocomplete, but a malformed primary key in a request is a form error instead of a server error.

    ``chosen`` may be set to the selected object, which saves a query for each row of an inline.
    """

    chosen = None

    def optgroups(self, name, value, attr=None):
        if self.chosen is None or value != [str(self.chosen.pk)]:
            return super().optgroups(name, [safe_pk(one) for one in value], attr)
        empty = [] if self.is_required else [self.create_option(name, "", "", False, 0)]
        return [(None, [*empty, self.create_option(name, value[0], chooser_label(self.chosen), True, len(empty))], 0)]

    def value_from_datadict(self, data, files, name):
        return safe_pk(super().value_from_datadict(data, files, name))


class SafeAutocompleteMultiple(AutocompleteSelectMultiple):
    def optgroups(self, name, value, attr=None):
        return super().optgroups(name, [safe_pk(one) for one in value], attr)

    def value_from_datadict(self, data, files, name):
        return [safe_pk(value) for value in super().value_from_datadict(data, files, name)]


class SiteTemplateMixin:
    """For a widget with a template of the site, which Django's default form renderer does not find."""

    def render(self, name, value, attrs=None, renderer=None):
        return super().render(name, value, attrs, TemplatesSetting())


class AccentWidget(SiteTemplateMixin, forms.RadioSelect):
    """A radio button for each accent colour, with a swatch in the colours of the site's style sheet."""

    template_name = "admin/fields/accents.html"


class BlocksWidget(SiteTemplateMixin, forms.Widget):
    """A row for each block of the home page: a checkbox that shows it, and its position."""

    template_name = "admin/fields/blocks.html"

    class Media:
        js = [forms.Script("js/admin/look.js", type="module")]

    def get_context(self, name, value, attrs):
        context = super().get_context(name, value, attrs)
        shown = [block for block in json.loads(value) if block in Block.values]
        order = [*shown, *(block for block in Block.values if block not in shown)]
        context["rows"] = [
            {"value": block, "label": Block(block).label, "shown": block in shown, "position": position}
            for position, block in enumerate(order, 1)
        ]
        return context

    def value_from_datadict(self, data, files, name):
        def position(block):
            number = data.get(f"{name}-{block}", "")
            return int(number) if re.fullmatch("[0-9]{1,4}", number) else len(Block.values)

        checked = dict.fromkeys(block for block in data.getlist(name) if block in Block.values)
        return json.dumps(sorted(checked, key=position))

    def value_omitted_from_data(self, data, files, name):
        return False  # No checked box means an empty list.


class TimelineWidget(SiteTemplateMixin, forms.Widget):
    """A number for each kind of activity."""

    template_name = "admin/fields/timeline.html"

    def get_context(self, name, value, attrs):
        numbers = json.loads(value) or {}
        rows = [
            {"value": kind, "label": label, "number": numbers.get(kind, 0)} for kind, label in Activity.Kind.choices
        ]
        return super().get_context(name, value, attrs) | {"rows": rows, "max": MAX_OF_A_KIND}

    def value_from_datadict(self, data, files, name):
        if self.value_omitted_from_data(data, files, name):
            return None
        typed = {kind: data.get(f"{name}-{kind}", "").strip() or "0" for kind in Activity.Kind.values}
        # What is not a number stays as it is typed, for the form to show with an error.
        isdigit = re.compile("[0-9]{1,4}").fullmatch
        return json.dumps({kind: int(text) if isdigit(text) else text for kind, text in typed.items()})

    def value_omitted_from_data(self, data, files, name):
        return not any(f"{name}-{kind}" in data for kind in Activity.Kind.values)


class LookForm(forms.ModelForm):
    class Meta:
        model = Look
        fields = ["theme", "accent", "density", "blocks", "news", "timeline"]
        widgets = {"accent": AccentWidget, "blocks": BlocksWidget, "timeline": TimelineWidget}

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["news"].required = False

    def clean_news(self):
        number = self.cleaned_data["news"]
        return self.instance.news if number is None else number


class RowForm(forms.ModelForm):
    """A row of an inline, whose related objects were loaded by ``select_related``."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            widget = getattr(field.widget, "widget", None)  # inside the admin's add and change links
            # Screen readers do not read a column heading as a label.
            (widget or field.widget).attrs.setdefault("aria-label", str(field.label or name).capitalize())
            if isinstance(self.initial.get(name), Model):
                widget.chosen = self.initial[name]
            elif isinstance(widget, SafeAutocomplete) and self.instance._meta.get_field(name).is_cached(self.instance):
                widget.chosen = getattr(self.instance, name)


class AddressForm(RowForm):
    """A row whose ``kind`` follows its address until an editor chooses another kind; with JavaScript, while typing.

    ``guess_kind`` returns the kind of an address, and ``kind_of`` says of what.
    """

    guess_kind = staticmethod(guess_kind)
    kind_of = "link"

    class Media:
        js = [forms.Script("js/admin/kinds.js", type="module")]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["url"].widget.attrs["data-kinds"] = f"{reverse('admin:kind')}?of={self.kind_of}"
        if not self.follows_address:
            self.fields["kind"].widget.attrs["data-chosen"] = "true"

    @property
    def follows_address(self):
        """Whether the stored kind is the one that its address has."""
        stored = self.initial.get("kind")
        return not stored or stored == self.guess_kind(self.initial.get("url") or "")

    def clean(self):
        cleaned = super().clean()
        if "url" in self.changed_data and "kind" not in self.changed_data and self.follows_address:
            cleaned["kind"] = ""
        return cleaned


class RowFormSet(BaseInlineFormSet):
    """Validates all constraints of the rows. Django skips those that include the parent.

    ``unvalidated`` are fields whose constraints are only met once all rows are saved. ``initial`` has the values of
    additional rows.
    """

    unvalidated = ()

    def __init__(self, *args, initial=None, **kwargs):
        if initial:
            self.extra += len(initial)
        super().__init__(*args, initial=initial, **kwargs)

    def add_fields(self, form, index):
        super().add_fields(form, index)
        if "DELETE" in form.fields:
            form.fields["DELETE"].widget.attrs["aria-label"] = "Delete this row"

    def clean(self):
        super().clean()
        if any(self.model._meta.pk.name in form.errors for form in self.initial_forms):
            # An error of a hidden field would not be shown.
            raise forms.ValidationError("Someone else has deleted one of these rows. Reload this page and try again.")
        deleted = self.deleted_forms
        for form in self.forms:
            if form not in deleted and form.has_changed() and not form.errors:
                try:
                    form.instance.validate_constraints(exclude=set(self.unvalidated))
                except forms.ValidationError as error:
                    for name, messages in error.message_dict.items():
                        form.add_error(name if name in form.fields else None, messages)


class TextField(forms.CharField):
    """Text with Unix line endings. Browsers submit Windows line endings."""

    def to_python(self, value):
        return super().to_python(value).replace("\r\n", "\n")

    def widget_attrs(self, widget):
        # With "maxlength", browsers cut a longer text without a message.
        return {name: value for name, value in super().widget_attrs(widget).items() if name != "maxlength"}


class MarkdownWidget(AdminTextareaWidget):
    """A Markdown text box with a live preview (JavaScript), whose headings start at h``level``.

    ``blocks`` says whether its page shows blocks: then the toolbar can insert them.
    """

    def __init__(self, level, *, blocks=False):
        super().__init__(attrs={"rows": 12})
        self.level, self.blocks = level, blocks

    def get_context(self, name, value, attrs):
        urls = {"data-preview": reverse("admin:markdown"), "data-upload": reverse("admin:image")}
        if self.blocks:
            urls["data-blocks"] = reverse("admin:blocks")
        return super().get_context(name, value, {**(attrs or {}), **urls, "data-level": self.level})

    @property
    def media(self):
        names = ["markdown", "blocks"] if self.blocks else ["markdown"]
        return forms.Media(js=[forms.Script(f"js/admin/{name}.js", type="module") for name in names])


class FocusWidget(forms.TextInput):
    """The focal point of the picture in the field ``image``: two numbers, or a click on it (JavaScript)."""

    def __init__(self, image):
        super().__init__(attrs={"data-focus": f"id_{image}", "size": 7})

    class Media:
        js = [forms.Script("js/admin/focus.js", type="module")]


class TagChoice(AutocompleteSelect):
    """An autocomplete for one existing tag, whose value is its name."""

    def optgroups(self, name, value, attr=None):
        empty = self.create_option(name, "", "", False, 0)
        chosen = [self.create_option(name, tag, tag, True, 1) for tag in value if tag]
        return [(None, [empty, *chosen], 0)]


class TagsWidget(AutocompleteSelectMultiple):
    """An autocomplete for tags that also adds new ones: select2 reads the data attributes."""

    def __init__(self, field, admin_site):
        super().__init__(field, admin_site, attrs={"data-tags": "true", "data-token-separators": '[","]'})

    def optgroups(self, name, value, attr=None):
        # The value is the name, so that a new tag survives a form error.
        return [(None, [self.create_option(name, tag, tag, True, index) for index, tag in enumerate(value)], 0)]


class TagsField(forms.ModelMultipleChoiceField):
    """Names of tags, existing or new. The model's manager creates the new ones when the form is saved."""

    def __init__(self, db_field, admin_site):
        super().__init__(
            Tag.objects.all(),
            to_field_name="name",
            required=False,
            label=db_field.verbose_name.capitalize(),
            help_text="Choose tags, or type a new one and press Enter, such as “machine learning”.",
            widget=TagsWidget(db_field, admin_site),
        )

    def clean(self, value):
        names = [" ".join(str(name).split()) for name in value or []]
        for name in names:
            validate_tag(name)
        return list(dict.fromkeys(filter(None, names)))
