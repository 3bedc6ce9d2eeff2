"""What a CV lacks by the rules of its layout, how long its texts are, and which records it does not show at all."""

from collections.abc import Callable
from dataclasses import dataclass, field

from django.urls import reverse
from django.utils.text import capfirst

from config.cv.content import Section
from config.cv.layouts import OWNER_FACTS, Layout, LayoutPart, TextLimit, layout_of
from config.cv.records import row_of
from config.text.plain import plain
from profiles.findings import edit_url
from profiles.models import Activity, CVPart, Talk
from publications.models import Publication

Kind = CVPart.Kind
MOST_LINKS = 10


@dataclass(frozen=True)
class Fact:
    """Something that is missing: a sentence with the URL of a field, or with links to several."""

    text: str
    url: str = ""
    links: list[tuple[str, str]] = field(default_factory=list)
    more: int = 0


@dataclass(frozen=True)
class Count:
    """How much of a limit is used: "20 of at most 15 in “Honors”: 5 too many". Nothing is left out."""

    text: str
    is_too_much: bool


@dataclass(frozen=True)
class Report:
    layout: Layout | None
    missing: list[Fact]
    counts: list[Count]
    not_shown: str


@dataclass(frozen=True)
class Requirement:
    """A fact that each record of a part must have: whether a record has it, what to say, and where to enter it."""

    has: Callable
    text: str  # after the name of the record
    text_of_many: str
    place: str = ""  # the field, or the "#group" of the form


def _start(record):
    return getattr(record, "start", "") or getattr(record, "date", "")


REQUIREMENTS = {
    "start": Requirement(_start, "has no start.", "have no start", "start"),
    "end": Requirement(
        lambda one: getattr(one, "end", "") or getattr(one, "is_ongoing", False),
        "has no end, and is not marked as ongoing.",
        "have no end, and are not marked as ongoing",
        "end",
    ),
    "months": Requirement(
        lambda one: not _start(one) or len(_start(one)) > len("2026"),
        "has a start without a month.",
        "have a start without a month",
        "start",
    ),
    "organisation": Requirement(
        lambda one: getattr(row_of(one), "organisation", ""),
        "has no institution.",
        "have no institution",
        "organisation",
    ),
    "place": Requirement(lambda one: getattr(row_of(one), "place", ""), "has no city.", "have no city", "city"),
    "doi": Requirement(
        lambda one: one.doi or one.arxiv_id or one.url, "has no DOI or link.", "have no DOI or link", "doi"
    ),
}


def report_of(document, field_of):
    """Return the Report of a CVDocument. ``field_of`` returns the URL of a field of a part: (part, name)."""
    layout = layout_of(document.cv)
    not_shown = _not_shown(document)
    if layout is None:
        return Report(None, [], [], not_shown)
    sections = [(section, layout.part_for(section.part)) for section in document.parts]
    missing = list(_missing_of_owner(document, layout))
    for part in layout.parts:
        section = next((section for section, found in sections if found is part), None)
        if section:
            missing += _missing_of_part(section, part, document.owner, field_of)
        elif part.title or part.requires:
            missing.append(Fact(f"The part “{_title(part)}” of the layout is missing.", "#parts-group"))
    missing += _repeated(sections, field_of)
    return Report(layout, missing, _counts(sections, layout), not_shown)


def identity_of(document, layout):
    """Return [(label, value)] of the fields of the owner that the form of a funder has."""
    values = _owner_values(document)
    return [(OWNER_FACTS[name], values[name]) for name in layout.identity] if layout else []


def _owner_values(document):
    owner, current = document.owner, _current_position(document)
    return {
        "name": owner.name,
        "orcid": owner.orcid and f"https://orcid.org/{owner.orcid}",
        "email": owner.email,
        "position": plain(current.title) if current else "",
        "organisation": current.where if current else "",
    }


def _current_position(document):
    return next((one for one in document.records[Kind.POSITION] if one.is_ongoing and not one.not_in_cvs), None)


def _missing_of_owner(document, layout):
    values, current = _owner_values(document), _current_position(document)
    positions = reverse("admin:profiles_positionactivity_changelist")
    for name in layout.requires:
        if values[name]:
            continue
        match name:
            case "orcid":
                yield Fact("Your profile has no ORCID iD.", edit_url(document.owner, "orcid"))
            case "email":
                yield Fact("Your profile has no e-mail address.", edit_url(document.owner, "email"))
            case "organisation" if current:
                yield Fact("Your current position has no institution.", edit_url(current, "organisation"))
            case "position":
                yield Fact("None of your positions is marked as ongoing.", positions)


