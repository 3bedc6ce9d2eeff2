from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone
from icalendar import Calendar

from profiles.models import Activity
from tests import make
from tests.feeds import names, read, terms, titles

pytestmark = pytest.mark.django_db

FEED = "/activities/feed/"
CALENDAR = "/activities.ics"


def events(client):
    """{summary: event} of the calendar, each without a complaint of the parser."""
    answer = client.get(CALENDAR)
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "text/calendar; charset=utf-8"
    calendar = Calendar.from_ical(answer.content)
    found = calendar.walk("VEVENT")
    assert not [event.errors for event in (calendar, *found) if event.errors]
    return {str(event["SUMMARY"]): event for event in found}


def test_an_entry_has_the_date_place_and_text_of_the_activity(client):
    activity = make.activity(
        "A talk on *engines*", start="1840-09", role="Speaker", organisation="Academy", city="Turin", country="Italy",
        url="https://example.org/talk", description="About **cards**.", tags=["engines"],
    )  # fmt: skip

    feed = read(client, FEED)
    entry = feed.entries[0]

    assert (feed.feed.title, feed.feed.author) == ("Activities · Ada Lovelace", "Ada Lovelace")
    assert (entry.title, names(entry), terms(entry)) == ("A talk on engines", ["Ada Lovelace"], ["engines"])
    assert entry.link == f"http://testserver/activities/#activity-{activity.pk}"
    assert entry.published == activity.publish_at.isoformat()
    for text in ("September 1840", "Speaker", "Academy", "Turin, Italy", "https://example.org/talk", "<strong>cards"):
        assert text in entry.summary


def test_a_renamed_activity_has_the_same_id(client):
    activity = make.activity("A talk")
    before = read(client, FEED).entries[0].id
    activity.title = "A lecture"
    activity.save()

    after = read(client, FEED).entries[0]

    assert before == after.id == f"tag:testserver,2026:activities/{activity.pk}"
    assert after.title == "A lecture"


def test_the_newest_entry_comes_first(client):
    now = timezone.now().replace(microsecond=0)
    make.activity("First", start="2030", position=0, publish_at=now - timedelta(days=2))
    make.activity("Second", start="2020", position=9, publish_at=now - timedelta(days=1))

    assert titles(read(client, FEED)) == ["Second", "First"]


@pytest.mark.parametrize("path", [FEED, CALENDAR])
def test_drafts_and_scheduled_activities_are_left_out(client, editor_client, path):
    make.activity("Open", start="2025-05-01")
    make.activity("Zanzibar", start="2025-05-01", state="draft", tags=["zanzibar"])
    make.activity("Quokka", start="2025-05-01", publish_at=timezone.now() + timedelta(days=1))

    text = client.get(path).content

    assert b"Open" in text
    assert b"anzibar" not in text
    assert b"uokka" not in text
    assert editor_client.get(path).content == text


@pytest.mark.parametrize(("path", "queries"), [(FEED, 3), (CALENDAR, 4)])
def test_the_number_of_queries_does_not_grow_with_the_rows(client, django_assert_num_queries, path, queries):
    for count in (1, 3):
        Activity.objects.all().delete()
        for number in range(count):
            person = make.person(f"Person {number}")
            make.activity(f"Talk {number}", person=person, start="2025-05-01", tags=["engines", f"t{number}"])

        with django_assert_num_queries(queries):
            text = client.get(path).content.decode()

        assert text.count("Talk ") == count


def test_an_empty_feed_is_valid(client):
    assert read(client, FEED).entries == []


