"""Activities: their dates, the fields of each kind, the timeline of the home page, and their places on the map."""

import json
import re
from datetime import date
from importlib import import_module
from types import SimpleNamespace

import pytest
from django.apps import apps
from django.core.exceptions import ValidationError
from django.db import IntegrityError, connection, transaction
from reversion.models import Version

from profiles.history import revisions
from profiles.history.restoring import restore
from profiles.models import KINDS, Activity, Look, Relation
from profiles.places import cities
from tests import make

pytestmark = pytest.mark.django_db


@pytest.fixture
def on(monkeypatch):
    """Set the current date."""

    def set_day(day):
        monkeypatch.setattr("django.utils.timezone.localdate", lambda: date.fromisoformat(day))

    return set_day


# Dates


@pytest.mark.parametrize("kind", KINDS)
def test_a_start_alone_is_shown_as_that_date(client, kind):
    make.activity("This", kind=kind, start="2023")
    pages = {
        path: client.get(path).text for path in ("/", "/activities/", "/cv/", "/activities.md", "/activities/feed/")
    }

    assert "2023" in pages["/activities/"]
    for path, page in pages.items():
        assert not re.search("since|present", page), path


def test_what_is_ongoing_says_so_on_every_page(client):
    make.activity("PhD", kind="education", start="2023-10", is_ongoing=True)

    for path in ("/", "/activities/", "/cv/", "/index.md", "/activities.md", "/cv.md", "/activities/feed/"):
        assert "October 2023 – present" in client.get(path).text, path
    assert "endDate" not in client.get("/cv.json").json()["education"][0]


@pytest.mark.parametrize(
    ("start", "shown"),
    [("2031", "2031 – present"), ("2031-05-02", "2 May 2031 – present"), ("2031-06", "from June 2031"),
     ("2032", "from 2032"), ("", "ongoing")],
)  # fmt: skip
def test_what_has_not_begun_is_not_present(client, on, start, shown):
    on("2031-05-02")
    make.activity("Fellow", kind="position", start=start, is_ongoing=True)

    assert f'<p class="when">{shown}</p>' in client.get("/cv/").text


def test_what_has_an_end_is_not_ongoing():
    activity = Activity(person=make.person(), kind="position", title="Fellow", end="2024", is_ongoing=True)

    with pytest.raises(ValidationError) as caught:
        activity.full_clean()
    with pytest.raises(IntegrityError), transaction.atomic():
        activity.save()

    assert caught.value.message_dict == {"end": ["This has an end and is ongoing. Clear the end, or untick “ongoing”."]}


def test_existing_degrees_and_positions_stay_ongoing_and_events_become_plain():
    kinds = ["education", "position", "membership", "grant", "service", "award"]
    for kind in kinds:
        make.activity(kind=kind, start="2020")
        make.activity("Over", kind=kind, start="2020", end="2021")
        make.activity("Undated", kind=kind)

    migration = import_module("profiles.migrations.0023_activity_details")
    migration.mark_ongoing(apps, SimpleNamespace(connection=connection))

    ongoing = Activity.objects.filter(is_ongoing=True)
    assert sorted(activity.kind for activity in ongoing) == sorted(kinds[:4])
    assert {str(activity) for activity in ongoing} == {"Prize for engines"}


def test_an_earlier_state_of_a_position_can_be_restored():
    post = make.activity("Fellow", kind="position", start="2020", end="2021")
    revisions.record([post])
    post.end = ""
    post.save()
    revisions.record([post])
    for version in Version.objects.get_for_model(Activity):  # as they were stored before the box existed
        [row] = json.loads(version.serialized_data)
        del row["fields"]["is_ongoing"]
        Version.objects.filter(pk=version.pk).update(serialized_data=json.dumps([row]))

    migration = import_module("profiles.migrations.0023_activity_details")
    for step in (migration.mark_ongoing, migration.mark_ongoing_in_history):
        step(apps, SimpleNamespace(connection=connection))

    latest, first = revisions.get_revisions(Activity, post.pk)
    for revision, dates in ((first, ("2021", False)), (latest, ("", True))):
        restored, _ = restore(Activity, post.pk, revision, None)
        assert (restored.end, restored.is_ongoing) == dates


# Advisors and students


