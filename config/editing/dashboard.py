"""What the admin's home tells: the commonest jobs, what is unfinished, what waits, and what changed lately."""

from dataclasses import dataclass
from datetime import datetime

from django.contrib.contenttypes.models import ContentType
from django.db.models import Q
from django.db.models.functions import Now
from django.urls import reverse

from profiles.content import health
from profiles.findings import place
from profiles.history import revisions
from profiles.models import Activity, Person, Section, Tag
from projects.models import Project
from publications.models import Batch, Publication

CONTENT = [Publication, Project, Person, Activity, Section, Tag]
LATELY = 8
WAITING = 5


@dataclass(frozen=True)
class Entry:
    """A line of a list: what, where its form is, and when and by whom."""

    title: str
    url: str
    when: datetime | None = None
    who: str = ""
    comment: str = ""


def jobs(user):
    """[(label, address)] of the commonest jobs that this user may do; at most three."""
    owner = Person.objects.owner()
    found = []
    if user.has_perm("publications.add_publication"):
        found.append(("Add a publication", reverse("admin:publications_publication_add")))
        if user.has_perm("publications.change_publication"):
            found.append(("Bring publications in", reverse("admin:publications_publication_import")))
    if owner and user.has_perm("profiles.change_person"):
        found.append(("Edit my profile" if not owner.is_placeholder else "Fill in my profile", place(owner)))
    elif user.has_perm("profiles.add_activity"):
        found.append(("Add a talk", reverse("admin:profiles_talk_add")))
    return found[:3]


def unfinished(user):
    """[Result] of the checks of the content that are quick and tell of what is to be filled in."""
    return health.run(user, on_home=True)


def lately(user):
    """[Entry] of what was saved last, an object once."""
    models = [model for model in CONTENT if user.has_perm(f"{model._meta.app_label}.view_{model._meta.model_name}")]
    types = {one.pk for one in ContentType.objects.get_for_models(*models).values()} if models else set()
    # Of all kinds: asked for some, the database would sort their whole history.
    versions = revisions.subjects().exclude(revision__comment=revisions.FOUND).order_by("-pk")
    versions = versions.select_related("revision__user", "content_type")[: LATELY * 8] if types else ()
    found = {}
    for version in versions:
        key = (version.content_type_id, version.object_id)
        if version.content_type_id not in types or key in found or len(found) == LATELY:
            continue
        row = revisions.Row.of_version(version)
        kind = row.values.get("kind") if row.model is Activity else ""
        opts, revision = row.model._meta, version.revision
        address = reverse(f"admin:{opts.app_label}_{kind or opts.model_name}_history", args=[row.pk])
        found[key] = Entry(row.title, address, revision.date_created, str(revision.user or ""), revision.comment)
    return list(found.values())


def waiting(user):
    """[(title, [Entry], how many more, address of them all)] of drafts, of what opens by itself, and of imports."""
    found = []
    for model in (Publication, Project, Section):
        opts = model._meta
        if not user.has_perm(f"{opts.app_label}.view_{opts.model_name}"):
            continue
        address = reverse(f"admin:{opts.app_label}_{opts.model_name}_changelist")
        drafts = model.objects.filter(state=model.State.DRAFT).order_by("-updated_at")
        found.append(_listed(f"Drafts: {opts.verbose_name_plural}", drafts, f"{address}?state__exact=draft"))
        later = model.objects.filter(Q(publish_at__gt=Now()), state=model.State.PUBLISHED).order_by("publish_at")
        found.append(_listed(f"To be opened: {opts.verbose_name_plural}", later, address, when="publish_at"))
    if user.has_perm("profiles.view_activity"):
        drafts = Activity.objects.filter(state=Activity.State.DRAFT).order_by("-updated_at")
        found.append(_listed("Drafts: activities", drafts, ""))
    if user.has_perm("publications.add_publication"):
        batches = Batch.objects.open()[:WAITING]
        batches = [Entry(f"{batch}: {batch.waiting}", batch.get_absolute_url()) for batch in batches]
        found.append(("Imports to look through", batches, 0, reverse("admin:publications_publication_import")))
    return [group for group in found if group[1]]


def _listed(title, rows, address, when=""):
    entries = [Entry(str(row), place(row), getattr(row, when) if when else None) for row in rows[:WAITING]]
    more = rows.count() - WAITING if len(entries) == WAITING else 0
    return title, entries, more, address
