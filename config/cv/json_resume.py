"""The CV as JSON Resume (jsonresume.org, schema 1.0.0).

The schema has sections for positions, education, awards, publications, projects, and service ("volunteer"). It has none
for talks, grants, teaching and supervision: they become projects of that ``type``, as the schema suggests for talks.
Memberships go into a section "memberships", which the schema allows and other programs ignore.
"""

import re
from urllib.parse import unquote

from django.db.models import prefetch_related_objects
from django.urls import reverse

from config.cv.content import MAX_AUTHORS
from config.pages.metadata import Site
from config.text.plain import plain
from profiles.metadata import without_empty
from profiles.models import Activity
from publications.references.cff import address

SCHEMA = "https://raw.githubusercontent.com/jsonresume/resume-schema/v1.0.0/schema.json"
Kind = Activity.Kind
# The ``type`` of what becomes a project, by section.
AS_PROJECTS = {"grant": "grant", "talks": "talk", "teaching": "teaching", "supervision": "supervision"}
# The schema's pattern of a date.
DATE = re.compile(r"[12]\d{3}(?:-[01]\d(?:-[0-3]\d)?)?", re.ASCII)


def resume(cv, absolute):
    """Return a CV as a dict; ``absolute`` turns a path into an absolute URL."""
    sections, grouped, interests = {}, [], []
    for section in cv.sections:
        # A record that is in two parts is listed once.
        items = sections.setdefault(section.kind, [])
        items += [item for item in section.items if item not in items]
        interests += section.names
        grouped += [entry.item for group in section.groups if group.title for entry in group.entries]
    projects, publications = sections.get("projects", []), sections.pop("publications", [])
    if grouped:
        # The CV groups them; without headings the newest come first.
        publications.sort(key=lambda publication: (publication.sort_date, publication.pk), reverse=True)
    prefetch_related_objects(projects, "highlights", "tags")
    return without_empty({
        "$schema": SCHEMA,
        "basics": _basics(cv, absolute),
        "work": [
            *(_position(activity) for activity in sections.get(Kind.POSITION, [])),
            *(_role(line) for line in sections.get("roles", [])),
        ],
        "volunteer": [_membership(activity) for activity in sections.get(Kind.SERVICE, [])],
        "memberships": [_membership(activity) for activity in sections.get(Kind.MEMBERSHIP, [])],
        "education": [_education(activity) for activity in sections.get(Kind.EDUCATION, [])],
        "awards": [_award(activity) for activity in sections.get(Kind.AWARD, [])],
        "publications": [_publication(publication, absolute) for publication in publications],
        "interests": [{"name": "Research", "keywords": interests}] if interests else [],
        "projects": [
            *(_project(project, absolute) for project in projects),
            *(
                _as_project(item, type_, absolute)
                for kind, type_ in AS_PROJECTS.items()
                for item in sections.get(kind, [])
            ),
        ],
        "meta": {
            "canonical": absolute(cv.address_as("json")),
            "version": "v1.0.0",
            "lastModified": cv.changed.isoformat(timespec="seconds"),
        },
    })  # fmt: skip


def _basics(cv, absolute):
    owner = cv.owner
    links = owner.links.all() if cv.cv.shows_homepage else []
    mails = [owner.email, *(link.mail for link in links if link.is_mail)]
    return without_empty({
        "name": owner.name,
        "label": owner.headline,
        # WebP: the site makes no JPEG or PNG, which the schema names.
        "image": Site(absolute).picture(cv.photo if cv.cv.pk else owner.photo),
        "email": next(filter(None, mails), ""),
        "phone": cv.phone,
        "location": {"address": "\n".join(cv.address)} if cv.address else {},
        "url": address(owner.homepage) or absolute(reverse("home")),
        "summary": plain(cv.summary),
        "profiles": _profiles(owner, links),
    })  # fmt: skip


