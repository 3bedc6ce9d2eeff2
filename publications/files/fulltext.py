"""Extracts the texts of uploaded PDFs, once for each file."""

import tempfile

from publications.files import pdf
from publications.models import FullText, Resource


def read_new(publication):
    """Read the new PDFs of a publication; return their [pdf.Content]."""
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
            continue  # missing or unreachable for now
        FullText.objects.update_or_create(resource=resource, defaults={"sha256": resource.etag, "text": content.text})
        found.append(content)
    return found


def content_of(file):
    """Return the pdf.Content of an uploaded or stored file."""
    with tempfile.NamedTemporaryFile(suffix=".pdf") as copy:
        for chunk in file.chunks():
            copy.write(chunk)
        copy.flush()
        file.seek(0)
        return pdf.read(copy.name)
