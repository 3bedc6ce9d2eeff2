"""Loads the entries of a TOML file, such as first_site.toml, into the database."""

import tomllib
from collections import namedtuple
from decimal import Decimal
from pathlib import Path

from django.core.exceptions import FieldDoesNotExist, ValidationError
from django.db import transaction
from django.db.models import CharField, TextField

from profiles.content.publishing import Publishable
from profiles.content.slugs import make_slug
from profiles.models import (
    Activity,
    Affiliation,
    Course,
    FollowedFeed,
    Link,
    Look,
    Material,
    Membership,
    Menu,
    MenuItem,
    Occasion,
    Page,
    PageResource,
    Person,
    Post,
    Relation,
    Section,
    SiteSettings,
    Tag,
    Talk,
    TalkResource,
    Term,
)
from profiles.places.located import Located
from projects.models import (
    Grant,
    Highlight,
    Investigator,
    Member,
    PostProject,
    Project,
    ProjectLink,
    ProjectResource,
    TalkProject,
)
from publications.models import (
    Authorship,
    Notice,
    PostPublication,
    Publication,
    Resource,
    SavedList,
    SavedListRow,
    TalkPublication,
    Thesis,
)

FIRST_SITE = Path(__file__).with_name("first_site.toml")

# How many entries of a file were added, and how many existed.
Counts = namedtuple("Counts", "added existing", defaults=[0, 0])

# In the order of loading: entries may refer to earlier tables.
TABLES = {
    "people": Person,
    "sections": Section,
    "activities": Activity,
    "publications": Publication,
    "lists": SavedList,
    "projects": Project,
    "courses": Course,
    "talks": Talk,
    "posts": Post,
    "grants": Grant,
    "pages": Page,
    "memberships": Membership,
    "menu": Menu,
    "settings": SiteSettings,
    "look": Look,
    "feeds": FollowedFeed,
}
OF_OWNER = (Look, Menu, SiteSettings)  # of which the owner has one
# The fields by which an entry without a slug is found.
SAME = {
    Section: ["title"],
    Activity: ["person", "kind", "title", "city"],
    Membership: ["person", "role", "title", "start"],
    Menu: ["person"],
    SiteSettings: ["person"],
    Look: ["person"],
    FollowedFeed: ["url"],
}
# Lists of related rows inside an entry: {model: {name: (model of the rows, their foreign key to the entry)}}.
LISTS = {
    Person: {
        "links": (Link, "person"),
        "relations": (Relation, "person"),
        "affiliations": (Affiliation, "person"),
    },
    Publication: {
        "resources": (Resource, "publication"),
        "authors": (Authorship, "publication"),
        "notices": (Notice, "publication"),
    },
    SavedList: {"rows": (SavedListRow, "saved_list")},
    Project: {
        "links": (ProjectLink, "project"),
        "highlights": (Highlight, "project"),
        "members": (Member, "project"),
        "resources": (ProjectResource, "project"),
    },
    Grant: {"investigators": (Investigator, "grant")},
    Course: {"terms": (Term, "course"), "materials": (Material, "course")},
    Talk: {
        "occasions": (Occasion, "talk"),
        "resources": (TalkResource, "talk"),
        "publications": (TalkPublication, "talk"),
        "projects": (TalkProject, "talk"),
    },
    Post: {"publications": (PostPublication, "post"), "projects": (PostProject, "post")},
    Page: {"resources": (PageResource, "page")},
    Membership: {"theses": (Thesis, "membership")},
    Menu: {"items": (MenuItem, "menu")},
}
# The field that a row in such a list may be written as, alone: authors = ["Ada Lovelace"].
SHORT = {
    Authorship: "person", PostPublication: "publication", PostProject: "project", TalkPublication: "publication",
    TalkProject: "project", Member: "person", Investigator: "person", Thesis: "publication",
    SavedListRow: "publication",
}  # fmt: skip
MANY = (
    "tags",
    "publications",
    "projects",
    "talks",
    "posts",
    "people",
    "instructors",
    "speakers",
    "supervisors",
)  # many-to-many fields
OWN = {Course: "instructors", Talk: "speakers"}  # those that name the owner, unless the entry names others

# The tables of what were kinds of activity.
FORMER_KINDS = {
    "talk": "talks", "teaching": "courses", "supervision": "memberships", "news": "posts", "grant": "grants",
}  # fmt: skip


class SiteFileError(Exception):
    """The file has a mistake; the message names its place: "first_site.toml: publications[2].issued: …"."""


