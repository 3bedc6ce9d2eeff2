"""Responses with publications as files, and the Reference that a user may see."""

from dataclasses import replace
from functools import partial

from django.http import HttpResponse, StreamingHttpResponse
from django.urls import reverse
from django.utils.http import content_disposition_header

from profiles.content.addresses import absolute
from publications.references import cff, notices
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
    if request.user.is_staff:
        text = private_text(publications, ending)
    else:
        text = public_text(publications, ending, partial(absolute, request))
    media_type = f"{EXPORTS[ending].media_type}; charset=utf-8"
    response = StreamingHttpResponse(text, content_type=media_type)
    response.headers["Content-Disposition"] = content_disposition_header(
        as_attachment=True, filename=f"{name}.{ending}"
    )
    return response


def private_text(publications, ending, **options):
    """Yield the text of a file for editors, from which the same References are imported."""
    return EXPORTS[ending].write((publication.as_reference() for publication in publications), **options)


def public_text(publications, ending, url=None, **options):
    """Yield the text of a file with what visitors may see, and with nothing that the format has no field for.

    Notices, such as a retraction, are in the note.

    With ``url``, which makes a path of this site absolute, each item links to its page and PDF.
    """
    references = (
        _with_links(publication, ending, url) if url else public_reference(publication) for publication in publications
    )
    return EXPORTS[ending].write(map(notices.with_note, references), complete=False, **options)


def _with_links(publication, ending, url):
    """Return the public Reference with links to its page and its PDF, in the fields of BibTeX or RIS that Zotero reads.

    The page is the URL of a work that has no other. Else it is in "biburl", as in DBLP, or in a second UR. CSL-JSON has
    a field for one link only.
    """
    reference, page = public_reference(publication), url(publication.get_absolute_url())
    page_field, pdf_field = {"bib": ("biburl", "pdf"), "ris": ("ur", "l1")}.get(ending, ("", ""))
    links = {page_field: page} if reference.url and page_field else {}
    if pdf_field and (pdf := pdf_of(publication)):
        links[pdf_field] = pdf.url or url(pdf.href)
    return replace(reference, url=reference.url or page, extra=reference.extra | links)


def pdf_of(publication):
    """Return the resource that is the PDF of a publication: the uploaded one, or a link; or None."""
    return publication.pdf or next(iter(publication.papers), None)


def citation_file_response(reference, **facts):
    """Return the response with the CITATION.cff of a Reference; ``facts`` are those of ``cff.as_cff``."""
    response = HttpResponse(cff.dumps(reference, **facts), content_type=f"{cff.media_type}; charset=utf-8")
    response.headers["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=cff.filename)
    return response


def exports_of_list(query=""):
    """Return [(label, address, media type)] of the formats in which the list with a query string can be exported."""
    return [
        (format_.label, reverse("publications:export", args=[ending]) + query, format_.media_type)
        for ending, format_ in EXPORTS.items()
    ]


def code_url(resources):
    """Return the URL of the first code repository among resources, or ""."""
    return next((resource.url for resource in resources if resource.kind == resource.Kind.CODE and resource.url), "")
