"""A publication's row and its Reference, each made from the other, so that nothing of a Reference is lost.

Most columns hold CSL's value as it is. Where a column cannot (a text too long, an ISBN with a mistyped digit, a date
that is a range), it gets the nearest that it can hold, and ``extra`` keeps the whole under CSL's name: that counts
for as long as the column still is what was made from it, so what an editor writes into the column wins.
"""

import re
from dataclasses import replace

from django.core.exceptions import ValidationError
from django.core.validators import URLValidator

from profiles.content.dates import PartialDate
from profiles.models.tag import tag_key
from publications.references import csl, markup
from publications.references.names import parse_name
from publications.references.reference import CSL_NAMES, FIELD_NAMES, ROLES, Date, Name, Reference

# In the order of Reference; ``note``, the names and the keywords have ways of their own.
COLUMNS = [name for name in CSL_NAMES if name not in (*ROLES, "note", "keyword")]
LONGEST_TAG = 100
LONGEST_NAME = 200
# The column "award" shows on the page; "arXiv:1706.03762 [cs]" or "Version 3" is no award.
AWARD = re.compile(
    r"\b(?:awards?|prizes?|best|honou?rable|distinguished|outstanding|spotlight|oral|medal|nominat\w+|finalist)\b",
    re.IGNORECASE,
)
_check_url = URLValidator(schemes=["http", "https", "ftp", "ftps"])


def columns_of(model, reference):
    """The values of the columns of ``model`` (Publication), ``extra`` among them, that stand for a Reference."""
    extra = dict(reference.extra)
    columns = {}
    for name in COLUMNS:
        value = getattr(reference, name)
        columns[name] = to_column(model, name, value)
        if value != from_column(name, columns[name]):
            extra[CSL_NAMES[name]] = csl.date_to_csl(value) if name == "issued" else value
    columns["award"] = reference.note if _is_award(model, reference.note) else ""
    if reference.note and not columns["award"]:
        extra["note"] = reference.note
    if reference.keyword:
        # Tags have an order and a spelling of their own.
        extra["keyword"] = list(reference.keyword)
    return columns | {"extra": extra}


def to_column(model, name, value):
    """What the column of that name holds for a value of Reference; "" for what it cannot."""
    field = model._meta.get_field(name)
    match name:
        case "issued":
            return _nearest_date(value)
        case "status":
            return value if value in model.Status.values else model.Status.PUBLISHED
        case "type":
            return value if value in model.TYPE_LABELS else "document"
        case "doi" | "arxiv_id" | "isbn" | "pmid" | "url":
            return value if _is_valid(field, value) else ""
        case "title":
            value = markup.to_markdown(value) or "Untitled"
        case "container_title" | "event_title" | "publisher":
            value = markup.plain(value)
    return _shortened(value, field.max_length)


def _nearest_date(date):
    try:
        return PartialDate(date.iso) if date.parts else ""
    except ValueError:
        return PartialDate(f"{date.year:04}")


def _shortened(text, longest):
    """The text, with "…" at the end where there would be more than ``longest`` characters (None: any number)."""
    return text if longest is None or len(text) <= longest else text[: longest - 1].rstrip() + "…"


def _is_valid(field, value):
    if len(value) > field.max_length or field.to_python(value) != value:
        return False
    try:
        if field.name == "url":
            _check_url(value or "https://example.org")
        else:
            field.validate(value, None)
    except ValidationError:
        return False
    return True


def from_column(name, value):
    """The value of Reference that a column says."""
    match name:
        case "issued":
            return Date((tuple(PartialDate(value).date_parts),)) if value else Date()
        case "status":
            return "" if value == "published" else value
        case "title":
            return markup.from_markdown(value)
    return value


def _is_award(model, note):
    return len(note) <= model._meta.get_field("award").max_length and "\n" not in note and bool(AWARD.search(note))


def keys_of(keywords):
    """What the tags for these keywords are known by: those that are no tag (too long) and repetitions left out."""
    return tuple(dict.fromkeys(key for key in map(tag_key, keywords) if 0 < len(key) <= LONGEST_TAG))


def reference_of(publication):
    """The Reference of a publication, whose authorships, people and tags are read (prefetch them for many)."""
    extra = dict(publication.extra)
    kept = {FIELD_NAMES[name]: extra.pop(name) for name in list(extra) if name in FIELD_NAMES}
    fields = {}
    for name in COLUMNS:
        column = getattr(publication, name)
        fields[name] = from_column(name, column)
        if name in kept:
            whole = _kept(name, kept[name])
            if to_column(type(publication), name, whole) == column:
                fields[name] = whole
    notes = dict.fromkeys(note for note in (publication.award, str(kept.get("note", ""))) if note)
    tags = tuple(tag.name for tag in publication.tags.all())
    keywords = tuple(map(str, kept.get("keyword", ())))
    by_role = {}
    for authorship in publication.authorships.all():
        by_role.setdefault(authorship.role.replace("-", "_"), []).append(authorship.as_name())
    return Reference(
        **fields,
        **{role: tuple(names) for role, names in by_role.items()},
        note="; ".join(notes),
        keyword=keywords if set(keys_of(keywords)) == {tag_key(tag) for tag in tags} else tags,
        extra=extra,
    )


def _kept(name, value):
    return csl.date_from_csl(value) if name == "issued" else str(value)


def authorships_of(model, reference):
    """The authorships (unsaved, without their publication; ``model`` is Authorship) of a Reference's names."""
    return [
        model(role=role.replace("_", "-"), position=position, name=printed(name), parts=parts_of(name))
        for role in ROLES
        for position, name in enumerate(getattr(reference, role), 1)
    ]


def printed(name):
    """A Name as the column holds it."""
    return _shortened(str(name), LONGEST_NAME)


def parts_of(name):
    """A Name as JSON, in CSL's terms."""
    return {part: getattr(name, field) for part, field in csl.NAME_PARTS.items() if getattr(name, field)}


def name_of(authorship):
    """The Name of an authorship: as it was imported, or by its person's parts, or read from what is printed."""
    person = authorship.person
    orcid = person.orcid if person else ""
    text = str(authorship)
    if authorship.parts:
        name = Name(**{csl.NAME_PARTS[part]: value for part, value in authorship.parts.items()}, orcid=orcid)
        if printed(name) == text:
            return name
    if person and person.family and text == person.name:
        return Name(person.family, person.given, "", person.particle, person.suffix, orcid=orcid)
    return replace(parse_name(text), orcid=orcid)
