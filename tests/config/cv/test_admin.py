"""The form of a CV in the admin, and its preview."""

import re

import pytest

from profiles.history import revisions
from profiles.models import CV, CVPart
from publications.models import Publication
from tests import make
from tests.config.editing.conftest import log_in  # noqa: F401  (a fixture)
from tests.profiles.test_duplicates import sent_by_browser

pytestmark = pytest.mark.django_db

LIST = "/admin/profiles/cv/"
ADD = f"{LIST}add/"


def words(response):
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


@pytest.fixture
def cv():
    owner = make.owner()
    for number in range(3):
        make.publication(f"Paper {number}", authors=[owner], issued=f"202{number}")
    make.activity("Prize", kind="award")
    return make.cv(parts=[{"kind": "publications", "numbering": "none"}, "award"])


def open_form(client, cv):
    return sent_by_browser(client.get(f"{LIST}{cv.pk}/change/"))


def test_a_new_cv_starts_with_all_parts_and_is_saved_with_those_that_stay(editor_client, cv):
    data = sent_by_browser(editor_client.get(ADD))
    kinds = [data[f"parts-{number}-kind"] for number in range(3)]
    data |= {"name": ["Everything"], "state": ["published"]}

    assert kinds == [["interests"], ["education"], ["position"]]
    assert editor_client.post(ADD, data).status_code == 302
    saved = CV.objects.get(name="Everything")
    assert [part.kind for part in saved.parts.all()][:3] == ["interests", "education", "position"]
    assert editor_client.get("/cv/everything/").status_code == 200


def test_parts_are_saved_in_their_order_with_chosen_records_in_theirs(editor_client, cv):
    papers = {paper.title: paper.pk for paper in Publication.objects.all()}
    data = open_form(editor_client, cv)
    chosen = [papers["Paper 1"], papers["Paper 0"]]
    data |= {"parts-0-position": ["2"], "parts-1-position": ["1"], "parts-0-chosen": chosen, "parts-0-types": ["J"]}

    assert editor_client.post(f"{LIST}{cv.pk}/change/", data).status_code == 302
    award, works = cv.parts.all()

    assert (award.kind, works.kind) == ("award", "publications")
    assert (works.chosen, works.types) == (chosen, ["J"])
    again = sent_by_browser(editor_client.get(f"{LIST}{cv.pk}/change/"))
    assert [int(pk) for pk in again["parts-1-chosen"]] == chosen
    assert len(revisions.revision_ids(CV, cv.pk)) == 2


def test_only_another_order_of_chosen_records_is_a_change(editor_client, cv):
    pks = list(Publication.objects.values_list("pk", flat=True))
    cv.parts.filter(kind="publications").update(chosen=pks)
    data = open_form(editor_client, cv)

    editor_client.post(f"{LIST}{cv.pk}/change/", data | {"parts-0-chosen": pks[::-1]})

    assert cv.parts.get(kind="publications").chosen == pks[::-1]


@pytest.mark.parametrize("value", ["x", "-1", "9" * 30, "1.5"])
def test_malformed_keys_of_records_are_dropped(editor_client, cv, value):
    data = open_form(editor_client, cv) | {"parts-0-chosen": [value]}

    assert editor_client.post(f"{LIST}{cv.pk}/change/", data).status_code == 302
    assert cv.parts.get(kind="publications").chosen == []


def test_the_form_counts_what_each_part_leaves_out(editor_client, cv):
    cv.parts.filter(kind="publications").update(limit=1, year_from=2021)
    Publication.objects.filter(title="Paper 2").update(not_in_cvs=True)

    page = words(editor_client.get(f"{LIST}{cv.pk}/change/"))

    assert "1 of 3: 1 marked “not in CVs”, 1 left out by the selection" in page
    assert "1 of 1" in page


