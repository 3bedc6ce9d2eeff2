"""Who may do what: three groups that are there from the start, and kept as they are written here."""

from django.apps import apps
from django.contrib.auth.management import create_permissions
from django.contrib.auth.models import Group, Permission
from django.db.models import Q

CONTENT = ("profiles", "publications", "projects")
OWNER, EDITOR, ASSISTANT = "Owner", "Editor", "Assistant"
# What an assistant writes, as drafts, with the rows that belong to it; the admin keeps what is public from them.
DRAFTED = (
    *("publication", "authorship", "resource", "taggedpublication"),
    *("project", "highlight", "member", "projectlink", "projectresource", "taggedproject"),
    *("section", "activity", "taggedactivity", "education", "position", "award", "grant", "talk", "teaching"),
    *("service", "supervision", "membership", "travel", "news"),
)
NAMED = ("person", "tag")  # which an assistant adds, for a draft needs them, but does not change


def wanted():
    """{name of the group: its permissions}."""
    content = Permission.objects.filter(content_type__app_label__in=CONTENT)
    written = Q()
    for model in DRAFTED:
        written |= Q(codename__in=[f"{action}_{model}" for action in ("add", "change", "delete")])
    added = Q(codename__in=[f"add_{model}" for model in NAMED])
    return {
        OWNER: Permission.objects.all(),
        EDITOR: content,
        ASSISTANT: content.filter(Q(codename__startswith="view_") | written | added),
    }


def sync():
    """Make the groups what they should be; returns {name: (permissions given, permissions taken away)}."""
    for config in apps.get_app_configs():
        create_permissions(config, verbosity=0)
    changes = {}
    for name, permissions in wanted().items():
        group, _ = Group.objects.get_or_create(name=name)
        has, should = set(group.permissions.values_list("pk", flat=True)), set(permissions.values_list("pk", flat=True))
        group.permissions.add(*(should - has))
        group.permissions.remove(*(has - should))
        changes[name] = (len(should - has), len(has - should))
    return changes


def after_migrate(sender, using="default", **kwargs):
    """Signal handler: once all apps are migrated, which the last of them tells."""
    if using == "default" and sender is list(apps.get_app_configs())[-1]:
        sync()
