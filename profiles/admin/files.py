"""Files that belong to an object with a page, in the admin: checked, and in the order of their kinds."""

from django import forms
from django.core.validators import FileExtensionValidator
from django.db import models

from profiles.admin.content import URL_FIELDS, RowsInline
from profiles.admin.uploads import ChosenFilesMixin, UploadField, UploadWidget
from profiles.files.uploads import check_file
from profiles.forms import AddressForm, RowFormSet
from profiles.models.resource import EXTENSIONS, guess_kind, place_by_kind

FILE_LIMIT = 20
EXTENSION_MESSAGE = "“%(value)s”: files with “.%(extension)s” cannot be uploaded. Zip or link it."


class CheckedFileField(UploadField):
    """A file of an allowed type, whose content matches its name."""

    def clean(self, data, initial=None):
        cleaned = super().clean(data, initial)
        return check_file(cleaned) if cleaned and cleaned is data else cleaned


class MultipleFileInput(ChosenFilesMixin, forms.FileInput):
    allow_multiple_selected = True


class FilesField(UploadField):
    """Several files at once, each checked."""

    refused = ()

    def __init__(self, label, help_text=""):
        super().__init__(
            label=label,
            required=False,
            validators=[FileExtensionValidator(EXTENSIONS, EXTENSION_MESSAGE)],
            widget=MultipleFileInput(attrs={"accept": ",".join(f".{extension}" for extension in EXTENSIONS)}),
            help_text=help_text,
        )

    def has_changed(self, initial, data):
        return bool(data)

    def clean(self, data, initial=None):
        uploads = data if isinstance(data, list) else [data] if data else []
        if len(uploads) > FILE_LIMIT:
            raise forms.ValidationError(f"Choose at most {FILE_LIMIT} files at once.")
        cleaned, self.refused, errors = [], [], []
        for upload in uploads:
            try:
                cleaned.append(check_file(super().clean(upload, initial)))
            except forms.ValidationError as error:
                self.refused.append(upload)
                errors.append(error)
        if errors:
            raise forms.ValidationError(errors)
        return cleaned

    def acceptable(self, uploads, errors):
        return [upload for upload in uploads if upload not in self.refused]


class ResourceForm(AddressForm):
    guess_kind = staticmethod(guess_kind)
    kind_of = "resource"


class ResourceFormSet(RowFormSet):
    """New resources at the end take the place of their kind: PDF, code, data, slides, video …"""

    def save(self, commit=True):
        saved = super().save(commit)
        place_by_kind(self.instance, self.new_objects)
        return saved


class ResourceInline(RowsInline):
    """The files and links of an object. ``model`` is a ResourceBase."""

    form = ResourceForm
    formset = ResourceFormSet
    formfield_overrides = {**URL_FIELDS, models.FileField: {"form_class": CheckedFileField, "widget": UploadWidget}}
    fields = ["url", "file", "kind", "label", "position"]