def load(path=FIRST_SITE):
    """Add the entries of a file that the database lacks, in one transaction; return Counts. Raise SiteFileError.

    Existing entries are not changed, because an editor may have edited them. An entry exists if its slug (by default
    generated from its name) is or was in use; a page by its path; an activity by kind, title and city; a section by its
    title; a membership by person, role, title and start; a followed feed by its address. A site has one menu, one look
    and one row of settings.
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
    if model is Activity and (table := FORMER_KINDS.get(row.get("kind"))):
        raise SiteFileError(f"{where}.kind: “{row['kind']}” is no kind of activity any more. Write it as [[{table}]].")
    many = {name: row[name] for name in MANY if name in row and name not in lists}
    values = {name: value for name, value in row.items() if name not in lists and name not in many}
    if issubclass(model, Publishable):
        values.setdefault("state", "published")
    new = _build(model, values, where)
    if (model is Activity and "person" not in values) or model in OF_OWNER:
        new.person = Person.objects.owner()
    _locate(new, values)
    if model is Membership and "is_ongoing" not in values:
        new.is_ongoing = bool(new.start and not new.end)
    return new, many, list(values)


def _locate(item, values):
    """Set the coordinates of an object with a city, unless the entry gives them."""
    if isinstance(item, Located) and item.city and not {"latitude", "longitude"} & values.keys():
        item.locate()


def _add(model, row, where):
    """Save an entry and return the object, or None if it exists."""
    new, many, _ = _entry(model, row, where)
    if _find(new):
        return None
    _save(new, where)
    if "tags" in many:
        new.tags.set(_texts(many["tags"], f"{where}.tags"))
    for name in many.keys() - {"tags"}:
        related, place = model._meta.get_field(name).related_model, f"{where}.{name}"
        getattr(new, name).set([_named(related, one, place) for one in _texts(many[name], place)])
    if (name := OWN.get(model)) and name not in many:
        getattr(new, name).set(Person.objects.filter(is_owner=True))
    return new


def _find(new):
    if names := SAME.get(type(new)):
        columns = [new._meta.get_field(name).attname for name in names]
        return type(new).objects.filter(**{column: getattr(new, column) for column in columns}).first()
    if isinstance(new, Person) and new.is_owner:
        return Person.objects.owner()
    if isinstance(new, Page):
        new.slug = new.slug or make_slug(new.title)
        return _page_at(new.make_path())
    new.slug = new.slug or make_slug(new.slug_source())
    return _by_slug(type(new), new.slug)


def _add_lists(new, row, where):
    for name, (model, back) in LISTS.get(type(new), {}).items():
        for number, item in enumerate(_list(row.get(name, []), f"{where}.{name}"), 1):
            place = f"{where}.{name}[{number}]"
            if model in SHORT and isinstance(item, str):
                item = {SHORT[model]: item}  # noqa: PLW2901
            if not isinstance(item, dict):
                raise SiteFileError(f'{place}: write fields between braces, as in {{ url = "https://…" }}.')
            if model is Authorship and "person" in item:
                # Authors need no entry in the table of people.
                _add(Person, {"name": item["person"]}, place)
            order = {"position": number} if hasattr(model, "position") else {}
            values = dict(item) if model is Term else {**order, **item}
            term = values.pop("term", "") if model is Material else ""
            child = _build(model, values, place)
            setattr(child, back, new)
            _locate(child, values)
            if term:
                child.term = _term_of(new, term, f"{place}.term")
            _save(child, place)


def _term_of(course, name, where):
    found = next((term for term in course.terms.all() if str(term) == str(name)), None)
    if found is None:
        raise SiteFileError(f"{where}: the course has no term “{name}”.")
    return found


def _build(model, values, where):
    """Return an unsaved object; related people are given by name, publications by slug, pages by path."""
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
    if model is MenuItem:
        found = MenuItem.objects.filter(menu__person__is_owner=True, label=name).first()
    else:
        found = _page_at(str(name).strip("/")) if model is Page else _by_slug(model, make_slug(str(name)))
    if found is None:
        table = next((table for table, one in TABLES.items() if one is model), "menu")
        message = f"{where}: there is no “{name}” in “{table}”."
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
        for row in rows:
            if TABLES[table] is Membership and "thesis_publication" in row:
                row["theses"] = [row.pop("thesis_publication")]
    return tables


def _by_slug(model, slug):
    return model.objects.filter(slug=slug).first() or model.objects.moved_from(slug)


def _page_at(path):
    return Page.objects.filter(path=path).first() or Page.objects.moved_from(path)


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
