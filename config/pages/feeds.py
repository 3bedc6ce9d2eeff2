"""The feeds that combine several apps."""

from config.pages.tags import tags_in_use
from profiles.feeds import VISITOR, ActivityEntry, AtomFeed, merged, site_name
from profiles.models import Activity, Person
from projects.feeds import ProjectEntry
from projects.models import Project
from publications.feeds import PublicationEntry
from publications.models import Publication


class SiteFeed(AtomFeed):
    id_path = "site"
    page = "home"
    subtitle = "New publications, projects and activities."

    def title(self):
        return site_name(self.request)

    def items(self):
        return merged(
            PublicationEntry.newest(Publication.objects.all()),
            ProjectEntry.newest(Project.objects.all()),
            ActivityEntry.newest(Activity.objects.all()),
        )


class TagFeed(AtomFeed):
    """The publications, projects and activities with a tag."""

    id_path = "tags"

    @staticmethod
    def subjects():
        return tags_in_use(VISITOR)

    def title(self, tag):
        return f"{tag.name} · {site_name(self.request)}"

    def subtitle(self, tag):
        return f"New publications, projects and activities on {tag.name}."

    def items(self, tag):
        return merged(
            PublicationEntry.newest(Publication.objects.filter(taggedpublication__tag=tag)),
            ProjectEntry.newest(Project.objects.filter(taggedproject__tag=tag)),
            ActivityEntry.newest(Activity.objects.filter(taggedactivity__tag=tag)),
        )


class PersonFeed(AtomFeed):
    """The publications and activities of a person."""

    id_path = "people"

    @staticmethod
    def subjects():
        return Person.objects.published()

    def title(self, person):
        return person.name if person.is_owner else f"{person.name} · {site_name(self.request)}"

    def subtitle(self, person):
        return f"New publications and activities of {person.name}."

    def author_name(self, person):
        return person.name

    def items(self, person):
        return merged(
            PublicationEntry.newest(Publication.objects.with_authors_shown(VISITOR).by(person)),
            ActivityEntry.newest(person.activities.all()),
        )