@pytest.mark.parametrize(
    ("end", "is_former"),
    [("", False), ("2030", True), ("2031", False), ("2031-04", True), ("2031-05", False), ("2031-05-01", True),
     ("2031-05-02", False), ("2033", False)],
)  # fmt: skip
def test_a_student_who_has_left_is_a_former_one(client, on, end, is_former):
    on("2031-05-02")
    owner, student = make.owner(), make.person("Mary Somerville", is_public_page=True)
    Relation.objects.create(person=owner, related=student, role="student", start="2029", end=end)

    for path in ("/", owner.get_absolute_url(), student.get_absolute_url()):
        context = client.get(path).context
        assert (len(context["relations"]), len(context["former_relations"])) == (not is_former, is_former), path


def test_former_students_are_listed_with_their_years_below_the_current_ones(client, on):
    on("2031-05-02")
    owner = make.owner()
    for name, end in (("Mary Somerville", "2030"), ("Grace Hopper", "")):
        Relation.objects.create(person=owner, related=make.person(name), role="student", start="2027", end=end)

    for path in ("/", owner.get_absolute_url()):
        page = client.get(path).text
        top, bottom = page.split("Former advisors and students")
        assert "Grace Hopper" in top
        assert "Mary Somerville" not in top
        assert re.search(r"Student:\s+Mary Somerville\s+\(2027 – 2030\)", bottom)


# The timeline of the home page


def timeline(client):
    return [str(activity) for activity in client.get("/").context["timeline"]]


def test_education_stays_on_the_timeline_however_many_awards_follow(client):
    make.activity("PhD", kind="education", start="2012")
    for number in range(20):
        make.activity(f"Award {number}", start=f"{2013 + number}")

    assert timeline(client) == ["Award 19", "Award 18", "Award 17", "PhD"]


def test_the_timeline_starts_with_what_is_ongoing_then_the_newest(client):
    make.activity("Reviewer", kind="service", start="2025-05-01")
    make.activity("Old post", kind="position", start="2018", end="2020")
    make.activity("Post", kind="position", start="2019", is_ongoing=True)
    make.activity("Award", kind="award", start="2024")
    make.activity("BSc", kind="education")

    assert timeline(client) == ["Post", "Reviewer", "Award", "Old post", "BSc"]


def test_the_owner_chooses_how_many_of_each_kind_the_timeline_shows(admin_client, client):
    for number in (1, 2, 3):
        make.activity(f"Service {number}", kind="service", start=f"202{number}")
        make.activity(f"Award {number}", kind="award", start=f"202{number}")
    change = admin_client.get("/admin/profiles/look/").headers["Location"]
    look = {"theme": "modern", "accent": "teal", "density": "airy", "blocks": ["timeline"], "blocks-timeline": "1"}

    preview = admin_client.post("/admin/look/", {**look, "timeline-service": "1", "timeline-award": "0"})
    answer = admin_client.post(change, {**look, "timeline-service": "1", "timeline-award": "2"})

    assert [str(activity) for activity in preview.context["timeline"]] == ["Service 3"]
    assert answer.status_code == 302
    assert timeline(client) == ["Award 3", "Service 3", "Award 2"]


@pytest.mark.parametrize("typed", ["many", "-1", "100", "99999", "1.5"])
def test_a_number_that_makes_no_sense_is_refused_and_stays_in_the_form(admin_client, typed):
    make.owner()
    change = admin_client.get("/admin/profiles/look/").headers["Location"]

    page = admin_client.post(
        change, {"theme": "modern", "accent": "teal", "density": "airy", "timeline-award": typed}
    ).text

    assert "Enter a number from 0 to 99 for each kind." in page
    assert f'value="{typed}"' in page
    assert not Look.objects.exists()


# The forms


FORMS = {
    "education": "Degree, Institution, Start, End, Ongoing, City, Country, Thesis, Link, Description",
    "position": "Position, Institution, Start, End, Ongoing, City, Country, Link, Description",
    "award": "Award, Awarded by, Date, Link, Description",
    "service": "Service to, Your role, Organisation, Start, End, Ongoing, Link, Description",
    "membership": "Society or committee, Your role, Start, End, Ongoing, Link",
    "travel": "City, Country, Occasion, Start, End, Link, Description",
}


@pytest.mark.parametrize("kind", FORMS)
def test_the_form_of_a_kind_has_its_fields_and_labels(editor_client, kind):
    form = editor_client.get(f"/admin/profiles/{kind}activity/add/").context["adminform"]
    first = next(iter(form))

    labels = [field.field.label for line in first for field in line]

    assert ", ".join(labels) == FORMS[kind]


