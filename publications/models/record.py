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
from publications.languages import tag_of
from publications.references import csl, notices
from publications.references.reference import CSL_NAMES, FIELD_NAMES, ROLES, Date, Name, Reference
from publications.references.values import links, markup
from publications.references.values.names import distinct, parse_name
from publications.references.values.pages import hyphenated
from publications.references.values.wording import stage_of

# In the order of Reference, without ``note``, names and keywords, which are converted separately.
COLUMNS = [name for name in CSL_NAMES if name not in (*ROLES, "note", "keyword")]
LONGEST_TAG = 100
LONGEST_NAME = 200
LONGEST_AWARD_NAME = 60
# The names in ``extra`` of lists of authors, and the columns of Authorship that mark them.
MARKS = {"equal-contribution": "equal_contribution", "corresponding": "corresponding", "presenter": "presenter"}
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
    columns["award"] = award_of(model, extra, reference.note)
    if reference.note and reference.note != columns["award"]:
        extra["note"] = reference.note
    if reference.keyword:
        # Tags have another order and spelling.
        extra["keyword"] = list(reference.keyword)
    authors = set(distinct(reference.author))
    marks = [name for name in MARKS if names_in(extra, name) <= authors]
    for name in (*links_of(model, extra), *marks, notices.NAME):
        extra.pop(name, None)  # they are other models' rows
    if any(notice["kind"] == "retraction" for notice in notices.read(reference.extra.get(notices.NAME))):
        columns["status"] = model.Status.RETRACTED
    columns["featured"] = extra.get("selected") == "true"
    if columns["featured"]:
        del extra["selected"]
    return columns | {"extra": extra}


def award_of(model, extra, note=""):
    """Return the first text that fits the column "award": an imported award, or a note that is one.

    In al-folio, a long ``award`` explains its ``award_name``, and may contain Markdown.
    """
    longest = model._meta.get_field("award").max_length
    names = [text for name in ("award", "award_name") if (text := plain_award(extra, name))]
    names.sort(key=lambda text: len(text) > LONGEST_AWARD_NAME)
    fitting = (text for text in (*names, markup.plain(note)) if len(text) <= longest and "\n" not in text)
    return next((text for text in fitting if text in names or AWARD.search(text)), "")


def plain_award(extra, name):
    text = extra.get(name, "")
    return markup.plain(markup.from_markdown(text)) if isinstance(text, str) else ""


def links_of(model, extra):
    """Return {name: address} of the links in ``extra`` that the column "url" of a model can hold."""
    field = model._meta.get_field("url")
    return {name: address for name, address in links.links_in(extra).items() if _is_valid(field, address)}


def names_in(extra, name):
    """Return the set of names in a field of ``extra`` that lists authors."""
    return set(filter(None, str(extra.get(name, "")).split("; ")))


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
        case "container_title" | "container_title_short" | "event_title" | "publisher":
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
        case "page":
            return hyphenated(value)
    return value


def keys_of(keywords):
    """Return the keys of the tags for keywords, without repetitions and keywords that are too long for a tag."""
    return tuple(dict.fromkeys(key for key in map(tag_key, keywords) if 0 < len(key) <= LONGEST_TAG))


def reference_of(publication):
    """Return the Reference of a publication. Prefetch what it reads: ``with_references``."""
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
    award, note = publication.award, str(originals.get("note", ""))
    imported_award = award_of(type(publication), extra, note)
    if award == imported_award:
        award = ""
    else:
        if imported_award and not award_of(type(publication), extra):
            note = ""  # was the award, before an editor changed it
        extra = {name: value for name, value in extra.items() if name not in ("award", "award_name")}
    notes = dict.fromkeys(text for text in (award, note) if text)
    tags = tuple(tag.name for tag in publication.tags.all())
    keywords = tuple(map(str, originals.get("keyword", ())))
    by_role = {}
    for authorship in publication.authorships.all():
        by_role.setdefault(authorship.role.replace("-", "_"), []).append(authorship.as_name())
    authors = _labelled(publication.authorships.all())
    for name, column in MARKS.items():
        if marked := [label for label, authorship in authors if getattr(authorship, column)]:
            extra[name] = "; ".join(filter(None, [extra.get(name), *marked]))
    for resource in publication.resources.all():
        if resource.url:
            links.add(extra, links.name_for(resource.kind, resource.label), resource.url)
    extra |= {"selected": "true"} if publication.featured else {}
    if noted := [_as_dict(notice) for notice in publication.notices.all()]:
        extra[notices.NAME] = noted
    return Reference(
        **fields,
        **{role: tuple(names) for role, names in by_role.items()},
        note="; ".join(notes),
        keyword=keywords if set(keys_of(keywords)) == {tag_key(tag) for tag in tags} else tags,
        extra=extra,
    )


def authorships_of(model, reference):
    """Return unsaved authorships for the names of a Reference. ``model`` is Authorship."""
    family_first = tag_of(reference.language).startswith("hu")
    authorships = [
        model(role=role.replace("_", "-"), position=position, name=printed(name, family_first), parts=parts_of(name))
        for role in ROLES
        for position, name in enumerate(getattr(reference, role), 1)
    ]
    mark(authorships, reference.extra)
    return authorships


def mark(authorships, extra):
    """Set the columns in MARKS of the authors that ``extra`` lists."""
    marked = {column: names_in(extra, name) for name, column in MARKS.items()}
    for label, authorship in _labelled(authorships):
        for column, names in marked.items():
            if label in names:
                setattr(authorship, column, True)


def _labelled(authorships):
    """Return [(the name in the lists of ``extra``, authorship)] of the authors among authorships."""
    authors = [authorship for authorship in authorships if authorship.role == "author"]
    return list(zip(distinct(authorship.as_name() for authorship in authors), authors, strict=True))


def _as_dict(notice):
    """Return a notice as a dict of its texts, as in ``extra``."""
    fields = ("kind", "date", "doi", "url", "text")
    return {name: str(getattr(notice, name)) for name in fields if getattr(notice, name)}


def notices_of(publication, extra):
    """Return unsaved notices of a publication for those in the ``extra`` of a Reference, each once.

    What a column cannot hold, such as an address that is none, is left empty.
    """
    model, found = publication.notices.model, {}
    for values in notices.read(extra.get(notices.NAME)):
        checked = {name: text for name, text in values.items() if _is_valid(model._meta.get_field(name), text)}
        notice = model(publication=publication, **checked)
        found.setdefault(notice.key, notice)
    return list(found.values())


def resources_of(publication, extra):
    """Return unsaved resources of a publication for the links in the ``extra`` of a Reference."""
    resources = []
    for position, (name, address) in enumerate(links_of(type(publication), extra).items(), 1):
        kind, label = links.kind_of(name)
        model = publication.resources.model
        resources.append(model(publication=publication, kind=kind, label=label, url=address, position=position))
    return resources


def printed(name, family_first=False):
    """Return a Name as text that fits the column."""
    has_order = family_first and name.family and name.given
    return _shortened(f"{name.family} {name.given}" if has_order else str(name), LONGEST_NAME)


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
        if text in (printed(name), printed(name, family_first=True)):
            return name
    if person and person.family and text == person.name:
        return Name(person.family, person.given, "", person.particle, person.suffix, orcid=orcid)
    return replace(parse_name(text), orcid=orcid)
