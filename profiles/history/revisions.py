"""The history of objects, stored by django-reversion.

A revision holds the state of one object, together with the rows that belong to it. A deletion or merge also records the
rows of other objects that refer to it.
"""

import json
from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from hashlib import blake2s
from typing import Any

import reversion
from django.contrib.contenttypes.models import ContentType
from django.core import serializers
from django.db import models, transaction
from django.db.models import Exists, OuterRef
from reversion.models import Revision, Version
from taggit.managers import TaggableManager

UNRECORDED = "Changed outside the admin"  # comment on what an import, a command or a script has saved

_owned = {}


def register(*owned):
    """Class decorator that registers a model. ``owned`` names the reverse relations whose rows are recorded with it."""

    def decorate(model):
        reversion.register(model, fields=[field.name for field in recorded_fields(model)], follow=owned)
        _owned[model._meta.label_lower] = owned
        return model

    return decorate


def add_owned(model, *names):
    """Record with a model the rows of more relations, which an app above it defines."""
    owned = _owned[model._meta.label_lower]
    reversion.unregister(model)
    register(*owned, *names)(model)


def recorded_fields(model):
    """Yield the fields that a revision holds: not the computed ones, nor tags, which are rows of a relation."""
    opts = model._meta.concrete_model._meta
    derived = getattr(model, "derived_fields", ())
    for one in (*opts.local_fields, *opts.local_many_to_many):
        computed = isinstance(one, models.GeneratedField) or getattr(one, "auto_now", False) or one.name in derived
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


class State:
    """An object (``root``) and its rows by relation, as they were at one time."""

    def __init__(self, root, rows):
        self.root = root
        self.rows = {
            name: sorted(some, key=lambda row: (row.values.get("role", ""), row.values.get("position", 0), row.pk))
            for name, some in rows.items()
        }

    @cached_property
    def digest(self):
        """A hash of the content: equal states have the same."""
        rows = {name: [(row.pk, row.values) for row in some] for name, some in self.rows.items()}
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
    states = _recorded_states(model, {one: int(pk) for one in ids})
    found = Revision.objects.select_related("user").in_bulk(ids)
    return [
        ObjectRevision(one, found[one].date_created, _full_name(found[one].user), found[one].comment, states[one])
        for one in ids
        if one in states
    ]


def main_versions():
    """Return the Versions of the objects that revisions are about, without those of related rows."""
    earlier = Version.objects.filter(revision=OuterRef("revision"), pk__lt=OuterRef("pk"))
    return Version.objects.filter(~Exists(earlier))


def deleted_versions(model):
    """Return the last Version of each deleted object of a model, newest first."""
    versions = main_versions().get_deleted(model._meta.concrete_model).order_by("-revision_id")
    kind = getattr(model, "KIND", "")  # of a proxy model
    found = versions.select_related("revision__user", "content_type")
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


def record_unsaved_changes(items, user=None, comment=UNRECORDED):
    """Record the objects of one model that were changed after their last revision, or have none."""
    items = list(items)
    if not items:
        return
    model = type(items[0])
    versions = main_versions().get_for_model(model).filter(object_id__in=[str(item.pk) for item in items])
    last = dict(versions.values_list("object_id").annotate(last=models.Max("revision")).order_by())
    states = _recorded_states(model, {revision: int(pk) for pk, revision in last.items()})
    recorded = {state.root.pk: state.digest for state in states.values()}
    loaded = _load(model, [item.pk for item in items])
    changed = [item for item in items if recorded.get(item.pk) != _state_of(loaded[item.pk]).digest]
    record(changed, user, comment)


def referring_rows(item):
    """Yield the rows, of models with a history, that refer to an object."""
    for relation in item._meta.concrete_model._meta.related_objects:
        model = relation.related_model
        if reversion.is_registered(model) and (not relation.many_to_many or relation.through._meta.auto_created):
            for row in model._base_manager.filter(**{relation.field.name: item.pk}).distinct():
                if relation.one_to_many:
                    setattr(row, relation.field.name, item)  # saves a query when the row's title names the object
                yield row


def _recorded_states(model, objects):
    """Return {revision: State} of objects of a model. ``objects`` maps revisions to primary keys."""
    relations = list(owned_relations(model))
    types = ContentType.objects.get_for_models(model, *(rows_model for _, rows_model, _ in relations))
    versions = Version.objects.filter(revision__in=list(objects), content_type__in=types.values())
    by_revision = defaultdict(list)
    for version in versions.select_related("content_type"):
        by_revision[version.revision_id].append(Row.from_version(version))
    states = {}
    for revision, rows in by_revision.items():
        pk = objects[revision]
        root = next((row for row in rows if (row.model, row.pk) == (model._meta.concrete_model, pk)), None)
        if root:
            states[revision] = State(root, {
                name: [row for row in rows if row.model is rows_model and row.values.get(foreign_key.name) == pk]
                for name, rows_model, foreign_key in relations
            })  # fmt: skip
    return states


def _state_of(loaded):
    rows = {name: map(Row.from_object, getattr(loaded, name).all()) for name, *_ in owned_relations(type(loaded))}
    return State(Row.from_object(loaded), rows)


def _load(model, pks):
    """Return {pk: object} with its rows, and the objects that these name, prefetched."""
    prefetches = []
    for name, rows_model, _ in owned_relations(model):
        foreign_keys = [one.name for one in rows_model._meta.fields if one.many_to_one]
        prefetches.append(models.Prefetch(name, rows_model._base_manager.select_related(*foreign_keys)))
    return {item.pk: item for item in model._base_manager.filter(pk__in=pks).prefetch_related(*prefetches)}


def _full_name(user):
    return user.get_full_name() or user.get_username() if user else ""
