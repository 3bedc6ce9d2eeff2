"""What was saved, by whom and when: states of an object with the rows that belong to it, compared and restored.

django-reversion does the storing. A revision here holds an object, all rows that it ``follow``s, and for a deletion or
a merge the rows of others that refer to it, so that it comes back with them.
"""

import json
from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from hashlib import blake2s
from typing import Any

import reversion
from django.contrib.contenttypes.models import ContentType
from django.core import serializers
from django.core.exceptions import ValidationError
from django.db import DEFAULT_DB_ALIAS, IntegrityError, models, transaction
from django.db.models import Exists, OuterRef, Q
from django.db.models.functions import Cast
from django.utils import timezone
from django.utils.formats import date_format
from reversion.models import Revision, Version
from taggit.managers import TaggableManager

CHUNK = 500  # rows that a query names
FOUND = "As it was found"  # the comment of a state that nothing in the admin has made

_followed = {}


def register(*follow):
    """Class decorator: keep the history of a model, with its rows of the reverse relations named in ``follow``."""

    def decorate(model):
        reversion.register(model, fields=[field.name for field in fields_of(model)], follow=follow)
        _followed[model._meta.label_lower] = follow
        return model

    return decorate


def fields_of(model):
    """What is kept of a row: all but what is computed, and tags, which are rows of their own."""
    opts = model._meta.concrete_model._meta
    for one in (*opts.local_fields, *opts.local_many_to_many):
        computed = isinstance(one, models.GeneratedField) or getattr(one, "auto_now", False)
        if not computed and not isinstance(one, TaggableManager):
            yield one


def follows(model):
    """(name, model of the rows, field that leads back) of each relation that is followed."""
    for name in _followed[model._meta.label_lower]:
        relation = getattr(model, name).rel
        yield name, relation.related_model, relation.field


@dataclass(frozen=True)
class Row:
    """A row as it was: ``values`` are those of Django's JSON serializer, by the names of fields."""

    model: type
    pk: int
    title: str
    values: dict[str, Any]

    @classmethod
    def of_version(cls, version):
        data = json.loads(version.serialized_data)[0]
        return cls(version.content_type.model_class(), int(version.object_id), version.object_repr, data["fields"])

    @classmethod
    def of_object(cls, item):
        names = [field.name for field in fields_of(type(item))]
        data = json.loads(serializers.serialize("json", [item], fields=names))[0]
        return cls(item._meta.concrete_model, item.pk, str(item), data["fields"])

    def refers_to(self, model, pks, only=None):
        """Whether a field (or the one in ``only``) led to one of the objects with these numbers."""
        for one in [only] if only else fields_of(self.model):
            value = self.values.get(one.name)
            if one.related_model is model and pks.intersection(value if isinstance(value, list) else [value]):
                return True
        return False

    @property
    def place(self):
        return (self.values.get("role", ""), self.values.get("position", 0), self.pk)


@dataclass(frozen=True)
class State:
    """An object and its rows, by the name of the relation, at one moment."""

    root: Row
    rows: dict[str, list[Row]] = field(default_factory=dict)

    @cached_property
    def digest(self):
        """The same text for the same content."""
        known = {name: [(row.pk, row.values) for row in rows] for name, rows in self.rows.items()}
        content = json.dumps([self.root.values, known], sort_keys=True)
        return blake2s(content.encode(), digest_size=12).hexdigest()


@dataclass(frozen=True)
class Moment:
    """One revision of an object: who, when, with what comment, and the state that it left."""

    revision: int
    date: datetime
    user: str
    comment: str
    state: State


def current_state(item):
    """The State of an object as the database has it now."""
    return _state(_whole(type(item), [item.pk])[item.pk])


def revisions_of(model, pk):
    """The numbers of the revisions of an object, the newest first."""
    versions = subjects().get_for_object_reference(model, pk)
    return list(versions.order_by("-revision_id").values_list("revision_id", flat=True))


