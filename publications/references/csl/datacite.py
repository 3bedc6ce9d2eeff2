"""Records of DataCite's REST API (https://api.datacite.org, metadata schema 4) as CSL-JSON."""

import re

from publications.references import funders
from publications.references.reading import FieldError
from publications.references.values.markup import from_html, paragraphs_from_html, unescaped

# CSL's types for ``resourceTypeGeneral``; for others, DataCite names one itself.
TYPES = {
    "Book": "book", "BookChapter": "chapter", "ComputationalNotebook": "software",
    "ConferencePaper": "paper-conference", "ConferenceProceeding": "book", "DataPaper": "article-journal",
    "Dataset": "dataset", "Dissertation": "thesis", "Image": "graphic", "Journal": "periodical",
    "JournalArticle": "article-journal", "PeerReview": "review", "Poster": "speech", "Preprint": "article",
    "Presentation": "speech", "Report": "report", "Software": "software", "Standard": "standard",
}  # fmt: skip
ROLES = {"Editor": "editor", "Producer": "producer", "DataCurator": "curator"}
DATES = ("Issued", "Available", "Created")


def is_record(item):
    """Return whether an item (a dict) is the ``attributes`` of a DOI."""
    return isinstance(item.get("titles"), list) and ("creators" in item or "publicationYear" in item)


def cleaned(item):
    """Return the CSL-JSON item of the ``attributes`` of a DOI; raise FieldError."""
    titles, container, kinds = _dicts(item.get("titles")), _dict(item.get("container")), _dict(item.get("types"))
    main = next((title for title in titles if not title.get("titleType")), titles[0] if titles else {})
    subtitles = [_text(title, "title") for title in titles if title.get("titleType") == "Subtitle"]
    general, publisher = _text(kinds, "resourceTypeGeneral"), item.get("publisher")
    pages = [str(container[name]) for name in ("firstPage", "lastPage") if container.get(name)]
    identifier = container.get("identifier") if _text(container, "identifierType") in ("ISSN", "ISBN") else ""
    abstracts = [text for text in _dicts(item.get("descriptions")) if text.get("descriptionType") == "Abstract"]
    found = {
        "type": TYPES.get(general) or kinds.get("citeproc"),
        "title": ": ".join(from_html(text) for text in (_text(main, "title"), *subtitles) if text),
        "author": [_person(person) for person in _dicts(item.get("creators"))],
        "issued": _issued(item),
        "DOI": item.get("doi"),
        "publisher": unescaped(_text({"name": publisher} | _dict(publisher), "name")),
        "abstract": paragraphs_from_html(_text(abstracts[0], "description")) if abstracts else "",
        "keyword": [unescaped(_text(subject, "subject")) for subject in _dicts(item.get("subjects"))],
        "version": item.get("version"),
        "language": item.get("language"),
        "genre": kinds.get("resourceType") if general == "Text" or not general else "",
        "container-title": from_html(_text(container, "title")),
        "page": "-".join(pages),
        _text(container, "identifierType"): identifier,
        **{name: container.get(name) for name in ("volume", "issue")},
    }
    for person in _dicts(item.get("contributors")):
        if role := ROLES.get(_text(person, "contributorType")):
            found.setdefault(role, []).append(_person(person))
    if general == "Preprint" and found["publisher"].lower() == "arxiv":
        del found["publisher"]
    funded_by = _dicts(item.get("fundingReferences"))
    funding = "; ".join(_funding(reference) for reference in funded_by)
    custom = {"funding": funding, funders.NAME: [one for reference in funded_by for one in _identified(reference)]}
    return {name: value for name, value in found.items() if value} | {"custom": custom}


def _issued(item):
    """Return the most precise date of the year of publication."""
    year = str(item.get("publicationYear") or "")
    dates = {_text(date, "dateType"): str(date.get("date") or "") for date in _dicts(item.get("dates"))}
    return next((dates[name] for name in DATES if dates.get(name, "")[:4] == year != ""), year or dates.get("Issued"))


def _person(person):
    ids = [str(found.get("nameIdentifier")) for found in _dicts(person.get("nameIdentifiers"))]
    orcid = next((found for found in ids if re.search(r"(?:\d{4}-){3}\d{3}[\dX]", found)), "")
    family, given = _text(person, "familyName"), _text(person, "givenName")
    name = _text(person, "name")
    if not family and person.get("nameType") != "Organizational" and name.count(",") == 1:
        family, given = (part.strip() for part in name.split(","))
    names = {"family": family, "given": given} if family else {"literal": name}
    return {part: unescaped(text) for part, text in names.items()} | {"ORCID": orcid}


def _funding(reference):
    award = reference.get("awardNumber")
    return _text(reference, "funderName") + (f" ({award})" if award else "")


def _identified(reference):
    award = _text(reference, "awardNumber")
    return funders.make(_text(reference, "funderName"), _text(reference, "funderIdentifier"), [award] if award else [])


def _text(item, name):
    value = item.get(name)
    if isinstance(value, dict | list):
        raise FieldError(name)
    return "" if value is None else str(value)


def _dict(value):
    return value if isinstance(value, dict) else {}


def _dicts(value):
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []
