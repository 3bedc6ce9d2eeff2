"""Loads the entries of a TOML file, such as first_site.toml, into the database."""

import tomllib
from collections import namedtuple
from decimal import Decimal
from pathlib import Path

from django.core.exceptions import FieldDoesNotExist, ValidationError
from django.db import transaction
from django.db.models import CharField, TextField

from profiles.content.slugs import make_slug
from profiles.models import Activity, Link, Person, Relation, Section, Tag
from projects.models import Highlight, Project, ProjectLink, ProjectResource
from publications.models import Authorship, Publication, Resource

FIRST_SITE = Path(__file__).with_name("first_site.toml")

# How many entries of a file were added, and how many existed.
Counts = namedtuple("Counts", "added existing", defaults=[0, 0])

# In the order of loading: entries may refer to earlier tables.
TABLES = {
    "people": Person,
    "sections": Section,
    "activities": Activity,
    "publications": Publication,
    "projects": Project,
}
# Lists of related rows inside an entry: {model: {name: (model of the rows, their foreign key to the entry)}}.
LISTS = {
    Person: {"links": (Link, "person"), "relations": (Relation, "person")},
    Publication: {"resources": (Resource, "publication"), "authors": (Authorship, "publication")},
    Project: {
        "links": (ProjectLink, "project"),
        "highlights": (Highlight, "project"),
        "resources": (ProjectResource, "project"),
    },
}


class SiteFileError(Exception):
    """The file has a mistake; the message names its place: "first_site.toml: publications[2].issued: …"."""


def load(path=FIRST_SITE):
    """Add the entries of a file that the database lacks, in one transaction; return Counts. Raise SiteFileError.

    Existing entries are not changed, because an editor may have edited them. An entry exists if its slug (by default
    generated from its name) is or was in use; an activity by kind, title and city; a section by its title.
    """
    try:
        with transaction.atomic():
            return _load(_read(path))
    except SiteFileError as error:
        raise SiteFileError(f"{path.name}: {error}") from error


def _load(tables):
    added = []
    for table, model in TABLES.items():
        for number, row in enumerate(tables.get(table, []), 1):
            where = f"{table}[{number}]"
            new = _add(model, row, where)
            if new:
                added.append((new, row, where))
    # Now all people exist whom a relation may name.
    for new, row, where in added:
        _add_lists(new, row, where)
    return Counts(len(added), sum(map(len, tables.values())) - len(added))


def unchanged(path=FIRST_SITE):
    """Yield the objects of a file's entries that the site has with the values of the file, and their tags and authors.

    The owner's values do not count.
    """
    for table, model in TABLES.items():
        for row in _read(path).get(table, []):
            try:
                new, many, values = _entry(model, row, table)
            except SiteFileError:
                continue  # it refers to an entry that has been deleted
            found = _find(new)
            if found and (getattr(found, "is_owner", False) or _is_same(found, new, values)):
                yield found
                yield from Tag.objects.filter(name__in=many.get("tags", []))
                for name in row.get("authors", []):
                    author = _find(Person(name=name))
                    if author and _is_same(author, Person(name=name), ["name", "headline", "bio", "orcid", "email"]):
                        yield author


def _is_same(found, new, names):
    return all(str(getattr(found, name)).strip() == str(getattr(new, name)) for name in names)


def _entry(model, row, where):
    """Return (unsaved object, values of its many-to-many fields, names of the fields that the entry gives)."""
    lists = LISTS.get(model, {})
    many = {name: row[name] for name in ("tags", "publications") if name in row}
    values = {name: value for name, value in row.items() if name not in lists and name not in many}
    if model is not Person:
        values.setdefault("state", "published")
    new = _build(model, values, where)
    if model is Activity and "person" not in values:
        new.person = Person.objects.owner()
    if model is Activity and new.city and not {"latitude", "longitude"} & values.keys():
        new.locate()
    return new, many, list(values)


