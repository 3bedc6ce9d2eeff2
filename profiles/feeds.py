"""Atom feeds (RFC 4287), with the base classes that all apps share.

They contain only what visitors may see, even if an editor requests them, because feed readers may share what they load.
"""

from itertools import chain
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.contrib.syndication.views import Feed
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.feedgenerator import Atom1Feed, Enclosure
from django.views.generic import View

from profiles.content.addresses import absolute
from profiles.content.patterns import FORBIDDEN
from profiles.models import Activity, Post, Talk
from profiles.views import VisibleDetailView

VISITOR = AnonymousUser()
MAX_ENTRIES = 50


def host_of(request):
    return settings.SITE_HOST or urlsplit(request.build_absolute_uri()).hostname


def printable(value):
    """Return a text, or a list of texts, without forbidden characters, and any other value as it is."""
    if isinstance(value, list | tuple):
        return [printable(one) for one in value]
    return FORBIDDEN.sub("", value) if isinstance(value, str) else value


def site_name(request):
    return request.site_settings.site_name or "Academic site"


def as_text(template, **context):
    """Return a rendered template. It gets no request, so that editors see no more than visitors."""
    return render_to_string(template, context).strip()


def updated(item):
    """Return when a published object has changed last. Scheduled content changes at the moment it is published."""
    return max(item.updated_at, item.publish_at)


class FeedEntry:
    """An object in a feed. Subclasses define what differs between models."""

    id_prefix = ""  # together with the primary key, the permanent id of the entry: never change it
    template = ""  # of its text, as HTML

    def __init__(self, item):
        self.item = item

    @classmethod
    def newest(cls, queryset):
        """Return entries of the newest objects in a queryset that visitors may see."""
        rows = cls.prepared(queryset.published()).order_by("-publish_at", "-pk")
        return [cls(item) for item in rows[:MAX_ENTRIES]]

    @classmethod
    def prepared(cls, queryset):
        """Return the queryset with everything that its entries read, in a fixed number of queries."""
        return queryset.prefetch_related("tags")

    @property
    def updated(self):
        return updated(self.item)

    @property
    def authors(self):
        """[(name, Person or None)]; empty if the feed's author is the author of the entry."""
        return []

    @property
    def files(self):
        """[(path, size in bytes, media type)] of the files that can be downloaded."""
        return []


def merged(*entries):
    """Return the newest entries of several lists as one list."""
    return sorted(chain(*entries), key=lambda entry: entry.item.publish_at, reverse=True)[:MAX_ENTRIES]


class Atom(Atom1Feed):
    """Django's Atom feed, with all authors of an entry, and with relative links resolved from the entry's page."""

    def latest_post_date(self):
        # Django dates a feed without entries to the moment of the request.
        changed = self.feed["changed"]
        return changed if changed and not self.items else super().latest_post_date()

    def item_attributes(self, item):
        return {"xml:base": item["link"]}

    def add_root_elements(self, handler):
        self.feed = {name: printable(value) for name, value in self.feed.items()}
        super().add_root_elements(handler)

    def add_item_elements(self, handler, item):
        item = {name: printable(value) for name, value in item.items()}
        super().add_item_elements(handler, item)
        for name, address in item["authors"]:
            handler.startElement("author", {})
            handler.addQuickElement("name", name)
            if address:
                handler.addQuickElement("uri", address)
            handler.endElement("author")


class AtomFeed(Feed, View):
    """A feed of FeedEntry objects, as a class-based view, so that its methods have the request."""

    feed_type = Atom
    id_path = ""  # the permanent id of the feed: never change it
    page = ""  # the URL name of the page with the same content

    def get(self, request, subject=None):
        return self(request, subject)

    def get_object(self, request, subject):
        return subject

    def absolute(self, path):
        return absolute(self.request, path)

    def permanent_id(self, path):
        """Return a tag URI (RFC 4151), which stays the same when slugs, titles or the scheme change."""
        return f"tag:{host_of(self.request)},2026:{path}"

    def feed_guid(self, subject):
        return self.permanent_id(f"{self.id_path}/{subject.pk}" if subject else self.id_path)

    def feed_url(self):
        return self.absolute(self.request.path)

    def feed_extra_kwargs(self, subject):
        about = subject or self.request.site_owner
        return {"changed": about.updated_at if about else None}

    def link(self, subject):
        return self.absolute(subject.get_absolute_url() if subject else reverse(self.page))

    def author_name(self, subject):
        return site_name(self.request)

    def item_guid(self, entry):
        return self.permanent_id(f"{entry.id_prefix}/{entry.item.pk}")

    def item_link(self, entry):
        return self.absolute(entry.item.get_absolute_url())

    def item_title(self, entry):
        return as_text("includes/title.txt", title=str(entry.item))

    def item_description(self, entry):
        return as_text(entry.template, item=entry.item)

    def item_pubdate(self, entry):
        return entry.item.publish_at

    def item_updateddate(self, entry):
        return entry.updated

    def item_categories(self, entry):
        return [tag.name for tag in entry.item.tags.all()]

    def item_enclosures(self, entry):
        return [Enclosure(self.absolute(path), str(size), media_type) for path, size, media_type in entry.files]

    def item_extra_kwargs(self, entry):
        return {
            "authors": [
                (name, self.absolute(person.get_absolute_url()) if person and person.is_public_page else "")
                for name, person in entry.authors
            ]
        }


class ListFeed(AtomFeed):
    """The feed of a list: all published objects of a ``model``, as an ``entry`` each."""

    name = ""
    model = None
    entry = None

    def title(self):
        return f"{self.name} · {site_name(self.request)}"

    def items(self):
        return self.entry.newest(self.model.objects.all())


class SubjectFeed(VisibleDetailView):
    """The feed of one object with a page. A former slug redirects to it."""

    feed = None

    def get_queryset(self):
        return self.feed.subjects()

    def render_to_response(self, context, **kwargs):
        return self.feed.as_view()(self.request, self.object)


class ActivityEntry(FeedEntry):
    id_prefix = "activities"
    template = "profiles/_entry.html"

    @classmethod
    def prepared(cls, queryset):
        return super().prepared(queryset).select_related("person")

    @property
    def authors(self):
        return [(self.item.person.name, self.item.person)]


class CourseEntry(FeedEntry):
    id_prefix = "courses"
    template = "profiles/_course_entry.html"

    @classmethod
    def prepared(cls, queryset):
        return super().prepared(queryset).prefetch_related("instructors")

    @property
    def authors(self):
        return [(person.name, person) for person in self.item.instructors.all()]


class ActivityFeed(ListFeed):
    name = "Activities"
    model = Activity
    entry = ActivityEntry
    id_path = "activities"
    page = "profiles:activities"
    subtitle = "New positions, awards, service and travel."


class PostEntry(FeedEntry):
    id_prefix = "posts"
    template = "profiles/_post_entry.html"


class PostFeed(ListFeed):
    name = "News"
    model = Post
    entry = PostEntry
    id_path = "posts"
    page = "profiles:news"
    subtitle = "The newest posts."


class TalkEntry(FeedEntry):
    id_prefix = "talks"
    template = "profiles/_talk_entry.html"

    @classmethod
    def prepared(cls, queryset):
        return super().prepared(queryset).for_listing()

    @property
    def authors(self):
        return [(person.name, person) for person in self.item.speakers.all()]


class TalkFeed(ListFeed):
    name = "Talks"
    model = Talk
    entry = TalkEntry
    id_path = "talks"
    page = "profiles:talks"
    subtitle = "New talks."
