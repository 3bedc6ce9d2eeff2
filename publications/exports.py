"""Responses with publications as files, and the Reference that a user may see."""

from dataclasses import replace

from django.http import HttpResponse, StreamingHttpResponse
from django.utils.http import content_disposition_header

from profiles.content.addresses import absolute
from publications.references import cff
from publications.references.formats import EXPORTS


def reference_for(user, publication):
    """Return the Reference of a publication with what the user may see."""
    return publication.as_reference() if user.is_staff else public_reference(publication)


def public_reference(publication):
    """Return the Reference of a publication with what visitors may see."""
    reference = publication.as_reference()
    return reference.anonymous() if publication.is_blind else reference.for_visitors()


def export_response(request, publications, ending, name):
    """Return the response that streams publications as a file, in the format with that file name ending."""
    format_ = EXPORTS[ending]
    text = format_.write(_reference_in_file(request, publication, ending) for publication in publications)
    response = StreamingHttpResponse(text, content_type=f"{format_.media_type}; charset=utf-8")
    response.headers["Content-Disposition"] = content_disposition_header(
        as_attachment=True, filename=f"{name}.{ending}"
    )
    return response


def _reference_in_file(request, publication, ending):
    """Return the Reference for a file. RIS has a field for the address of the PDF."""
    reference = reference_for(request.user, publication)
    pdf = publication.pdf if ending == "ris" else None
    if pdf is None:
        return reference
    return replace(reference, extra={**reference.extra, "l1": absolute(request, pdf.href)})


def citation_file_response(reference, **facts):
    """Return the response with the CITATION.cff of a Reference; ``facts`` are those of ``cff.as_cff``."""
    response = HttpResponse(cff.dumps(reference, **facts), content_type=f"{cff.media_type}; charset=utf-8")
    response.headers["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=cff.filename)
    return response


def code_url(resources):
    """Return the URL of the first code repository among resources, or ""."""
    return next((resource.url for resource in resources if resource.kind == resource.Kind.CODE and resource.url), "")
