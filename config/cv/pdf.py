"""A CV as a PDF, typeset from templates/config/cv.typ: tagged, and valid by PDF/UA-1 if fonts have all its signs."""

from django.urls import reverse

from config.cv.content import WorkEntry, with_host
from config.pictures.photos import jpeg_of
from config.text.languages import isolated_in_text
from config.text.typesetting import accessible_pdf, blocks, from_html, typeset, with_formulas


def as_pdf(cv, absolute):
    """Return the bytes of a tagged PDF; ``absolute`` turns a path into an absolute URL."""
    return accessible_pdf("cv.typ", content_of(cv, absolute))


def as_pictures(cv, absolute, resolution=72):
    """Return the pages of the PDF as PNG pictures."""
    pages = typeset("cv.typ", content_of(cv, absolute), format="png", ppi=resolution)
    return pages if isinstance(pages, list) else [pages]


def content_of(cv, absolute):
    """Return the content of cv.typ for a CVDocument, as JSON."""
    home = absolute(reverse("home"))
    return {
        "language": cv.cv.language,
        "paper": cv.cv.paper,
        "words": {name: text for name, text in cv.words.items() if isinstance(text, str)},
        "title": cv.title,
        "name": cv.owner.name,
        "headline": cv.owner.headline,
        "address": cv.address,
        "contacts": [*([(home, home)] if cv.cv.shows_homepage else []), *cv.contacts],
        "photo": list(jpeg_of(cv.photo)),  # for JSON
        "photo_alt": cv.owner.photo_alt or cv.owner.name,
        "updated": cv.updated,
        "sections": [
            {
                "kind": section.kind,
                "title": section.title,
                "text": blocks(section.text),
                "names": section.names,
                "legend": section.legend,
                "numbered": section.shows_numbers,
                "groups": [
                    {"title": group.title, "entries": [_entry(entry, absolute) for entry in group.entries]}
                    for group in section.groups
                ],
            }
            for section in cv.sections
        ],
    }


def _entry(entry, absolute):
    if isinstance(entry, WorkEntry):
        return _work(entry, absolute)
    what = with_formulas(entry.title) + ([f", {entry.role}"] if entry.role else [])
    where = " · ".join(filter(None, (entry.where, entry.details)))
    href = with_host(entry.href, absolute)
    return {
        "when": entry.when,
        "is_draft": entry.is_draft,
        "what": what,
        "where": where,
        "text": blocks(entry.text),
        "href": href,
    }


def _work(entry, absolute):
    return {
        "number": entry.number,
        "is_draft": entry.is_draft,
        "authors": [{"name": name.text, "me": name.is_owner, "remark": name.remark} for name in entry.names],
        "others": entry.others,
        "end": entry.names_end,
        "title": with_formulas(isolated_in_text(entry.title)),
        "venue": with_formulas(entry.venue),
        "facts": entry.facts,
        "award": entry.award,
        "href": with_host(entry.href, absolute),
        "identifier": entry.identifier,
        "citation": from_html(entry.citation),
        "contribution": entry.contribution,
    }
