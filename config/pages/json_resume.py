"""The CV as JSON Resume (jsonresume.org, schema 1.0.0).

The schema has sections for positions, education, awards, publications, projects, and service ("volunteer"). It has none
for talks, grants, teaching and supervision: they become projects of that ``type``, as the schema suggests for talks.
Memberships go into a section "memberships", which the schema allows and other programs ignore.
"""

import re
from urllib.parse import unquote

from django.db.models import prefetch_related_objects
from django.urls import reverse

from config.pages.cv_pdf import MAX_AUTHORS
from config.pages.metadata import Site
from config.text.plain import plain
from profiles.metadata import without_empty
from profiles.models import Activity
from publications.references.cff import address

SCHEMA = "https://raw.githubusercontent.com/jsonresume/resume-schema/v1.0.0/schema.json"
Kind = Activity.Kind
AS_PROJECTS = (Kind.GRANT, Kind.TALK, Kind.TEACHING, Kind.SUPERVISION)
# The schema's pattern of a date.
DATE = re.compile(r"[12]\d{3}(?:-[01]\d(?:-[0-3]\d)?)?", re.ASCII)


def resume(cv, absolute):
    """Return a CV as a dict; ``absolute`` turns a path into an absolute URL."""
    sections = {section.kind: section.items for section in cv.sections}
    projects = sections.get("projects", [])
    publications = [entry.publication for group in sections.pop("publications", []) for entry in group.entries]
    # The CV groups them; without headings the newest come first.
    publications.sort(key=lambda publication: (publication.sort_date, publication.pk), reverse=True)
    prefetch_related_objects(projects, "highlights", "tags")
    changed = max(item.updated_at for items in ([cv.owner], publications, *sections.values()) for item in items)
    interests = [tag.name for tag in cv.owner.tags.all()]
    return without_empty({
        "$schema": SCHEMA,
        "basics": _basics(cv.owner, absolute),
        "work": [_position(activity) for activity in sections.get(Kind.POSITION, [])],
        "volunteer": [_membership(activity) for activity in sections.get(Kind.SERVICE, [])],
        "memberships": [_membership(activity) for activity in sections.get(Kind.MEMBERSHIP, [])],
        "education": [_education(activity) for activity in sections.get(Kind.EDUCATION, [])],
        "awards": [_award(activity) for activity in sections.get(Kind.AWARD, [])],
        "publications": [_publication(publication, absolute) for publication in publications],
        "interests": [{"name": "Research", "keywords": interests}] if interests else [],
        "projects": [
            *(_project(project, absolute) for project in projects),
            *(_activity_as_project(activity) for kind in AS_PROJECTS for activity in sections.get(kind, [])),
        ],
        "meta": {
            "canonical": absolute(reverse("cv-json")),
            "version": "v1.0.0",
            "lastModified": changed.isoformat(timespec="seconds"),
        },
    })  # fmt: skip


def _basics(owner, absolute):
    links = owner.links.all()
    mails = [owner.email, *(link.mail for link in links if link.is_mail)]
    return without_empty({
        "name": owner.name,
        "label": owner.headline,
        # WebP: the site makes no JPEG or PNG, which the schema names.
        "image": Site(absolute).picture(owner.photo),
        "email": next(filter(None, mails), ""),
        "url": address(owner.homepage) or absolute(reverse("home")),
        "summary": plain(owner.bio),
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
    others = [f"{len(names) - MAX_AUTHORS} others"] if len(names) > MAX_AUTHORS else []
    byline = ", ".join(names[:MAX_AUTHORS] + others) + publication.byline_end
    status = "" if publication.status == "published" else publication.status_label
    # The schema has no fields for these; abstracts are too long for its summary of "2-3 sentences".
    facts = [
        byline.removesuffix("."), publication.type_label, publication.numbers,
        publication.track, publication.award, status,
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


def _activity_as_project(activity):
    return _activity(
        activity,
        name=plain(str(activity)),
        summary="",
        description=_summary(activity),
        roles=[activity.role] if activity.role else [],
        entity=", ".join(filter(None, (activity.event, activity.organisation))),
        type=activity.kind,
        location=activity.place if activity.title else "",
    )


def _title(activity):
    return ", ".join(part for part in (activity.role, plain(activity.title)) if part)


def _dates(activity):
    """Return start and end. An event of one day ends on that day: without an end it would count as ongoing."""
    end = activity.end or ("" if activity.is_ongoing else activity.start)
    return {"startDate": _date(activity.start), "endDate": _date(end)}


def _date(when):
    return str(when) if DATE.fullmatch(when) else ""
