"""File uploads of publications in the admin, read for metadata."""

from django import forms
from django.contrib.auth.decorators import permission_required
from django.http import JsonResponse
from django.utils.html import format_html_join
from django.views.decorators.http import require_POST

from profiles.admin.files import CheckedFileField, ResourceForm
from profiles.content.publishing import changes_no_page
from profiles.models import ResourceBase
from profiles.models.resource import guess_kind_of_file, place_by_kind
from publications.files import pdf
from publications.files.fulltext import content_of

Kind = ResourceBase.Kind


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


class PublicationResourceForm(ResourceForm):
    """A resource whose kind follows the pages of its PDF, too."""

    def clean(self):
        cleaned = super().clean()
        if "file" in self.changed_data and cleaned.get("file") and not cleaned.get("kind"):
            cleaned["kind"] = kind_of(cleaned["file"])
        return cleaned


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
