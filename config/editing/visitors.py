"""Keeps users who may not publish from changing what visitors see, in whichever way they try.

``unchanged_for_visitors`` compares the rows behind all public pages before and after a request, and undoes the request
if they differ. So a view need not know which of its changes have effects elsewhere.
"""

from collections import defaultdict
from contextlib import contextmanager
from functools import reduce
from itertools import chain
from operator import or_

from django.apps import apps
from django.contrib import messages
from django.contrib.messages.middleware import MessageMiddleware
from django.core.files.uploadedfile import TemporaryUploadedFile, UploadedFile
from django.db import models, transaction
from django.shortcuts import redirect
from django.utils import timezone

from config.text.plain import plain
from profiles.content.batches import batched
from profiles.content.publishing import PUBLIC, Publishable
from profiles.history import revisions
from profiles.models import (
    Affiliation,
    FormerSlug,
    Look,
    Menu,
    MenuItem,
    Person,
    PreviewLink,
    Relation,
    SiteSettings,
    Tag,
)
from publications.models import Publication

SHOWN_WHOLLY = (Look, Menu, MenuItem, PreviewLink, SiteSettings)  # models without a state: visitors see all rows
SHOWN_WHERE_USED = (Person, Tag)  # public content names them, whatever their own state
NAMED = 3  # changes that a message names
FOREVER = "forever"


class VisitorsWouldSeeError(Exception):
    """A request would change public pages. Its text says which, and what to do."""

    def __init__(self, changes):
        changes = list(dict.fromkeys(changes))  # versions of a work may have one title
        more = f" and {len(changes) - NAMED} more" if len(changes) > NAMED else ""
        listed = "; ".join(changes[:NAMED])
        super().__init__(
            f"Nothing was saved, because visitors would see the difference: {listed}{more}. Ask an editor to do this."
        )


def without_path(upload):
    """Return an upload that the storage copies. It would move a temporary file, which a second attempt needs."""
    if not isinstance(upload, TemporaryUploadedFile):
        return upload
    return UploadedFile(upload.file, upload.name, upload.content_type, upload.size, upload.charset)


def call_unless_visible(view, request, *args, **kwargs):
    """Call a view for a user who may not publish. Undo and refuse a request that would change public pages.

    The form of an object is shown again, with everything that was typed and the reason as its error.
    """
    is_form = (request.resolver_match.url_name or "").endswith(("_add", "_change"))
    for name, uploads in request.FILES.lists():
        request.FILES.setlist(name, list(map(without_path, uploads)))
    for _ in range(2 if is_form else 1):
        try:
            with unchanged_for_visitors():
                return view(request, *args, **kwargs)
        except VisitorsWouldSeeError as error:
            request.refusal = str(error)  # the form's error (profiles.history.admin)
            MessageMiddleware(view).process_request(request)  # drops the messages about what was undone
            for upload in chain.from_iterable(uploads for _, uploads in request.FILES.lists()):
                upload.seek(0)
    messages.error(request, request.refusal)
    return redirect(request.get_full_path())


@contextmanager
def unchanged_for_visitors():
    """Undo what the block has changed, and raise VisitorsWouldSeeError, if visitors see a difference now or later."""
    now = timezone.now()  # for both: what opens in between is not a change
    with transaction.atomic():
        before = Snapshot(now)
        yield
        after = Snapshot(now)
        changed = after.changed_since(before)
        new = {key: name_of(key) for key in changed if key not in before.shown}
        if changed:
            transaction.set_rollback(True)
    if changed:
        raise VisitorsWouldSeeError([describe(new.get(key) or name_of(key), key, before, after) for key in changed])


def name_of(key):
    """Return the name of the object that a key of a Snapshot stands for, or "" if there is none."""
    model, pk = key
    found = model._base_manager.filter(pk=pk).first()
    return "" if found is None else "A preview link" if model is PreviewLink else f"“{plain(str(found))}”"


def describe(name, key, before, after):
    """Say what would happen to an object that differs in two Snapshots."""
    if key not in before.shown:
        return f"{name} would become visible"
    if key not in after.shown:
        return f"{name} would disappear"
    hidden, then_hidden = before.hidden_until.get(key[1]), after.hidden_until.get(key[1])
    if key[0] is Publication and hidden != then_hidden:
        return f"{name} would {'hide' if then_hidden else 'show'} its authors"
    return f"{name} would change"


