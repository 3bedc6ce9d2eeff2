"""Fields of the admin's forms."""

from django import forms
from django.contrib.admin.widgets import AutocompleteSelectMultiple

from profiles.models import Tag

LONGEST_TAG = Tag._meta.get_field("name").max_length


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
            if len(name) > LONGEST_TAG or "," in name or "\0" in name:
                message = f"“{name[:40]}…” cannot be a tag: at most {LONGEST_TAG} characters, and no comma."
                raise forms.ValidationError(message, code="invalid")
        return list(dict.fromkeys(filter(None, names)))