def test_an_activity_is_an_all_day_event(client):
    activity = make.activity(
        "A talk on *engines*", start="2025-05-01", role="Speaker", organisation="Academy", city="Turin",
        country="Italy", latitude="45.07", longitude="7.68", url="https://example.org/talk",
        description="About **cards**.", tags=["engines", "looms, cards"],
    )  # fmt: skip
    Activity.objects.filter(pk=activity.pk).update(updated_at=datetime(2025, 4, 5, 6, 7, 8, tzinfo=UTC))

    event = events(client)["A talk on engines"]

    assert event["UID"] == f"activity-{activity.pk}@testserver"
    assert (event["DTSTART"].dt, event["DTSTART"].params["VALUE"]) == (date(2025, 5, 1), "DATE")
    assert event["DTEND"].dt == date(2025, 5, 2)
    assert event["DTSTAMP"].to_ical() == event["LAST-MODIFIED"].to_ical() == b"20250405T060708Z"
    assert event["DESCRIPTION"] == "Speaker\nAcademy\nAbout cards."
    assert event["LOCATION"] == "Turin, Italy"
    assert (event["GEO"].latitude, event["GEO"].longitude) == (45.07, 7.68)
    assert event["URL"] == "https://example.org/talk"
    assert [str(one) for one in event["CATEGORIES"].cats] == ["award", "engines", "looms, cards"]


def test_empty_fields_of_an_activity_are_left_out(client):
    activity = make.activity("", city="Turin", kind="travel", start="2025-05-01")

    event = events(client)["Turin"]

    assert not {"DESCRIPTION", "GEO"} & set(event)
    assert event["URL"] == f"http://testserver/activities/#activity-{activity.pk}"


@pytest.mark.parametrize(
    ("end", "first_day_after"),
    [
        ("2025-05-03", date(2025, 5, 4)),
        ("2025-05-01", date(2025, 5, 2)),
        ("2025-12-31", date(2026, 1, 1)),
        ("2025-06", date(2025, 5, 2)),
        ("", date(2025, 5, 2)),
    ],
)
def test_an_event_ends_with_its_last_day(client, end, first_day_after):
    make.activity("A talk", start="2025-05-01", end=end)

    assert events(client)["A talk"]["DTEND"].dt == first_day_after


def test_the_last_representable_date_does_not_break_the_calendar(client):
    make.activity("A talk", start="2025-05-01", end="9999-12-31")

    assert "DTEND" not in events(client)["A talk"]


def test_an_activity_without_a_day_is_not_in_the_calendar(client):
    for kind, start, end in (
        ("award", "2025", ""),
        ("travel", "2025-05", "2025-05-02"),
        ("position", "", "2025-05-02"),
    ):
        make.activity("Vague", kind=kind, start=start, end=end)
    for kind in ("service", "position", "travel", "award"):
        make.activity(kind, kind=kind, start="2025-05-01")

    assert sorted(events(client)) == ["award", "position", "service", "travel"]


def test_the_calendar_has_a_name_and_a_refresh_interval(client, settings):
    settings.SITE_HOST, settings.TIME_ZONE = "ada.example.org", "Europe/London"
    activity = make.activity("A talk", person=make.owner(name="Ada Lovelace, PhD"), start="2025-05-01")

    answer = client.get(CALENDAR)
    calendar = Calendar.from_ical(answer.content)

    assert calendar["VERSION"] == "2.0"
    assert calendar["PRODID"] == "-//ada.example.org//Academic site//EN"
    assert calendar["X-WR-TIMEZONE"] == "Europe/London"
    assert "METHOD" not in calendar
    for line in (
        "NAME:Activities · Ada Lovelace\\, PhD",
        "X-WR-CALNAME:Activities · Ada Lovelace\\, PhD",
        "REFRESH-INTERVAL;VALUE=DURATION:P1D",
        f"UID:activity-{activity.pk}@ada.example.org",
    ):
        assert f"\r\n{line}\r\n" in answer.content.decode()
    assert answer.headers["Last-Modified"]


