"""The words that people, activities and tags are found by."""

from profiles.content.patterns import EAST_ASIAN
from profiles.models import Activity, Person, Tag, TaggedActivity, TaggedPerson
from profiles.models.search import ActivityIndex, PersonIndex, TagIndex
from profiles.search.indexing import register
from profiles.search.queries import Document


def people(keys):
    return {
        person.pk: Document(
            title="\n".join([person.name, person.other_names, *_other_orders(person)]),
            facts="\n".join([person.headline, person.bio, *(tag.name for tag in person.tags.all())]),
        )
        for person in Person.objects.filter(pk__in=keys).prefetch_related("tags")
    }


def _other_orders(person):
    """Return the orders in which an East Asian name may be written without a space, and its parts."""
    family, given = person.family, person.given
    return [f"{family}{given}", f"{given}{family}", f"{family} {given}"] if EAST_ASIAN.fullmatch(family + given) else []


def activities(keys):
    return {
        activity.pk: Document(
            title=f"{activity.title} {activity.place}",
            facts="\n".join(
                [
                    activity.get_kind_display(), activity.role, activity.event, activity.organisation,
                    activity.details, activity.description, str(activity.start),
                    *(tag.name for tag in activity.tags.all()),
                ]
            ),
        )
        for activity in Activity.objects.filter(pk__in=keys).prefetch_related("tags")
    }  # fmt: skip


def tags(keys):
    return {
        tag.pk: Document(title=f"{tag.name}\n{tag.other_names}", facts=tag.description)
        for tag in Tag.objects.filter(pk__in=keys)
    }


register(
    Person,
    PersonIndex,
    people,
    rows={TaggedPerson: "content_object_id"},
    names={Tag: ("taggedperson__tag", ["name"])},
)
register(
    Activity,
    ActivityIndex,
    activities,
    rows={TaggedActivity: "content_object_id"},
    names={Tag: ("taggedactivity__tag", ["name"])},
)
register(Tag, TagIndex, tags)
