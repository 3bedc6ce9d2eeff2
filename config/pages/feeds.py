"""The feeds that combine several apps."""

from config.pages.tags import tags_in_use
from profiles.feeds import VISITOR, ActivityEntry, AtomFeed, CourseEntry, PostEntry, TalkEntry, merged, site_name
from profiles.models import Activity, Course, Person, Post, Talk
from projects.feeds import GrantEntry, ProjectEntry
from projects.models import Grant, Project
from publications.feeds import PublicationEntry
from publications.models import Publication


class SiteFeed(AtomFeed):
    id_path = "site"
    page = "home"
    subtitle = "New publications, projects, grants, talks, courses, posts and activities."

    def title(self):
        return site_name(self.request)

    def items(self):
        return merged(
            PublicationEntry.newest(Publication.objects.all()),
            ProjectEntry.newest(Project.objects.all()),
            GrantEntry.newest(Grant.objects.all()),
            TalkEntry.newest(Talk.objects.all()),
            CourseEntry.newest(Course.objects.all()),
            PostEntry.newest(Post.objects.all()),
            ActivityEntry.newest(Activity.objects.all()),
        )


class TagFeed(AtomFeed):
    """The publications, projects, grants, talks, courses, posts and activities with a tag."""

    id_path = "tags"

    @staticmethod
    def subjects():
        return tags_in_use(VISITOR)

    def title(self, tag):
        return f"{tag.name} · {site_name(self.request)}"

    def subtitle(self, tag):
        return f"New publications, projects, grants, talks, courses, posts and activities on {tag.name}."

    def items(self, tag):
        return merged(
            PublicationEntry.newest(Publication.objects.filter(taggedpublication__tag=tag)),
            ProjectEntry.newest(Project.objects.filter(taggedproject__tag=tag)),
            GrantEntry.newest(Grant.objects.filter(taggedgrant__tag=tag)),
            TalkEntry.newest(Talk.objects.filter(taggedtalk__tag=tag)),
            CourseEntry.newest(Course.objects.filter(taggedcourse__tag=tag)),
            PostEntry.newest(Post.objects.filter(taggedpost__tag=tag)),
            ActivityEntry.newest(Activity.objects.filter(taggedactivity__tag=tag)),
        )


class PersonFeed(AtomFeed):
    """The publications, grants, talks and activities of a person, and the posts that name them."""

    id_path = "people"

    @staticmethod
    def subjects():
        return Person.objects.published()

    def title(self, person):
        is_whole_site = person.is_owner and not self.request.site_settings.is_group
        return person.name if is_whole_site else f"{person.name} · {site_name(self.request)}"

    def subtitle(self, person):
        return f"New publications, grants, talks, posts and activities of {person.name}."

    def author_name(self, person):
        return person.name

    def items(self, person):
        return merged(
            PublicationEntry.newest(Publication.objects.with_authors_shown(VISITOR).by(person)),
            GrantEntry.newest(person.grants.all()),
            TalkEntry.newest(person.talks.all()),
            PostEntry.newest(person.posts.all()),
            ActivityEntry.newest(person.activities.all()),
        )