def _profiles(owner, links):
    """Return the owner's accounts on other sites. Of the links without a kind, those with a label are accounts."""
    found = [
        {
            "network": link.website.label if link.is_profile else link.label,
            "username": unquote(link.account),
            "url": address(link.url),
        }
        for link in links
        if link.is_profile or (link.kind == "other" and link.label and not link.is_mail)
    ]
    if owner.orcid and not any(link.kind == "orcid" for link in links):
        found.insert(0, {"network": "ORCID", "username": owner.orcid, "url": f"https://orcid.org/{owner.orcid}"})
    return [without_empty(account) for account in found]


def _activity(activity, **facts):
    """Return an activity: what all sections have, and ``facts``, whose names differ between sections."""
    return without_empty({
        "url": address(activity.url),
        **_dates(activity),
        "summary": _summary(activity),
        **facts,
    })  # fmt: skip


def _summary(activity):
    """Return the facts for which the schema has no field, and the description."""
    return ". ".join(filter(None, (activity.details, plain(activity.description))))


def _position(activity):
    return _activity(activity, name=activity.organisation, position=_title(activity), location=activity.place)


def _role(line):
    """Return a role in the group as a position there."""
    return _activity(line, name=line.entity, position=plain(line.title))


def _membership(activity):
    """Return a service or membership: "Reviewer" of an organisation."""
    return _activity(activity, organization=activity.organisation, position=_title(activity))


def _education(activity):
    # The site does not separate the degree from its subject: "BSc Computer Science".
    return _activity(activity, institution=activity.organisation, location=activity.place, studyType=_title(activity))


def _award(activity):
    return without_empty({
        "title": plain(activity.title),
        "date": _date(activity.start or activity.end),
        "awarder": activity.organisation,
        "url": address(activity.url),
        "summary": plain(activity.description),
    })  # fmt: skip


def _publication(publication, absolute):
    names = [str(authorship) for authorship in publication.byline]
    if len(names) > MAX_AUTHORS + 1:  # instead of "1 others"
        names[MAX_AUTHORS:] = [f"{len(names) - MAX_AUTHORS} others"]
    byline = ", ".join(names) + publication.byline_end
    if editors := publication.editors_of_whole:
        byline = f"Edited by {', '.join(map(str, editors))}"
    # The schema has no fields for these; abstracts are too long for its summary of "2-3 sentences".
    facts = [
        byline.removesuffix("."), publication.type_label, publication.numbers,
        publication.track, publication.award, *publication.remarks,
    ]  # fmt: skip
    page = absolute(publication.get_absolute_url())
    return without_empty({
        "name": plain(publication.title),
        "publisher": plain(publication.venue),
        "releaseDate": _date(publication.issued),
        "url": address(publication.doi_url or publication.arxiv_url) or page,
        "summary": ". ".join(filter(None, facts)),
    })  # fmt: skip


def _project(project, absolute):
    return without_empty({
        "name": project.name,
        "description": project.tagline or plain(project.summary),
        "highlights": [str(highlight) for highlight in project.highlights.all()],
        "keywords": [tag.name for tag in project.tags.all()],
        "startDate": _date(project.start),
        "endDate": _date(project.end),
        "url": absolute(project.get_absolute_url()),
        "roles": [project.role] if project.role else [],
    })  # fmt: skip


def _as_project(item, type_, absolute):
    """Return a CVLine as a project of that ``type``."""
    return _activity(
        item,
        url=address(item.url) or absolute(item.get_absolute_url()),
        name=plain(item.title),
        summary="",
        description=_summary(item),
        roles=[item.role] if item.role else [],
        entity=item.entity,
        type=type_,
        location=item.place,
    )


def _title(activity):
    return ", ".join(part for part in (activity.role, plain(activity.title)) if part)


def _dates(activity):
    """Return start and end. An event of one day ends on that day: without an end it would count as ongoing."""
    end = activity.end or ("" if activity.is_ongoing else activity.start)
    return {"startDate": _date(activity.start), "endDate": _date(end)}


def _date(when):
    return str(when) if DATE.fullmatch(when) else ""
