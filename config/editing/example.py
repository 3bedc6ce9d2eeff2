"""The example content of a new site: remembered in the history when it is loaded, removed when an editor asks for it.

What somebody has changed stays, and so does what other content uses.
"""

from dataclasses import dataclass, field

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.shortcuts import redirect
from django.template.response import TemplateResponse

from profiles.history import revisions
from profiles.models import (
    Activity,
    Course,
    Membership,
    Page,
    Person,
    Post,
    Section,
    Tag,
    TaggedActivity,
    TaggedCourse,
    TaggedPage,
    TaggedPerson,
    TaggedPost,
    TaggedTalk,
    Talk,
)
from projects.models import Grant, Project, TaggedGrant, TaggedProject
from publications.models import Publication, TaggedPublication

LOADED = "Example content"  # the comments of revisions
REMOVED = "Example content removed"
KEPT = "Kept when the example content was removed"
# In the order of deletion: works protect people.
MODELS = (Membership, Talk, Grant, Post, Project, Publication, Activity, Course, Section, Page, Person, Tag)
OWNER_FIELDS = ("headline", "bio")


@dataclass
class Removal:
    """What a removal of the example content does.

    ``emptied`` are the names of the owner's fields that become empty, and ``relations`` the keys of the owner's
    relations that are of the example.
    """

    deleted: list = field(default_factory=list)
    edited: list = field(default_factory=list)
    used: list[tuple] = field(default_factory=list)  # (object, another one that uses it)
    owner: Person | None = None
    emptied: list[str] = field(default_factory=list)
    relations: set[int] = field(default_factory=set)

    def __bool__(self):
        return bool(self.deleted or self.emptied)

    def __str__(self):
        """Return one sentence for each part: "Removed: 2 publications. …"."""
        sentences = ["Removed: " + ", ".join([*(title for title, _ in self.groups), *self.emptied_labels])]
        if not self:
            sentences = ["There is no example content to remove"]
        if self.edited:
            sentences.append("Kept, because somebody has edited them: " + ", ".join(map(str, self.edited)))
        if self.used:
            sentences.append("Kept, because other entries use them: " + ", ".join(str(item) for item, _ in self.used))
        return f"{'. '.join(sentences)}."

    @property
    def groups(self):
        """[("2 publications", objects)] of what is deleted."""
        by_model = [[item for item in self.deleted if type(item) is model] for model in MODELS]
        return [(f"{len(items)} {_name(items)}", items) for items in by_model if items]

    @property
    def emptied_labels(self):
        return [str(Person._meta.get_field(name).verbose_name) for name in self.emptied]


def remember():
    """Remember all content of a site as its example content."""
    for model in MODELS:
        revisions.record(model.objects.all(), comment=LOADED)


def remember_unchanged(items):
    """Remember those of the objects that have no history, on a site of a version that did not remember them."""
    if not any(_remembered()[0].values()):
        for item in dict.fromkeys(items):
            if not revisions.revision_ids(type(item), item.pk):
                revisions.record([item], comment=LOADED)


def example(request):
    """The admin's page that says what a removal would delete, and does it when its form is sent."""
    if not can_remove(request.user):
        raise PermissionDenied
    if request.method == "POST":
        messages.success(request, str(remove(request.user)))
        return redirect("admin:index")
    context = {**admin.site.each_context(request), "title": "Remove the example content", "removal": plan()}
    return TemplateResponse(request, "admin/upkeep/example.html", context)


def can_remove(user):
    permissions = (f"{model._meta.app_label}.delete_{model._meta.model_name}" for model in MODELS)
    return user.has_perms([*permissions, "profiles.change_person"])


def is_there():
    """Return whether the site has example content that nobody has edited, besides its owner."""
    found, edited = _remembered()
    owner = Person.objects.filter(is_owner=True).values_list("pk", flat=True)
    edited[Person].update(owner)
    return any(model.objects.filter(pk__in=found[model].keys() - edited[model]).exists() for model in found)


def plan():
    """Return the Removal that is possible now."""
    found, edited = _remembered()
    removal, unedited = Removal(), []
    for model in found:
        for item in model.objects.in_bulk(found[model]).values():
            (then,) = revisions.get_revisions(model, item.pk, [found[model][item.pk]])
            if model is Person and item.is_owner:
                _plan_owner(removal, item, then.state)
            elif item.pk in edited[model] or not _is_unchanged(then.state, revisions.current_state(item)):
                removal.edited.append(item)
            else:
                unedited.append(item)
    users = {item: list(_users(item, removal)) for item in unedited}
    is_final = False
    while not is_final:  # what is used by something that stays, stays
        used = [(item, user) for item, some in users.items() for user in some if user not in users]
        removal.used += dict(used).items()
        users = {item: some for item, some in users.items() if item not in dict(used)}
        is_final = not used
    # Pages protect the ones above them.
    removal.deleted = sorted(users, key=lambda item: (MODELS.index(type(item)), -getattr(item, "depth", 0)))
    return removal


@transaction.atomic
def remove(user=None):
    """Remove the example content, and return the Removal. Everything can be restored from the history."""
    removal = plan()
    if removal.emptied:
        _empty_owner(removal, user)
    for item, _ in removal.used:
        revisions.record([item], user, KEPT)
    for item in removal.deleted:
        revisions.record([item], user, REMOVED, related=revisions.referring_rows(item))
    for item in removal.deleted:
        item.delete()
    return removal


def _remembered():
    """Return {model: {primary key: revision}} of the example content, and {model: primary keys} of what was edited."""
    found, edited = {model: {} for model in MODELS}, {model: set() for model in MODELS}
    versions = revisions.main_versions().select_related("content_type")
    for version in versions.filter(revision__comment=LOADED):
        found[version.content_type.model_class()][int(version.object_id)] = version.revision_id
    for model, remembered in found.items():
        later = versions.get_for_model(model).filter(
            object_id__in=list(map(str, remembered)), revision__gt=max(remembered.values(), default=0)
        )
        saved = later.exclude(revision__comment__in=[LOADED, revisions.UNRECORDED])
        edited[model].update(map(int, saved.values_list("object_id", flat=True)))
    return found, edited


def _is_unchanged(then, now):
    """Return whether nothing was added or changed since a State.

    What a row has lost with a deleted object is no change, nor are fields that a later version of the site has added.
    """
    rows = {(row.model, row.pk): row for some in then.rows.values() for row in some}
    return _is_same(then.root, now.root) and all(
        (row.model, row.pk) in rows and _is_same(rows[row.model, row.pk], row)
        for some in now.rows.values()
        for row in some
    )


def _is_same(then, now):
    def is_same(before, value):
        if isinstance(value, list) and isinstance(before, list):
            return set(map(str, value)) <= set(map(str, before))
        return value is None or _stripped(value) == _stripped(before)

    return all(is_same(value, now.values.get(name)) for name, value in then.values.items())


def _stripped(value):
    """Return a value without the blank space around it, which the admin's forms strip from a text."""
    return value.strip() if isinstance(value, str) else value


def _plan_owner(removal, owner, then):
    """Find what the owner still has of the example: texts, and interests if nobody has changed them."""
    removal.owner, now = owner, revisions.current_state(owner)
    for name in OWNER_FIELDS:
        if (value := now.root.values[name]) and _stripped(value) == _stripped(then.root.values.get(name)):
            removal.emptied.append(name)
    interests, before = ({row.values["tag"] for row in state.rows["taggedperson_set"]} for state in (now, then))
    if interests and interests <= before:
        removal.emptied.append("tags")
    rows = {row.pk: row for row in then.rows["relations"]}
    removal.relations = {row.pk for row in now.rows["relations"] if row.pk in rows and _is_same(rows[row.pk], row)}


def _users(item, removal):
    """Yield the objects that use an item; the owner only by what somebody has changed."""
    if isinstance(item, Person):
        yield from item.publications.all()
        yield from item.projects.all()
        yield from item.activities.all()
        yield from item.talks.all()
        yield from item.courses.all()
        yield from item.grants.all()
        yield from item.posts.all()
        for relation in item.inverse_relations.exclude(pk__in=removal.relations).select_related("person"):
            yield relation.person
    elif isinstance(item, Publication):
        yield from item.versions.all()
        yield from item.projects.all()
        yield from item.grants.all()
        yield from Post.objects.filter(post_publications__publication=item)
    elif isinstance(item, Project):
        yield from Post.objects.filter(post_projects__project=item)
        yield from item.grants.all()
    elif isinstance(item, Post | Talk):
        yield from item.grants.all()
    elif isinstance(item, Page):
        yield from item.children.all()
    elif isinstance(item, Tag):
        for through in (
            TaggedPublication,
            TaggedProject,
            TaggedGrant,
            TaggedTalk,
            TaggedPost,
            TaggedActivity,
            TaggedCourse,
            TaggedPerson,
            TaggedPage,
        ):
            for row in through.objects.filter(tag=item).select_related("content_object"):
                if row.content_object != removal.owner or "tags" not in removal.emptied:
                    yield row.content_object


def _empty_owner(removal, user):
    owner = removal.owner
    revisions.record_unsaved_changes([owner])
    for name in removal.emptied:
        if name == "tags":
            owner.tags.clear()
        else:
            setattr(owner, name, "")
    owner.save()
    revisions.record([owner], user, REMOVED)


def _name(items):
    opts = items[0]._meta
    return str(opts.verbose_name if len(items) == 1 else opts.verbose_name_plural)