def test_the_preview_shows_unsaved_values_and_saves_nothing(editor_client, cv):
    before = list(CVPart.objects.values()), CV.objects.values().get()
    data = open_form(editor_client, cv)
    data |= {"page_limit": ["1"], "parts-0-limit": ["2"], "parts-1-title": ["Honours"], "_fragment": ["1"]}

    shown = editor_client.post(f"{LIST}{cv.pk}/preview/", data)

    assert "1 page; the limit is 1" in words(shown)
    assert "Publications: 2 of 3: 1 left out by the limit" in words(shown)
    assert "Honours: 1 of 1" in words(shown)
    assert shown.content.count(b"data:image/png;base64,") == 1
    assert (list(CVPart.objects.values()), CV.objects.values().get()) == before
    whole = editor_client.post(f"{LIST}{cv.pk}/preview/", {name: data[name] for name in data if name != "_fragment"})
    assert "Preview of the CV" in words(whole)


def test_the_preview_says_that_the_cv_is_too_long(editor_client, cv):
    data = open_form(editor_client, cv) | {"page_limit": ["1"], "_fragment": ["1"]}
    data |= {"parts-1-text": ["\n\n".join(f"Paragraph {number}" for number in range(90))]}

    assert "3 pages; the limit is 1" in words(editor_client.post(f"{LIST}{cv.pk}/preview/", data))


def test_the_preview_shows_what_visitors_see(editor_client, cv):
    Publication.objects.filter(title="Paper 2").update(state="draft")
    data = open_form(editor_client, cv) | {"_fragment": ["1"]}

    assert "Publications: 2 of 2" in words(editor_client.post(f"{LIST}{cv.pk}/preview/", data))


def test_the_preview_of_a_new_cv_and_of_a_form_with_errors(editor_client, cv):
    data = sent_by_browser(editor_client.get(ADD)) | {"name": [""]}

    assert "1 page" in words(editor_client.post(f"{LIST}preview/", data))
    assert CV.objects.count() == 1
    refused = editor_client.post(f"{LIST}preview/", data | {"page_limit": ["many"]})
    assert "The preview needs a form without errors." in words(refused)


def test_the_preview_is_not_for_everybody(client, guest_client, editor_client, cv):
    assert editor_client.get(f"{LIST}{cv.pk}/preview/").status_code == 405
    assert guest_client.post(f"{LIST}{cv.pk}/preview/").status_code == 403
    assert client.post(f"{LIST}{cv.pk}/preview/").status_code == 302


def test_a_duplicate_has_the_selections_of_its_parts(editor_client, cv):
    pks = list(Publication.objects.values_list("pk", flat=True))
    cv.parts.filter(kind="publications").update(chosen=pks, types=["J"], limit=2)

    data = sent_by_browser(editor_client.get(f"{ADD}?copy_of={cv.pk}")) | {"name": ["Copy"]}

    assert editor_client.post(ADD, data).status_code == 302
    works, award = CV.objects.get(name="Copy").parts.all()
    assert (works.chosen, works.types, works.limit, works.numbering) == (pks, ["J"], 2, "none")
    assert award.kind == "award"


def test_the_list_shows_the_pages_and_a_limit_that_is_too_small(editor_client, cv):
    page = words(editor_client.get(LIST))

    assert re.search("Short CV English Published 1 ", page)


def test_a_free_text_needs_a_text(editor_client, cv):
    data = sent_by_browser(editor_client.get(ADD)) | {"name": ["New"], "parts-0-kind": ["text"]}

    assert "Enter a text." in words(editor_client.post(ADD, data))


def test_there_is_one_main_cv(editor_client, cv):
    make.cv("Other", is_main=True)
    data = open_form(editor_client, cv) | {"is_main": ["on"]}

    answer = editor_client.post(f"{LIST}{cv.pk}/change/", data)

    assert "Another CV is the main CV. Untick it there first." in words(answer)


def test_who_may_not_publish_reads_a_published_cv_and_its_preview_and_drafts_another(log_in, cv):  # noqa: F811
    assistant = log_in("Assistant")
    page = assistant.get(f"{LIST}{cv.pk}/change/")

    assert "Publications: 3 of 3" in words(page)
    assert "parts-0-limit" not in page.text
    assert "1 page" in words(assistant.post(f"{LIST}{cv.pk}/preview/"))
    data = sent_by_browser(assistant.get(ADD)) | {"name": ["Mine"]}
    assert assistant.post(ADD, data).status_code == 302
    assert CV.objects.get(name="Mine").state == "draft"
