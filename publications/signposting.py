"""FAIR Signposting (signposting.org/FAIR): typed links from a page and its files, in headers and as a link set."""

from django.urls import reverse
from django.utils.encoding import iri_to_uri

from profiles.metadata import without_empty
from publications.metadata import type_of
from publications.references.formats import EXPORTS

LINKSET = "application/linkset+json"
AUTHOR_LIMIT = 20  # in a header: some proxies refuse headers over 4 kB


def links_of_page(publication, reference, absolute):
    """Return the links of a publication's page, [(relation, URL, {attribute: value})].

    ``absolute`` is a function that makes a URL of a path. ``cite-as`` must lead back to this page, so it is the page's
    own URL, and the publisher's is ``related``.
    """
    page = absolute(publication.get_absolute_url())
    types = [type_of(publication), "AboutPage"]
    found = [("cite-as", page, {}), *(("type", f"https://schema.org/{type_}", {}) for type_ in types)]
    # During blind review the Reference has no names.
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
        ("item", absolute(resource.href), {"type": resource.media_type})
        for resource in publication.resources.all()
        if resource.file
    ]
    found += [("related", address, {}) for address in (publication.doi_url, publication.arxiv_url) if address]
    return found


def links_of_file(publication, absolute):
    """Return the links of an uploaded file."""
    page = absolute(publication.get_absolute_url())
    return [("collection", page, {"type": "text/html"}), ("cite-as", page, {})]


def header(links):
    """Return links as the value of a Link header (RFC 8288), without authors if there are many."""
    if sum(relation == "author" for relation, *_ in links) > AUTHOR_LIMIT:
        links = [link for link in links if link[0] != "author"]
    found = []
    for relation, address, more in links:
        parameters = {"rel": relation, **more}
        found.append("; ".join([f"<{iri_to_uri(address)}>", *(f'{key}="{parameters[key]}"' for key in parameters)]))
    return ", ".join(found)


def linkset(publication, reference, absolute):
    """Return the links of a publication's page and files as a link set (JSON of RFC 9264)."""
    page = absolute(publication.get_absolute_url())
    contexts = [_context(page, links_of_page(publication, reference, absolute))]
    contexts += [
        _context(absolute(resource.href), links_of_file(publication, absolute))
        for resource in publication.resources.all()
        if resource.file
    ]
    return {"linkset": contexts}


def linkset_of_list(path, publications, absolute):
    """Return the links of a page that lists publications as a link set."""
    page = absolute(path)
    items = [("item", absolute(publication.get_absolute_url()), {"type": "text/html"}) for publication in publications]
    return {"linkset": [_context(page, [("type", "https://schema.org/CollectionPage", {}), *items])]}


def _context(anchor, links):
    found = {"anchor": iri_to_uri(anchor)}
    for relation, address, more in links:
        found.setdefault(relation, []).append(without_empty({"href": iri_to_uri(address), **more}))
    return found