def moments(model, pk, chosen=None):
    """[Moment] of an object, the newest first: of all its revisions, or of those that are ``chosen``."""
    chosen = revisions_of(model, pk) if chosen is None else chosen
    states = _states(model, dict.fromkeys(chosen, pk))
    found = Revision.objects.select_related("user").in_bulk(chosen)
    return [
        Moment(one, found[one].date_created, _name(found[one].user), found[one].comment, states[one])
        for one in chosen
        if one in states
    ]


def moment(model, pk, revision):
    """The Moment of an object in one revision, or None."""
    return next(iter(moments(model, pk, [revision])), None)


def subjects():
    """The Versions of the objects that revisions are about, without those of the rows that they hold besides."""
    earlier = Version.objects.filter(revision=OuterRef("revision"), pk__lt=OuterRef("pk"))
    return Version.objects.filter(~Exists(earlier))


def deleted(model):
    """[Version] of the objects that are no longer there, as they were last, the newest first."""
    concrete = model._meta.concrete_model
    there = concrete._base_manager.filter(pk=Cast(OuterRef("object_id"), models.BigIntegerField()))
    gone = subjects().get_for_model(model).filter(~Exists(there))
    last = gone.order_by().values("object_id").annotate(last=models.Max("pk")).values("last")
    versions = Version.objects.filter(pk__in=last).select_related("revision__user", "content_type")
    kind = getattr(model, "KIND", None)
    found = versions.order_by("-revision_id")
    return [one for one in found if kind is None or Row.of_version(one).values.get("kind") == kind]


def record(item, user=None, comment="", also=()):
    """Keep the state of an object, and of the other rows in ``also`` with theirs, as a revision."""
    record_all([item], user, comment, also)


@transaction.atomic
def record_all(items, user=None, comment="", also=()):
    """Keep the states of objects of one model, each as a revision of its own."""
    if not items:
        return
    if user is not None and not user.is_authenticated:
        user = None
    now = timezone.now()
    wholes = _whole(type(items[0]), [item.pk for item in items])
    made = Revision.objects.bulk_create([Revision(date_created=now, user=user, comment=comment) for _ in items])
    versions = []
    for item, revision in zip(items, made, strict=True):
        rows = {}
        for one in (wholes[item.pk], *also):
            # The object itself comes first, so that it is known to be the subject.
            rows |= {(type(row)._meta.concrete_model, row.pk): row for row in (one, *_rows(one))}
        versions += [_version(row, revision) for row in rows.values()]
    Version.objects.bulk_create(versions, batch_size=500)


def keep(item):
    """Keep the state of an object unless it is the last one that is known: an import or a command may have made it."""
    keep_all([item])


def keep_all(items):
    """The same for objects of one model."""
    if not items:
        return
    model = type(items[0])
    versions = subjects().get_for_model(model).filter(object_id__in=[str(item.pk) for item in items])
    last = dict(versions.values_list("object_id").annotate(last=models.Max("revision")).order_by())
    states = _states(model, {revision: int(pk) for pk, revision in last.items()})
    known = {state.root.pk: state.digest for state in states.values()}
    wholes = _whole(model, [item.pk for item in items])
    record_all([item for item in items if known.get(item.pk) != _state(wholes[item.pk]).digest], comment=FOUND)


def record_deletion(item, user):
    """Keep an object that is about to be deleted, with all rows that go or change with it."""
    record(item, user, "Deleted", also=referring(item))


def referring(item):
    """The rows, of models with a history, that refer to an object."""
    for relation in item._meta.concrete_model._meta.related_objects:
        model = relation.related_model
        if reversion.is_registered(model) and (not relation.many_to_many or _is_plain(relation)):
            for row in model._base_manager.filter(**{relation.field.name: item.pk}).distinct():
                if relation.one_to_many:
                    setattr(row, relation.field.name, item)  # so that none asks for it to say its name
                yield row


