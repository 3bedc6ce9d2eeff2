"""Imports in two steps: ``plan`` says what an import would do, ``apply`` does what was chosen, all of it or nothing.

A plan has a row for each reference: the publication that it describes, if there is one, and the fields that differ.
Importing the same file again changes nothing.

``import_all`` plans and applies any number of references in batches. After an interruption, the complete batches are
saved, and a second run continues.
"""

from dataclasses import dataclass, field
from itertools import count

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from profiles.content.batches import batched
from profiles.content.publishing import EDITORS
from profiles.models import Tag
from profiles.search import indexing
from publications.citations import stored
from publications.imports import differences
from publications.imports.comparable import normalised
from publications.imports.matching import People, given_of
from publications.imports.plans import Action, Choice, Plan, Planner, RowKind, is_main_version
from publications.imports.signals import publications_imported
from publications.models import Authorship, Notice, Origin, Publication, Resource, TaggedPublication, record
from publications.references import Reference, notices
from publications.references.reference import ROLES

CHUNK = 500
# What an update of a publication may change besides the columns of the record.
OTHER_COLUMNS = ("award", "featured", "featured_position", "extra", "numbered_at", "numbered_date", "updated_at")


@dataclass
class ImportResult:
    """What an import did: primary keys of publications, numbers of rows, and messages about problems."""

    added: list[int] = field(default_factory=list)
    changed: list[int] = field(default_factory=list)
    unchanged: int = 0
    skipped: int = 0
    warnings: list[str] = field(default_factory=list)


def plan(references, source):
    """Return the Plan for References from ``source`` ("bib", "doi", "orcid" …). Write nothing."""
    planner = Planner(source)
    return Plan(source, [row for chunk in batched(enumerate(references, 1), CHUNK) for row in planner.rows(chunk)])


def apply(plan, choices=None, *, publish=False, owner=None):
    """Apply a Plan: all of it or, after an error, nothing. Return the ImportResult.

    ``choices`` maps row numbers to Choices; other rows are left alone. Without ``choices``, each row gets its default.
    New publications are drafts unless ``publish``. ``owner`` is a Person to whom all names are linked that
    may be theirs; other names without an answer are not linked.
    """
    importer = _Importer(plan.source, publish, owner)
    return importer.apply(plan, plan.defaults() if choices is None else choices, is_reviewed=choices is not None)


def import_all(references, source, *, decide=None, publish=False, owner=None, dry_run=False, lost=()):
    """Plan and apply References in batches, with a transaction for each. Yield each (Plan, ImportResult).

    Duplicates and versions are found across batches. ``decide`` maps the row of a possible duplicate to an Action;
    without it, they are added. ``dry_run`` only plans, and yields (Plan, None). ``lost`` has the numbers of entries
    that could not be read, so that the rows have the numbers of their entries.
    """
    planner = Planner(source)
    importer = None if dry_run else _Importer(source, publish, owner)
    # Entries may still be added to ``lost`` while references are read.
    numbers = (number for number in count(1) if number not in lost)
    for chunk in batched(((next(numbers), reference) for reference in references), CHUNK):
        planned = Plan(source, planner.rows(chunk))
        result = importer and importer.apply(planned, planned.defaults(decide), is_reviewed=False)
        yield planned, result
        if result:
            planner.add_imported([*result.added, *result.changed], importer.made)


