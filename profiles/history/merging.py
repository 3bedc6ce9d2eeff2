"""Merges two records of the same person or tag into one, and undoes that."""

from django.db import IntegrityError, transaction
from django.db.models import Exists, OuterRef

from profiles.content.slugs import FormerSlug
from profiles.history import restoring, revisions
from profiles.search import indexing

MERGED = "Merged"  # the comment of every merge starts with it: ``last_merge`` looks for it


def related_counts(item):
    """Return [(number, label)] of the rows that refer to a record, by kind."""
    counts = [(_rows(field, item).count(), _owner(field)._meta) for field in _foreign_keys(item)]
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
    for field in _foreign_keys(other):
        _move(field, other, target)
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


def _foreign_keys(item):
    """Return the fields that refer to a record, those in the automatic tables of many-to-many fields included."""
    relations = item._meta.related_objects
    automatic = [one for one in relations if one.many_to_many and one.through._meta.auto_created]
    return [
        *(one.field for one in relations if not one.many_to_many),
        *(one.through._meta.get_field(one.field.m2m_reverse_field_name()) for one in automatic),
    ]


def _owner(field):
    """Return the model whose rows the field says something about."""
    return field.model._meta.auto_created or field.model


def _rows(field, item):
    return field.model._base_manager.filter(**{field.name: item.pk})


def _once(model):
    """Return the lists of fields in which no two rows agree: of its constraints, and ``MERGED_ONCE`` of a model."""
    unique = [constraint.fields for constraint in model._meta.total_unique_constraints]
    return [*unique, getattr(model, "MERGED_ONCE", ())]


def _move(field, other, target):
    """Point the rows with a field at ``target``, and delete those that it has already or may not have."""
    rows = _rows(field, other)
    try:
        with transaction.atomic():
            for names in _once(field.model):
                if field.name in names:
                    others = {name: OuterRef(name) for name in names if name != field.name}
                    rows.filter(Exists(_rows(field, target).filter(**others))).delete()
            rows.update(**{field.attname: target.pk})
    except IntegrityError:
        for row in rows:
            try:
                with transaction.atomic():
                    rows.filter(pk=row.pk).update(**{field.attname: target.pk})
            except IntegrityError:
                row.delete()