def test_lines_are_folded_and_special_characters_escaped(client):
    title = "Engines, looms; and back\\slashes & <tags> 🧵 " + "weaving " * 25
    make.activity(title, start="2025-05-01", organisation="Bell\x07 Labs & Sons", description="One, two;\n\nthree.")

    text = client.get(CALENDAR).content
    event = events(client)[title.strip()]

    assert max(map(len, text.split(b"\r\n"))) <= 75
    assert b"\n" not in text.replace(b"\r\n", b"")
    assert b"SUMMARY:Engines\\, looms\\; and back\\\\slashes & <tags>" in text
    assert b"DESCRIPTION:Bell Labs & Sons\\nOne\\, two\\; three." in text
    assert event["DESCRIPTION"] == "Bell Labs & Sons\nOne, two; three."


def test_a_renamed_and_moved_event_has_the_same_uid(client):
    activity = make.activity("A talk", start="2025-05-01")
    before = events(client)["A talk"]["UID"]
    activity.title, activity.start = "A lecture", "2025-06-01"
    activity.save()

    assert events(client)["A lecture"]["UID"] == before


def test_an_empty_calendar_is_valid(client):
    assert events(client) == {}


@pytest.fixture
def on(monkeypatch):
    """Set the current date."""

    def set_day(day):
        monkeypatch.setattr("django.utils.timezone.localdate", lambda: date.fromisoformat(day))

    return set_day


def upcoming(client):
    return [str(activity) for activity in client.get("/activities/").context["upcoming"]]


def test_a_trip_is_upcoming_until_its_last_day_is_over(client, on):
    make.activity("A visit", kind="travel", start="2031-05-01", end="2031-05-03")
    pages = []
    for day in ("2031-04-30", "2031-05-03", "2031-05-04"):
        on(day)

        answer = client.get("/activities/")

        pages.append((len(answer.context["upcoming"]), len(answer.context["kinds"]), b"Upcoming" in answer.content))
        assert answer.content.count(b'id="activity-') == 1

    assert pages == [(1, 0, True), (1, 0, True), (0, 1, False)]


def test_the_next_activity_comes_first(client, on):
    on("2031-05-01")
    for title, start in (("Later", "2031-07-01"), ("Soon", "2031-05-01"), ("Gone", "2031-04-30"), ("Then", "2031-06")):
        make.activity(title, start=start)

    assert upcoming(client) == ["Soon", "Then", "Later"]


@pytest.mark.parametrize(
    ("kind", "start", "end", "shown"),
    [
        ("award", "2031-05", "", False),
        ("award", "2031", "", False),
        ("award", "2032", "", True),
        ("award", "", "", False),
        ("travel", "2031-04-01", "2031-06", True),
        ("position", "2029", "2033", False),
        ("position", "2031-10-01", "", True),
        ("education", "", "2033", False),
    ],
)
def test_a_lasting_activity_that_has_begun_is_not_upcoming(client, on, *, kind, start, end, shown):
    on("2031-05-02")
    make.activity("This", kind=kind, start=start, end=end)

    assert upcoming(client) == (["This"] if shown else [])


def test_today_follows_the_time_zone_of_the_site(client, settings, monkeypatch):
    moment = datetime(2031, 5, 1, 20, tzinfo=UTC)  # the second of May in Tokyo
    make.activity("A talk", start="2031-05-01")
    monkeypatch.setattr("django.utils.timezone.now", lambda: moment)

    with timezone.override(ZoneInfo("UTC")):
        there = upcoming(client)
    with timezone.override(ZoneInfo("Asia/Tokyo")):
        here = upcoming(client)

    assert (there, here) == (["A talk"], [])


def test_an_upcoming_draft_is_shown_to_editors_only(client, editor_client, on):
    on("2031-05-01")
    make.activity("Zanzibar", start="2031-05-02", state="draft")

    assert (upcoming(client), upcoming(editor_client)) == ([], ["Zanzibar"])


def test_the_page_links_to_the_feed_and_the_calendar(client):
    make.activity()
    page = client.get("/activities/").content.decode()

    assert '<link rel="alternate" type="application/atom+xml" title="Activities" href="/activities/feed/">' in page
    assert '<a href="/activities/feed/">Atom feed</a>' in page
    assert '<a href="/activities.ics">Calendar (.ics)</a>' in page
