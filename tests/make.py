"""Objects for tests. Each function creates a published one, with plain values for whatever is not given.

They are indexed at once, since the transaction around a test is never committed.
"""

from profiles.models import CV, Activity, Course, Membership, Page, Person, Post, Section, SiteSettings, Tag, Talk
from profiles.search import indexing
from projects.models import Grant, Project
from publications.models import Publication


def person(name="Ada Lovelace", *, tags=(), **fields):
    created = Person.objects.create(name=name, **fields)
    created.tags.set(tags)
    indexing.refresh()
    return created


def owner(*, name="Ada Lovelace", **fields):
    return person(name, **{"is_owner": True, "is_public_page": True, **fields})


def publication(title="On Engines", *, authors=("Ada Lovelace",), tags=(), **fields):
    """Create a publication. ``authors`` are people or names; an unknown name creates a person."""
    created = Publication.objects.create(title=title, **{"state": "published", "issued": "2025", **fields})
    for position, author in enumerate(authors, 1):
        if isinstance(author, str):
            author = Person.objects.filter(name=author).first() or person(author)  # noqa: PLW2901
        created.authorships.create(person=author, position=position)
    created.tags.set(tags)
    indexing.refresh()
    return created


def project(name="Analytical Engine", *, tags=(), **fields):
    created = Project.objects.create(name=name, **{"state": "published", **fields})
    created.tags.set(tags)
    indexing.refresh()
    return created


def grant(
    title="Engines for Notation", *, people=(), publications=(), projects=(), talks=(), posts=(), tags=(), **fields
):
    """Create a grant. ``people`` are people, or pairs of a person and a role; they default to the owner, if any."""
    created = Grant.objects.create(title=title, **{"state": "published", "start": "2023", **fields})
    for position, one in enumerate(people or Person.objects.filter(is_owner=True), 1):
        someone, role = one if isinstance(one, tuple) else (one, "")
        created.investigators.create(person=someone, role=role, position=position)
    created.publications.set(publications)
    created.projects.set(projects)
    created.talks.set(talks)
    created.posts.set(posts)
    created.tags.set(tags)
    indexing.refresh()
    return Grant.objects.get(pk=created.pk)


def activity(title="Prize for engines", *, person=None, tags=(), **fields):
    """Create an activity. ``person`` defaults to the owner of the site, who is created if missing."""
    person = person or Person.objects.owner() or owner()
    created = Activity.objects.create(title=title, person=person, **{"state": "published", "kind": "award", **fields})
    created.tags.set(tags)
    indexing.refresh()
    return created


def cv(name="Short CV", *, parts=("publications",), **fields):
    """Create a CV. ``parts`` are kinds, or dicts of the fields of a part."""
    created = CV.objects.create(name=name, **{"state": "published", **fields})
    for position, part in enumerate(parts, 1):
        values = {"kind": part} if isinstance(part, str) else part
        created.parts.create(position=position, **values)
    return created


def talk(title="On Engines", *, speakers=(), occasions=(), tags=(), **fields):
    """Create a talk. ``occasions`` are dicts of their fields; ``speakers`` default to the owner, if there is one."""
    created = Talk.objects.create(title=title, **{"state": "published", **fields})
    created.speakers.set(speakers or Person.objects.filter(is_owner=True))
    for values in occasions:
        created.occasions.create(**values)
    created.tags.set(tags)
    indexing.refresh()
    return Talk.objects.get(pk=created.pk)


def course(title="Engines I", *, terms=("2025",), instructors=(), tags=(), **fields):
    """Create a course. ``terms`` are years, or fields of a term."""
    created = Course.objects.create(title=title, **{"state": "published", **fields})
    for term in terms:
        created.terms.create(**({"start": term} if isinstance(term, str) else term))
    created.instructors.set(instructors)
    created.tags.set(tags)
    indexing.refresh()
    return created


def post(title="Our paper was accepted", *, people=(), publications=(), projects=(), tags=(), **fields):
    created = Post.objects.create(title=title, **{"state": "published", "date": "2025-05-12", **fields})
    created.people.set(people)
    for publication in publications:
        created.post_publications.create(publication=publication)
    for project in projects:
        created.post_projects.create(project=project)
    created.tags.set(tags)
    indexing.refresh()
    return created


def section(title="Outside research", **fields):
    return Section.objects.create(title=title, **{"state": "published", "body": "I play chess.", **fields})


def page(title="Join us", *, tags=(), **fields):
    created = Page.objects.create(title=title, **{"state": "published", "body": "Write to us.", **fields})
    created.tags.set(tags)
    indexing.refresh()
    return created


def tag(name="engines"):
    """Return the tag with that name, created if missing."""
    created = Tag.objects.named(name)
    indexing.refresh()
    return created


def group(name="Analytical Engines Group", **fields):
    """Make the site that of a group; its owner is created if missing."""
    return SiteSettings.objects.create(person=Person.objects.owner() or owner(), is_group=True, name=name, **fields)


def membership(person="Grace Hopper", *, supervisors=(), thesis=None, **fields):
    """Create a membership of a person, or of somebody with that name. ``thesis`` is a title or a publication."""
    if isinstance(person, str):
        person = Person.objects.filter(name=person).first() or globals()["person"](person)
    if isinstance(thesis, str):
        fields["thesis"] = thesis
    values = {"state": "published", "role": "phd-student", "start": "2020", "is_ongoing": not fields.get("end")}
    created = Membership.objects.create(person=person, **values | fields)
    created.supervisors.set(supervisors)
    if isinstance(thesis, Publication):
        created.theses.create(publication=thesis)
    return created
