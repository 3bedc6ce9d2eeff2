"""The texts of uploaded PDFs, read once for each file."""

from publications import pdf
from publications.models import FullText, Resource


def read_new(publication):
    """Read the PDFs of a publication that were not read yet; returns [pdf.Content] of them."""
    found = []
    resources = Resource.objects.filter(publication=publication, file__iendswith=".pdf").select_related("full_text")
    for resource in resources:
        known = getattr(resource, "full_text", None)
        if not resource.file.storage.exists(resource.file.name) or (known and known.sha256 == resource.etag):
            continue
        content = pdf.read(resource.file.path)
        FullText.objects.update_or_create(
            resource=resource, defaults={"sha256": resource.etag, "text": content.text}
        )  # fmt: skip
        found.append(content)
    return found
