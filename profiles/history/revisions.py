"""The history of an object: who saved which state of it, and when.

django-reversion stores it. A revision holds an object together with the rows that it owns, and for a deletion or merge
also the rows that refer to it.
"""

import json
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from hashlib import blake2s
from typing import Any

import reversion
from django.contrib.contenttypes.models import ContentType
from django.core import serializers
from django.db import models, transaction
from django.db.models import Exists, OuterRef
from django.db.models.functions import Cast
from reversion.models import Revision, Version
from taggit.managers import TaggableManager

UNRECORDED = "Changed outside the admin"  # comment of a state that an import, a command or a script has saved

_owned = {}


def register(*owned):
    """Class decorator that gives a model a history. ``owned`` are the reverse relations whose rows belong to it."""

    def decorate(model):
        reversion.register(model, fields=[field.name for field in recorded_fields(model)], follow=owned)
        _owned[model._meta.label_lower] = owned
        return model

    return decorate


def recorded_fields(model):
    """Yield the fields that a revision holds: not the computed ones, nor tags, which are rows of a relation."""
    opts = model._meta.concrete_model._meta
    for one in (*opts.local_fields, *opts.local_many_to_many):
        computed = isinstance(one, models.GeneratedField) or getattr(one, "auto_now", False)
        if not computed and not isinstance(one, TaggableManager):
            yield one


def owned_relations(model):
    """Yield (name, model of the rows, their foreign key) of each relation whose rows belong to a model."""
    for name in _owned[model._meta.label_lower]:
        relation = getattr(model, name).rel
        yield name, relation.related_model, relation.field


@dataclass(frozen=True)
class Row:
    """A recorded row. ``values`` are those of Django's JSON serializer, by field name."""

    model: type
    pk: int
    title: str
    values: dict[str, Any]

    @classmethod
    def from_version(cls, version):
        values = json.loads(version.serialized_data)[0]["fields"]
        return cls(version.content_type.model_class(), int(version.object_id), version.object_repr, values)

    @classmethod
    def from_object(cls, item):
        names = [field.name for field in recorded_fields(type(item))]
        values = json.loads(serializers.serialize("json", [item], fields=names))[0]["fields"]
        return cls(item._meta.concrete_model, item.pk, str(item), values)

    def refers_to(self, model, pks, only=None):
        """Return whether a field, or the field ``only``, refers to an object of a model with one of these keys."""
        for one in [only] if only else recorded_fields(self.model):
            value = self.values.get(one.name)
            if one.related_model is model and pks.intersection(value if isinstance(value, list) else [value]):
                return True
        return False

    @property
    def sort_key(self):
        return (self.values.get("role", ""), self.values.get("position", 0), self.pk)


@dataclass(frozen=True)
class State:
    """An object (``root``) and its rows by relation, as they were at one time."""

    root: Row
    rows: dict[str, list[Row]] = field(default_factory=dict)

    @cached_property
    def digest(self):
        """A hash of the content, by which equal states are recognised."""
        rows = {name: [(row.pk, row.values) for row in rows] for name, rows in self.rows.items()}
        content = json.dumps([self.root.values, rows], sort_keys=True)
        return blake2s(content.encode(), digest_size=12).hexdigest()


@dataclass(frozen=True)
class ObjectRevision:
    """One revision of an object: its number, who saved it and when, the comment, and the saved state."""

    pk: int
    date: datetime
    user: str
    comment: str
    state: State


def current_state(item):
    """Return the State of an object in the database."""
    return _state_of(_load(type(item), [item.pk])[item.pk])


def revision_ids(model, pk):
    """Return the numbers of an object's revisions, newest first."""
    versions = main_versions().get_for_object_reference(model, pk)
    return list(versions.order_by("-revision_id").values_list("revision_id", flat=True))


def get_revisions(model, pk, ids=None):
    """Return the ObjectRevisions of an object, newest first: all of them, or those in ``ids``."""
    ids = revision_ids(model, pk) if ids is None else ids
    states = _states(model, dict.fromkeys(ids, pk))
    found = Revision.objects.select_related("user").in_bulk(ids)
    return [
        ObjectRevision(one, found[one].date_created, _full_name(found[one].user), found[one].comment, states[one])
        for one in ids
        if one in states
    ]


def main_versions():
    """Return the Versions of the objects that revisions are about, without those of the rows that go with them."""
    earlier = Version.objects.filter(revision=OuterRef("revision"), pk__lt=OuterRef("pk"))
    return Version.objects.filter(~Exists(earlier))