DETAILS = {
    "service": {"role": "Editor", "organisation": "Engine Press"},
    "education": {"thesis": "On engines"},
}


@pytest.mark.parametrize("kind", DETAILS)
def test_what_a_form_asks_for_is_shown_and_found(editor_client, client, kind):
    owner = make.owner()
    start = {"start": "1843-06-29"}
    fields = {"person": owner.pk, "title": "Zanzibar", "position": 0, "state": "published", **start, **DETAILS[kind]}

    answer = editor_client.post(f"/admin/profiles/{kind}activity/add/", fields)

    assert answer.status_code == 302
    paths = ["/", "/activities/", "/cv/", "/activities.md", "/cv.md", "/activities/feed/", "/activities.ics"]
    for path in paths:
        text = client.get(path).text.replace("\r\n ", "").replace("\\,", ",")
        assert [value for value in DETAILS[kind].values() if value not in text] == [], path
    assert all(value in client.get("/cv.json").content.decode() for value in DETAILS[kind].values())


# Places


@pytest.mark.parametrize(
    ("city", "country", "found"),
    [
        ("Zürich", "", "Zürich, Switzerland"),
        ("zurich", "Schweiz", "Zürich, Switzerland"),
        ("San Diego", "US", "San Diego, United States"),
        ("San Diego", "U.S.A.", "San Diego, United States"),
        ("Newcastle", "UK", "Newcastle upon Tyne, United Kingdom"),
        ("München", "Germany", "Munich, Germany"),
        ("St. Andrews", "Scotland", "Saint Andrews, United Kingdom"),
        ("Cambridge", "", "Cambridge, United Kingdom"),
        ("Cambridge", "United States", "Cambridge, United States"),
        ("Cambridge, USA", "", "Cambridge, United States"),
        ("Turin", "Narnia", "Turin, Italy"),
        ("Turin", "Japan", None),
        ("Narnia", "", None),
        ("|", "", None),
        ("", "Italy", None),
    ],
)
def test_a_city_is_found_in_every_spelling(city, country, found):
    assert next(map(str, cities.find(city, country)), None) == found


def test_the_list_of_cities_fits_into_a_megabyte():
    assert cities.FILE.stat().st_size < 10**6


def test_cities_are_suggested_to_editors_only(editor_client, client):
    answer = editor_client.get("/admin/cities/", {"q": "zür"})

    assert answer.json()["cities"][0] == {"name": "Zürich", "country": "Switzerland"}
    assert editor_client.get("/admin/cities/", {"q": "z"}).json() == {"cities": []}
    assert client.get("/admin/cities/", {"q": "zür"}).status_code == 302


@pytest.fixture
def save(editor_client):
    """Save a trip in the admin, a new one or an existing one. Return it and the messages about the map."""
    owner = make.owner()

    def save_trip(trip=None, **fields):
        data = {"person": owner.pk, "title": "Visit", "position": 0, "state": "published", **fields}
        path = f"/admin/profiles/travelactivity/{trip.pk}/change/" if trip else "/admin/profiles/travelactivity/add/"
        answer = editor_client.post(path, data, follow=True)
        told = [str(message) for message in answer.context["messages"]]
        return Activity.objects.get(), [message for message in told if "map" in message]

    return save_trip


def test_a_trip_to_a_known_city_is_on_the_map(save, client):
    assert 'class="map"' not in client.get("/").text + client.get("/activities/").text

    trip, told = save(city="San Diego", country="US")

    assert told == ["The map shows this at San Diego, United States."]
    for path in ("/", "/activities/"):
        page = client.get(path).text
        assert "World map with 1 marked place:" in page
        assert 'cx="-117.16" cy="32.72"' in page
    assert [float(number) for number in trip.point] == [32.72, -117.16]


def test_the_message_says_which_of_several_cities_was_taken(save):
    _, [told] = save(city="Cambridge")

    assert told.startswith("The map shows this at Cambridge, United Kingdom. If you mean another city of that name")


def test_an_unknown_city_is_saved_and_the_message_says_that_the_map_does_not_show_it(save, client):
    trip, [told] = save(city="Oberwolfach-Walke", country="Germany")

    assert (trip.city, trip.point) == ("Oberwolfach-Walke", None)
    assert "is not in the site’s list of cities" in told
    assert 'class="map"' not in client.get("/activities/").text


