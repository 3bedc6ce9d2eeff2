"""Plans of imports: what an import would do with each reference, and what can be chosen instead."""

from dataclasses import dataclass, replace
from enum import StrEnum

from profiles.content.publishing import EDITORS
from profiles.models import Tag
from profiles.models.tag import tag_key
from publications.imports import differences
from publications.imports.identity import Relation, Work
from publications.imports.matching import People, Works
from publications.models import Publication
from publications.references import Reference
from publications.references.reference import ROLES

RANKS = {"article": 0, "paper-conference": 2, "chapter": 2, "article-journal": 3, "book": 3}  # of types; others: 1


class RowKind(StrEnum):
    NEW = "new"
    CHANGED = "changed"
    CONFLICT = "in conflict"
    UNCHANGED = "unchanged"
    POSSIBLE_DUPLICATE = "possible duplicate"
    DUPLICATE = "repeated"
    VERSION = "related"

    def counted(self, number):
        """Return "1 possible duplicate", "2 possible duplicates", "3 new"."""
        return f"{number} {self}{'s' if self == RowKind.POSSIBLE_DUPLICATE and number != 1 else ''}"


class Action(StrEnum):
    ADD = "add"
    VERSION = "version"
    UPDATE = "update"
    SKIP = "skip"


@dataclass(frozen=True)
class PersonSuggestion:
    """A name (its role, index, text and ORCID iD) that may be a person of the site (primary key and name)."""

    role: str
    index: int
    printed: str
    person: int
    name: str
    orcid: str = ""


@dataclass(frozen=True)
class PlanRow:
    """The plan for one reference. ``number`` counts from 1.

    The reference describes, may describe, or is a version of a publication (``target``, its primary key) or the
    reference of an earlier row (``target_number``), or both, as found by ``reason``. ``existing`` is what that one
    says. ``suggestions`` are for a work that would be added, and ``names_owner`` says whether the owner is one of its
    names for certain. ``is_main_version``: this one would be the main one.
    """

    number: int
    reference: Reference
    kind: RowKind
    reason: str = ""
    target: int | None = None
    target_title: str = ""
    target_number: int | None = None
    existing: Reference | None = None
    is_main_version: bool = False
    changes: tuple[differences.Change, ...] = ()
    suggestions: tuple[PersonSuggestion, ...] = ()
    names_owner: bool = False

    @property
    def actions(self):
        """The possible actions, the default first."""
        match self.kind:
            case RowKind.NEW:
                return (Action.ADD, Action.SKIP)
            case RowKind.POSSIBLE_DUPLICATE:
                return (Action.ADD, Action.UPDATE, Action.VERSION, Action.SKIP)
            case RowKind.VERSION:
                return (Action.VERSION, Action.UPDATE, Action.ADD, Action.SKIP)
            case RowKind.CHANGED | RowKind.CONFLICT:
                return (Action.UPDATE, Action.ADD, Action.SKIP)
            case RowKind.DUPLICATE:
                return (Action.SKIP, Action.UPDATE, Action.ADD)
        return (Action.SKIP,)

    @property
    def asked_names(self):
        """The set of (name, primary key and name of the person that it may be)."""
        return {(one.printed, one.person, one.name) for one in self.suggestions}

    @property
    def is_new(self):
        """Whether the default is to add a publication."""
        return self.actions[0] in (Action.ADD, Action.VERSION)

    @property
    def adds_nothing(self):
        """Whether it repeats an earlier row, and has nothing that the other lacks."""
        return self.kind == RowKind.DUPLICATE and not self.changes

    @property
    def headline(self):
        """The main news for an author, or ""."""
        if self.kind == RowKind.POSSIBLE_DUPLICATE:
            return ""
        names = {change.name for change in self.changes if not change.old}
        if self.kind == RowKind.VERSION:
            return "This preprint has appeared" if self.is_main_version else "Another version of a work"
        if "doi" in names:
            return "Has a DOI now"
        return "Volume and pages are known now" if names & {"volume", "issue", "page"} else ""

    @property
    def default_fields(self):
        """The names of the changes to make by default: all but conflicts; if two works are merged, the missing ones.

        Adding a version makes none.
        """
        if self.kind in (RowKind.POSSIBLE_DUPLICATE, RowKind.DUPLICATE):
            return frozenset(change.name for change in self.changes if not change.old)
        if self.actions[0] != Action.UPDATE:
            return frozenset()
        return frozenset(change.name for change in self.changes if not change.conflict)


