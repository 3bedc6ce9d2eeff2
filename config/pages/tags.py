"""Where a tag is used, across the apps."""

from collections import Counter

from django.db.models import Count, Exists, OuterRef

from profiles import edition
from profiles.models import Activity, Person, Tag, TaggedActivity, TaggedPerson
from projects.models import Project, TaggedProject
from publications.models import Publication, TaggedPublication


def things_with_tags(user):
    """[(the rows that tie tags to things of a kind, those of the things that the user may see)].

    A work counts once, whatever its versions; a person counts by their interests.
    """
    return [
        (TaggedPublication, Publication.objects.visible_to(user).works(user)),
        (TaggedProject, Project.objects.visible_to(user)),
        (TaggedActivity, Activity.objects.visible_to(user)),
        (TaggedPerson, Person.objects.published()),
    ]


def tags_in_use(user):
    """The tags on anything that the user may see."""
    is_used = Exists(Person.objects.none())
    for ties, things in things_with_tags(user):
        is_used |= Exists(things.order_by().filter(**{f"{ties._meta.model_name}__tag": OuterRef("pk")}))
    return Tag.objects.filter(is_used)


def tags_by_use(request):
    """((number of a tag, number of things that have it and that the user may see), …), the most used first."""
    return edition.kept(request, ("tags",), lambda: _tags_by_use(request.user))


def _tags_by_use(user):
    uses = Counter()
    for ties, things in things_with_tags(user):
        used = ties.objects.order_by().filter(content_object__in=things.order_by().values("pk"))
        uses.update(dict(used.values_list("tag").annotate(uses=Count("pk"))))
    names = Tag.objects.in_bulk(uses)
    return tuple(sorted(uses.items(), key=lambda item: (-item[1], names[item[0]].name)))


def with_uses(pairs):
    """The tags of some of those pairs, in their order, with ``uses``."""
    tags = Tag.objects.in_bulk([key for key, _ in pairs])
    for key, uses in pairs:
        tags[key].uses = uses
    return [tags[key] for key, _ in pairs]
