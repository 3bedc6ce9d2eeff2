"""Fields, widgets and rows of the admin's forms."""

import re

from django import forms
from django.contrib.admin.widgets import AdminTextareaWidget, AutocompleteSelect, AutocompleteSelectMultiple
from django.forms.models import BaseInlineFormSet
from django.forms.renderers import TemplatesSetting
from django.urls import reverse

from profiles.content.images import clean_image
from profiles.models import Block, Look, Tag
from profiles.models.tag import tag_key

LONGEST_TAG = Tag._meta.get_field("name").max_length


def validate_moment(moment):
    """A moment near the ends of the calendar cannot be told in every time zone. Raises ValidationError."""
    if not 1900 <= moment.year < 3000:
        raise forms.ValidationError("Choose a moment between the years 1900 and 2999.", code="out_of_range")


def validate_tag(name):
    """Raises ValidationError for what cannot be the name of a tag."""
    # The key of a tag may be longer than its name: "ß" is "ss" there.
    if max(len(name), len(tag_key(name))) > LONGEST_TAG or "," in name or "\0" in name:
        shown = name.replace("\0", "�") if len(name) <= 40 else f"{name[:40]}…"
        message = f"“{shown}” cannot be a tag: at most {LONGEST_TAG} characters, and no comma."
        raise forms.ValidationError(message, code="invalid")


def possible_key(value):
    """The value, or for what cannot be a row's number, a number that no row has: it is refused like any other."""
    return value if not value or re.fullmatch(r"[0-9]{1,18}", value) else "0"


class ChooseOne(AutocompleteSelect):
    """Django's widget, which would look up whatever was posted when it shows a refused form again.

    ``chosen`` may be set to the object that is chosen, so that a hundred rows do not ask for one each; nor do those of
    which none is.
    """

    chosen = None

    def optgroups(self, name, value, attr=None):
        empty = [] if self.is_required else [self.create_option(name, "", "", False, 0)]
        if value == [""]:
            return [(None, empty, 0)]
        if self.chosen is None or value != [str(self.chosen.pk)]:
            return super().optgroups(name, value, attr)
        return [(None, [*empty, self.create_option(name, value[0], str(self.chosen), True, len(empty))], 0)]

    def value_from_datadict(self, data, files, name):
        return possible_key(super().value_from_datadict(data, files, name))


class ChooseSeveral(AutocompleteSelectMultiple):
    def value_from_datadict(self, data, files, name):
        return [possible_key(value) for value in super().value_from_datadict(data, files, name)]


class BlocksWidget(forms.Widget):
    """A row for each block of the home page: a tick that shows it, and its place among the others."""

    template_name = "admin/blocks.html"

    class Media:
        js = [forms.Script("js/look.js", type="module")]

    def _render(self, template_name, context, renderer=None):
        # Django's own renderer looks among its own templates alone.
        return super()._render(template_name, context, TemplatesSetting())

    def get_context(self, name, value, attrs):
        context = super().get_context(name, value, attrs)
        shown = [block for block in value or [] if block in Block.values]
        order = [*shown, *(block for block in Block.values if block not in shown)]
        context["rows"] = [
            {"value": block, "label": Block(block).label, "shown": block in shown, "place": place}
            for place, block in enumerate(order, 1)
        ]
        return context

    def value_from_datadict(self, data, files, name):
        def place(block):
            number = data.get(f"{name}-{block}", "")
            return int(number) if re.fullmatch("[0-9]{1,4}", number) else len(Block.values)

        ticked = data.getlist(name) if hasattr(data, "getlist") else data.get(name, [])
        return sorted(dict.fromkeys(block for block in ticked if block in Block.values), key=place)

    def value_omitted_from_data(self, data, files, name):
        return False  # no tick at all is a choice


class BlocksField(forms.Field):
    """The names of the blocks that are shown, in their order."""

    widget = BlocksWidget

    def has_changed(self, initial, data):
        return initial != data


class LookForm(forms.ModelForm):
    blocks = BlocksField(
        label=Look._meta.get_field("blocks").verbose_name.capitalize(),
        required=False,
        help_text=Look._meta.get_field("blocks").help_text,
    )

    class Meta:
        model = Look
        fields = ["hue", "typefaces", "density", "blocks"]


