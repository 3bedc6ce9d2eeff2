"""Converts a Reference to the columns of a publication, and back, without loss.

Most columns hold CSL's value unchanged. If a column cannot (a text is too long, an ISBN has a mistyped digit, a date is
a range), it gets the nearest value that it can hold, and ``extra`` stores the original under CSL's name. The original
is valid until an editor changes the column.
"""

import re
from dataclasses import replace

from django.core.exceptions import ValidationError

from profiles.content.dates import PartialDate
from profiles.models.tag import tag_key
from publications.references import csl, markup
from publications.references.names import parse_name
from publications.references.reference import CSL_NAMES, FIELD_NAMES, ROLES, Date, Name, Reference
from publications.references.wording import stage_of

# In the order of Reference, without ``note``, names and keywords, which are converted separately.
COLUMNS = [name for name in CSL_NAMES if name not in (*ROLES, "note", "keyword")]
LONGEST_TAG = 100
LONGEST_NAME = 200
# The column "award" shows on the page; "arXiv:1706.03762 [cs]" or "Version 3" is no award.
AWARD = re.compile(
    r"\b(?:awards?|prizes?|best|honou?rable|distinguished|outstanding|spotlight|oral|medal|nominat\w+|finalist)\b",
    re.IGNORECASE,
)


def columns_of(model, reference):
    """Return {column: value} of ``model`` (Publication) for a Reference, including ``extra``."""
    extra = dict(reference.extra)
    columns = {}
    for name in COLUMNS:
        value = getattr(reference, name)
        columns[name] = to_column(model, name, value)
        if value != from_column(name, columns[name]):
            extra[CSL_NAMES[name]] = csl.date_to_csl(value) if name == "issued" else value
    longest_award = model._meta.get_field("award").max_length
    is_award = len(reference.note) <= longest_award and "\n" not in reference.note and AWARD.search(reference.note)
    columns["award"] = reference.note if is_award else ""
    if reference.note and not columns["award"]:
        extra["note"] = reference.note
    if reference.keyword:
        # Tags have another order and spelling.
        extra["keyword"] = list(reference.keyword)
    return columns | {"extra": extra}


def to_column(model, name, value):
    """Return the value of a column for a value of Reference; "" if the column cannot hold it."""
    field = model._meta.get_field(name)
    match name:
        case "issued":
            return _nearest_date(value)
        case "status":
            return value if value in model.Status.values else stage_of(value) or model.Status.PUBLISHED
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
    """Return a text cut to ``longest`` characters, the last of them "…"; None allows any number."""
    return text if longest is None or len(text) <= longest else text[: longest - 1].rstrip() + "…"


def _is_valid(field, value):
    try:
        return field.clean(value, None) == value
    except ValidationError:
        return False


def from_column(name, value):
    """Return the value of Reference for a value of a column."""
    match name:
        case "issued":
            return Date((tuple(PartialDate(value).date_parts),)) if value else Date()
        case "status":
            return "" if value == "published" else value
        case "title":
            return markup.from_markdown(value)
    return value


def keys_of(keywords):
    """Return the keys of the tags for keywords, without repetitions and keywords that are too long for a tag."""
    return tuple(dict.fromkeys(key for key in map(tag_key, keywords) if 0 < len(key) <= LONGEST_TAG))


def reference_of(publication):
    """Return the Reference of a publication. It reads authorships, people and tags: prefetch them for many."""
    extra = dict(publication.extra)
    originals = {FIELD_NAMES[name]: extra.pop(name) for name in list(extra) if name in FIELD_NAMES}
    fields = {}
    for name in COLUMNS:
        column = getattr(publication, name)
        fields[name] = from_column(name, column)
        if name in originals:
            original = csl.date_from_csl(originals[name]) if name == "issued" else str(originals[name])
            if to_column(type(publication), name, original) == column:
                fields[name] = original
    notes = dict.fromkeys(note for note in (publication.award, str(originals.get("note", ""))) if note)
    tags = tuple(tag.name for tag in publication.tags.all())
    keywords = tuple(map(str, originals.get("keyword", ())))
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


def authorships_of(model, reference):
    """Return unsaved authorships for the names of a Reference. ``model`` is Authorship."""
    return [
        model(role=role.replace("_", "-"), position=position, name=printed(name), parts=parts_of(name))
        for role in ROLES
        for position, name in enumerate(getattr(reference, role), 1)
    ]


def printed(name):
    """Return a Name as text that fits the column."""
    return _shortened(str(name), LONGEST_NAME)


def parts_of(name):
    """Return {CSL's name of a part: text} of a Name."""
    return {part: getattr(name, field) for part, field in csl.NAME_PARTS.items() if getattr(name, field)}


def name_of(authorship):
    """Return the Name of an authorship: as imported, or from its person, or parsed from the printed name."""
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