def deleted_versions(model):
    """Return the last Version of each deleted object of a model, newest first."""
    concrete = model._meta.concrete_model
    existing = concrete._base_manager.filter(pk=Cast(OuterRef("object_id"), models.BigIntegerField()))
    gone = main_versions().get_for_model(model).filter(~Exists(existing))
    last = gone.order_by().values("object_id").annotate(last=models.Max("pk")).values("last")
    versions = Version.objects.filter(pk__in=last).select_related("revision__user", "content_type")
    kind = getattr(model, "KIND", "")  # a proxy's deleted objects are among those of its concrete model
    found = versions.order_by("-revision_id")
    return [one for one in found if not kind or Row.from_version(one).values.get("kind") == kind]


@transaction.atomic
def record(items, user=None, comment="", related=()):
    """Record the current state of objects of one model, each in a revision, together with the rows in ``related``."""
    items = list(items)
    loaded = _load(type(items[0]), [item.pk for item in items]) if items else {}
    for item in items:
        with reversion.create_revision(manage_manually=True):
            # The object comes first, so that ``main_versions`` finds it.
            for row in (loaded[item.pk], *related):
                reversion.add_to_revision(row)
            reversion.set_comment(comment)
            if user is not None and user.is_authenticated:
                reversion.set_user(user)


def record_unsaved_changes(items):
    """Record objects of one model whose current state is not the last recorded one."""
    items = list(items)
    if not items:
        return
    model = type(items[0])
    versions = main_versions().get_for_model(model).filter(object_id__in=[str(item.pk) for item in items])
    last = dict(versions.values_list("object_id").annotate(last=models.Max("revision")).order_by())
    states = _states(model, {revision: int(pk) for pk, revision in last.items()})
    recorded = {state.root.pk: state.digest for state in states.values()}
    loaded = _load(model, [item.pk for item in items])
    record([item for item in items if recorded.get(item.pk) != _state_of(loaded[item.pk]).digest], comment=UNRECORDED)


def record_deletion(item, user):
    """Record an object that is about to be deleted, with all rows that are deleted or changed with it."""
    record([item], user, "Deleted", related=referring_rows(item))


def referring_rows(item):
    """Yield the rows, of models with a history, that refer to an object."""
    for relation in item._meta.concrete_model._meta.related_objects:
        model = relation.related_model
        if reversion.is_registered(model) and (not relation.many_to_many or relation.through._meta.auto_created):
            for row in model._base_manager.filter(**{relation.field.name: item.pk}).distinct():
                if relation.one_to_many:
                    setattr(row, relation.field.name, item)  # saves a query when the row's title names the object
                yield row


def _states(model, objects):
    """Return {revision: State} of objects of a model. ``objects`` maps revisions to primary keys."""
    relations = list(owned_relations(model))
    types = ContentType.objects.get_for_models(model, *(rows_model for _, rows_model, _ in relations)).values()
    versions = Version.objects.filter(revision__in=list(objects), content_type__in=[one.pk for one in types])
    roots, rows = {}, {revision: {name: [] for name, _, _ in relations} for revision in objects}
    for version in versions.select_related("content_type"):
        row, pk = Row.from_version(version), int(objects[version.revision_id])
        if row.model is model._meta.concrete_model and row.pk == pk:
            roots[version.revision_id] = row
            continue
        for name, rows_model, foreign_key in relations:
            if row.model is rows_model and row.values.get(foreign_key.name) == pk:
                rows[version.revision_id][name].append(row)
    return {revision: State(root, _sorted(rows[revision])) for revision, root in roots.items()}


def _state_of(loaded):
    rows = {name: map(Row.from_object, getattr(loaded, name).all()) for name, *_ in owned_relations(type(loaded))}
    return State(Row.from_object(loaded), _sorted(rows))


def _sorted(rows):
    return {name: sorted(some, key=lambda row: row.sort_key) for name, some in rows.items()}


def _load(model, pks):
    """Return {pk: object} with its rows, and the objects that these name, prefetched."""
    prefetches = []
    for name, rows_model, _ in owned_relations(model):
        foreign_keys = [one.name for one in rows_model._meta.fields if one.many_to_one]
        prefetches.append(models.Prefetch(name, rows_model._base_manager.select_related(*foreign_keys)))
    return {item.pk: item for item in model._base_manager.filter(pk__in=pks).prefetch_related(*prefetches)}


def _full_name(user):
    return user.get_full_name() or user.get_username() if user else ""