def restore(model, pk, revision, user):
    """Bring an object back to the state of a revision, as a revision of its own.

    Returns (object, sentences on what could not be brought back). Raises ValidationError where the state cannot be:
    its DOI is another's now. Nothing is changed then.
    """
    then = moment(model, pk, revision)
    concrete = model._meta.concrete_model
    with transaction.atomic():
        item = concrete._base_manager.select_for_update().filter(pk=pk).first()
        gone = item is None
        if not gone:
            keep(item)
        warnings = []
        for _, child, back in follows(model):
            child._base_manager.filter(**{back.name: pk}).delete()
        item = item or concrete(pk=pk)
        many = fill(item, then.state.root, warnings)
        item.full_clean(exclude=[one.name for one in fields_of(model) if isinstance(one, models.FileField)])
        item.save(force_insert=gone)
        for name, pks in many.items():
            getattr(item, name).set(pks)
        for rows in then.state.rows.values():
            _recreate(rows, warnings)
        if gone:
            reattach(concrete, pk, revision, warnings)
        when = date_format(timezone.localtime(then.date), "j F Y, H:i")
        record(item, user, f"Deletion undone ({when})" if gone else f"Restored the state of {when}")
    return item, warnings


def reattach(model, pk, revision, warnings, instead_of=None):
    """Let the rows of a revision that referred to an object do so again.

    Those that are gone come back, with their own rows; those that refer to the object ``instead_of`` (its number) or
    to none now are led back. What an editor has tied to something else meanwhile stays so.
    """
    versions = Version.objects.filter(revision=revision).select_related("content_type")
    rows = [row for row in map(Row.of_version, versions) if (row.model, row.pk) != (model, pk)]
    there = _still_there(rows)
    _lead_back([row for row in rows if (row.model, row.pk) in there], model, pk, instead_of)
    gone = [row for row in rows if (row.model, row.pk) not in there]
    first = [row for row in gone if row.refers_to(model, {pk})]
    rest = [row for row in gone if not row.refers_to(model, {pk})]
    _recreate(first, warnings)
    for owner in {row.model for row in first}:
        pks = {row.pk for row in first if row.model is owner}
        _recreate([row for row in rest if row.refers_to(owner, pks)], warnings)


def _still_there(rows):
    """{(model, number)} of the rows that the database has."""
    found = set()
    for owner in {row.model for row in rows}:
        for some in _in_chunks([row.pk for row in rows if row.model is owner]):
            found |= {(owner, pk) for pk in owner._base_manager.filter(pk__in=some).values_list("pk", flat=True)}
    return found


def _lead_back(rows, model, pk, instead_of):
    """Let the rows refer to an object where they did, unless they refer to something else now."""
    referring = defaultdict(list)
    for row in rows:
        for one in fields_of(row.model):
            if one.related_model is model and row.refers_to(model, {pk}, one):
                referring[row.model, one].append(row.pk)
    for (owner, one), pks in referring.items():
        for some in _in_chunks(pks):
            found = owner._base_manager.filter(pk__in=some)
            if one.many_to_many:
                for there in found:
                    getattr(there, one.name).add(pk)
            else:
                free = Q(**{f"{one.attname}__isnull": True}) | Q(**{one.attname: instead_of})
                found.filter(free).update(**{one.attname: pk})


def _in_chunks(items):
    return [items[start : start + CHUNK] for start in range(0, len(items), CHUNK)]


def _states(model, objects):
    """{revision: State} of objects of a model; ``objects`` maps revisions to their numbers."""
    children = list(follows(model))
    types = ContentType.objects.get_for_models(model, *(child for _, child, _ in children))
    found = {revision: (None, {name: [] for name, _, _ in children}) for revision in objects}
    types = [content_type.pk for content_type in types.values()]
    versions = Version.objects.filter(revision__in=list(objects), content_type__in=types)
    for version in versions.select_related("content_type"):
        row, pk = Row.of_version(version), int(objects[version.revision_id])
        _, rows = found[version.revision_id]
        if row.model is model._meta.concrete_model and row.pk == pk:
            found[version.revision_id] = (row, rows)
            continue
        for name, child, back in children:
            if row.model is child and row.values.get(back.name) == pk:
                rows[name].append(row)
    return {
        revision: State(root, {name: sorted(some, key=lambda row: row.place) for name, some in rows.items()})
        for revision, (root, rows) in found.items()
        if root is not None
    }


