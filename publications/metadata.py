"""Publications as schema.org objects."""

from profiles.metadata import person_id, without_empty
from publications.exports import code_url

TYPES = {
    "article": "ScholarlyArticle", "article-journal": "ScholarlyArticle", "paper-conference": "ScholarlyArticle",
    "article-magazine": "Article", "article-newspaper": "NewsArticle", "book": "Book", "chapter": "Chapter",
    "collection": "Collection", "dataset": "Dataset", "manuscript": "Manuscript", "map": "Map",
    "motion_picture": "Movie", "musical_score": "SheetMusic", "periodical": "Periodical", "post": "SocialMediaPosting",
    "post-weblog": "BlogPosting", "report": "Report", "review": "Review", "review-book": "Review",
    "software": "SoftwareSourceCode", "song": "MusicRecording", "speech": "PresentationDigitalDocument",
    "thesis": "Thesis", "webpage": "WebPage", "entry-dictionary": "DefinedTerm",
}  # fmt: skip
PAGED = ("Article", "Chapter", "NewsArticle", "Report", "ScholarlyArticle")  # schema.org's types with page numbers
PERIODICALS = ("article-journal", "article-magazine", "article-newspaper", "review", "review-book")


def type_of(publication):
    """Return the schema.org type of a publication."""
    return TYPES.get(publication.type, "CreativeWork")


def creative_work(publication, reference, site, versions=()):
    """Return a publication as a CreativeWork. ``reference`` is its Reference with what visitors may see.

    ``versions`` are the other versions of the same work, including the main version.
    """
    first, last = reference.first_and_last_page if type_of(publication) in PAGED else ("", "")
    same = [publication.doi_url, publication.arxiv_url, publication.pmid_url, publication.url]
    work, others = [], []
    for version in versions:
        (work if version.pk == publication.version_of_id else others).append(address_of(version, site))
    return without_empty(
        {
            "@type": type_of(publication),
            "@id": address_of(publication, site),
            "url": address_of(publication, site),
            "mainEntityOfPage": address_of(publication, site),
            "name": site.plain(publication.title),
            "headline": site.plain(publication.title)[:110],
            "author": _people(publication, "author", reference.author, site),
            "editor": _people(publication, "editor", reference.editor, site),
            "datePublished": reference.issued.iso,
            "dateModified": max(publication.updated_at, publication.publish_at).isoformat(),
            "abstract": site.plain(reference.abstract),
            "keywords": list(reference.keyword),
            "inLanguage": reference.language,
            "isPartOf": container(reference),
            "pagination": reference.page if type_of(publication) in PAGED else "",
            "pageStart": first if last or first.isdigit() else "",
            "pageEnd": last,
            "isbn": reference.isbn if publication.type == "book" else "",
            "bookEdition": reference.edition if publication.type == "book" else "",
            "publisher": reference.publisher and {"@type": "Organization", "name": reference.publisher},
            "identifier": identifiers(reference),
            "sameAs": [address for address in same if address],
            "award": publication.award,
            "license": publication.license_url,
            "creativeWorkStatus": publication.get_status_display(),
            "image": site.picture(publication.image),
            "encoding": [encoding(resource, site) for resource in publication.resources.all() if resource.file],
            "codeRepository": code_url(publication.resources.all()) if publication.type == "software" else "",
            "exampleOfWork": [{"@id": address} for address in work],
            "workExample": [{"@id": address} for address in others] if not work else [],
        }
    )


def address_of(publication, site):
    return site.absolute(publication.get_absolute_url())


def _people(publication, role, names, site):
    """Return the names in a role as Persons and Organizations, with details of the people of the site."""
    rows = [authorship for authorship in publication.authorships.all() if authorship.role == role]
    # Both are in the same order, and neither has hidden names.
    people = [row.person for row in rows] if len(rows) == len(names) else [None] * len(names)
    return [_name(name, person, site) for name, person in zip(names, people, strict=True)]


def _name(name, person, site):
    family = " ".join(part for part in (name.dropping_particle, name.non_dropping_particle, name.family) if part)
    return without_empty(
        {
            "@type": "Organization" if name.literal and person is None else "Person",
            "@id": person_id(person, site) if person else "",
            "name": str(name),
            "givenName": name.given,
            "familyName": family,
            "honorificSuffix": name.suffix,
            "identifier": name.orcid_url,
            "sameAs": name.orcid_url,
        }
    )


def container(reference):
    """Return what a work is part of: an issue of a volume of a journal, proceedings or a book; {} if nothing."""
    name = reference.container_title or reference.event_title
    if reference.type in PERIODICALS and name:
        part = without_empty({"@type": "Periodical", "name": name, "issn": reference.issn})
        if reference.volume:
            part = {"@type": "PublicationVolume", "volumeNumber": reference.volume, "isPartOf": part}
        if reference.issue:
            part = {"@type": "PublicationIssue", "issueNumber": reference.issue, "isPartOf": part}
        return part
    if not name or reference.type == "book":
        return {}
    return without_empty({"@type": "Book", "name": name, "isbn": reference.isbn, "issn": reference.issn})


def identifiers(reference):
    """Return the identifiers as PropertyValues."""
    found = [("doi", reference.doi), ("arxiv", reference.arxiv_id), ("pmid", reference.pmid), ("isbn", reference.isbn)]
    return [{"@type": "PropertyValue", "propertyID": name, "value": value} for name, value in found if value]


def encoding(resource, site):
    """Return an uploaded file as a MediaObject."""
    return without_empty(
        {
            "@type": "MediaObject",
            "name": str(resource),
            "contentUrl": site.absolute(resource.href),
            "encodingFormat": resource.media_type,
            "sha256": resource.sha256,
        }
    )
