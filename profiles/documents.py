"""The words that people, activities and tags are found by."""

from profiles.models import Activity, Person, Tag, TaggedActivity, TaggedPerson
from profiles.models.search import ActivityIndex, PersonIndex, TagIndex
from profiles.search.indexing import register
from profiles.search.queries import Document


def people(keys):
    return {
        person.pk: Document(
            title=f"{person.name}\n{person.other_names}",
            facts="\n".join([person.headline, person.bio, *(tag.name for tag in person.tags.all())]),
        )
        for person in Person.objects.filter(pk__in=keys).prefetch_related("tags")
    }


def activities(keys):
    return {
        activity.pk: Document(
            title=f"{activity.title} {activity.place}",
            facts="\n".join(
                [
                    activity.get_kind_display(), activity.role, activity.organisation, activity.description,
                    str(activity.start), *(tag.name for tag in activity.tags.all()),
                ]
            ),
        )
        for activity in Activity.objects.filter(pk__in=keys).prefetch_related("tags")
    }  # fmt: skip


def tags(keys):
    return {tag.pk: Document(title=tag.name, facts=tag.description) for tag in Tag.objects.filter(pk__in=keys)}


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
