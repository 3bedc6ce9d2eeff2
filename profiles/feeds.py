"""Atom feeds (RFC 4287), with the base classes that all apps share, and the calendar of activities (RFC 5545).

They contain only what visitors may see, even if an editor requests them, because feed readers and calendars may share
what they load.
"""

from datetime import date, timedelta
from itertools import chain
from urllib.parse import urlsplit

import icalendar
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.contrib.syndication.views import Feed
from django.http import HttpResponse
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.feedgenerator import Atom1Feed, Enclosure
from django.utils.http import http_date
from django.views.generic import View

from profiles.content.addresses import absolute
from profiles.content.patterns import FORBIDDEN
from profiles.models import Activity
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
    return str(request.site_owner or "Academic site")


def as_text(template, **context):
    """Return a rendered template. It gets no request, so that editors see no more than visitors."""
    return render_to_string(template, context).strip()


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
        # Scheduled content changes at the moment it is published.
        return max(self.item.updated_at, self.item.publish_at)

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


class ActivityFeed(AtomFeed):
    id_path = "activities"
    page = "profiles:activities"
    subtitle = "New talks, teaching, service, travel and news."

    def title(self):
        return f"Activities · {site_name(self.request)}"

    def items(self):
        return ActivityEntry.newest(Activity.objects.all())


class ActivityCalendar(View):
    """The activities that start on a known day, as all-day events."""

    def get(self, request):
        activities = Activity.objects.published().prefetch_related("tags").order_by("start", "pk")
        dated = [activity for activity in activities if activity.start and activity.start.day]
        response = HttpResponse(self.calendar(dated).to_ical(), content_type="text/calendar; charset=utf-8")
        response.headers["Content-Disposition"] = 'inline; filename="activities.ics"'
        if dated:
            changed = max(ActivityEntry(activity).updated for activity in dated)
            response.headers["Last-Modified"] = http_date(changed.timestamp())
        return response

    def calendar(self, activities):
        name = printable(f"Activities · {site_name(self.request)}")
        calendar = icalendar.Calendar()
        calendar.add("prodid", f"-//{host_of(self.request)}//Academic site//EN")
        calendar.add("version", "2.0")
        calendar.add("calscale", "GREGORIAN")
        # The properties of RFC 7986, and the older ones.
        calendar.add("name", icalendar.vText(name))
        calendar.add("x-wr-calname", icalendar.vText(name))
        calendar.add("x-wr-timezone", timezone.get_default_timezone_name())
        calendar.add("refresh-interval", timedelta(days=1), parameters={"VALUE": "DURATION"})
        calendar.add("x-published-ttl", "P1D")
        for activity in activities:
            calendar.add_component(self.event(activity))
        return calendar

    def event(self, activity):
        event = icalendar.Event()
        event.add("uid", f"activity-{activity.pk}@{host_of(self.request)}")
        event.add("dtstamp", activity.updated_at)
        event.add("last-modified", activity.updated_at)
        event.add("dtstart", date(*activity.start.date_parts))
        last = date(*(activity.end if activity.end and activity.end.day else activity.start).date_parts)
        if last < date.max:
            event.add("dtend", last + timedelta(days=1))  # the first day after the event
        event.add("transp", "TRANSPARENT")  # does not mark the day as busy
        event.add("summary", printable(as_text("includes/title.txt", title=str(activity))))
        if description := printable(as_text("profiles/activity.txt", activity=activity)):
            event.add("description", description)
        if activity.place:
            event.add("location", printable(activity.place))
        if activity.latitude is not None:
            event.add("geo", (activity.latitude, activity.longitude))
        event.add("url", activity.url or absolute(self.request, activity.get_absolute_url()))
        event.add("categories", [activity.kind, *(printable(tag.name) for tag in activity.tags.all())])
        return event
