"""Publications as schema.org objects."""

import re

from django.template.defaultfilters import truncatechars

from profiles.metadata import organization, person_id, without_empty
from publications.exports import code_url
from publications.references.reference import PERIODICALS
from publications.references.values import markup

ENTRIES = ("entry", "entry-dictionary", "entry-encyclopedia")
TYPES = {
    "article": "ScholarlyArticle", "article-journal": "ScholarlyArticle", "paper-conference": "ScholarlyArticle",
    "article-magazine": "Article", "article-newspaper": "NewsArticle", "book": "Book", "chapter": "Chapter",
    "collection": "Collection", "dataset": "Dataset", "manuscript": "Manuscript", "map": "Map",
    "motion_picture": "Movie", "musical_score": "SheetMusic", "periodical": "Periodical", "post": "SocialMediaPosting",
    "post-weblog": "BlogPosting", "report": "Report", "review": "Review", "review-book": "Review",
    "software": "SoftwareSourceCode", "song": "MusicRecording", "speech": "PresentationDigitalDocument",
    "thesis": "Thesis", "webpage": "WebPage", **dict.fromkeys(ENTRIES, "Article"),
    "broadcast": "Episode", "classic": "Book", "document": "DigitalDocument", "figure": "ImageObject",
    "graphic": "VisualArtwork", "pamphlet": "Book", "personal_communication": "Message", "standard": "TechArticle",
    **dict.fromkeys(("bill", "legislation", "regulation", "treaty"), "Legislation"),
}  # fmt: skip
PAGED = ("Article", "Chapter", "NewsArticle", "Report", "ScholarlyArticle")  # schema.org's types with page numbers
# The schema.org type of the container of a work; "" if a title there is no container, but an archive or a meeting.
CONTAINERS = {
    **dict.fromkeys(PERIODICALS, "Periodical"), **dict.fromkeys(("chapter", "paper-conference", *ENTRIES), "Book"),
    "webpage": "WebSite", "post": "WebSite", "post-weblog": "Blog", "broadcast": "CreativeWorkSeries",
    "song": "MusicAlbum",
    **dict.fromkeys(("article", "book", "collection", "dataset", "event"), ""),
    **dict.fromkeys(("patent", "software", "speech", "thesis"), ""),
}  # fmt: skip
DESCRIPTION = (50, 5000)  # the fewest and the most characters that Google's search for datasets accepts


def type_of(publication):
    """Return the schema.org type of a publication."""
    return TYPES.get(publication.type, "CreativeWork")


def creative_work(publication, reference, site, versions=(), printed=None):
    """Return a publication as a CreativeWork. ``reference`` is its Reference with what visitors may see.

    ``versions`` are all versions of the same work, ``printed`` the PrintedAffiliations of its page.
    """
    same = [publication.doi_url, publication.arxiv_url, publication.pmid_url, publication.url]
    others = [version for version in versions if version != publication]
    work = [version for version in others if version.pk == publication.version_of_id]
    return without_empty(
        {
            "@type": type_of(publication),
            "@id": address_of(publication, site),
            "url": address_of(publication, site),
            "mainEntityOfPage": address_of(publication, site),
            "name": site.plain(publication.title),
            "headline": site.plain(publication.title)[:110],
            "author": _people(publication, "author", reference.author, site, printed),
            "editor": _people(publication, "editor", reference.editor, site, printed),
            "contributor": _people(publication, "contributor", reference.contributor, site, printed),
            "datePublished": reference.issued.iso,
            "dateModified": max(publication.updated_at, publication.publish_at).isoformat(),
            "abstract": site.plain(reference.abstract),
            "keywords": list(reference.keyword),
            "inLanguage": publication.language_tag or reference.language,
            "isPartOf": container(reference),
            "releasedEvent": meeting(reference),
            "version": fact(reference, "version"),
            "publisher": reference.publisher and {"@type": "Organization", "name": reference.publisher},
            "identifier": identifiers(reference),
            "sameAs": [address for address in same if address],
            "award": publication.award,
            "license": publication.license_url,
            "isAccessibleForFree": True if publication.is_open_access else None,
            "creativeWorkStatus": publication.status_label,
            "correction": [correction(notice, site) for notice in publication.notices.all()],
            "image": site.picture(publication.image),
            "encoding": [encoding(resource, site) for resource in publication.resources.all() if resource.file],
            "codeRepository": code_url(publication.resources.all()) if publication.type == "software" else "",
            "exampleOfWork": [{"@id": address_of(version, site)} for version in work],
            "workExample": [{"@id": address_of(version, site)} for version in others] if not work else [],
            **_facts_of_type(type_of(publication), reference, site),
        }
    )


