"""The feed of publications."""

from profiles.feeds import VISITOR, FeedEntry, ListFeed
from publications.models import Publication


class PublicationEntry(FeedEntry):
    id_prefix = "publications"
    template = "publications/_entry.html"

    @classmethod
    def prepared(cls, queryset):
        works = queryset.works(VISITOR).with_authors(VISITOR).with_resources(VISITOR)
        return super().prepared(works)

    @property
    def updated(self):
        # Hidden authors change the entry at the moment they are shown.
        were_shown = self.item.hides_authors and not self.item.are_authors_hidden
        return max(super().updated, self.item.authors_from) if were_shown else super().updated

    @property
    def authors(self):
        # Never empty: feed readers attribute an entry without authors to the feed's author.
        if self.item.is_blind:
            return [("Authors hidden for blind review", None)]
        names = self.item.byline or self.item.editors
        return [(str(authorship), authorship.person) for authorship in names] or [("Anonymous", None)]

    @property
    def files(self):
        return [
            (resource.href, size, "application/pdf")
            for resource in self.item.resources.all()
            if resource.filename.lower().endswith(".pdf") and (size := size_of(resource.file)) is not None
        ]


def size_of(file):
    """Return the size of a stored file in bytes, or None if the file is missing."""
    try:
        return file.size
    except OSError:
        return None


class PublicationFeed(ListFeed):
    name = "Publications"
    model = Publication
    entry = PublicationEntry
    id_path = "publications"
    page = "publications:publications"
    subtitle = "New publications, with their abstracts."
