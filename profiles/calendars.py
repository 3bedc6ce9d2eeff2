"""Calendars (RFC 5545) of activities and of the occasions of talks. They contain only what visitors may see."""

from datetime import UTC, date, timedelta

import icalendar
from django.http import HttpResponse
from django.utils import timezone
from django.utils.http import http_date
from django.views.generic import View

from profiles.content.addresses import absolute
from profiles.feeds import as_text, host_of, printable, site_name, updated
from profiles.models import Activity, Occasion, Talk
from profiles.views import VisibleDetailView


def calendar_response(request, title, events, changed, filename):
    """Return a calendar with events as a response. ``changed`` are the moments at which its content has changed."""
    calendar = icalendar.Calendar()
    calendar.add("prodid", f"-//{host_of(request)}//Academic site//EN")
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    # The properties of RFC 7986, and the older ones.
    calendar.add("name", icalendar.vText(printable(title)))
    calendar.add("x-wr-calname", icalendar.vText(printable(title)))
    calendar.add("x-wr-timezone", timezone.get_default_timezone_name())
    calendar.add("refresh-interval", timedelta(days=1), parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", "P1D")
    for event in events:
        calendar.add_component(event)
    response = HttpResponse(calendar.to_ical(), content_type="text/calendar; charset=utf-8")
    response.headers["Content-Disposition"] = f'inline; filename="{filename}"'
    if changed:
        response.headers["Last-Modified"] = http_date(max(changed).timestamp())
    return response


class EventsCalendar(View):
    """The activities and occasions that ``get_activities`` and ``get_occasions`` return, if their day is known."""

    title = ""
    filename = ""

    def get(self, request):
        activities = list(filter(starts_on_a_day, self.get_activities()))
        occasions = list(filter(starts_on_a_day, self.get_occasions()))
        events = [activity_event(one, request) for one in activities]
        events += [occasion_event(one, request) for one in occasions]
        changed = [updated(one) for one in (*activities, *(occasion.talk for occasion in occasions))]
        return calendar_response(request, f"{self.title} · {site_name(request)}", events, changed, self.filename)

    def get_activities(self):
        return []

    def get_occasions(self):
        return Occasion.objects.published().order_by("start", "pk").with_talks()


class ActivityCalendar(EventsCalendar):
    title = "Activities"
    filename = "activities.ics"

    def get_activities(self):
        return Activity.objects.published().prefetch_related("tags").order_by("start", "pk")


class TalksCalendar(EventsCalendar):
    title = "Talks"
    filename = "talks.ics"


class TalkCalendar(VisibleDetailView):
    """All occasions of one talk."""

    def get_queryset(self):
        return Talk.objects.published().prefetch_related("tags")

    def render_to_response(self, context, **kwargs):
        talk = self.object
        occasions = filter(starts_on_a_day, Occasion.objects.filter(talk=talk).order_by("start", "pk").with_talks())
        events = [occasion_event(one, self.request) for one in occasions]
        title = as_text("includes/title.txt", title=talk.title)
        return calendar_response(self.request, title, events, [updated(talk)], "talk.ics")


def starts_on_a_day(item):
    return bool(item.start and item.start.day)


def new_event(uid, changed, *, title, description, place, point, categories, request):
    """Return an Event without its time and address."""
    event = icalendar.Event()
    event.add("uid", f"{uid}@{host_of(request)}")
    event.add("dtstamp", changed)
    event.add("last-modified", changed)
    event.add("summary", printable(as_text("includes/title.txt", title=title)))
    if text := printable(description):
        event.add("description", text)
    if place:
        event.add("location", printable(place))
    if point:
        event.add("geo", point)
    event.add("categories", [one for one in map(printable, categories) if one])
    return event


def add_days(event, item):
    """Set the time of an event to whole days."""
    event.add("dtstart", date(*item.start.date_parts))
    last = date(*(item.end if item.end and item.end.day else item.start).date_parts)
    if last < date.max:
        event.add("dtend", last + timedelta(days=1))  # the first day after the event
    event.add("transp", "TRANSPARENT")  # does not mark the day as busy


def activity_event(activity, request):
    event = new_event(
        f"activity-{activity.pk}",
        activity.updated_at,
        title=str(activity),
        description=as_text("profiles/activity.txt", activity=activity),
        place=activity.place,
        point=activity.point,
        categories=[activity.kind, *(tag.name for tag in activity.tags.all())],
        request=request,
    )
    add_days(event, activity)
    event.add("url", activity.url or absolute(request, activity.get_absolute_url()))
    return event


def occasion_event(occasion, request):
    """Return the event of a talk: with its times in UTC, which needs no definition of a time zone, or on its days."""
    talk = occasion.talk
    event = new_event(
        occasion.calendar_uid,
        talk.updated_at,
        title=talk.title,
        description=as_text("profiles/occasion.txt", occasion=occasion),
        place=occasion.place or ("Online" if occasion.is_online else ""),
        point=occasion.point,
        categories=["talk", *(tag.name for tag in talk.tags.all())],
        request=request,
    )
    if occasion.starts_at:
        event.add("dtstart", occasion.starts_at.astimezone(UTC))
        if occasion.ends_at or occasion.end:
            event.add("dtend", occasion.over_at.astimezone(UTC).replace(microsecond=0))
    else:
        add_days(event, occasion)
    event.add("url", absolute(request, occasion.get_absolute_url()))
    return event
