"""Rows for tests: each function makes one object, published, with all that is not given filled in plainly."""

from profiles.models import Activity, Person, Section, Tag
from projects.models import Project
from publications.models import Publication


def person(name="Ada Lovelace", *, tags=(), **fields):
    given, _, family = name.rpartition(" ")
    made = Person.objects.create(name=name, **{"given": given, "family": family, **fields})
    made.tags.set(tags)
    return made


def owner(*, name="Ada Lovelace", **fields):
    return person(name, **{"is_owner": True, "is_public_page": True, **fields})


def publication(title="On Engines", *, authors=("Ada Lovelace",), tags=(), **fields):
    """``authors`` are people or names; a name that nobody has yet makes a person."""
    made = Publication.objects.create(title=title, **{"state": "published", "issued": "2025", **fields})
    for position, author in enumerate(authors, 1):
        if isinstance(author, str):
            author = Person.objects.filter(name=author).first() or person(author)  # noqa: PLW2901
        made.authorships.create(person=author, position=position)
    made.tags.set(tags)
    return made


def project(name="Analytical Engine", *, tags=(), **fields):
    made = Project.objects.create(name=name, **{"state": "published", **fields})
    made.tags.set(tags)
    return made


def activity(title="A talk on engines", *, person=None, tags=(), **fields):
    """``person`` is the owner of the site unless given, who is made if there is none."""
    person = person or Person.objects.owner() or owner()
    made = Activity.objects.create(title=title, person=person, **{"state": "published", "kind": "talk", **fields})
    made.tags.set(tags)
    return made


def section(title="Outside research", **fields):
    return Section.objects.create(title=title, **{"state": "published", "body": "I play chess.", **fields})


def tag(name="engines"):
    """The tag of that name, made if there is none."""
    return Tag.objects.named(name)