class Snapshot:
    """Everything that public pages are made of.

    ``shown`` maps each object that visitors see, by model and primary key, to its rows; scheduled content counts,
    because it opens without another save. ``hidden_until`` maps publications under blind review to its end.
    """

    def __init__(self, now):
        self.shown = defaultdict(list)
        self.used = {model: set() for model in SHOWN_WHERE_USED}
        for model in content_models():
            self.add_content(model, model._base_manager.filter(is_shown(model)))
        for model in SHOWN_WHOLLY:
            self.add(model, model._base_manager.all())
        people = Person.objects.filter(is_shown(Person)).values("pk")
        self.add(Relation, Relation.objects.filter(related__in=people), "related_id", Person)
        for model, keys in self.used.items():
            for some in batched(sorted(keys), 500):
                self.add(model, model._base_manager.filter(pk__in=some))
                if model is Person:  # papers show the affiliations of their authors
                    self.add(Affiliation, Affiliation.objects.filter(person__in=some), "person_id", Person)
        self.add_former_slugs()
        self.hidden_until = hidden_until(now)

    def changed_since(self, before):
        """Return the keys of the objects that differ: what appears or disappears, then blind review, then the rest."""
        keys = {key for key in {*self.shown, *before.shown} if self.shown.get(key) != before.shown.get(key)}
        blind = {*self.hidden_until.items()} ^ {*before.hidden_until.items()}
        shown = {(Publication, pk) for pk, _ in blind} & {*self.shown, *before.shown}
        return sorted(
            keys | shown, key=lambda key: (key not in shown, key in self.shown and key in before.shown, str(key))
        )

    def add_content(self, model, objects):
        """Add objects with the rows that belong to them."""
        self.add(model, objects)
        for field in model._meta.local_many_to_many:
            through = field.remote_field.through
            if through._meta.auto_created:
                owner, other = field.m2m_field_name(), field.m2m_reverse_field_name()
                rows = through._base_manager.filter(**{f"{owner}__in": objects.values("pk")})
                if field.related_model not in SHOWN_WHERE_USED:
                    linked = field.related_model._base_manager.filter(is_shown(field.related_model)).values("pk")
                    rows = rows.filter(**{f"{other}__in": linked})
                self.add(through, rows, f"{owner}_id", model)
        for _, rows_model, owner in revisions.owned_relations(model):
            rows = rows_model._base_manager.filter(**{f"{owner.name}__in": objects.values("pk")})
            self.add(rows_model, rows, owner.attname, model)

    def add(self, model, rows, owner="pk", owner_model=None):
        """Add rows to the objects that they belong to, and note the people and tags that they name."""
        columns = [field.attname for field in model._meta.concrete_fields]
        named = [
            (columns.index(field.attname), self.used[field.related_model])
            for field in model._meta.concrete_fields
            if field.related_model in self.used
        ]
        for key, *values in rows.order_by("pk").values_list(owner, *columns):
            self.shown[owner_model or model, key].append(hash(repr(values)))
            for index, used in named:
                if values[index]:
                    used.add(values[index])

    def add_former_slugs(self):
        """Add the old addresses that lead to objects."""
        by_label = {model._meta.label_lower: model for model in (*content_models(), *SHOWN_WHERE_USED)}
        for label, slug, pk in FormerSlug.objects.order_by("pk").values_list("model", "slug", "object_id"):
            key = by_label.get(label), pk
            if key in self.shown:
                self.shown[key].append(slug)


def content_models():
    """Return the models whose rows have pages or blocks of their own, and people."""
    found = [model for model in apps.get_models() if issubclass(model, Publishable) and not model._meta.proxy]
    return [*found, Person]


def is_shown(model):
    """Return the condition that a row is public, now or from a scheduled time on; none for a model without a state."""
    names = {field.name for field in model._meta.concrete_fields}
    conditions = [models.Q(**{name: value}) for name, value in PUBLIC.items() if name in names]
    return reduce(or_, conditions, models.Q())


def hidden_until(now):
    """Return {primary key: end or FOREVER} of the publications that are under blind review, by any version."""
    ends = {}
    blind = Publication.objects.filter(hides_authors=True).exclude(authors_from__lte=now)
    for pk, work, end in blind.values_list("pk", "version_of", "authors_from"):
        known = ends.get(work or pk)
        ends[work or pk] = FOREVER if end is None or known == FOREVER else max(end, known or end)
    versions = Publication.objects.filter(models.Q(pk__in=ends) | models.Q(version_of__in=ends))
    return {pk: ends[work or pk] for pk, work in versions.values_list("pk", "version_of")}