@dataclass(frozen=True)
class Choice:
    """What to do about a row: which changes (names) to make, and which suggestions (role, index) to accept."""

    action: Action
    fields: frozenset[str] = frozenset()
    people: frozenset[tuple[str, int]] = frozenset()


@dataclass(frozen=True)
class Plan:
    source: str
    rows: list[PlanRow]

    def defaults(self, decide=None):
        """Return the default Choice for each row number.

        ``decide`` maps the row of a possible duplicate to an Action.
        """
        asked = {row.number: decide(row) for row in self.rows if decide and row.kind == RowKind.POSSIBLE_DUPLICATE}
        return {row.number: Choice(asked.get(row.number, row.actions[0]), row.default_fields) for row in self.rows}


class Planner:
    """Plans the rows of one import, batch by batch."""

    def __init__(self, source):
        self.source = source
        self.works, self.people = Works(), People()
        self.spellings = {key: tag.key for key, tag in Tag.objects.by_other_spelling().items()}
        self.references = {}  # by number: those of the plan that are not imported yet

    def rows(self, numbered):
        """Return the rows for a list of (number, Reference)."""
        self.references |= dict(numbered)
        matches = self.works.matches(
            [Work.from_reference(reference, number, source=self.source) for number, reference in numbered]
        )
        stored = (
            Publication.objects.with_references(EDITORS)
            .prefetch_related("origins")
            .in_bulk({match.work.pk for match in matches if match.work and match.work.pk})
        )
        return [
            self._row(number, reference, match, stored.get(match.work.pk) if match.work else None)
            for (number, reference), match in zip(numbered, matches, strict=True)
        ]

    def add_imported(self, pks, made):
        """Make the imported publications known. ``made`` maps row numbers to primary keys."""
        self.works.add_imported(pks, made)
        self.references.clear()

    def _row(self, number, reference, match, publication):
        work = match.work
        if work is None:
            return PlanRow(number, reference, RowKind.NEW, **self._names(reference))
        if publication:
            reference = _without_address_of(publication, reference)
            existing = publication.as_reference()
            origins = {origin.source: origin.reference for origin in publication.origins.all()}
        else:
            existing = self.references[work.number]
            origins = {self.source: existing}
        found = differences.changes(existing, reference, origins, self.source)
        found = tuple(change for change in found if not self._adds_no_tag(change))
        row = PlanRow(
            number, reference, _kind(match, found), match.reason, work.pk, work.printed_title, match.number, existing,
            is_main_version(reference.type, work.type), found,
        )  # fmt: skip
        return row if match.relation >= Relation.SAME else replace(row, **self._names(reference))

    def _adds_no_tag(self, change):
        """Return whether a change only has other spellings of the tags that the work has."""
        if change.name != "keyword":
            return False
        old, new = (set(map(tag_key, words or ())) for words in (change.old, change.new))
        return {self.spellings.get(key, key) for key in new} <= old

    def _names(self, reference):
        """Return the fields of a row about the people whom a reference names."""
        found, certain_people = [], set()
        for role in ROLES:
            for index, name in enumerate(getattr(reference, role)):
                person, certain = self.people.find(name)
                if certain:
                    certain_people.add((role, person))
                elif person:
                    known = self.people.names[person]
                    found.append(PersonSuggestion(role, index, str(name), person, known, name.orcid))
        # "A. Lovelace" beside "Ada Lovelace" is someone else.
        found = [one for one in found if (one.role, one.person) not in certain_people]
        return {
            "suggestions": tuple(found),
            "names_owner": self.people.owner in {person for _, person in certain_people},
        }


def _kind(match, changes):
    """Return the RowKind of a match with the changes that it would make."""
    if match.relation == Relation.VERSION:
        return RowKind.VERSION
    if match.relation == Relation.POSSIBLE_DUPLICATE:
        return RowKind.POSSIBLE_DUPLICATE
    if match.number is not None:
        return RowKind.DUPLICATE
    if any(change.conflict for change in changes):
        return RowKind.CONFLICT
    return RowKind.CHANGED if changes else RowKind.UNCHANGED


def _without_address_of(publication, reference):
    """Return a Reference without the address of the publication's own page, which exports of this site contain."""
    address = publication.get_absolute_url()
    extra = {name: value for name, value in reference.extra.items() if not str(value).endswith(address)}
    return replace(reference, url="" if reference.url.endswith(address) else reference.url, extra=extra)


def is_main_version(type_, other):
    """Return whether a work of this type is the main version rather than one of the other type."""
    return RANKS.get(type_, 1) > RANKS.get(other, 1)
