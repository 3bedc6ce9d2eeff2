"""Restores an object, and the rows that belong or refer to it, from a revision."""

from collections import defaultdict

from django.core.exceptions import ValidationError
from django.db import IntegrityError, models, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.formats import date_format
from reversion.models import Version

from profiles.history import revisions
from profiles.history.revisions import Row, recorded_fields


@transaction.atomic
def restore(model, pk, revision, user):
    """Restore an object to its state in an ObjectRevision, and record that as a new revision.

    Return (object, warnings), the latter about what could not be restored: its slug or DOI may belong to another
    object now. Raise ValidationError, and change nothing, if the state is no longer valid.
    """
    concrete = model._meta.concrete_model
    item = concrete._base_manager.select_for_update().filter(pk=pk).first()
    is_deleted = item is None
    if not is_deleted:
        revisions.record_unsaved_changes([item])
    for _, rows_model, foreign_key in revisions.owned_relations(model):
        rows_model._base_manager.filter(**{foreign_key.name: pk}).delete()
    warnings = []
    item = item or concrete(pk=pk)
    kept = () if is_deleted else getattr(concrete, "kept_when_restored", ())
    many_to_many = fill(item, revision.state.root, warnings, revision.state.root.values.keys() - {*kept})
    warnings += resolve_conflicts(item)
    item.full_clean()
    item.save(force_insert=is_deleted)
    for name, pks in many_to_many.items():
        getattr(item, name).set(pks)
    for rows in revision.state.rows.values():
        _create(rows, warnings)
    if is_deleted:
        reattach(concrete, pk, revision.pk, warnings)
    when = date_format(timezone.localtime(revision.date), "j F Y, H:i")
    revisions.record([item], user, f"Deletion undone ({when})" if is_deleted else f"Restored from {when}")
    return item, list(dict.fromkeys(warnings))


def reattach(model, pk, revision, warnings, instead_of=None):
    """Make the rows in a revision that referred to an object refer to it again.

    Deleted rows are created again, with their own rows. Existing ones are changed if they refer to nothing, or to the
    object with the key ``instead_of``; if an editor has since chosen another object, they stay as they are.
    """
    versions = Version.objects.filter(revision=revision).select_related("content_type")
    rows = [row for row in map(Row.from_version, versions) if (row.model, row.pk) != (model, pk)]
    existing = {
        (owner, found)
        for owner in {row.model for row in rows}
        for found in owner._base_manager.only("pk").in_bulk([row.pk for row in rows if row.model is owner])
    }
    warnings += _point_back([row for row in rows if (row.model, row.pk) in existing], model, pk, instead_of)
    deleted = [row for row in rows if (row.model, row.pk) not in existing]
    direct = [row for row in deleted if row.refers_to(model, {pk})]
    _create(direct, warnings)
    others = [row for row in deleted if not row.refers_to(model, {pk})]
    for owner in {row.model for row in direct}:
        pks = {row.pk for row in direct if row.model is owner}
        _create([row for row in others if row.refers_to(owner, pks)], warnings)


def fill(item, row, warnings, only=None):
    """Set the fields of an object, or those named in ``only``, to the values of a Row.

    Return {name: primary keys} of its many-to-many fields, which can only be set once the object is saved.
    """
    many_to_many = {}
    for one in recorded_fields(row.model):
        if one.name not in (row.values if only is None else only):
            continue  # a field that was added after the revision
        value = row.values[one.name]
        if one.many_to_many:
            if one.remote_field.through._meta.auto_created:
                many_to_many[one.name] = list(one.related_model._base_manager.only("pk").in_bulk(value))
                if number := len(value) - len(many_to_many[one.name]):
                    deleted = "1 has been deleted" if number == 1 else f"{number} have been deleted"
                    warnings.append(f"“{row.title}” was restored without all its {one.verbose_name}: {deleted}.")
        elif one.related_model:
            setattr(item, one.attname, _existing_pk(one, value, row, warnings))
        elif isinstance(one, models.FileField):
            item.__dict__[one.attname] = value  # setattr would open an image to measure it
            if value and not one.storage.exists(value):
                warnings.append(f"The file {value.rsplit('/', 1)[-1]} no longer exists.")
        else:
            setattr(item, one.attname, one.to_python(value))
    return many_to_many


def resolve_conflicts(item):
    """Change the values of an object that another one has taken. Return a sentence about each."""
    return item.resolve_conflicts() if hasattr(item, "resolve_conflicts") else []


def _point_back(rows, model, pk, instead_of):
    """Make existing rows refer to an object again. Return sentences about those that cannot."""
    warnings, referring = [], defaultdict(list)
    for row in rows:
        for one in recorded_fields(row.model):
            if one.related_model is model and row.refers_to(model, {pk}, one):
                referring[row.model, one].append(row.pk)
    for (owner, one), pks in referring.items():
        if one.many_to_many:
            merged = {row.pk for row in rows if row.model is owner and row.refers_to(model, {instead_of}, one)}
            for item in owner._base_manager.filter(pk__in=pks):
                getattr(item, one.name).add(pk)
                if instead_of and item.pk not in merged:  # it refers to the other one only because of the merge
                    getattr(item, one.name).remove(instead_of)
        else:
            unchanged = Q(**{f"{one.attname}__isnull": True}) | Q(**{one.attname: instead_of})
            found = owner._base_manager.filter(unchanged, pk__in=pks)
            if not hasattr(owner, "resolve_conflicts"):
                found.update(**{one.attname: pk})
                continue
            for item in found:
                setattr(item, one.attname, pk)
                warnings += item.resolve_conflicts()
                item.save()
    return warnings


def _existing_pk(one, value, row, warnings):
    """Return the value of a foreign key, or None, with a warning, if its object has been deleted."""
    if value is None or one.related_model._base_manager.filter(pk=value).exists():
        return value
    if one.null:
        warnings.append(f"“{row.title}”: {one.verbose_name} was left empty, because it has been deleted.")
    return None


def _create(rows, warnings):
    """Create rows with their former primary keys. Those that cannot be created are skipped with a warning."""
    for row in rows:
        item = row.model(pk=row.pk)
        lost = []
        many_to_many = fill(item, row, lost)
        if hasattr(item, "recover"):
            item.recover(row.title)
        required = [one for one in recorded_fields(row.model) if one.many_to_one and not one.null]
        if any(getattr(item, one.attname) is None for one in required):
            warnings.append(f"“{row.title}” could not be restored, because what it belongs to has been deleted.")
            continue
        try:
            with transaction.atomic():
                item.save(force_insert=True)
        except (IntegrityError, ValidationError):
            reason = "what it refers to has been deleted" if lost else "another entry has taken its place"
            warnings.append(f"“{row.title}” could not be restored, because {reason}.")
            continue
        warnings += lost
        for name, pks in many_to_many.items():
            getattr(item, name).set(pks)