def test_coordinates_follow_the_city_until_an_editor_has_entered_others(save):
    trip, _ = save(city="Turin", country="Italy")
    turin = {"latitude": trip.latitude, "longitude": trip.longitude}
    trip, told = save(trip, city="Milan", country="Italy", **turin)
    assert (float(trip.latitude), told) == (45.46, ["The map shows this at Milan, Italy."])

    trip, told = save(trip, city="Milan", country="Italy", latitude="45.5", longitude="9.2")
    assert (float(trip.latitude), told) == (45.5, [])
    trip, told = save(trip, city="Turin", country="Italy", latitude="45.5", longitude="9.2")
    assert (float(trip.latitude), told) == (45.5, [])

    trip, told = save(trip, city="Turin", country="Italy", latitude="", longitude="")
    assert float(trip.latitude) == 45.07
    trip, told = save(trip, city="Narnia", latitude=trip.latitude, longitude=trip.longitude)
    assert (trip.point, len(told)) == (None, 1)


def test_a_copy_in_another_city_is_on_the_map_there(editor_client):
    trip = make.activity(kind="travel", city="Turin", country="Italy", latitude="45.07", longitude="7.69")

    form = editor_client.get("/admin/profiles/travelactivity/add/", {"copy_of": trip.pk}).context["adminform"].form
    copied = {name: form[name].value() for name in form.fields if form[name].value() is not None}
    editor_client.post("/admin/profiles/travelactivity/add/", {**copied, "state": "published", "city": "Milan"})

    assert [float(activity.latitude) for activity in Activity.objects.order_by("pk")] == [45.07, 45.46]


def test_a_city_that_is_a_country_is_named_once(client):
    make.activity(city="Singapore", country="Singapore", organisation="NUS")

    assert '<p class="where">NUS, Singapore</p>' in client.get("/activities/").text


def test_existing_activities_are_put_on_the_map_if_they_name_city_and_country():
    for city, country, fields in [
        ("Turin", "Italy", {}), ("Paris", "", {}), ("Narnia", "Italy", {}),
        ("Rome", "Italy", {"latitude": 1, "longitude": 2}),
    ]:  # fmt: skip
        make.activity(city=city, country=country, **fields)

    migration = import_module("profiles.migrations.0023_activity_details")
    migration.put_cities_on_the_map(apps, SimpleNamespace(connection=connection))

    located = Activity.objects.located()
    assert {activity.city: float(activity.latitude) for activity in located} == {"Turin": 45.07, "Rome": 1}


def test_what_is_ongoing_comes_first_in_lists(client):
    make.activity("Fellow", kind="position", start="2020")
    make.activity("Professor", kind="position", start="2012", is_ongoing=True)

    for path in ("/activities/", "/cv/", "/cv.md"):
        page = client.get(path).text
        assert page.index("Professor") < page.index("Fellow"), path


def test_activities_of_one_date_show_it_once(client):
    make.activity("First prize", start="2024")
    make.activity("Second prize", start="2024")
    make.activity("Undated prize")

    for path in ("/activities/", "/cv/", "/"):
        assert re.findall(r'<p class="when">(.*?)\s*</p>', client.get(path).text) == [
            "2024", '<span class="visually-hidden">2024</span>', "",
        ], path  # fmt: skip


def test_a_list_of_several_kinds_names_the_kind_of_each(client):
    make.activity("Medal", tags=["engines"])
    make.activity("Trip", kind="travel", start="9998")

    assert '<span class="kind">Award</span>' in client.get("/").text
    assert '<span class="kind">Award</span>' in client.get("/tags/engines/").text
    assert re.findall('<span class="kind">([^<]+)<', client.get("/activities/").text) == ["Travel"]


def test_activities_at_one_place_are_one_point_that_unfolds(client):
    point = {"city": "Turin", "latitude": "45.07", "longitude": "7.69"}
    make.activity("On looms", **point)
    make.activity("On engines", **point)
    make.activity("Secret", city="Paris", latitude="48.85", longitude="2.35", state="draft")

    for path in ("/", "/activities/"):
        page = client.get(path).text
        assert "World map with 1 marked place:" in page
        place = page.split('<ul class="points">')[1].split("</details>")[0]
        assert re.findall(">(Turin|On [a-z]+)<", re.sub(r"\s*([<>])\s*", r"\1", place)) == [
            "Turin",
            "On engines",
            "On looms",
        ]
        assert "Paris" not in page
