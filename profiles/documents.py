"""What is searched of people, activities and tags."""

from profiles.models import Activity, Person, Tag
from profiles.models.search import ActivityIndex, PersonIndex, TagIndex
from profiles.search.indexing import Watched, register
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


def tagged(table):
    """What a change of tags changes: the documents of the objects that have them, by that table."""
    own = Watched(table, "SELECT {row}.content_object_id AS key")
    renamed = f"SELECT content_object_id AS key FROM {table} WHERE tag_id = {{row}}.id"  # noqa: S608 (a table of ours)
    return own, Watched("profiles_tag", renamed, ("name",))


def own(table, *columns):
    """The rows of the object itself."""
    return Watched(table, "SELECT {row}.id AS key", columns)


register(
    Person, PersonIndex, people,
    own("profiles_person", "name", "other_names", "headline", "bio"), *tagged("profiles_taggedperson"),
)  # fmt: skip
register(
    Activity, ActivityIndex, activities,
    own("profiles_activity", "kind", "title", "role", "organisation", "city", "country", "start", "description"),
    *tagged("profiles_taggedactivity"),
)  # fmt: skip
register(Tag, TagIndex, tags, own("profiles_tag", "name", "description"))
