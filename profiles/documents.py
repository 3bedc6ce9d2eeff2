"""What the search finds people, activities and tags by."""

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


def tag_names(tagged):
    """The ``names`` of a Kind for its tags; ``tagged`` is the model of the rows that assign them."""
    return {Tag: (("name",), lambda tag: tagged.objects.filter(tag=tag).values_list("content_object", flat=True))}


def tagged_object(row):
    """The document of an object whose tags have changed."""
    return [row.content_object_id]


register(Person, PersonIndex, people, sources={TaggedPerson: tagged_object}, names=tag_names(TaggedPerson))
register(Activity, ActivityIndex, activities, sources={TaggedActivity: tagged_object}, names=tag_names(TaggedActivity))
register(Tag, TagIndex, tags)
