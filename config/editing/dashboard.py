"""The admin's dashboard: backup reminder, common tasks, unfinished content, drafts and imports, recent changes."""

from collections import namedtuple

from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.contenttypes.models import ContentType
from django.db.models import Min
from django.db.models.functions import Now
from django.urls import reverse
from django.utils import timezone

from config.editing import example
from config.upkeep.maintenance import jobs
from profiles.findings import edit_url
from profiles.history import revisions
from profiles.models import (
    ACTIVITY_MODELS,
    CV,
    Activity,
    BackupRecord,
    Course,
    Look,
    Membership,
    Menu,
    Page,
    Person,
    Post,
    PostSuggestion,
    Section,
    SiteSettings,
    Tag,
    Talk,
)
from projects.models import Grant, Project
from publications.models import Batch, Publication, SavedList

CONTENT_MODELS = [
    Publication, SavedList, Project, Grant, Post, Person, Membership, Talk, Activity, Course, CV, Section, Tag, Page,
    Look, Menu, SiteSettings,
]  # fmt: skip

RECENT_LIMIT = 8
WAITING_LIMIT = 5


# A line of a list: an object or import, and when and by whom it was or will be changed.
DashboardEntry = namedtuple("DashboardEntry", "title url when user comment", defaults=[None, "", ""])


def backup_reminder():
    """Return a message if the last backup failed or is older than BACKUP_MAX_DAYS, else ""."""
    if not settings.BACKUP_MAX_DAYS:
        return ""
    status = jobs.status("backup")
    if status and status.outcome == "failed":
        return f"The last backup failed. {status.text}"
    last = BackupRecord.objects.order_by("-created_at").first()
    # A new site gets the same time for its first backup.
    since = last.created_at if last else get_user_model().objects.aggregate(first=Min("date_joined"))["first"]
    days = (timezone.now() - since).days if since else 0
    if days < settings.BACKUP_MAX_DAYS:
        return ""
    return f"The last backup was made {days} days ago." if last else "There is no backup yet."


def shortcuts(user):
    """Return (label, URL) of the common tasks that the user has permission for."""
    owner = Person.objects.owner()
    found = []
    if user.has_perm("publications.add_publication"):
        found.append(("Add a publication", reverse("admin:publications_publication_add")))
        if user.has_perm("publications.change_publication"):
            found.append(("Import publications", reverse("admin:publications_publication_import")))
    if user.has_perm("profiles.add_post"):
        found.append(("Add a post", reverse("admin:profiles_post_add")))
    if user.has_perm("profiles.add_talk"):
        found.append(("Add a talk", reverse("admin:profiles_talk_add")))
    if owner and user.has_perm("profiles.change_person"):
        found.append(("Fill in my profile" if owner.is_placeholder else "Edit my profile", edit_url(owner)))
    return found


def recent_changes(user):
    """Return a DashboardEntry for each of the objects that were saved most recently."""
    models = [model for model in CONTENT_MODELS if user.has_perm(view_permission(model))]
    if not models:
        return []
    types = {one.pk for one in ContentType.objects.get_for_models(*models).values()}
    # Filtered by type in Python: the database would sort the whole history.
    left_out = [revisions.UNRECORDED, example.LOADED, example.REMOVED, example.KEPT]
    versions = revisions.main_versions().exclude(revision__comment__in=left_out).order_by("-pk")
    versions = versions.select_related("revision__user", "content_type")[: RECENT_LIMIT * 8]
    found = {}
    for version in versions:
        key = (version.content_type_id, version.object_id)
        if version.content_type_id not in types or key in found or len(found) == RECENT_LIMIT:
            continue
        row, revision = revisions.Row.from_version(version), version.revision
        model = ACTIVITY_MODELS.get(row.values["kind"]) if row.model is Activity else row.model
        if model is None:
            continue  # a former kind of activity, which a migration has moved
        url = reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_history", args=[row.pk])
        user_name = str(revision.user or "")
        found[key] = DashboardEntry(row.title, url, revision.date_created, user_name, revision.comment)
    return list(found.values())


def waiting(user):
    """Return a group (see ``group``) for each kind of drafts, scheduled rows and imports that has any."""
    groups = []
    for model in (Publication, SavedList, Project, Grant, Page, Post, Talk, Course, CV, Membership, Section):
        if not user.has_perm(view_permission(model)):
            continue
        opts = model._meta
        url = reverse(f"admin:{opts.app_label}_{opts.model_name}_changelist")
        drafts = model.objects.filter(state=model.State.DRAFT).order_by("-updated_at")
        groups.append(group(f"Drafts: {opts.verbose_name_plural}", drafts, f"{url}?state__exact=draft"))
        scheduled = model.objects.filter(publish_at__gt=Now(), state=model.State.PUBLISHED).order_by("publish_at")
        groups.append(group(f"Scheduled: {opts.verbose_name_plural}", scheduled, url, date_field="publish_at"))
    if user.has_perm("profiles.view_activity"):
        drafts = Activity.objects.filter(state=Activity.State.DRAFT).order_by("-updated_at")
        groups.append(group("Drafts: activities", drafts, ""))
    if user.has_perm("profiles.add_post"):
        suggested = PostSuggestion.objects.waiting()
        groups.append(group("Suggested posts", suggested, reverse("admin:profiles_postsuggestion_changelist")))
    if user.has_perm("publications.add_publication"):
        batches = Batch.objects.open()[:WAITING_LIMIT]
        entries = [DashboardEntry(f"{batch}: {batch.waiting}", batch.get_absolute_url()) for batch in batches]
        groups.append(("Imports to review", entries, 0, reverse("admin:publications_publication_import")))
    return [one for one in groups if one[1]]


def view_permission(model):
    return f"{model._meta.app_label}.view_{model._meta.model_name}"


def group(title, rows, url, date_field=""):
    """Return (title, entries, number of further rows, URL of the list) of a queryset."""
    entries = [
        DashboardEntry(str(row), edit_url(row), getattr(row, date_field) if date_field else None)
        for row in rows[:WAITING_LIMIT]
    ]
    more = rows.count() - WAITING_LIMIT if len(entries) == WAITING_LIMIT else 0
    return title, entries, more, url
