"""The feed of the works."""

from profiles.feeds import VISITOR, AtomFeed, Entry, site_name
from publications.models import Publication


class PublicationEntry(Entry):
    id_prefix = "publications"
    template = "publications/_entry.html"

    @classmethod
    def prepared(cls, queryset):
        works = queryset.works(VISITOR).with_authors(VISITOR).defer("extra")
        return super().prepared(works).prefetch_related("resources")

    @property
    def updated(self):
        # The names that were hidden have changed it when they appeared.
        have_appeared = self.item.hides_authors and not self.item.are_authors_hidden
        return max(super().updated, self.item.authors_from) if have_appeared else super().updated

    @property
    def authors(self):
        # Never empty: a reader would take a work without names for one by the feed's author.
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
    """The bytes of a stored file, or None where it is gone."""
    try:
        return file.size
    except OSError:
        return None


class PublicationFeed(AtomFeed):
    id_path = "publications"
    page = "publications:publications"
    subtitle = "New publications, with their abstracts."

    def title(self):
        return f"Publications · {site_name(self.request)}"

    def items(self):
        return PublicationEntry.newest(Publication.objects.all())
