"""Talks: their dates, pages, calendars and what visitors may see."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.core.exceptions import ValidationError
from django.utils import timezone
from icalendar import Calendar

from profiles.content.dates import PartialDate
from profiles.models import Occasion, Talk
from tests import make
from tests.feeds import names, read, terms

pytestmark = pytest.mark.django_db

ROME = ZoneInfo("Europe/Rome")


def occasion(**values):
    """Return an unsaved occasion, whose fields are cleaned."""
    talk = Talk(title="On Engines")
    new = Occasion(talk=talk, **{"time_zone": "Europe/Rome", **values})
    new.clean_fields(exclude=["talk"])
    return new


def errors(**values):
    with pytest.raises(ValidationError) as caught:
        occasion(**values).clean()
    return caught.value.message_dict


def events(client, path):
    """Return the events of a calendar, each without a complaint of the parser."""
    answer = client.get(path)
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "text/calendar; charset=utf-8")
    found = Calendar.from_ical(answer.content).walk("VEVENT")
    assert not [event.errors for event in found if event.errors]
    return found


def day(days):
    return (timezone.now() + timedelta(days=days)).date().isoformat()


# Dates and times


def test_an_occasion_has_its_times_in_its_own_zone():
    given = occasion(start="2026-05-03", start_time="14:00", end_time="15:30")

    assert given.starts_at == datetime(2026, 5, 3, 12, 0, tzinfo=UTC)
    assert given.ends_at == datetime(2026, 5, 3, 13, 30, tzinfo=UTC)
    assert given.when == "3 May 2026, 14:00–15:30 (Europe/Rome)"
    assert given.machine_start == "2026-05-03T14:00:00+02:00"


@pytest.mark.parametrize(
    ("values", "end"),
    [
        ({"end_time": "15:30"}, "2026-05-03T15:30:00+02:00"),
        ({}, ""),  # the day alone would be midnight, before the start
        ({"start_time": None}, "2026-05-03"),
        ({"end": "2026-05-05"}, "2026-05-05"),
    ],
)
def test_programs_read_no_end_that_lies_before_the_start(values, end):
    given = occasion(**{"start": "2026-05-03", "start_time": "14:00", **values})

    assert given.machine_end == end


def test_a_talk_over_several_days_shows_both_with_their_times():
    given = occasion(start="2026-05-03", start_time="14:00", end="2026-05-05", end_time="12:00")

    assert given.when == "3 May 2026, 14:00 – 5 May 2026, 12:00 (Europe/Rome)"
    assert given.ends_at == datetime(2026, 5, 5, 10, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("values", "when", "over_at"),
    [
        ({"start": "2026-05-03"}, "3 May 2026", datetime(2026, 5, 4, tzinfo=ROME)),
        ({"start": "2026-05-03", "end": "2026-05-04"}, "3–4 May 2026", datetime(2026, 5, 5, tzinfo=ROME)),
        ({"start": "2024-02"}, "February 2024", datetime(2024, 3, 1, tzinfo=ROME)),
        ({"start": "2026"}, "2026", datetime(2027, 1, 1, tzinfo=ROME)),
        ({"start": "9999"}, "9999", None),
        ({"start": "0001"}, "0001", datetime(2, 1, 1, tzinfo=UTC)),
        ({}, "", None),
    ],
)
def test_an_occasion_is_as_precise_as_its_date_is_known(values, when, over_at):
    given = occasion(**values)

    assert (given.when, given.starts_at, given.ends_at) == (when, None, None)
    assert over_at is None or given.over_at == over_at - timedelta(microseconds=1)


def test_an_occasion_is_over_by_the_clock_of_its_own_zone():
    tokyo, honolulu = ZoneInfo("Asia/Tokyo"), ZoneInfo("Pacific/Honolulu")
    here = datetime.now(tokyo)
    ended, lasting = here - timedelta(hours=1), datetime.now(honolulu)

    past = occasion(start=f"{ended:%Y-%m-%d}", start_time="00:00", end_time=f"{ended:%H:%M}", time_zone="Asia/Tokyo")
    today = occasion(start=f"{lasting:%Y-%m-%d}", time_zone="Pacific/Honolulu")

    assert (past.is_over, past.is_upcoming) == (True, False)
    assert (today.is_over, today.is_upcoming) == (False, True)
    undated = occasion()
    assert (undated.is_over, undated.is_upcoming) == (False, False)


def test_a_time_that_the_clocks_skip_is_refused_with_the_one_to_enter():
    found = errors(start="2026-03-29", start_time="02:30")

    assert found == {
        "start_time": [
            "There is no 02:30 on this day in Europe/Rome, because the clocks go forward. "
            "Enter 03:30 if you mean the time after the change."
        ]
    }


def test_a_time_that_happens_twice_is_refused_with_both_in_utc():
    found = errors(start="2026-04-05", start_time="02:30", time_zone="Australia/Sydney")

    assert found == {
        "start_time": [
            "02:30 happens twice on this day in Australia/Sydney, because the clocks go back. Choose the time zone "
            "UTC, and enter 2026-04-04, 15:30 for the first or 16:30 for the second."
        ]
    }
    occasion(start="2026-04-04", start_time="15:30", time_zone="UTC").clean()


def test_the_end_may_be_the_time_that_does_not_exist():
    assert list(errors(start="2026-03-29", start_time="01:30", end_time="02:30")) == ["end_time"]


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"start": "2026-05", "start_time": "14:00"}, "start_time"),
        ({"start_time": "14:00"}, "start_time"),
        ({"start": "2026-05-03", "start_time": "14:00", "end": "2026-05", "end_time": "15:00"}, "end_time"),
        ({"start": "2026-05-03", "end_time": "15:00"}, "start_time"),
        ({"start": "2026-05-03", "start_time": "14:00", "end_time": "13:00"}, "end_time"),
        ({"start": "2026-05-03", "end": "2026-05-02"}, "end"),
        ({"start": "2026-05", "end": "2026-04-30"}, "end"),
        ({"start": "0001-01-01", "start_time": "00:00"}, "start_time"),
        ({"start": "9999-12-31", "start_time": "23:59"}, "start_time"),
    ],
)
def test_a_time_without_a_date_and_an_end_before_the_start_have_a_message_at_their_field(values, field):
    assert list(errors(**values)) == [field]


def test_the_hour_that_the_clocks_go_back_makes_no_talk_end_before_its_start():
    # 01:59 to 03:00 are two hours and a minute.
    given = occasion(start="2026-10-25", start_time="01:59", end_time="03:00")
    given.clean()

    assert given.ends_at.astimezone(UTC) - given.starts_at.astimezone(UTC) == timedelta(hours=2, minutes=1)


def test_a_zone_must_be_one_of_the_list():
    with pytest.raises(ValidationError, match="is not a time zone"):
        occasion(time_zone="Europe/Turin")


def test_a_stored_zone_that_no_longer_exists_is_that_of_the_site():
    given = Occasion(start=PartialDate("2026-05-03"), time_zone="../../etc/passwd")

    assert given.zone == timezone.get_default_timezone()


# The list


def test_the_list_has_what_is_to_come_first_and_then_each_talk_once(client):
    make.talk("Old", occasions=[{"start": "2019-04", "event": "First"}, {"start": "2021-03-04", "event": "Second"}])
    make.talk("Both", occasions=[{"start": "2020", "event": "Third"}, {"start": day(3), "event": "Fourth"}])
    make.talk("Soon", occasions=[{"start": day(2), "event": "Fifth"}])
    make.talk("Undated")

    context = client.get("/talks/").context_data

    assert [one.event for one in context["upcoming"]] == ["Fifth", "Fourth"]
    years = [(year, [talk.title for talk in talks]) for year, talks in context["years"]]
    assert years == [(2021, ["Old"]), (2020, ["Both"]), (None, ["Undated"])]


def test_a_talk_shows_each_of_its_occasions(client):
    make.talk(
        "Engines and *looms*", abstract="About **cards**.", tags=["engines"],
        occasions=[
            {"start": "2021-03-04", "event": "AAAI", "city": "Turin", "country": "Italy", "kind": "invited"},
            {"start": "2019", "label": "Panel", "organisation": "Academy", "is_online": True},
        ],
    )  # fmt: skip

    page = client.get("/talks/engines-and-looms/").text

    for text in ("AAAI, Turin, Italy", "4 March 2021", "Invited talk", "Academy, online", "Panel", "<strong>cards"):
        assert text in page


@pytest.mark.parametrize("count", [1, 3, 30])
@pytest.mark.parametrize(
    ("path", "queries"),
    [("/talks/", 8), ("/talks/feed/", 6), ("/talks.ics", 3), ("/activities.ics", 4), ("/activities/", 5)],
)
def test_the_number_of_queries_does_not_grow_with_the_talks(client, django_assert_num_queries, path, queries, count):
    make.owner()
    for number in range(count):
        given = [{"start": "2024-05-01", "city": "Turin", "latitude": 45, "longitude": 7}, {"start": day(2)}]
        talk = make.talk(f"Talk {number}", occasions=given, tags=["engines", f"t{number}"])
        talk.resources.create(url="https://example.org/slides.pdf", kind="slides")

    with django_assert_num_queries(queries):
        assert "Talk 0" in client.get(path).text


EVERYWHERE = [
    "/", "/index.md", "/talks/", "/talks.md", "/talks/feed/", "/talks.ics", "/activities/", "/activities.md",
    "/activities.ics", "/search/?q=quokka", "/feed/", "/tags/", "/sitemap.xml", "/llms.txt",
]  # fmt: skip


@pytest.mark.parametrize("path", EVERYWHERE)
def test_drafts_and_scheduled_talks_are_nowhere(client, path):
    make.owner()
    given = [{"start": day(2), "city": "Quokka Bay", "latitude": 45, "longitude": 7}]
    make.talk("Quokka one", state="draft", occasions=given, tags=["quokka"])
    make.talk("Quokka two", publish_at=timezone.now() + timedelta(days=1), occasions=given, tags=["quokka"])

    text = client.get(path).text.lower()

    assert "quokka" not in text.replace("q=quokka", "").replace('value="quokka"', "").replace(
        "search: quokka", ""
    ).replace("“quokka”", "")


@pytest.mark.parametrize("path", ["/talks/quokka/", "/talks/quokka.ics", "/talks/quokka.md", "/card/talks/quokka.png"])
def test_a_draft_has_no_address_for_visitors(client, path):
    make.talk("Quokka", state="draft")

    assert client.get(path).status_code == 404


def test_a_former_address_leads_to_the_talk_and_its_calendar(client):
    talk = make.talk("On Engines")
    talk.slug = "engines"
    talk.save()

    assert client.get("/talks/on-engines/").headers["Location"] == "/talks/engines/"
    assert client.get("/talks/on-engines.ics").headers["Location"] == "/talks/engines.ics"


# Calendars and feeds


def test_a_calendar_has_all_occasions_of_the_talk_whose_day_is_known(client):
    talk = make.talk(
        "On *engines*", abstract="About **cards**.", tags=["engines"],
        occasions=[
            {"start": "2026-05-03", "start_time": "14:00", "end_time": "15:00", "time_zone": "Europe/Rome"},
            {"start": "2026-05-09", "end": "2026-05-10", "is_online": True},
            {"start": "2026-06"}, {"start": "2026"}, {},
        ],
    )  # fmt: skip

    timed, whole = events(client, "/talks/on-engines.ics")

    assert (timed["DTSTART"].dt, timed["DTEND"].dt) == (
        datetime(2026, 5, 3, 12, tzinfo=UTC),
        datetime(2026, 5, 3, 13, tzinfo=UTC),
    )
    assert (whole["DTSTART"].dt, whole["DTEND"].dt) == (date(2026, 5, 9), date(2026, 5, 11))
    assert (timed["SUMMARY"], timed["DESCRIPTION"], whole["LOCATION"]) == ("On engines", "About cards.", "Online")
    pks = [one.pk for one in talk.occasions.order_by("start") if one.start and one.start.day]
    assert [event["UID"] for event in (timed, whole)] == [f"occasion-{pk}@testserver" for pk in pks]


@pytest.mark.parametrize("zone", ["America/Anchorage", "Asia/Kolkata", "Pacific/Kiritimati"])
@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31"])
def test_a_talk_at_the_limits_of_the_calendar_is_in_it(client, day, zone):
    times = {"start": day, "start_time": "00:01", "end_time": "23:59", "time_zone": zone}
    until = {"start": "2026-05-03", "start_time": "10:00", "end": "9999-12-31", "time_zone": zone}
    make.talk("On Engines", occasions=[times, until])

    assert len(events(client, "/talks.ics")) == 2
    assert client.get("/talks/").status_code == 200


def test_the_calendars_of_the_site_have_the_occasions_with_the_ids_that_subscribers_know(client):
    make.activity("A prize", kind="award", start="2025-05-01")
    talk = make.talk("On Engines", occasions=[{"start": "2025-05-02", "uid": "activity-900"}])
    talk.occasions.create(start="2025-05-03")

    uids = [event["UID"] for event in events(client, "/activities.ics")]

    assert len(uids) == len(set(uids)) == 3
    assert "activity-900@testserver" in uids
    assert len(events(client, "/talks.ics")) == 2


def test_the_feed_has_the_talk_with_its_occasions(client):
    make.owner()
    talk = make.talk(
        "On *Engines*", abstract="About **cards**.", tags=["engines"], occasions=[{"start": "2025", "event": "AAAI"}]
    )

    entry = read(client, "/talks/feed/").entries[0]

    assert (entry.title, names(entry), terms(entry)) == ("On Engines", ["Ada Lovelace"], ["engines"])
    assert entry.id == f"tag:testserver,2026:talks/{talk.pk}"
    assert entry.link == "http://testserver/talks/on-engines/"
    assert "AAAI" in entry.summary
