"""The CV as a PDF, typeset from templates/config/cv.typ."""

from django.urls import reverse

from config.text.languages import isolated_in_text
from config.text.periods import period
from config.text.typesetting import typeset, with_formulas

MAX_AUTHORS = 40  # shown by name, and the owner in any case; the others are counted


def cv_as_pdf(cv, absolute):
    """Return the bytes of a tagged PDF; ``absolute`` turns a path into an absolute URL."""
    content = {
        "name": cv.owner.name,
        "headline": cv.owner.headline,
        "home": absolute(reverse("home")),
        "contacts": _contacts(cv.owner),
        "legend": cv.legend,
        "interests": [tag.name for tag in cv.owner.tags.all()],
        "sections": [
            {
                "kind": section.kind,
                "title": section.title,
                "items": [_item(section.kind, item, cv, absolute) for item in section.items],
            }
            for section in cv.sections
        ],
    }
    return typeset("cv.typ", content, format="pdf")


def _contacts(owner):
    """Return [[text, URL]] of the ways to reach the owner."""
    found = []
    if owner.email:
        found.append([owner.email, f"mailto:{owner.email}"])
    if owner.orcid:
        found.append([f"ORCID {owner.orcid}", f"https://orcid.org/{owner.orcid}"])
    if owner.homepage:
        found.append([owner.homepage.removeprefix("https://").strip("/"), owner.homepage])
    return found + [[str(link), link.url] for link in owner.listed_links]


def _item(kind, item, cv, absolute):
    if kind == "publications":
        return {"title": item.title, "entries": [_publication(entry, cv.owner, absolute) for entry in item.entries]}
    if kind == "projects":
        what, where, text, href = [item.name], item.tagline, [], absolute(item.get_absolute_url())
    else:
        what, text, href = with_formulas(str(item)), with_formulas(item.description), item.url
        where = " · ".join(filter(None, (item.where, item.details)))
    what += [f", {item.role}"] if item.role else []
    return {"when": period(item), "what": what, "where": where, "text": text, "href": href}


def _publication(entry, owner, absolute):
    publication = entry.publication
    names = [
        {"name": isolated_in_text(str(one)), "me": one.is_of(owner), "remark": one.remark} for one in publication.byline
    ]
    named = [name for place, name in enumerate(names) if place < MAX_AUTHORS or name["me"]]
    venue = [publication.numbers, publication.track]
    if publication.status != "published":
        venue.append(publication.status_label)
    if publication.issued:
        venue.append(publication.issued.display)
    return {
        "number": entry.number,
        "authors": named,
        "others": len(names) - len(named),
        "end": publication.byline_end,
        "title": with_formulas(isolated_in_text(publication.title)),
        "venue": list(
            filter(None, [with_formulas(isolated_in_text(publication.venue)), *([text] for text in venue if text)])
        ),
        "award": publication.award,
        "href": publication.doi_url or publication.arxiv_url or absolute(publication.get_absolute_url()),
        "doi": publication.doi,
    }