def _state(whole):
    rows = {
        name: sorted((Row.of_object(row) for row in getattr(whole, name).all()), key=lambda row: row.place)
        for name, _, _ in follows(type(whole))
    }
    return State(Row.of_object(whole), rows)


def _whole(model, pks):
    """{number: object} with the rows that each follows, and what those show of others, read at once."""
    loads = []
    for name, child, _ in follows(model):
        ties = [one.name for one in child._meta.fields if one.many_to_one]
        loads.append(models.Prefetch(name, child._base_manager.select_related(*ties)))
    return {item.pk: item for item in model._base_manager.filter(pk__in=pks).prefetch_related(*loads)}


def _rows(item):
    for name, _, _ in follows(type(item)):
        yield from getattr(item, name).all()


def _version(row, revision):
    names = [field.name for field in fields_of(type(row))]
    return Version(
        revision=revision,
        object_id=str(row.pk),
        content_type=ContentType.objects.get_for_model(row),
        db=DEFAULT_DB_ALIAS,
        format="json",
        serialized_data=serializers.serialize("json", [row], fields=names),
        object_repr=str(row),
    )


def _is_plain(relation):
    return relation.through._meta.auto_created


def _name(user):
    return user.get_full_name() or user.get_username() if user else ""


def fill(item, row, warnings, only=None):
    """Set the fields of an object (or those in ``only``) to a row's.

    Returns {name: numbers} of its plain relations to many, which need a saved object.
    """
    many = {}
    for one in fields_of(row.model):
        if one.name not in (row.values if only is None else only):
            continue  # where all are meant: the model has got this field since
        value = row.values[one.name]
        if one.many_to_many:
            if _is_plain(one.remote_field):
                many[one.name] = _there(one, value)
        elif one.related_model:
            setattr(item, one.attname, _reference(one, value, row, warnings))
        elif isinstance(one, models.FileField):
            # Not through the descriptor, which would open the file.
            item.__dict__[one.attname] = value
            if value and not one.storage.exists(value):
                warnings.append(f"The file {value.rsplit('/', 1)[-1]} is no longer on the disk.")
        else:
            setattr(item, one.attname, one.to_python(value))
    return many


def revive(row, warnings):
    """The object of a row that is gone, not saved, without its plain relations to many."""
    item = row.model(pk=row.pk)
    fill(item, row, warnings)
    return item


def _there(one, numbers):
    return list(one.related_model._base_manager.filter(pk__in=numbers).values_list("pk", flat=True))


def _reference(one, value, row, warnings):
    """The number of the row referred to, or None where that is gone and nothing may stand there."""
    if value is None or one.related_model._base_manager.filter(pk=value).exists():
        return value
    if one.null:
        warnings.append(f"“{row.title}”: {one.verbose_name} is no longer there, so it was left empty.")
    return None


def _recreate(rows, warnings):
    """Make rows anew under their old numbers; what cannot be is told, and left out."""
    for row in rows:
        item = row.model(pk=row.pk)
        many = fill(item, row, warnings)
        if hasattr(item, "recover"):
            item.recover(row.title)
        lost = [one for one in fields_of(row.model) if one.many_to_one and not one.null]
        if any(getattr(item, one.attname) is None for one in lost):
            warnings.append(f"“{row.title}” could not be brought back: what it belongs to is gone.")
            continue
        try:
            with transaction.atomic():
                item.save(force_insert=True)
        except (IntegrityError, ValidationError):
            warnings.append(f"“{row.title}” could not be brought back: something else has its place now.")
            continue
        for name, pks in many.items():
            getattr(item, name).set(pks)
