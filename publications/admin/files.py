"""File uploads of publications and projects in the admin: several at once, checked, and read for metadata."""

from django import forms
from django.contrib.auth.decorators import permission_required
from django.core.validators import FileExtensionValidator
from django.http import JsonResponse
from django.utils.html import format_html_join
from django.views.decorators.http import require_POST

from profiles.admin.uploads import ChosenFilesMixin, UploadField
from profiles.content.publishing import changes_no_page
from profiles.forms import AddressForm, RowFormSet
from publications import pdf
from publications.files import check_file
from publications.fulltext import content_of
from publications.models import ResourceBase
from publications.models.resource import EXTENSIONS, place_by_kind
from publications.resource_kinds import guess_kind, guess_kind_of_file

FILE_LIMIT = 20
EXTENSION_MESSAGE = "“%(value)s”: files with “.%(extension)s” cannot be uploaded. Zip or link it."
Kind = ResourceBase.Kind


class CheckedFileField(UploadField):
    """A file of an allowed type, whose content matches its name."""

    def clean(self, data, initial=None):
        cleaned = super().clean(data, initial)
        return check_file(cleaned) if cleaned and cleaned is data else cleaned


class MultipleFileInput(ChosenFilesMixin, forms.FileInput):
    allow_multiple_selected = True


class FilesField(UploadField):
    """Several files. Each becomes a resource; its name and content determine the kind."""

    refused = ()

    def __init__(self):
        super().__init__(
            label="PDF, slides, poster, other files",
            required=False,
            validators=[FileExtensionValidator(EXTENSIONS, EXTENSION_MESSAGE)],
            widget=MultipleFileInput(attrs={"accept": ",".join(f".{extension}" for extension in EXTENSIONS)}),
            help_text="Choose one or more files. Each becomes a row below. The text of PDFs can be searched.",
        )

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


def add_files(subject, uploads):
    """Save uploads as resources of a publication or project. PDFs after the first one are supplements."""
    last = subject.resources.order_by("-position").values_list("position", flat=True).first() or 0
    has_paper = subject.resources.filter(kind=Kind.PDF).exists()
    added = []
    for position, upload in enumerate(uploads, last + 1):
        kind = kind_of(upload)
        if kind == Kind.PDF and has_paper:
            kind = Kind.SUPPLEMENT
        has_paper = has_paper or kind == Kind.PDF
        added.append(subject.resources.create(kind=kind, file=upload, position=position))
    place_by_kind(subject, added)


def kind_of(upload):
    """Guess the kind of resource from the name, and for a PDF from its pages."""
    kind = guess_kind_of_file(upload.name)
    return content_of(upload).kind if kind == Kind.PDF else kind


class ResourceForm(AddressForm):
    guess_kind = staticmethod(guess_kind)
    kind_of = "resource"

    def clean(self):
        cleaned = super().clean()
        if "file" in self.changed_data and cleaned.get("file") and not cleaned.get("kind"):
            cleaned["kind"] = kind_of(cleaned["file"])
        return cleaned


class ResourceFormSet(RowFormSet):
    """New resources at the end take the place of their kind: PDF, code, data, slides, video …"""

    def save(self, commit=True):
        saved = super().save(commit)
        place_by_kind(self.instance, self.new_objects)
        return saved


@changes_no_page
@require_POST
@permission_required("publications.change_publication", raise_exception=True)
def inspect_file(request):
    """Return the metadata in a PDF as JSON, before it is saved: title, doi, arxiv_id, arxiv_class."""
    upload = request.FILES.get("file")
    try:
        CheckedFileField().clean(upload)
    except forms.ValidationError as error:
        return JsonResponse({"error": " ".join(error.messages)})
    content = content_of(upload) if upload.name.lower().endswith(".pdf") else pdf.Content()
    names = ("title", "doi", "arxiv_id", "arxiv_class")
    return JsonResponse({name: getattr(content, name) for name in names})


def new_metadata(publication, content):
    """Return the metadata in a PDF that its publication lacks, as HTML for a message, or ""."""
    found = [
        ("title", content.title, publication.title),
        ("DOI", content.doi, publication.doi),
        ("arXiv identifier", content.arxiv_id, publication.arxiv_id),
    ]
    new = [(label, value) for label, value, known in found if value and value.casefold() != known.casefold()]
    return format_html_join(", ", "{} “{}”", new)
