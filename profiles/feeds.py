"""What others subscribe to: Atom feeds (RFC 4287), whose base the apps above share, and the calendar of activities.

All of it is what visitors may see, whoever asks, since readers and calendars hand on what they fetch.
"""

import re
from datetime import date, timedelta
from importlib import import_module
from itertools import chain
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.contrib.syndication.views import Feed
from django.http import HttpResponse
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.feedgenerator import Atom1Feed, Enclosure
from django.utils.http import content_disposition_header, http_date
from django.utils.xmlutils import SimplerXMLGenerator
from django.views.generic import View

from profiles import edition
from profiles.content.addresses import absolute
from profiles.models import Activity
from profiles.views import GatedDetailView, lazily, owner_of_site

# The slowest of all imports, for what is asked for least.
icalendar = lazily(import_module, "icalendar")
VISITOR = AnonymousUser()
MOST = 50  # entries of a feed
# What XML 1.0 cannot hold, not even escaped; nor may a calendar.
UNPRINTABLE = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def host_of(request):
    return settings.SITE_HOST or urlsplit(request.build_absolute_uri()).hostname


def site_name(request):
    return str(owner_of_site(request) or "Academic site")


def as_text(template, **context):
    """A template as plain text. Without the request, so that it cannot tell an editor more."""
    return render_to_string(template, context).strip()


class Entry:
    """How an object stands in a feed; subclasses tell what differs from model to model."""

    id_prefix = ""  # with the primary key the entry's permanent id, so it never changes
    template = ""  # its text, as HTML

    def __init__(self, item):
        self.item = item

    @classmethod
    def newest(cls, queryset):
        """The newest of what visitors may see of a queryset, as entries."""
        rows = cls.prepared(queryset.published()).order_by("-publish_at", "-pk")
        return [cls(item) for item in rows[:MOST]]

    @classmethod
    def prepared(cls, queryset):
        """The queryset with all that its entries read, in a number of queries that does not depend on the rows."""
        return queryset.prefetch_related("tags")

    @property
    def updated(self):
        # What opened by itself has changed then.
        return max(self.item.updated_at, self.item.publish_at)

    @property
    def authors(self):
        """[(name, Person or None)]; empty where the feed's author stands for the entry."""
        return []

    @property
    def files(self):
        """[(path, bytes, media type)] of what can be downloaded."""
        return []


def merged(*entries):
    """The newest of several lists of entries, as one."""
    return sorted(chain(*entries), key=lambda entry: entry.item.publish_at, reverse=True)[:MOST]


class XMLWriter(SimplerXMLGenerator):
    """Leaves out the characters that would make Django's refuse, or in an attribute break the document."""

    def characters(self, content):
        super().characters(UNPRINTABLE.sub("", content))

    def startElement(self, name, attrs):  # noqa: N802 (as SAX names it)
        super().startElement(name, {key: UNPRINTABLE.sub("", value) for key, value in attrs.items()})


class Atom(Atom1Feed):
    """Django's Atom with all authors of an entry, and addresses within its text that start from its page."""

    def write(self, outfile, encoding):
        # As Django's own, which takes no other writer.
        handler = XMLWriter(outfile, encoding, short_empty_elements=True)
        handler.startDocument()
        handler.startElement("feed", self.root_attributes())
        self.add_root_elements(handler)
        self.write_items(handler)
        handler.endElement("feed")

    def latest_post_date(self):
        # Django would say of a feed without entries that it changed just now, each time.
        changed = self.feed["changed"]
        return changed if changed and not self.items else super().latest_post_date()

    def item_attributes(self, item):
        return {"xml:base": item["link"]}

    def add_item_elements(self, handler, item):
        super().add_item_elements(handler, item)
        for name, address in item["authors"]:
            handler.startElement("author", {})
            handler.addQuickElement("name", name)
            if address:
                handler.addQuickElement("uri", address)
            handler.endElement("author")


class AtomFeed(Feed, View):
    """A feed as a view, so that each request has its own, whose hooks know the request. Its items are entries."""

    feed_type = Atom
    id_path = ""  # the feed's permanent id, as ``id_prefix`` of entries
    page = ""  # name of the page that tells the same

    def get(self, request, subject=None):
        return self(request, subject)

    def get_object(self, request, subject):
        return subject

    def absolute(self, path):
        return absolute(self.request, path)

    def permanent_id(self, path):
        """A tag URI (RFC 4151): slugs, titles and the scheme may change, it does not."""
        return f"tag:{host_of(self.request)},2026:{path}"

    def feed_guid(self, subject):
        return self.permanent_id(f"{self.id_path}/{subject.pk}" if subject else self.id_path)

    def feed_url(self):
        return self.absolute(self.request.path)

    def feed_extra_kwargs(self, subject):
        about = subject or owner_of_site(self.request)
        return {"changed": about and about.updated_at}

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
        key = ("entry", entry.id_prefix, entry.item.pk)
        return edition.kept(self.request, key, lambda: as_text(entry.template, item=entry.item))

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


class SubjectFeed(GatedDetailView):
    """The feed of one thing with a page: for what visitors may see, and a former slug leads to it."""

    feed = None

    def get_queryset(self):
        return self.feed.subjects()

    def get_context_data(self, **kwargs):
        return {}

    def render_to_response(self, context, **kwargs):
        return self.feed.as_view()(self.request, self.object)

    def get_moved_url(self, moved):
        return reverse(self.request.resolver_match.view_name, args=[moved.slug])


class ActivityEntry(Entry):
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
    subtitle = "Talks, teaching, service, travel and news, as they come."

    def title(self):
        return f"Activities · {site_name(self.request)}"

    def items(self):
        return ActivityEntry.newest(Activity.objects.all())


class ActivityCalendar(View):
    """The activities whose day is known, as days of a calendar (RFC 5545)."""

    def get(self, request):
        activities = Activity.objects.published().prefetch_related("tags").order_by("start", "pk")
        dated = [activity for activity in activities if activity.start and activity.start.day]
        response = HttpResponse(self.calendar(dated).to_ical(), content_type="text/calendar; charset=utf-8")
        response.headers["Content-Disposition"] = content_disposition_header(
            as_attachment=False, filename="activities.ics"
        )
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
        # RFC 7986's properties, and those that calendars knew before.
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
            event.add("dtend", last + timedelta(days=1))  # the first day after it
        event.add("transp", "TRANSPARENT")  # keeps nobody's day busy
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


def printable(text):
    return UNPRINTABLE.sub("", text)
