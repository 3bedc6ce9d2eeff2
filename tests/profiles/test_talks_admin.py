"""The form of a talk, with its occasions."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from profiles.models import Occasion, Talk
from tests import make

pytestmark = pytest.mark.django_db

ADD = "/admin/profiles/talk/add/"
PREFIXES = ("occasions", "resources", "talk_publications", "talk_projects", "Grant_talks")


def form(*occasions, initial=0, **fields):
    data = {"title": "On Engines", "state": "published", **fields}
    data |= {f"{prefix}-{name}_FORMS": 0 for prefix in PREFIXES for name in ("TOTAL", "INITIAL")}
    data |= {"occasions-TOTAL_FORMS": len(occasions), "occasions-INITIAL_FORMS": initial}
    for number, row in enumerate(occasions):
        values = {"time_zone": "Europe/Rome", **row}
        data |= {f"occasions-{number}-{name}": value for name, value in values.items()}
    return data


def messages(answer):
    return [str(message) for message in answer.context["messages"]]


def test_a_talk_is_added_with_its_occasion_and_the_city_puts_it_on_the_map(editor_client):
    owner = make.owner()
    opened = editor_client.get(ADD).context["adminform"].form

    answer = editor_client.post(
        ADD,
        form({"event": "AAAI", "start": "2026-05-03", "start_time": "14:00", "city": "Turin"}, speakers=[owner.pk]),
        follow=True,
    )

    given = Occasion.objects.select_related("talk").get()
    assert opened.initial["speakers"] == [owner.pk]
    assert (given.talk.title, given.event, given.when) == ("On Engines", "AAAI", "3 May 2026, 14:00 (Europe/Rome)")
    assert given.point is not None
    assert any("The map shows this at Turin, Italy." in one for one in messages(answer))


def test_a_changed_city_moves_the_point_and_typed_coordinates_stay(editor_client):
    editor_client.post(ADD, form({"city": "Turin"}))
    talk, given = Talk.objects.get(), Occasion.objects.get()
    turin = given.point
    row = {"id": given.pk, "latitude": turin[0], "longitude": turin[1]}
    change = f"/admin/profiles/talk/{talk.pk}/change/"

    editor_client.post(change, form({**row, "city": "Oslo"}, initial=1))
    oslo = Occasion.objects.get().point
    editor_client.post(change, form({**row, "city": "Oslo", "latitude": 1, "longitude": 2}, initial=1))

    assert oslo not in (turin, None)
    assert Occasion.objects.get().point == (1, 2)


@pytest.mark.parametrize(
    ("values", "field", "sentence"),
    [
        ({"start": "2026-03-29", "start_time": "02:30"}, "start_time", "Enter 03:30"),
        ({"start": "2026-10-25", "start_time": "02:30"}, "start_time", "happens twice"),
        ({"start": "2026-05", "start_time": "14:00"}, "start_time", "needs the whole date"),
        ({"start": "2026-05-03", "start_time": "14:00", "end_time": "13:00"}, "end_time", "before the start"),
        ({"start": "2026-05-03", "end": "2026-05-01"}, "end", "before the start"),
        ({"start": "3.5.2026"}, "start", "is not a date"),
        ({"start_time": "25:99"}, "start_time", "Enter a valid time."),
        ({"time_zone": "Turin"}, "time_zone", "is not a time zone"),
        ({"url": "javascript:alert(1)"}, "url", "Enter a valid URL."),
        ({"latitude": "45"}, None, "Enter both a latitude"),
        ({"latitude": "95", "longitude": "7"}, "latitude", "less than or equal to 90"),
        ({"event": "x" * 201}, "event", "at most 200 characters"),
        ({"event": "a\0b"}, "event", "Null characters"),
    ],
)
def test_bad_input_has_a_message_at_its_field_and_nothing_is_lost(editor_client, values, field, sentence):
    slides = SimpleUploadedFile("slides.pdf", b"%PDF-1.4\n%%EOF\n")
    data = form({"event": "AAAI", **values}, abstract="About cards.")
    data |= {"resources-TOTAL_FORMS": 1, "resources-0-file": slides, "resources-0-position": 0}

    answer = editor_client.post(ADD, data)

    row = answer.context["inline_admin_formsets"][0].formset.forms[0]
    found = row.errors[field] if field else row.non_field_errors()
    assert sentence in " ".join(found)
    assert not Talk.objects.exists()
    for kept in ("On Engines", "About cards.", "slides.pdf (chosen, not saved yet"):
        assert kept in answer.text


def test_a_talk_names_a_publication_and_a_project_once(editor_client):
    paper, project = make.publication("On Looms"), make.project("Analytical Engine")
    data = form() | {
        "talk_publications-TOTAL_FORMS": 1, "talk_publications-0-publication": paper.pk,
        "talk_projects-TOTAL_FORMS": 1, "talk_projects-0-project": project.pk,
    }  # fmt: skip

    assert editor_client.post(ADD, data).status_code == 302
    again = {**data, "talk_publications-TOTAL_FORMS": 2, "talk_publications-1-publication": paper.pk}

    assert editor_client.post(ADD, again).status_code == 200
    talk = Talk.objects.get()
    assert [row.publication for row in talk.talk_publications.all()] == [paper]
    assert [row.project for row in talk.talk_projects.all()] == [project]


def test_the_list_shows_the_last_occasion_and_is_filtered_by_what_is_to_come(editor_client):
    make.talk("Soon", occasions=[{"start": "2999-05-03", "event": "AAAI"}])
    make.talk("Given", occasions=[{"start": "2020", "event": "ICML"}, {"start": "2019", "event": "NeurIPS"}])
    make.talk("Bare")

    def shown(query):
        return [talk.title for talk in editor_client.get(f"/admin/profiles/talk/{query}").context["cl"].result_list]

    page = editor_client.get("/admin/profiles/talk/").text
    assert "ICML" in page
    assert "NeurIPS" not in page
    assert shown("") == ["Soon", "Given", "Bare"]
    assert [shown(f"?when={when}") for when in ("upcoming", "past", "undated")] == [["Soon"], ["Given"], ["Bare"]]
    assert shown("?q=neurips") == ["Given"]


def test_the_list_asks_the_same_number_of_queries_for_one_talk_and_many(editor_client, django_assert_num_queries):
    for number in (1, 3, 30):
        for one in range(number):
            make.talk(f"Talk {one}", occasions=[{"start": "2020"}])
        with django_assert_num_queries(7):
            editor_client.get("/admin/profiles/talk/")


def test_a_copy_has_the_occasions_without_coordinates_and_says_that_files_are_not_copied(editor_client):
    talk = make.talk(occasions=[{"start": "2020", "city": "Turin", "latitude": 45, "longitude": 7}])
    talk.resources.create(file=SimpleUploadedFile("slides.pdf", b"%PDF-1.4\n%%EOF\n"))

    answer = editor_client.get(f"{ADD}?copy_of={talk.pk}")

    rows = answer.context["inline_admin_formsets"][0].formset.forms
    assert [(row.initial.get("city"), row.initial.get("latitude")) for row in rows] == [("Turin", None)]
    assert "uploaded files" in answer.text


def test_the_history_restores_a_deleted_talk_with_its_occasions(editor_client):
    editor_client.post(ADD, form({"event": "AAAI", "start": "2026-05-03"}))
    talk = Talk.objects.get()
    Occasion.objects.update(uid="activity-1")
    editor_client.post(f"/admin/profiles/talk/{talk.pk}/delete/", {"post": "yes"})
    page = editor_client.get(f"/admin/profiles/talk/{talk.pk}/history/")
    revision = page.context["rows"][0][0].pk

    editor_client.post(f"/admin/profiles/talk/{talk.pk}/history/", {"restore": revision})

    assert [(one.event, one.start, one.uid) for one in Occasion.objects.all()] == [("AAAI", "2026-05-03", "activity-1")]
