"""The three roles (groups) of the site and their permissions, created by ``migrate``."""

from django.apps import apps
from django.contrib.auth.management import create_permissions
from django.contrib.auth.models import Group, Permission
from django.db.models import Q

from profiles.models import ACTIVITY_MODELS

CONTENT_APPS = ("profiles", "publications", "projects")
OWNER, EDITOR, ASSISTANT = "Owner", "Editor", "Assistant"
ROLES = {
    OWNER: "does everything, and manages the users",
    EDITOR: "edits and publishes all content",
    ASSISTANT: "writes drafts, which an editor publishes",
}
# Models whose drafts an assistant may write, with their related rows. The admin makes published ones read-only.
DRAFT_MODELS = (
    *("publication", "authorship", "resource", "notice", "taggedpublication"),
    *("project", "highlight", "member", "projectlink", "projectresource", "taggedproject"),
    *("grant", "investigator", "taggedgrant"),
    *("section", "activity", "taggedactivity"),
    *("page", "pageresource", "taggedpage"),
    *("post", "taggedpost", "postpublication", "postproject"),
    *("talk", "occasion", "talkresource", "taggedtalk", "talkpublication", "talkproject"),
    *("course", "term", "material", "taggedcourse"),
    *("membership", "thesis"),
    *("cv", "cvpart"),
    *("savedlist", "savedlistrow"),
    *(model._meta.model_name for model in ACTIVITY_MODELS.values()),
)
ADDED_MODELS = ("person", "tag")  # an assistant may add these, because a draft needs them, but not change them


def role_permissions():
    """Return {group name: queryset of its permissions}."""
    content = Permission.objects.filter(content_type__app_label__in=CONTENT_APPS)
    codenames = [f"{action}_{model}" for model in DRAFT_MODELS for action in ("add", "change", "delete")]
    codenames += [f"add_{model}" for model in ADDED_MODELS]
    return {
        OWNER: Permission.objects.all(),
        EDITOR: content,
        ASSISTANT: content.filter(Q(codename__startswith="view_") | Q(codename__in=codenames)),
    }


def may_log_in(user):
    """Return whether an account is that of a superuser, or of staff with a role."""
    return user.is_staff and (user.is_superuser or user.groups.filter(name__in=ROLES).exists())


def is_restricted(user):
    """Return whether a user may write drafts, but not change what visitors see."""
    models = [model._meta for model in apps.get_models() if "publish" in model._meta.default_permissions]
    return not user.has_perms([f"{opts.app_label}.publish_{opts.model_name}" for opts in models if not opts.proxy])


def sync():
    """Create the groups, reset their permissions, and return {group name: (number added, number removed)}."""
    for config in apps.get_app_configs():
        create_permissions(config, verbosity=0)
    changes = {}
    for name, permissions in role_permissions().items():
        group, _ = Group.objects.get_or_create(name=name)
        before, after = (set(rows.values_list("pk", flat=True)) for rows in (group.permissions, permissions))
        group.permissions.set(after)
        changes[name] = (len(after - before), len(before - after))
    return changes


def after_migrate(sender, using="default", **kwargs):
    """Sync the roles after the last app has been migrated (post_migrate receiver)."""
    if using == "default" and sender is list(apps.get_app_configs())[-1]:
        sync()
