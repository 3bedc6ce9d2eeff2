"""FAIR Signposting (signposting.org/FAIR): typed links from a page and its files, in headers and as a link set."""

import mimetypes

from django.urls import reverse
from django.utils.encoding import iri_to_uri

from profiles.metadata import without_empty
from publications.metadata import type_of
from publications.references.formats import EXPORTS

LINKSET = "application/linkset+json"
MOST_AUTHORS = 20  # in a header, of which proxies take some 4 kB; the link set has all


def links_of_page(publication, reference, absolute):
    """[(relation, address, {attribute: value})] of a publication's page; ``absolute`` makes a whole address of a path.

    ``cite-as`` is the site's own permanent address, since it must lead back to this page; the publisher's is related.
    """
    page = absolute(publication.get_absolute_url())
    found = [("cite-as", page, {}), ("type", f"https://schema.org/{type_of(publication)}", {})]
    found.append(("type", "https://schema.org/AboutPage", {}))
    # No more names than the Reference has: under blind review it has none.
    for name, authorship in zip(reference.author, publication.byline, strict=False):
        person = authorship.person
        own = absolute(person.get_absolute_url()) if person and person.is_public_page else ""
        found += [("author", address, {}) for address in [name.orcid_url or own] if address]
    if publication.license:
        found.append(("license", publication.license_url, {}))
    for ending, module in EXPORTS.items():
        address = reverse("publications:publication-export", args=[publication.slug, ending])
        found.append(("describedby", absolute(address), {"type": module.media_type}))
    found += [
        ("item", absolute(resource.href), {"type": type_of_file(resource)})
        for resource in publication.resources.all()
        if resource.file
    ]
    found += [("related", address, {}) for address in (publication.doi_url, publication.arxiv_url) if address]
    return found


def links_of_file(publication, absolute):
    """The links of a file beside a publication's page."""
    page = absolute(publication.get_absolute_url())
    return [("collection", page, {"type": "text/html"}), ("cite-as", page, {})]


def linkset_link(publication, absolute):
    address = reverse("publications:linkset", args=[publication.slug])
    return ("linkset", absolute(address), {"type": LINKSET})


def type_of_file(resource):
    return mimetypes.guess_type(resource.filename)[0] or "application/octet-stream"


def header(links):
    """The links as the value of a Link header (RFC 8288); none of the authors where there are many."""
    if sum(relation == "author" for relation, *_ in links) > MOST_AUTHORS:
        links = [link for link in links if link[0] != "author"]
    found = []
    for relation, address, more in links:
        parameters = {"rel": relation, **more}
        found.append("; ".join([f"<{iri_to_uri(address)}>", *(f'{key}="{parameters[key]}"' for key in parameters)]))
    return ", ".join(found)


def linkset(publication, reference, absolute):
    """The links of the page and of its files as a link set (RFC 9264, in JSON)."""
    page = absolute(publication.get_absolute_url())
    contexts = [_context(page, links_of_page(publication, reference, absolute))]
    contexts += [
        _context(absolute(resource.href), links_of_file(publication, absolute))
        for resource in publication.resources.all()
        if resource.file
    ]
    return {"linkset": contexts}


def _context(anchor, links):
    found = {"anchor": iri_to_uri(anchor)}
    for relation, address, more in links:
        found.setdefault(relation, []).append(without_empty({"href": iri_to_uri(address), **more}))
    return found