class LightRowForm(forms.ModelForm):
    """A row that shows the object it has loaded along, as ``select_related`` does, without asking for it again."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            widget = getattr(field.widget, "widget", None)  # within the admin's links to add and change
            # The heads of the columns are no labels to a screen reader.
            (widget or field.widget).attrs.setdefault("aria-label", str(field.label or name).capitalize())
            if isinstance(widget, ChooseOne) and self.instance._meta.get_field(name).is_cached(self.instance):
                widget.chosen = getattr(self.instance, name)


class RowForm(LightRowForm):
    """A row of an inline, held against all rules of its model before the database does it.

    Django leaves out those that name the object that the row belongs to.
    """

    def _post_clean(self):
        super()._post_clean()
        if not self.errors:
            try:
                self.instance.validate_constraints(exclude=self._get_validation_exclusions())
            except forms.ValidationError as error:
                self._update_errors(error)


class RowFormSet(BaseInlineFormSet):
    def add_fields(self, form, index):
        super().add_fields(form, index)
        if "DELETE" in form.fields:
            form.fields["DELETE"].widget.attrs["aria-label"] = "Delete this row"

    def clean(self):
        super().clean()
        if any(self.model._meta.pk.name in form.errors for form in self.initial_forms):
            # The error of a hidden field would be shown nowhere.
            raise forms.ValidationError(
                "Someone else has deleted one of these rows meanwhile. Open this page again to see those that are left."
            )


class ImageField(forms.ImageField):
    """Takes an image as ``clean_image`` makes it, whatever it was."""

    def to_python(self, data):
        upload = forms.FileField.to_python(self, data)
        return upload and clean_image(upload)

    def widget_attrs(self, widget):
        # An iPhone sends JPEG where this is asked for, and HEIC else.
        return super().widget_attrs(widget) | {"accept": "image/jpeg,image/png,image/webp,image/avif"}


class TextField(forms.CharField):
    """Text of several lines, whose ends are kept as they were however the browser sends them."""

    def to_python(self, value):
        return super().to_python(value).replace("\r\n", "\n")


class MarkdownWidget(AdminTextareaWidget):
    """A box for Markdown; with JavaScript it shows beside it what the page will, headings from h``level`` on."""

    def __init__(self, level):
        super().__init__(attrs={"rows": 12})
        self.level = level

    def get_context(self, name, value, attrs):
        urls = {"data-preview": reverse("admin:markdown"), "data-upload": reverse("admin:image")}
        return super().get_context(name, value, {**(attrs or {}), **urls, "data-level": self.level})

    class Media:
        js = [forms.Script("js/markdown.js", type="module")]


class FocusWidget(forms.TextInput):
    """Two numbers; with JavaScript, a click on the image in the field named ``image``."""

    def __init__(self, image):
        super().__init__(attrs={"data-focus": f"id_{image}", "size": 7})

    class Media:
        js = [forms.Script("js/focus.js", type="module")]


class TagChoice(AutocompleteSelect):
    """One tag of those that there are, found as one types; its value is its name."""

    def optgroups(self, name, value, attr=None):
        empty = self.create_option(name, "", "", False, 0)
        chosen = [self.create_option(name, tag, tag, True, 1) for tag in value if tag]
        return [(None, [empty, *chosen], 0)]


class TagsWidget(AutocompleteSelectMultiple):
    """Tags to choose as one types, and to make by typing on: select2 reads the data attributes."""

    def __init__(self, field, admin_site):
        super().__init__(field, admin_site, attrs={"data-tags": "true", "data-token-separators": '[","]'})

    def optgroups(self, name, value, attr=None):
        # A tag's value is its name, so that one that was just typed comes back like any other after an error.
        return [(None, [self.create_option(name, tag, tag, True, index) for index, tag in enumerate(value)], 0)]


class TagsField(forms.ModelMultipleChoiceField):
    """Names of tags, new ones among them; the manager of the model finds or makes the tags when it saves."""

    def __init__(self, db_field, admin_site):
        super().__init__(
            Tag.objects.all(),
            to_field_name="name",
            required=False,
            label=db_field.verbose_name.capitalize(),
            help_text="Choose, or type a new one and press Enter.",
            widget=TagsWidget(db_field, admin_site),
        )

    def clean(self, value):
        names = [" ".join(str(name).split()) for name in value or []]
        for name in names:
            validate_tag(name)
        return list(dict.fromkeys(filter(None, names)))
