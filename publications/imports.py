"""Whatever comes in becomes a plan first, and a plan is applied whole or not at all.

``plan`` only reads: it finds the publication that each reference speaks of and says what would change, field by
field. ``apply`` does what was chosen, in one transaction. Taking the same file in again changes nothing.

``take_in`` does both for any number of references without an editor, chunk after chunk, each of which is a plan that
is applied whole. Stopped at any moment, it leaves the chunks before; begun again, it finds these as they are, and goes
on.
"""

from collections import Counter
from dataclasses import dataclass, field
from enum import StrEnum

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from profiles.content.batches import batched
from profiles.content.publishing import EDITORS
from profiles.models import Tag
from profiles.search import indexing
from publications import citations, differences
from publications.matching import People, Work, Works, given_of, normalised
from publications.models import Authorship, Origin, Publication, TaggedPublication, record
from publications.references import Reference
from publications.references.reference import ROLES

CHUNK = 500


class Kind(StrEnum):
    NEW = "new"
    CHANGED = "changed"
    CONFLICT = "in conflict"
    SAME = "the same"
    DUPLICATE = "a duplicate"
    VERSION = "probably a version"


class Action(StrEnum):
    ADD = "add"
    VERSION = "version"
    UPDATE = "update"
    SKIP = "skip"


@dataclass(frozen=True)
class Suggestion:
    """That a name may be a person of the site: the place of the name, and the person's number and name."""

    role: str
    index: int
    printed: str
    person: int
    name: str


@dataclass(frozen=True)
class Row:
    """What is planned for one reference; ``number`` counts from 1.

    ``target`` is the publication that it speaks of, or else ``target_number`` the earlier row of the same plan, found
    by ``reason``. ``over`` tells of a version that it would stand for the target, not the target for it.
    """

    number: int
    reference: Reference
    kind: Kind
    reason: str = ""
    target: int | None = None
    target_title: str = ""
    target_number: int | None = None
    over: bool = False
    changes: tuple[differences.Change, ...] = ()
    suggestions: tuple[Suggestion, ...] = ()

    @property
    def actions(self):
        """What may be done with it, the usual thing first."""
        match self.kind:
            case Kind.NEW:
                return (Action.ADD, Action.SKIP)
            case Kind.VERSION if self.target:
                return (Action.VERSION, Action.UPDATE, Action.ADD, Action.SKIP)
            case Kind.VERSION:
                return (Action.VERSION, Action.ADD, Action.SKIP)
            case Kind.CHANGED | Kind.CONFLICT:
                return (Action.UPDATE, Action.ADD, Action.SKIP)
            case Kind.DUPLICATE:
                return (Action.SKIP, Action.ADD)
        return (Action.SKIP,)

    @property
    def headline(self):
        """What an author would say of it: "Your preprint has appeared"."""
        names = {change.name for change in self.changes if not change.old}
        if self.kind == Kind.VERSION:
            return "This preprint has appeared" if self.over else "Another version of a work"
        if "doi" in names:
            return "Has a DOI now"
        if names & {"volume", "issue", "page"}:
            return "Volume and pages are known now"
        return ""

    @property
    def wanted(self):
        """The names of the changes that are made when nobody says otherwise."""
        return frozenset(change.name for change in self.changes if not change.conflict)


@dataclass(frozen=True)
class Choice:
    """What an editor decided on a row. ``fields`` are names of changes, ``people`` of suggestions (role, index)."""

    action: Action
    fields: frozenset[str] = frozenset()
    people: frozenset[tuple[str, int]] = frozenset()


@dataclass(frozen=True)
class Plan:
    source: str
    rows: list[Row]

    @property
    def counts(self):
        """How many rows there are of each kind, in the kinds' order."""
        found = Counter(row.kind for row in self.rows)
        return {kind: found[kind] for kind in Kind if found[kind]}

    def defaults(self):
        return {row.number: Choice(row.actions[0], row.wanted) for row in self.rows}


def plan(references, source):
    """The Plan for References that come from ``source`` ("bib", "doi", "orcid" …). Reads, and writes nothing."""
    planner = _Planner(source)
    return Plan(source, [row for chunk in batched(enumerate(references, 1), CHUNK) for row in planner.rows(chunk)])