class _Importer:
    """Applies one or more plans.

    ``made`` maps row numbers of the last plan to primary keys of the publications that were added or updated.
    """

    def __init__(self, source, publish, owner):
        self.source, self.publish, self.owner = source, publish, owner
        self.moment = timezone.now()  # one for all batches, so that the CV numbers them in the order of the list
        self.people = People()
        self.slugs = Publication.slugs_taken()
        self.taken = {
            "doi": {doi.lower() for doi in Publication.objects.exclude(doi="").values_list("doi", flat=True)},
            "citation_key": set(Publication.objects.values_list("citation_key", flat=True)),
        }

    def apply(self, plan, choices, *, is_reviewed):
        """Apply a Plan in one transaction. After an error, this object cannot be used any more."""
        self.choices, self.is_reviewed = choices, is_reviewed
        self.result, self.made = ImportResult(), {}
        with transaction.atomic():
            for rows in batched(plan.rows, CHUNK):
                self._apply_rows(rows)
            pks = [*self.result.added, *self.result.changed]
            stored.update_after_commit(Q(pk__in=pks))
            publications_imported.send(type(self), pks=pks)
        return self.result

    def _apply_rows(self, rows):
        versions = [row for row in rows if self._choice(row).action == Action.VERSION]
        additions = [row for row in rows if self._choice(row).action in (Action.ADD, Action.VERSION)]
        updates = [row for row in rows if self._choice(row).action == Action.UPDATE]
        self._add(additions)
        # The entry that it should be merged with was not selected.
        alone = [row for row in updates if not self._target(row)]
        self._add(alone)
        self._update([row for row in updates if row not in alone])
        for row in versions:
            self._connect_version(row)
        unchanged = [row for row in rows if row.kind == RowKind.UNCHANGED]
        Origin.objects.bulk_create(
            [Origin(publication_id=row.target, source=self.source, reference=row.reference) for row in unchanged],
            ignore_conflicts=True,
        )
        repeated = sum(row.adds_nothing and self._choice(row).action == Action.SKIP for row in rows)
        self.result.unchanged += len(unchanged) + repeated
        self.result.skipped += len(rows) - len(additions) - len(updates) - len(unchanged) - repeated

    def _target(self, row):
        """Return the primary key of the publication that the row is about, or None."""
        return row.target or self.made.get(row.target_number)

    def _choice(self, row):
        return self.choices.get(row.number, Choice(Action.SKIP))

    def _add(self, rows):
        new = [self._new_publication(row) for row in rows]
        Publication.objects.bulk_create(new)
        pks = [publication.pk for publication in new]
        indexing.schedule(Publication, pks)
        tags = Tag.objects.all_named(word for row in rows for word in row.reference.keyword if record.keys_of([word]))
        authorships, tagged, origins, resources, noted = [], [], [], [], []
        for row, publication in zip(rows, new, strict=True):
            self.made[row.number] = publication.pk
            authorships += self._authorships(row, publication)
            # Two keywords may be spellings of one tag.
            own = dict.fromkeys(tags[key] for key in record.keys_of(row.reference.keyword))
            tagged += [TaggedPublication(tag=tag, content_object=publication) for tag in own]
            origins.append(Origin(publication=publication, source=self.source, reference=row.reference))
            resources += record.resources_of(publication, row.reference.extra)
            noted += record.notices_of(publication, row.reference.extra)
        Authorship.objects.bulk_create(authorships)
        TaggedPublication.objects.bulk_create(tagged)
        Origin.objects.bulk_create(origins)
        Resource.objects.bulk_create(resources)
        Notice.objects.bulk_create(noted)
        if self.publish:
            Publication.objects.filter(pk__in=pks).publish(self.moment)
        self.result.added += pks

    def _new_publication(self, row):
        publication = Publication.from_reference(row.reference)
        publication.slug = publication.free_slug(self.slugs)
        self.slugs.add(publication.slug)
        if not self._reserve("doi", publication.doi):
            self._warn(row, f"another publication has the DOI {publication.doi}, so it was imported without the DOI.")
            publication.doi = ""
        if not publication.citation_key or not self._reserve("citation_key", publication.citation_key):
            first = next(iter(row.reference.author), None)
            family = (first.family or first.literal) if first else ""
            stem = publication.citation_key or publication.citation_key_stem(family)
            publication.citation_key = publication.first_free_key(stem, self.taken["citation_key"])
            self._reserve("citation_key", publication.citation_key)
        return publication

    def _reserve(self, name, value):
        """Reserve a DOI or citation key for a publication. Return whether no other publication has it."""
        value = value.lower() if name == "doi" else value
        is_free = not value or value not in self.taken[name]
        self.taken[name].add(value)
        return is_free

    def _authorships(self, row, publication):
        accepted, owner = self._choice(row).people, self.owner and self.owner.pk
        suggested = {
            (one.role, one.index): one.person
            for one in row.suggestions
            if (one.role, one.index) in accepted or one.person == owner
        }
        authorships = record.authorships_of(Authorship, row.reference)
        names = [(role, index, name) for role in ROLES for index, name in enumerate(getattr(row.reference, role))]
        for authorship, (role, index, name) in zip(authorships, names, strict=True):
            person, certain = self.people.find(name)
            authorship.publication = publication
            authorship.person_id = person if certain else suggested.get((role, index))
        return authorships

    def _update(self, rows):
        publications = Publication.objects.with_references(EDITORS).prefetch_related("origins")
        publications = publications.in_bulk([self._target(row) for row in rows])
        changed = {}
        for row in rows:
            publication = publications[self._target(row)]
            self.made[row.number] = publication.pk
            chosen = [change for change in row.changes if change.name in self._choice(row).fields]
            if chosen:
                self._change(row, publication, chosen)
                changed[publication.pk] = publication
            self._save_origin(row, publication)
        Publication.objects.bulk_update(changed.values(), [*record.COLUMNS, *OTHER_COLUMNS])
        indexing.schedule(Publication, list(changed))
        self.result.changed += changed

    def _change(self, row, publication, chosen):
        merged = differences.merged(publication.as_reference(), chosen, row.reference)
        columns = record.columns_of(Publication, merged)
        names = {change.name for change in chosen}
        if names & {"note", "extra.award", "extra.award_name"}:
            publication.award = columns["award"]
        if "note" not in names:
            # The merged note contains the award.
            columns["extra"] = {name: value for name, value in columns["extra"].items() if name != "note"}
            columns["extra"] |= {name: value for name, value in publication.extra.items() if name == "note"}
        publication.extra, publication.featured = columns["extra"], columns["featured"]
        if not publication.featured:
            publication.featured_position = None
        publication.updated_at, former_type = timezone.now(), publication.type
        for name in names & set(record.COLUMNS):
            value = columns[name]
            if name in self.taken and not self._reserve(name, value):
                label = differences.LABELS[name]
                self._warn(row, f"another publication has the {label} {value}, so the old one was not changed.")
            else:
                setattr(publication, name, value)
        publication.count_from(publication.updated_at, former_type)
        for role in names & set(ROLES):
            self._replace_names(row, publication, role)
        self._change_links(publication, merged, chosen)
        if f"extra.{notices.NAME}" in names:
            known = {notice.key for notice in publication.notices.all()}
            found = record.notices_of(publication, merged.extra)
            Notice.objects.bulk_create([notice for notice in found if notice.key not in known])
            publication.status = columns["status"]
        if not merged.extra.keys().isdisjoint(record.MARKS):
            authorships = Authorship.objects.filter(publication=publication).select_related("person")
            record.mark(authorships, merged.extra)
            Authorship.objects.bulk_update(authorships, record.MARKS.values())
        if "keyword" in names:
            publication.tags.add(*(word for word in merged.keyword if record.keys_of([word])))

    def _replace_names(self, row, publication, role):
        """Replace the names of one role. A name that was there before keeps its person and its marks."""
        column = role.replace("_", "-")
        old = [authorship for authorship in publication.authorships.all() if authorship.role == column]
        new = [authorship for authorship in self._authorships(row, publication) if authorship.role == column]
        previous = [(authorship.as_name(), authorship) for authorship in old]
        for authorship, name in zip(new, getattr(row.reference, role), strict=True):
            if before := _pop_same_name(previous, name):
                for mark in ("person_id", "equal_contribution", "corresponding", "presenter", "contribution"):
                    setattr(authorship, mark, getattr(before, mark) or getattr(authorship, mark))
        Authorship.objects.filter(pk__in=[authorship.pk for authorship in old]).delete()
        Authorship.objects.bulk_create(new)

    def _change_links(self, publication, merged, chosen):
        """Give each link of the merged Reference that is new the resource of the one it replaces, or a new one."""
        resources = {resource.url: resource for resource in publication.resources.all()}
        replaced = {change.new: change.old for change in chosen if change.old and isinstance(change.new, str)}
        last = max((resource.position for resource in resources.values()), default=0)
        for new in record.resources_of(publication, merged.extra):
            if new.url not in resources:
                new.position += last
                resource = resources.pop(replaced.get(new.url), new)
                resource.url = new.url
                resource.save()

    def _save_origin(self, row, publication):
        reference = row.reference
        if not self.is_reviewed:
            # Nobody has seen the conflicts, so the next import must show them again.
            before = {origin.source: origin.reference for origin in publication.origins.all()}.get(self.source)
            reference = differences.without_conflicts(reference, row.changes, before or Reference())
        Origin.objects.update_or_create(publication=publication, source=self.source, defaults={"reference": reference})

    def _connect_version(self, row):
        """Make the new publication and its target a work and its version; versions of the latter move to the work."""
        target = self._target(row)
        if target is None:
            return
        publications = Publication.objects.only("pk", "type", "version_of")
        new, other = publications.get(pk=self.made[row.number]), publications.get(pk=target)
        root = publications.get(pk=other.version_of_id) if other.version_of_id else other
        work, version = (new, root) if is_main_version(new.type, root.type) else (root, new)
        for moved in (Q(version_of=version.pk), Q(pk=version.pk)):
            Publication.objects.filter(moved).update(version_of=work.pk, updated_at=timezone.now())

    def _warn(self, row, sentence):
        self.result.warnings.append(f"Entry {row.number}, “{row.reference.title}”: {sentence}")


def _pop_same_name(previous, name):
    """Remove and return the authorship with the same name, or with another spelling of it, or None."""
    for is_same in (
        lambda other: other == name,
        lambda other: normalised(str(other)) == normalised(str(name)),
        lambda other: normalised(other.family) == normalised(name.family) and given_of(other)[:1] == given_of(name)[:1],
    ):
        for index, (other, authorship) in enumerate(previous):
            if is_same(other):
                del previous[index]
                return authorship
    return None
