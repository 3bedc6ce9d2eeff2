"""The choice between draft, published and scheduled in the admin's forms."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from profiles.models import Activity, Section
from publications.models import Publication
from tests import make
from tests.publications.test_admin import form

pytestmark = pytest.mark.django_db

ADD = "/admin/profiles/section/add/"
OUTCOME = re.compile(r'class="outcome"[^>]*>([^<]*)<')


def section_form(state, day="", clock=""):
    return {"title": "News", "body": "Hello", "position": 0, "state": state, "publish_at_0": day, "publish_at_1": clock}


def change(section):
    return f"/admin/profiles/section/{section.pk}/change/"


def outcome(answer):
    return OUTCOME.search(answer.content.decode())[1]


def now():
    return timezone.now().replace(microsecond=0)


@pytest.fixture
def london(settings):
    settings.TIME_ZONE = "Europe/London"


@pytest.mark.usefixtures("london")
def test_a_date_without_a_time_is_midnight_in_the_time_zone_of_the_site(editor_client):
    editor_client.post(ADD, section_form("scheduled", "2999-07-03"))
    editor_client.post("/admin/publications/publication/add/", form(hides_authors="on", authors_from_0="2999-07-03"))

    section = Section.objects.get()
    assert (section.state, section.publish_at) == ("published", datetime(2999, 7, 2, 23, tzinfo=UTC))
    assert Publication.objects.get().authors_from == section.publish_at
    page = editor_client.get(change(section))
    assert outcome(page) == "Visitors will see this from 3 July 2999, 00:00 (Europe/London)."
    assert re.search('value="scheduled"[^>]* checked', page.content.decode())
    assert 'value="2999-07-03"' in page.content.decode()


@pytest.mark.usefixtures("london")
@pytest.mark.parametrize(
    ("choice", "sentence"),
    [
        (("scheduled",), "Enter the date on which this is to be published."),
        (("scheduled", "", "12:00"), "Enter a valid date."),
        (("scheduled", "2020-05-03"), "This date is in the past. Enter a later one, or choose “Published”."),
        (("draft", "2999-05-03"), "This date is in the future. Choose “Scheduled”, or clear the date."),
        (("published", "2999-05-03"), "This date is in the future. Choose “Scheduled”, or clear the date."),
        (("published", "2021-03-28", "01:30"), "The clocks change at 01:30 on this day."),
        (("published", "2021-10-31", "01:30"), "The clocks change at 01:30 on this day."),
        (("published", "9999-12-31", "23:59"), "Enter a date between the years 1900 and 2999."),
        (("published", "9999-12-31"), "Enter a date between the years 1900 and 2999."),
        (("nonsense",), "Select a valid choice."),
    ],
)
def test_a_date_that_contradicts_the_choice_is_refused_at_its_field(editor_client, choice, sentence):
    answer = editor_client.post(ADD, section_form(*choice))

    errors = answer.context["adminform"].form.errors
    assert sentence in str(errors["state" if choice == ("nonsense",) else "publish_at"])
    assert not Section.objects.exists()


def test_publishing_scheduled_content_publishes_it_now(editor_client):
    section = make.section(publish_at=now() + timedelta(days=9))
    day, clock = section.publish_at.isoformat().split("T")

    editor_client.post(change(section), section_form("published", day, clock[:8]))

    assert list(Section.objects.published()) == [section]


def test_a_cancelled_schedule_leaves_a_draft_without_a_date(editor_client):
    section = make.section(publish_at=now() + timedelta(days=9))
    day, clock = section.publish_at.isoformat().split("T")

    editor_client.post(change(section), section_form("draft", day, clock[:8]))

    section.refresh_from_db()
    assert (section.state, section.publish_at) == ("draft", None)


def test_published_content_keeps_its_date_until_an_editor_corrects_it(editor_client):
    section = make.section(publish_at=datetime(2020, 5, 3, 12, 30, 15, tzinfo=UTC))
    page = editor_client.get(change(section))
    fields = dict(re.findall(r'name="(publish_at_\d)" value="([^"]*)"', page.content.decode()))
    assert outcome(page) == "Visitors have seen this since 3 May 2020, 12:30 (UTC)."

    editor_client.post(change(section), section_form("published", *fields.values()))
    kept = Section.objects.get().publish_at
    editor_client.post(change(section), section_form("published", "2019-01-02"))

    assert kept == section.publish_at
    assert Section.objects.get().publish_at == datetime(2019, 1, 2, tzinfo=UTC)


def test_drafts_with_a_date_are_found_and_explained(editor_client):
    section = make.section(state="draft", publish_at=datetime(2999, 5, 3, tzinfo=UTC))
    make.section(state="draft", publish_at=datetime(2020, 5, 3, tzinfo=UTC))
    make.publication("Sealed", state="draft", publish_at=datetime(2999, 5, 3, tzinfo=UTC))

    check = editor_client.get("/admin/health/").content.decode()

    sentence = "has a date, 3 May 2999, 00:00 (UTC), but is a draft. Schedule it, or clear the date."
    assert check.count(f"{sentence}\n") == 2
    assert "not published on its date, 3 May 2999, 00:00 (UTC)" in outcome(editor_client.get(change(section)))


def test_the_last_state_is_the_default_of_the_next_one_of_that_kind(editor_client):
    owner = make.owner()
    talk = {"person": owner.pk, "title": "A talk", "position": 0}
    add = "/admin/profiles/awardactivity/add/"

    editor_client.post(add, talk | {"state": "published"})
    editor_client.post(add, talk | {"state": "scheduled", "publish_at_0": "2999-05-03"})
    trip, section = (editor_client.get(f"/admin/profiles/{kind}/add/") for kind in ("travelactivity", "section"))
    published = Activity.objects.published().get()
    editor_client.post(add, talk | {"state": "draft"})
    after_a_draft = editor_client.get(add)

    assert published.kind == "award"
    assert outcome(trip) == "Visitors will see this as soon as you save."
    assert outcome(section) == outcome(after_a_draft) == "Only editors see this."
    assert re.search('value="draft"[^>]* checked', section.content.decode())


def test_a_restored_revision_keeps_its_schedule(editor_client):
    editor_client.post(ADD, section_form("scheduled", "2999-07-03"))
    section = Section.objects.get()
    editor_client.post(change(section), section_form("draft"))
    history = f"/admin/profiles/section/{section.pk}/history/"
    first = editor_client.get(history).context["rows"][-1][0]

    editor_client.post(history, {"restore": first.pk})

    assert Section.objects.get().is_scheduled
