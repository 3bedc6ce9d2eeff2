"""Two records that are one become one: all that refers to the second refers to the first, and it can be undone."""

from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.db import IntegrityError, models, transaction
from django.db.models import Exists, OuterRef

from profiles.content.slugs import FormerSlug
from profiles.history import revisions

MERGED = "Merged"  # how the comment begins that a merge leaves on the record that stays


@dataclass(frozen=True)
class Moved:
    """How many rows of a kind a merge moves."""

    label: str
    count: int


def plan(other):
    """[Moved] of what refers to a record, were it merged into another one."""
    found = []
    for relation in _relations(other):
        count = relation.related_model._base_manager.filter(**{relation.field.name: other.pk}).count()
        if count:
            found.append(Moved(str(relation.related_model._meta.verbose_name_plural), count))
    return found


@transaction.atomic
def merge(kept, other, user):
    """Make one record of two: ``other`` goes, and its address leads to ``kept``.

    Raises ValidationError where the two contradict each other.
    """
    model = type(kept)
    locked = model._base_manager.select_for_update().in_bulk([kept.pk, other.pk])
    kept, other = locked[kept.pk], locked[other.pk]
    if refusal := kept.refuse_merge(other):
        raise ValidationError(refusal)
    revisions.keep(kept)
    revisions.record(other, user, f"{MERGED} into “{kept}” ({kept.pk})", also=revisions.referring(other))
    for relation in _relations(other):
        _move(relation, other, kept)
    # Its own words are moved to the other one before it goes, and what is unique is free then.
    was = model._base_manager.get(pk=other.pk)
    other.delete()
    kept.absorb(was)
    kept.full_clean(exclude=[one.name for one in model._meta.fields if isinstance(one, models.FileField)])
    kept.save()
    former = FormerSlug.objects.filter(model=model._meta.label_lower)
    former.filter(object_id=was.pk).update(object_id=kept.pk)
    former.update_or_create(model=model._meta.label_lower, slug=was.slug, defaults={"object_id": kept.pk})
    revisions.record(kept, user, f"{MERGED} with “{was}” ({was.pk})")
    return kept


def last_merge(model, pk):
    """(revision, number of the record that went) of the last merge into a record that is not undone, or None."""
    merges = revisions.subjects().get_for_object_reference(model, pk).order_by("-revision_id")
    merges = merges.filter(revision__comment__startswith=f"{MERGED} with ")
    for revision, comment in merges.values_list("revision_id", "revision__comment"):
        gone = int(comment.rpartition("(")[2].rstrip(")"))
        if not model._base_manager.filter(pk=gone).exists():
            return revision, gone
    return None


@transaction.atomic
def undo(model, pk, user):
    """Take the last merge into a record back: the other one is there again, with all that was its own.

    What was edited since stays. Returns (the other record, sentences on what could not be brought back).
    """
    revision, gone = last_merge(model, pk)
    before = next(one for one in revisions.moments(model, gone) if one.comment.startswith(f"{MERGED} into "))
    kept = model._base_manager.select_for_update().get(pk=pk)
    revisions.keep(kept)
    _give_back(kept, revision)
    kept.save()
    FormerSlug.objects.filter(model=model._meta.label_lower, slug=before.state.root.values["slug"]).delete()
    warnings = []
    other = revisions.revive(before.state.root, warnings)
    other.full_clean(exclude=[one.name for one in model._meta.fields if isinstance(one, models.FileField)])
    other.save(force_insert=True)
    revisions.reattach(model, gone, before.revision, warnings, instead_of=pk)
    revisions.record(kept, user, f"The merge with “{other}” was undone")
    revisions.record(other, user, f"The merge into “{kept}” was undone")
    return other, warnings


def _give_back(kept, revision):
    """Set the fields that a merge changed, and nobody since, to what they were before."""
    moments = revisions.moments(type(kept), kept.pk)
    place = next(place for place, one in enumerate(moments) if one.revision == revision)
    before, after = moments[place + 1].state.root, moments[place].state.root
    now = revisions.Row.of_object(kept).values
    changed = {name for name, value in after.values.items() if value != before.values.get(name) and value == now[name]}
    revisions.fill(kept, before, [], only=changed)


def _relations(item):
    """The relations by which rows refer to a record; ties to many without a table of their own among them."""
    for relation in item._meta.related_objects:
        if not relation.many_to_many or relation.through._meta.auto_created:
            yield relation


def _move(relation, other, kept):
    """Let the rows of a relation refer to the record that stays; what it has already, or cannot have, goes."""
    field = relation.field
    rows = relation.related_model._base_manager.filter(**{field.name: other.pk})
    if not relation.many_to_many and _move_at_once(rows, field, kept):
        return
    for row in rows:
        if relation.many_to_many:
            getattr(row, field.name).add(kept.pk)
            continue
        setattr(row, field.attname, kept.pk)
        try:
            with transaction.atomic():
                row.validate_constraints()
                type(row)._base_manager.filter(pk=row.pk).update(**{field.attname: kept.pk})
        except (ValidationError, IntegrityError):
            row.delete()


def _move_at_once(rows, field, kept):
    """Whether all rows could be led to the record that stays, without those that it has already."""
    try:
        with transaction.atomic():
            for constraint in field.model._meta.total_unique_constraints:
                if field.name in constraint.fields:
                    others = {name: OuterRef(name) for name in constraint.fields if name != field.name}
                    twins = field.model._base_manager.filter(**{field.name: kept.pk}, **others)
                    rows.filter(Exists(twins)).delete()
            rows.update(**{field.attname: kept.pk})
    except IntegrityError:
        return False
    return True