class _Planner:
    """One run of planning: who is who, and which publications were spoken of already."""

    def __init__(self, source):
        self.source = source
        self.works, self.people = Works(), People()
        self.spoken_of = {}  # pk: number of the first row

    def rows(self, numbered):
        """The rows of one chunk of (number, Reference), with all that it needs of the database read at once."""
        matches = self.works.match([Work.of_reference(reference, number) for number, reference in numbered])
        stored = (
            Publication.objects.with_references(EDITORS)
            .prefetch_related("origins")
            .in_bulk({match.work.pk for match in matches if match.work and match.work.pk})
        )
        return [
            self._row(number, reference, match, stored.get(match.work.pk) if match.work else None)
            for (number, reference), match in zip(numbered, matches, strict=True)
        ]

    def have_been_applied(self, result, made):
        """The rows so far are in the database; ``made`` has the number of the publication for that of its row."""
        self.works.forget_planned()
        self.works.learn([*result.added, *result.changed])
        self.spoken_of |= {pk: number for number, pk in made.items()}

    def _row(self, number, reference, match, publication):
        work = match.work
        if work is None:
            return Row(number, reference, Kind.NEW, suggestions=self._suggestions(reference))
        earlier = work.number or (match.same and self.spoken_of.setdefault(work.pk, number)) or number
        if match.same and earlier != number:
            return Row(number, reference, Kind.DUPLICATE, match.reason, None, work.printed_title, earlier)
        found = ()
        if publication:
            origins = {origin.source: origin.reference for origin in publication.origins.all()}
            found = differences.changes(publication.as_reference(), reference, origins, self.source)
        about = (match.reason, work.pk, work.printed_title, work.number)
        if not match.same:
            over = stands_over(reference.type, work.type)
            return Row(number, reference, Kind.VERSION, *about, over, found, self._suggestions(reference))
        kind = Kind.CONFLICT if any(change.conflict for change in found) else Kind.CHANGED if found else Kind.SAME
        return Row(number, reference, kind, *about, changes=found)

    def _suggestions(self, reference):
        found = []
        for role in ROLES:
            for index, name in enumerate(getattr(reference, role)):
                person, certain = self.people.find(name)
                if person and not certain:
                    found.append(Suggestion(role, index, str(name), person, self.people.names[person]))
        return tuple(found)


def stands_over(type_, other):
    """Whether a work of this type stands for its version of the other type: the article for the preprint."""
    ranks = {"article": 0, "paper-conference": 2, "chapter": 2, "article-journal": 3, "book": 3}
    return ranks.get(type_, 1) > ranks.get(other, 1)


@dataclass
class Result:
    """What ``apply`` did: numbers of the publications, and sentences on what could not be done as asked."""

    added: list[int] = field(default_factory=list)
    changed: list[int] = field(default_factory=list)
    same: int = 0
    skipped: int = 0
    warnings: list[str] = field(default_factory=list)


def apply(plan, choices=None, *, publish=False, owner=None):
    """Do what a Plan says, all of it or, if anything fails, nothing. Returns Result.

    ``choices`` maps numbers of rows to Choice; a row without one is left alone. None takes each row's usual action.
    New works are drafts unless ``publish``. ``owner`` is a Person whom an initial is enough to recognise.
    """
    return _Application(plan.source, publish, owner).run(plan, choices)


def take_in(references, source, *, publish=False, owner=None, dry_run=False):
    """Plan and apply References, however many, a chunk at a time; yields (Plan, Result or None) of each.

    A chunk is a transaction of its own. Entries of different chunks that are one work are found to be just as those of
    one plan are. ``dry_run`` only plans.
    """
    planner = _Planner(source)
    application = None if dry_run else _Application(source, publish, owner)
    for chunk in batched(enumerate(references, 1), CHUNK):
        planned = Plan(source, planner.rows(chunk))
        if dry_run:
            yield planned, None
        else:
            result = application.run(planned)
            yield planned, result
            planner.have_been_applied(result, application.made)


