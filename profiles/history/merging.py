"""Merging two records of the same person or tag into one, and undoing that."""

from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.db import IntegrityError, models, transaction
from django.db.models import Exists, OuterRef

from profiles.content.slugs import FormerSlug
from profiles.history import restoring, revisions
from profiles.search import indexing

MERGED = "Merged"  # the first word of a merge's comments, by which it is found again


@dataclass(frozen=True)
class RelatedCount:
    """The number of rows of a kind that a merge would move."""

    label: str
    count: int


def related_counts(item):
    """Return a RelatedCount for each kind of row that refers to a record."""
    counts = []
    for relation in _relations(item):
        count = relation.related_model._base_manager.filter(**{relation.field.name: item.pk}).count()
        if count:
            counts.append(RelatedCount(str(relation.related_model._meta.verbose_name_plural), count))
    return counts


@transaction.atomic
def merge(target, other, user):
    """Merge ``other`` into ``target`` and delete it. Its address redirects to ``target``. Returns the target.

    Raises ValidationError if the two contradict each other.
    """
    model = type(target)
    locked = model._base_manager.select_for_update().in_bulk([target.pk, other.pk])
    target, other = locked[target.pk], locked[other.pk]
    if refusal := target.refuse_merge(other):
        raise ValidationError(refusal)
    revisions.record_unsaved_changes([target])
    comment = f"{MERGED} into “{target}” ({target.pk})"
    revisions.record([other], user, comment, related=revisions.referring_rows(other))
    for relation in _relations(other):
        _move(relation, other, target)
    # Deleted first, so that its unique values are free; read again, because moving rows changes it.
    former = model._base_manager.get(pk=other.pk)
    other.delete()
    target.absorb(former)
    target.full_clean(exclude=_file_fields(model))
    target.save()
    slugs = FormerSlug.objects.filter(model=model._meta.label_lower)
    slugs.filter(object_id=former.pk).update(object_id=target.pk)
    slugs.update_or_create(model=model._meta.label_lower, slug=former.slug, defaults={"object_id": target.pk})
    revisions.record([target], user, f"{MERGED} with “{former}” ({former.pk})")
    indexing.row_changed(target)
    return target


def last_merge(model, pk):
    """Return (revision number, key of the deleted record) of the last merge into a record, or None.

    A merge that was undone does not count.
    """
    merges = revisions.main_versions().get_for_object_reference(model, pk).order_by("-revision_id")
    merges = merges.filter(revision__comment__startswith=f"{MERGED} with ")
    for revision, comment in merges.values_list("revision_id", "revision__comment"):
        deleted = int(comment.rpartition("(")[2].rstrip(")"))
        if not model._base_manager.filter(pk=deleted).exists():
            return revision, deleted
    return None


@transaction.atomic
def undo(model, pk, user):
    """Undo the last merge into a record, without losing what was edited since.

    Returns (the other record, warnings about what could not be restored).
    """
    revision, deleted = last_merge(model, pk)
    before = next(one for one in revisions.get_revisions(model, deleted) if one.comment.startswith(f"{MERGED} into "))
    target = model._base_manager.select_for_update().get(pk=pk)
    revisions.record_unsaved_changes([target])
    _reset_merged_fields(target, revision)
    target.save()
    FormerSlug.objects.filter(model=model._meta.label_lower, slug=before.state.root.values["slug"]).delete()
    warnings = []
    other = model(pk=deleted)
    restoring.fill(other, before.state.root, warnings)
    other.full_clean(exclude=_file_fields(model))
    other.save(force_insert=True)
    restoring.reattach(model, deleted, before.pk, warnings, instead_of=pk)
    revisions.record([target], user, f"The merge with “{other}” was undone")
    revisions.record([other], user, f"The merge into “{target}” was undone")
    indexing.row_changed(target)
    indexing.row_changed(other)
    return other, warnings


def _reset_merged_fields(target, revision):
    """Set the fields that a merge changed, and nobody has edited since, to their values before it."""
    ids = revisions.revision_ids(type(target), target.pk)
    place = ids.index(revision)
    merged, before = revisions.get_revisions(type(target), target.pk, ids[place : place + 2])
    merged, before = merged.state.root, before.state.root
    now = revisions.Row.from_object(target).values
    changed = {name for name, value in merged.values.items() if value != before.values.get(name) and value == now[name]}
    restoring.fill(target, before, [], only=changed)


def _file_fields(model):
    return [one.name for one in model._meta.fields if isinstance(one, models.FileField)]


def _relations(item):
    """Yield the relations whose rows refer to a record, with many-to-many ones that have no model of their own."""
    for relation in item._meta.related_objects:
        if not relation.many_to_many or relation.through._meta.auto_created:
            yield relation


def _move(relation, other, target):
    """Point the rows of a relation at ``target``, and delete those that it has already or may not have."""
    field = relation.field
    rows = relation.related_model._base_manager.filter(**{field.name: other.pk})
    if not relation.many_to_many and _move_together(rows, field, target):
        return
    for row in rows:
        if relation.many_to_many:
            getattr(row, field.name).add(target.pk)
            continue
        setattr(row, field.attname, target.pk)
        try:
            with transaction.atomic():
                row.validate_constraints()
                rows.filter(pk=row.pk).update(**{field.attname: target.pk})
        except (ValidationError, IntegrityError):
            row.delete()


def _move_together(rows, field, target):
    """Move the rows in one query, without those that ``target`` has already. Returns whether that was possible."""
    try:
        with transaction.atomic():
            for constraint in field.model._meta.total_unique_constraints:
                if field.name in constraint.fields:
                    others = {name: OuterRef(name) for name in constraint.fields if name != field.name}
                    duplicates = field.model._base_manager.filter(**{field.name: target.pk}, **others)
                    rows.filter(Exists(duplicates)).delete()
            rows.update(**{field.attname: target.pk})
    except IntegrityError:
        return False
    return True
