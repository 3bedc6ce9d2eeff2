"""Merges two records of the same person or tag into one, and undoes that."""

from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef

from profiles.content.slugs import FormerSlug
from profiles.history import restoring, revisions
from profiles.search import indexing

MERGED = "Merged"  # the comment of every merge starts with it: ``last_merge`` looks for it


def related_counts(item):
    """Return [(number, label)] of the rows that refer to a record, by kind."""
    counts = [(_rows(relation, item).count(), relation.related_model._meta) for relation in _relations(item)]
    return [(count, opts.verbose_name if count == 1 else opts.verbose_name_plural) for count, opts in counts if count]


@transaction.atomic
def merge(target, other, user):
    """Merge ``other`` into ``target`` and delete it. Its address redirects to ``target``. Return the target.

    Raise ValidationError, and change nothing, if the two contradict each other.
    """
    model = type(target)
    locked = model._base_manager.select_for_update().in_bulk([target.pk, other.pk])
    target, other = locked[target.pk], locked[other.pk]
    revisions.record_unsaved_changes([target])
    comment = f"{MERGED} into “{target}” ({target.pk})"
    revisions.record([other], user, comment, related=revisions.referring_rows(other))
    for relation in _relations(other):
        _move(relation, other, target)
    # Read again, because moving rows may change it, and deleted first, to free its unique values.
    former = model._base_manager.get(pk=other.pk)
    other.delete()
    target.absorb(former)
    target.full_clean()
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
    """Undo the last merge into a record. Later edits stay.

    Return (the other record, warnings about what could not be restored).
    """
    revision, deleted = last_merge(model, pk)
    history = revisions.get_revisions(model, deleted)
    before = next(one for one in history if one.comment.startswith(f"{MERGED} into "))
    target = model._base_manager.select_for_update().get(pk=pk)
    revisions.record_unsaved_changes([target])
    _reset_merged_fields(target, revision)
    target.save()
    slugs = FormerSlug.objects.filter(model=model._meta.label_lower, object_id=pk)
    slugs.filter(slug=before.state.root.values["slug"]).delete()
    warnings = []
    other = model(pk=deleted)
    restoring.fill(other, before.state.root, warnings)
    warnings += restoring.resolve_conflicts(other)
    other.full_clean()
    other.save(force_insert=True)
    # Its older addresses lead to it again.
    older = {one.state.root.values["slug"] for one in history} - {other.slug}
    slugs.filter(slug__in=older).update(object_id=deleted)
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
    before, after = before.state.root, merged.state.root.values
    now = revisions.Row.from_object(target).values
    changed = {name for name, value in after.items() if value != before.values.get(name) and value == now[name]}
    restoring.fill(target, before, [], only=changed)
    # An editor may have added other spellings since. The merged record gets its own ones back.
    spellings = (set(values.get("other_names", "").splitlines()) for values in (after, before.values))
    added = next(spellings) - next(spellings)
    target.other_names = "\n".join(name for name in target.other_names.splitlines() if name not in added)


def _relations(item):
    """Return the relations whose rows refer to a record. Every many-to-many relation has a model for its rows."""
    return [relation for relation in item._meta.related_objects if not relation.many_to_many]


def _rows(relation, item):
    return relation.related_model._base_manager.filter(**{relation.field.name: item.pk})


def _move(relation, other, target):
    """Point the rows of a relation at ``target``, and delete those that it has already or may not have."""
    field, rows = relation.field, _rows(relation, other)
    try:
        with transaction.atomic():
            for constraint in field.model._meta.total_unique_constraints:
                if field.name in constraint.fields:
                    others = {name: OuterRef(name) for name in constraint.fields if name != field.name}
                    rows.filter(Exists(_rows(relation, target).filter(**others))).delete()
            rows.update(**{field.attname: target.pk})
    except IntegrityError:
        for row in rows:
            try:
                with transaction.atomic():
                    rows.filter(pk=row.pk).update(**{field.attname: target.pk})
            except IntegrityError:
                row.delete()