def _add(model, row, where):
    """Save an entry and return the object, or None if it exists."""
    new, many, _ = _entry(model, row, where)
    if _find(new):
        return None
    _save(new, where)
    if "tags" in many:
        new.tags.set(_texts(many["tags"], f"{where}.tags"))
    if "publications" in many:
        slugs = _texts(many["publications"], f"{where}.publications")
        new.publications.set([_named(Publication, slug, f"{where}.publications") for slug in slugs])
    return new


def _find(new):
    if isinstance(new, Section):
        return Section.objects.filter(title=new.title).first()
    if isinstance(new, Activity):
        same = Activity.objects.filter(person=new.person_id, kind=new.kind, title=new.title, city=new.city)
        return same.first()
    if isinstance(new, Person) and new.is_owner:
        return Person.objects.owner()
    new.slug = new.slug or make_slug(new.slug_source())
    return _by_slug(type(new), new.slug)


def _add_lists(new, row, where):
    for name, (model, back) in LISTS.get(type(new), {}).items():
        for number, item in enumerate(_list(row.get(name, []), f"{where}.{name}"), 1):
            place = f"{where}.{name}[{number}]"
            if model is Authorship and isinstance(item, str):
                item = {"person": item}  # noqa: PLW2901
            if not isinstance(item, dict):
                raise SiteFileError(f'{place}: write fields between braces, as in {{ url = "https://…" }}.')
            if model is Authorship and "person" in item:
                # Authors need no entry in the table of people.
                _add(Person, {"name": item["person"]}, place)
            child = _build(model, {"position": number, **item}, place)
            setattr(child, back, new)
            _save(child, place)


def _build(model, values, where):
    """Return an unsaved object; related people are given by name, publications by slug."""
    new = model()
    for name, value in values.items():
        place = f"{where}.{name}"
        try:
            model_field = model._meta.get_field(name)
        except FieldDoesNotExist as error:
            raise SiteFileError(f"{place}: there is no such field.") from error
        if model_field.related_model:
            value = _named(model_field.related_model, value, place)  # noqa: PLW2901
        elif isinstance(model_field, CharField | TextField) and not isinstance(value, str):
            value = str(value)  # noqa: PLW2901  (volume = 12 and issued = 2025-03-17 are text)
        setattr(new, name, value.strip() if isinstance(value, str) else value)  # as the admin's forms save it
    return new


def _named(model, name, where):
    found = _by_slug(model, make_slug(str(name)))
    if found is None:
        message = f"{where}: there is no “{name}” in “{'people' if model is Person else 'publications'}”."
        raise SiteFileError(message)
    return found


def _read(path):
    try:
        tables = tomllib.loads(path.read_text(encoding="utf-8"), parse_float=Decimal)
    except OSError as error:
        raise SiteFileError(error.strerror) from error
    except ValueError as error:  # not UTF-8, or not TOML
        raise SiteFileError(error) from error
    for table, rows in tables.items():
        if table not in TABLES:
            raise SiteFileError(f"{table}: there is no such table. Use {', '.join(TABLES)}.")
        if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
            raise SiteFileError(f"{table}: write [[{table}]] above each entry.")
    return tables


def _by_slug(model, slug):
    return model.objects.filter(slug=slug).first() or model.objects.moved_from(slug)


def _list(value, where):
    if not isinstance(value, list):
        raise SiteFileError(f"{where}: write a list, between [ and ].")
    return value


def _texts(value, where):
    if not all(isinstance(item, str) for item in _list(value, where)):
        raise SiteFileError(f"{where}: write each item between quotes.")
    return value


def _save(new, where):
    try:
        new.full_clean()
    except ValidationError as error:
        name, messages = next(iter(error.message_dict.items()))
        place = where if name == "__all__" else f"{where}.{name}"
        raise SiteFileError(f"{place}: {messages[0]}") from error
    new.save()