class _Application:
    """One run of applying plans: what it needs to know, and the works that the last plan made."""

    def __init__(self, source, publish, owner):
        self.source, self.publish, self.owner = source, publish, owner
        self.people = People()
        self.slugs = Publication.slugs_taken()
        self.keys = set(Publication.objects.exclude(citation_key="").values_list("citation_key", flat=True))
        self.dois = {doi.lower() for doi in Publication.objects.exclude(doi="").values_list("doi", flat=True)}

    def run(self, plan, choices=None):
        """Apply a Plan in one transaction; returns Result. After an error this object is of no use any more."""
        self.unattended = choices is None
        self.choices = plan.defaults() if self.unattended else choices
        self.result = Result()
        self.made = {}  # number of the row: number of the publication
        with transaction.atomic():
            with citations.deferred():
                self._run(plan.rows)
            citations.update_after_commit(Q(pk__in=[*self.result.added, *self.result.changed]))
        return self.result

    def _run(self, rows):
        additions = [row for row in rows if self._choice(row).action in (Action.ADD, Action.VERSION)]
        updates = [row for row in rows if self._choice(row).action == Action.UPDATE]
        same = [row for row in rows if row.kind == Kind.SAME]
        for work, chosen in ((self._add, additions), (self._update, updates)):
            for chunk in batched(chosen, CHUNK):
                work(chunk)
        for row in additions:
            if self._choice(row).action == Action.VERSION:
                self._tie_version(row)
        for chunk in batched(same, CHUNK):
            origins = [Origin(publication_id=row.target, source=self.source, reference=row.reference) for row in chunk]
            Origin.objects.bulk_create(origins, ignore_conflicts=True)
        for chunk in batched(self.result.added if self.publish else [], CHUNK):
            Publication.objects.filter(pk__in=chunk).publish()
        self.result.same = len(same)
        self.result.skipped = len(rows) - len(additions) - len(updates) - len(same)

    def _choice(self, row):
        return self.choices.get(row.number, Choice(Action.SKIP))

    def _add(self, rows):
        new = [self._new(row) for row in rows]
        Publication.objects.bulk_create(new)
        indexing.schedule(Publication, [publication.pk for publication in new])
        tags = Tag.objects.all_named(word for row in rows for word in row.reference.keyword if record.keys_of([word]))
        authorships, tied, origins = [], [], []
        for row, publication in zip(rows, new, strict=True):
            self.made[row.number] = publication.pk
            self.result.added.append(publication.pk)
            authorships += self._authorships(row, publication)
            keys = record.keys_of(row.reference.keyword)
            tied += [TaggedPublication(tag=tags[key], content_object=publication) for key in keys]
            origins.append(Origin(publication=publication, source=self.source, reference=row.reference))
        Authorship.objects.bulk_create(authorships, batch_size=CHUNK)
        TaggedPublication.objects.bulk_create(tied, batch_size=CHUNK)
        Origin.objects.bulk_create(origins, batch_size=CHUNK)

    def _new(self, row):
        publication = Publication.from_reference(row.reference)
        publication.slug = publication.free_slug(self.slugs)
        self.slugs.add(publication.slug)
        self._keep_unique(row, publication)
        first = next(iter(row.reference.author), None)
        if not publication.citation_key or publication.citation_key in self.keys:
            family = (first.family or first.literal) if first else ""
            stem = publication.citation_key or publication.citation_key_stem(family)
            publication.citation_key = publication.first_free_key(stem, self.keys)
        self.keys.add(publication.citation_key)
        return publication

    def _keep_unique(self, row, publication):
        doi = publication.doi.lower()
        if doi and doi in self.dois:
            self._warn(row, f"another publication has the DOI {publication.doi}, so this one was kept without it.")
            publication.doi = ""
        self.dois.add(doi)

    def _authorships(self, row, publication):
        accepted = self._choice(row).people
        suggested = {(s.role, s.index): s.person for s in row.suggestions if (s.role, s.index) in accepted}
        authorships = Authorship.from_reference(row.reference)
        names = [(role, index, name) for role in ROLES for index, name in enumerate(getattr(row.reference, role))]
        for authorship, (role, index, name) in zip(authorships, names, strict=True):
            authorship.publication = publication
            authorship.person_id = suggested.get((role, index)) or self._person(name)
        return authorships

    def _person(self, name):
        person, certain = self.people.find(name)
        return person if certain or (self.owner and person == self.owner.pk) else None

    def _update(self, rows):
        publications = Publication.objects.with_references(EDITORS).prefetch_related("origins")
        publications = publications.in_bulk([row.target for row in rows])
        for row in rows:
            publication = publications[row.target]
            chosen = [change for change in row.changes if change.name in self._choice(row).fields]
            if chosen:
                self._change(row, publication, chosen)
                self.result.changed.append(publication.pk)
            self._remember(row, publication)

    def _change(self, row, publication, chosen):
        mine = publication.as_reference()
        merged = differences.merged(mine, chosen, row.reference)
        columns = record.columns_of(Publication, merged)
        names = {change.name for change in chosen}
        if "note" in names:
            publication.award = columns["award"]
        elif "note" not in publication.extra:
            columns["extra"].pop("note", None)
        publication.extra = columns["extra"]
        for name in names & set(record.COLUMNS):
            self._set(row, publication, name, columns[name])
        publication.save()
        for role in names & set(ROLES):
            self._replace_names(row, publication, role)
        if "keyword" in names:
            publication.tags.add(*(word for word in merged.keyword if record.keys_of([word])))

    def _set(self, row, publication, name, value):
        taken = {"citation_key": self.keys, "doi": self.dois}.get(name, ())
        same = value.lower() if name == "doi" else value
        if value and same in taken:
            label = differences.LABELS[name]
            self._warn(row, f"another publication has the {label} {value}, so the old one was kept.")
            return
        setattr(publication, name, value)
        if taken:
            taken.add(same)

    def _replace_names(self, row, publication, role):
        """The names of one role, in their new order; a name that was there keeps its person and its marks."""
        old = [authorship for authorship in publication.authorships.all() if authorship.role == role.replace("_", "-")]
        kept = [(authorship.as_name(), authorship) for authorship in old]
        new = [a for a in self._authorships(row, publication) if a.role == role.replace("_", "-")]
        for authorship, name in zip(new, getattr(row.reference, role), strict=True):
            before = _take_alike(kept, name)
            if before:
                for mark in ("person_id", "equal_contribution", "corresponding", "presenter"):
                    setattr(authorship, mark, getattr(before, mark) or getattr(authorship, mark))
        Authorship.objects.filter(pk__in=[authorship.pk for authorship in old]).delete()
        Authorship.objects.bulk_create(new, batch_size=CHUNK)

    def _remember(self, row, publication):
        said = row.reference
        if self.unattended:
            # Nobody has seen the conflicts yet, so they must come up again.
            before = {origin.source: origin.reference for origin in publication.origins.all()}.get(self.source)
            said = differences.without_conflicts(said, row.changes, before or Reference())
        Origin.objects.update_or_create(publication=publication, source=self.source, defaults={"reference": said})

    def _tie_version(self, row):
        """Make of the two rows a work and its version; what were versions of the latter follow it."""
        other = row.target or self.made.get(row.target_number)
        if other is None:
            return
        light = Publication.objects.only("pk", "type", "version_of")
        new, other = light.get(pk=self.made[row.number]), light.get(pk=other)
        root = light.get(pk=other.version_of_id) if other.version_of_id else other
        work, version = (new, root) if stands_over(new.type, root.type) else (root, new)
        Publication.objects.filter(version_of=version.pk).update(version_of=work.pk, updated_at=timezone.now())
        Publication.objects.filter(pk=version.pk).update(version_of=work.pk, updated_at=timezone.now())

    def _warn(self, row, sentence):
        self.result.warnings.append(f"Entry {row.number}, “{row.reference.title}”: {sentence}")


def _take_alike(kept, name):
    """The authorship, taken out of ``kept``, whose name is this one, or this one in another spelling."""
    for alike in (
        lambda other: other == name,
        lambda other: normalised(str(other)) == normalised(str(name)),
        lambda other: normalised(other.family) == normalised(name.family) and given_of(other)[:1] == given_of(name)[:1],
    ):
        for place, (other, authorship) in enumerate(kept):
            if alike(other):
                del kept[place]
                return authorship
    return None
