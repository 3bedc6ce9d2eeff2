"""Projects in the feeds that gather several things; they have none of their own."""

from profiles.feeds import Entry


class ProjectEntry(Entry):
    id_prefix = "projects"
    template = "projects/_entry.html"

    @classmethod
    def prepared(cls, queryset):
        return super().prepared(queryset).prefetch_related("members__person")

    @property
    def authors(self):
        return [(member.person.name, member.person) for member in self.item.members.all()]