def _missing_of_part(section, part, owner, field_of):
    """Yield the Facts that a part of a CV lacks."""
    title, items, required = _title(part), section.items, part.requires
    if "text" in required and not section.text.strip():
        yield Fact(f"“{title}” has no text.", field_of(section.part, "text"))
    if "records" in required and not items:
        yield Fact(f"“{title}” shows no records.", field_of(section.part, "chosen"))
    if "chosen" in required and items and not section.part.chosen:
        yield Fact(f"“{title}” shows all records. Choose single ones.", field_of(section.part, "chosen"))
        return  # instead of what each of several hundred lacks
    if "current" in required and items and not any(getattr(one, "is_ongoing", False) for one in items):
        yield Fact(f"No record of “{title}” is marked as ongoing.", field_of(section.part, "chosen"))
    for name in required:
        if name in REQUIREMENTS:
            yield from _lacking(title, items, REQUIREMENTS[name])
    if "contribution" in required:
        has = Requirement(
            lambda work: any(one.contribution for one in work.byline if one.is_of(owner)),
            "says nothing about your contribution.",
            "say nothing about your contribution",
            "#authorships-group",
        )
        yield from _lacking(title, items, has)


def _lacking(title, items, requirement):
    lacking = {row_of(one).pk: one for one in items if not requirement.has(one)}
    links = [(_name(one), _place(one, requirement.place)) for one in lacking.values()]
    if len(links) == 1:
        ((name, url),) = links
        yield Fact(f"{_noun(next(iter(lacking.values())))} “{name}” {requirement.text}", url)
    elif links:
        text = f"{len(links):,} of {len(items):,} records of “{title}” {requirement.text_of_many}:"
        yield Fact(text, links=links[:MOST_LINKS], more=max(0, len(links) - MOST_LINKS))


def _repeated(sections, field_of):
    """Yield a Fact for each record that is chosen in two parts with a largest number, such as the products of NSF."""
    seen = {}
    for section, part in sections:
        if not (part and part.most and section.part.chosen):
            continue
        for one in section.items:
            first = seen.setdefault((part.kind, row_of(one).pk), part)
            if first is not part:
                text = f"“{_name(one)}” is in “{_title(first)}” and in “{_title(part)}”. Choose another one."
                yield Fact(text, field_of(section.part, "chosen"))


def _title(part):
    return part.title or Kind(part.kind).label


def _name(record):
    where = getattr(row_of(record), "organisation", "")
    return ", ".join(filter(None, (plain(getattr(record, "title", "")) or str(record), where)))


def _noun(record):
    row = row_of(record)
    return capfirst(row.kind_label if isinstance(row, Activity) else row._meta.verbose_name)


def _place(record, place):
    row = row_of(record)
    if isinstance(row, Talk):
        return f"{edit_url(row)}#occasions-group"
    if place.startswith("#"):
        return edit_url(row) + place
    return edit_url(row, place) if isinstance(row, (Activity, Publication)) or hasattr(row, place) else edit_url(row)


def _counts(sections, layout):
    """Return the Counts of the texts and the records of a layout, in its order."""
    counts, grouped = [], set()
    for part in layout.parts:
        found = [section for section, one in sections if one is part]
        if part.most:
            shown = sum(len(section.items) for section in found)
            counts.append(_count(f"{shown:,} of at most {part.most:,} in “{_title(part)}”", shown - part.most))
        counts += _count_of_texts(found, part, f"in “{_title(part)}”")
        if part.group and part.group not in grouped:
            grouped.add(part.group)
            limit = layout.groups[part.group]
            texts = [section for section, one in sections if one and one.group == part.group]
            counts += _count_of_texts(texts, limit, f"over {limit.label}")
    return counts


def _count(text, excess):
    return Count(f"{text}: {excess:,} too many", True) if excess > 0 else Count(text, False)


def _count_of_texts(sections: list[Section], limit: LayoutPart | TextLimit, where):
    texts = [plain(section.text) for section in sections]
    if limit.words:
        words = sum(len(text.split()) for text in texts)
        yield _count(f"{words:,} of {limit.words:,} words {where}", words - limit.words)
    if limit.characters:
        characters = sum(map(len, texts))
        yield _count(f"{characters:,} of {limit.characters:,} characters {where}", characters - limit.characters)


def _not_shown(document):
    """Return which kinds of records a CV does not show at all: "12 talks, 3 awards"."""
    shown = {section.kind for section in document.parts}
    counts = [
        (len([one for one in document.records[kind] if not row_of(one).not_in_cvs]), kind)
        for kind in Kind
        if kind not in shown and kind not in (Kind.TEXT, Kind.BIOGRAPHY, Kind.INTERESTS, Kind.POSTS)
    ]
    return ", ".join(f"{kind.label}: {count:,}" for count, kind in counts if count)