def _facts_of_type(type_, reference, site):
    """Return the properties that only works of a schema.org type have."""
    facts = {}
    if type_ in PAGED:
        first, last = reference.first_and_last_page
        facts = {"pagination": reference.page, "pageStart": first if last or first.isdigit() else "", "pageEnd": last}
    match type_:
        case "Book":
            pages = fact(reference, "number-of-pages") or reference.page
            count = int(pages) if re.fullmatch("[0-9]{1,6}", pages) else None
            facts |= {"isbn": reference.isbn, "bookEdition": reference.edition, "numberOfPages": count}
        case "Dataset":
            facts |= {"description": description(reference, site), "includedInDataCatalog": catalogue(reference)}
        case "Report":
            facts |= {"reportNumber": reference.number}
        case "Thesis":
            facts |= {"inSupportOf": degree(reference)}
    return facts


def address_of(publication, site):
    return site.absolute(publication.get_absolute_url())


def _people(publication, role, names, site, printed):
    """Return the names in a role as Persons and Organizations, with details of the people of the site."""
    rows = [authorship for authorship in publication.authorships.all() if authorship.role == role]
    # Both are in the same order, and neither has hidden names.
    if len(rows) != len(names):
        return [_name(name, None, site) for name in names]
    affiliations = (printed.of(row) if printed else [] for row in rows)
    return [_name(name, row.person, site, some) for name, row, some in zip(names, rows, affiliations, strict=True)]


def _name(name, person, site, affiliations=()):
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
            "affiliation": [organization(affiliation) for affiliation in affiliations],
        }
    )


def fact(reference, name):
    """Return a text of ``extra`` without markup, or ""."""
    value = reference.extra.get(name, "")
    return markup.plain(str(value)) if isinstance(value, str | int) else ""


def container(reference):
    """Return what a work is part of: an issue of a volume of a journal, a book, a series, a website; {} if nothing."""
    name, type_ = markup.plain(reference.container_title), CONTAINERS.get(reference.type, "CreativeWork")
    if not (name and type_):
        return series(reference)
    part = {"@type": type_, "name": name}
    if type_ == "Book":
        return without_empty({**part, "isbn": reference.isbn, "isPartOf": series(reference)})
    if type_ != "Periodical":
        return part
    part = without_empty({**part, "issn": issn(reference)})
    if reference.volume:
        part = {"@type": "PublicationVolume", "volumeNumber": reference.volume, "isPartOf": part}
    if reference.issue:
        part = {"@type": "PublicationIssue", "issueNumber": reference.issue, "isPartOf": part}
    return part


def series(reference):
    """Return the series of a book, or of the book that a work is part of; {} if there is none."""
    name = fact(reference, "collection-title")
    if not name or reference.type in PERIODICALS:
        return {}
    is_book = reference.type in ("book", "collection") or CONTAINERS.get(reference.type) == "Book"
    type_ = "BookSeries" if is_book else "CreativeWorkSeries"
    return without_empty({"@type": type_, "name": name, "issn": issn(reference)})


def issn(reference):
    """Return one ISSN, or a list of several (print and online)."""
    found = re.findall(r"[\dX-]+", reference.issn)
    return found if len(found) > 1 else reference.issn


def catalogue(reference):
    """Return the catalogue that lists a dataset, {} if unknown."""
    name = markup.plain(reference.container_title)
    return {"@type": "DataCatalog", "name": name} if name else {}


def meeting(reference):
    """Return the conference at which a work appeared; {} if unknown. It is an event, not a container."""
    if not reference.event_title:
        return {}
    place = reference.event_place and {"@type": "Place", "name": reference.event_place}
    return without_empty({"@type": "PublicationEvent", "name": markup.plain(reference.event_title), "location": place})


def degree(reference):
    """Return the degree that a thesis is for: "PhD" of a "PhD thesis"."""
    return re.sub(r"\b(?:thesis|dissertation)\W*$", "", reference.genre, flags=re.IGNORECASE).strip(" ,-")


def description(reference, site):
    """Return the description of a dataset: its abstract, with the title before it if it is very short."""
    fewest, most = DESCRIPTION
    text = site.plain(reference.abstract)
    return truncatechars(text if not text or len(text) >= fewest else f"{site.plain(reference.title)}: {text}", most)


def identifiers(reference):
    """Return the identifiers as PropertyValues."""
    found = [("doi", reference.doi), ("arxiv", reference.arxiv_id), ("pmid", reference.pmid), ("isbn", reference.isbn)]
    return [{"@type": "PropertyValue", "propertyID": name, "value": value} for name, value in found if value]


def correction(notice, site):
    """Return a notice as a CorrectionComment."""
    return without_empty(
        {
            "@type": "CorrectionComment",
            "name": notice.get_kind_display(),
            "datePublished": notice.date,
            "url": notice.address,
            "text": site.plain(notice.text),
        }
    )


def encoding(resource, site):
    """Return an uploaded file as a MediaObject."""
    return without_empty(
        {
            "@type": "MediaObject",
            "name": str(resource),
            "contentUrl": site.absolute(resource.href),
            "encodingFormat": resource.media_type,
            "sha256": resource.sha256,
            "license": resource.license_url,
            "version": resource.get_version_display(),
        }
    )
