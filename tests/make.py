"""Objects for tests. Each function creates a published one, with plain values for whatever is not given.

They are indexed at once, since the transaction around a test is never committed.
"""

from profiles.models import Activity, Person, Section, Tag
from profiles.search import indexing
from projects.models import Project
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


def activity(title="A talk on engines", *, person=None, tags=(), **fields):
    """Create an activity. ``person`` defaults to the owner of the site, who is created if missing."""
    person = person or Person.objects.owner() or owner()
    created = Activity.objects.create(title=title, person=person, **{"state": "published", "kind": "talk", **fields})
    created.tags.set(tags)
    indexing.refresh()
    return created


def section(title="Outside research", **fields):
    return Section.objects.create(title=title, **{"state": "published", "body": "I play chess.", **fields})


def tag(name="engines"):
    """Return the tag with that name, created if missing."""
    created = Tag.objects.named(name)
    indexing.refresh()
    return created
