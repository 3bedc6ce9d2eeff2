"""File fields of the admin, whose files stay chosen when the form has errors."""

from django import forms
from django.contrib import messages
from django.contrib.admin.widgets import AdminFileWidget
from django.utils.html import format_html_join

from profiles.files import pending
from profiles.files.images import clean_image
from profiles.files.storage import storage_message


class ChosenFilesMixin:
    """For a file widget: shows the files that were chosen before, as checked boxes with their tokens."""

    chosen = ()  # pairs of a token and a name

    def render(self, name, value, attrs=None, renderer=None):
        box = (
            '<label class="chosen"><input type="checkbox" name="{}" value="{}" checked> '
            "{} (chosen, not saved yet; untick to remove it)</label>"
        )
        chosen = ((f"{pending.PREFIX}{name}", token, filename) for token, filename in self.chosen)
        return super().render(name, value, attrs, renderer) + format_html_join("", box, chosen)


class UploadWidget(ChosenFilesMixin, AdminFileWidget):
    pass


class UploadField(forms.FileField):
    """A file that stays chosen when the form has errors (see ``keep_uploads``)."""

    widget = UploadWidget
    default_error_messages = {"empty": "This file is empty, or is no longer stored. Choose it again."}

    def acceptable(self, uploads, errors):
        """Return the files that need not be chosen again."""
        return [] if errors else uploads[-1:]


def keep_uploads(request, forms_with_errors):
    """Store the files that were chosen in forms with errors, and let the forms show them."""
    for form in forms_with_errors:
        for name, field in form.fields.items():
            if isinstance(field, UploadField):
                uploads = request.FILES.getlist(form.add_prefix(name))
                field.widget.chosen = [
                    (token, upload.name)
                    for upload in field.acceptable(uploads, form.errors.get(name))
                    if (token := stored(request, upload))
                ]


def stored(request, upload):
    """Store a file and return its token, or "" with a message if the storage fails."""
    try:
        return pending.store(upload, request.user.pk)
    except OSError as error:
        if not (sentence := storage_message(error)):
            raise
        messages.warning(request, f"You will have to choose “{upload.name}” again. {sentence}")
        return ""


class ImageField(UploadField, forms.ImageField):
    """An image, converted by ``clean_image``."""

    def to_python(self, data):
        upload = forms.FileField.to_python(self, data)
        return upload and clean_image(upload)

    def widget_attrs(self, widget):
        # Without this, an iPhone uploads HEIC.
        return super().widget_attrs(widget) | {"accept": "image/jpeg,image/png,image/webp,image/avif"}
