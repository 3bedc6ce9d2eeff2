"""Projects and grants as entries of the feeds of the site and of tags."""

from profiles.feeds import FeedEntry


class ProjectEntry(FeedEntry):
    id_prefix = "projects"
    template = "projects/_entry.html"

    @classmethod
    def prepared(cls, queryset):
        return super().prepared(queryset).prefetch_related("members__person")

    @property
    def authors(self):
        return [(member.person.name, member.person) for member in self.item.members.all()]


class GrantEntry(FeedEntry):
    id_prefix = "grants"
    template = "projects/_grant_entry.html"

    @classmethod
    def prepared(cls, queryset):
        return super().prepared(queryset).for_listing()

    @property
    def authors(self):
        return [(one.person.name, one.person) for one in self.item.investigators.all()]
