"""The words that the content of this app is found by."""

from profiles.content.blocks import without_blocks
from profiles.content.patterns import EAST_ASIAN
from profiles.models import (
    Activity,
    Course,
    Occasion,
    Page,
    Person,
    Post,
    Tag,
    TaggedActivity,
    TaggedCourse,
    TaggedPage,
    TaggedPerson,
    TaggedPost,
    TaggedTalk,
    Talk,
    Term,
)
from profiles.models.search import (
    ActivityIndex,
    CourseIndex,
    PageIndex,
    PersonIndex,
    PostIndex,
    TagIndex,
    TalkIndex,
)
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
                    activity.get_kind_display(), activity.role, activity.organisation,
                    activity.details, activity.description, str(activity.start),
                    *(tag.name for tag in activity.tags.all()),
                ]
            ),
        )
        for activity in Activity.objects.filter(pk__in=keys).prefetch_related("tags")
    }  # fmt: skip


def pages(keys):
    return {
        page.pk: Document(
            title=page.title, facts="\n".join([without_blocks(page.body), *(tag.name for tag in page.tags.all())])
        )
        for page in Page.objects.filter(pk__in=keys).prefetch_related("tags")
    }


def posts(keys):
    return {
        post.pk: Document(
            title=post.title,
            names="\n".join(person.name for person in post.people.all()),
            facts="\n".join(
                [post.summary, without_blocks(post.body), str(post.date), *(tag.name for tag in post.tags.all())]
            ),
        )
        for post in Post.objects.filter(pk__in=keys).prefetch_related("people", "tags")
    }


def talks(keys):
    return {
        talk.pk: Document(
            title=talk.title,
            names="\n".join(person.name for person in talk.speakers.all()),
            facts="\n".join(
                [
                    talk.abstract,
                    *(f"{occasion} {occasion.label} {occasion.start}" for occasion in talk.occasions.all()),
                    *(tag.name for tag in talk.tags.all()),
                ]
            ),
        )
        for talk in Talk.objects.filter(pk__in=keys).prefetch_related("speakers", "occasions__talk", "tags")
    }


def courses(keys):
    return {
        course.pk: Document(
            title=f"{course.title} {course.code}",
            names="\n".join(person.name for person in course.instructors.all()),
            facts="\n".join(
                [
                    course.organisation, course.level, without_blocks(course.description),
                    without_blocks(course.syllabus),
                    *map(str, course.terms.all()), *(tag.name for tag in course.tags.all()),
                ]
            ),
        )
        for course in Course.objects.filter(pk__in=keys).prefetch_related("instructors", "terms", "tags")
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
register(
    Page,
    PageIndex,
    pages,
    rows={TaggedPage: "content_object_id"},
    names={Tag: ("taggedpage__tag", ["name"])},
)
register(
    Post,
    PostIndex,
    posts,
    rows={TaggedPost: "content_object_id"},
    names={Tag: ("taggedpost__tag", ["name"]), Person: ("people", ["name"])},
)
register(
    Talk,
    TalkIndex,
    talks,
    rows={TaggedTalk: "content_object_id", Occasion: "talk_id"},
    names={Tag: ("taggedtalk__tag", ["name"]), Person: ("speakers", ["name"])},
)
register(
    Course,
    CourseIndex,
    courses,
    rows={TaggedCourse: "content_object_id", Term: "course_id"},
    names={Tag: ("taggedcourse__tag", ["name"]), Person: ("instructors", ["name"])},
)
register(Tag, TagIndex, tags)
