"""The texts of uploaded PDFs, read once for each file."""

import tempfile

from publications import pdf
from publications.models import FullText, Resource


def read_new(publication):
    """Read the PDFs of a publication that were not read yet; returns [pdf.Content] of them."""
    found = []
    resources = Resource.objects.filter(publication=publication, file__iendswith=".pdf").select_related("full_text")
    for resource in resources:
        known = getattr(resource, "full_text", None)
        try:
            if known and known.sha256 == resource.etag:
                continue
            with resource.file.storage.open(resource.file.name) as file:
                content = content_of(file)
        except OSError:
            continue  # gone, or out of reach: read when it is there again
        FullText.objects.update_or_create(
            resource=resource, defaults={"sha256": resource.etag, "text": content.text}
        )  # fmt: skip
        found.append(content)
    return found


def content_of(file):
    """What a PDF says (pdf.Content), wherever it is kept: an uploaded or a stored file."""
    with tempfile.NamedTemporaryFile(suffix=".pdf") as copy:
        for chunk in file.chunks():
            copy.write(chunk)
        copy.flush()
        file.seek(0)
        return pdf.read(copy.name)
