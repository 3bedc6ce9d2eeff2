"""The admin's lists: filters, search, autocomplete, bulk actions."""

from datetime import timedelta

import pytest
from django.utils import timezone

from profiles.admin import content
from profiles.search import admin as search_admin
from publications.admin import PublicationAdmin
from publications.models import Publication
from tests import make

pytestmark = pytest.mark.django_db

LIST = "/admin/publications/publication/"
PROJECTS = "/admin/projects/project/"


def titles(answer):
    return [publication.title for publication in answer.context["cl"].result_list]


def autocomplete(client, model, field, term):
    app, name = model.split(".")
    query = {"term": term, "app_label": app, "model_name": name, "field_name": field}
    return [one["text"] for one in client.get("/admin/autocomplete/", query).json()["results"]]


@pytest.fixture
def many(monkeypatch):
    """Six publications on three pages."""
    monkeypatch.setattr(PublicationAdmin, "list_per_page", 2)
    for number, issued in enumerate(["2020", "2021", "2021", "2020", "", "2022"]):
        make.publication(
            f"Paper {number % 4}", issued=issued, type="book" if number % 2 else "thesis",
            state="draft" if number % 3 else "published", tags=["looms"] if number < 5 else [],
        )  # fmt: skip


def test_the_list_is_paginated_newest_first(editor_client, many):
    pages = [titles(editor_client.get(f"{LIST}?p={number}")) for number in (1, 2, 3)]

    assert pages == [["Paper 1", "Paper 2"], ["Paper 1", "Paper 3"], ["Paper 0", "Paper 0"]]


def test_the_filters_offer_the_types_and_years_that_occur(editor_client, many):
    specs = {spec.title: spec for spec in editor_client.get(LIST).context["cl"].filter_specs}

    assert [label for _, label in specs["type"].lookup_choices] == ["Book", "Thesis"]
    assert [label for _, label in specs["year"].lookup_choices] == ["2022", "2021", "2020"]


@pytest.mark.parametrize("value", ["abc", "1999", "9" * 30])
def test_an_unknown_year_has_no_publications(editor_client, many, value):
    assert titles(editor_client.get(LIST, {"year": value})) == []


def test_the_tag_filter_accepts_a_name_or_a_slug(editor_client, many):
    make.publication("Apart", tags=["KV cache"])

    assert titles(editor_client.get(f"{LIST}?tag=KV+cache")) == ["Apart"]
    assert titles(editor_client.get(f"{LIST}?tag=kv-cache")) == ["Apart"]
    assert editor_client.get(f"{LIST}?tag=looms").context["cl"].result_count == 5
    assert titles(editor_client.get(f"{LIST}?tag=none")) == []


def test_the_tag_filter_keeps_the_other_filters(editor_client, many):
    page = editor_client.get(f"{LIST}?state__exact=draft&q=paper&tag=looms").content.decode()
    page = page.split('class="tag-filter"')[1].split("</form>")[0]

    assert '<input type="hidden" name="state__exact" value="draft">' in page
    assert '<input type="hidden" name="q" value="paper">' in page
    assert page.count('name="tag"') == 1
    assert '<option value="looms" selected>looms</option>' in page
    assert '<a href="?q=paper&amp;state__exact=draft">All</a>' in page


@pytest.mark.parametrize(
    "text",
    ["engines", "ENGIN", "lovelace", "lovelace engines", "10.1234/abc", "2412.07067", "lovelace2025", "tag:looms"],
)
def test_a_publication_is_found_by_words_and_identifiers(editor_client, text):
    make.publication(
        "On Engines", authors=["Ada Lovelace"], doi="10.1234/abc", arxiv_id="2412.07067", citation_key="lovelace2025",
        tags=["looms"], state="draft",
    )  # fmt: skip
    make.publication("Other", authors=["Grace Hopper"])

    assert titles(editor_client.get(LIST, {"q": text})) == ["On Engines"]


@pytest.mark.parametrize("text", ["gines", "%", "“”", '"', "x" * 3000])
def test_a_text_that_no_publication_contains_finds_none(editor_client, text):
    make.publication("On Engines")

    assert editor_client.get(LIST, {"q": text}).context["cl"].result_count == 0


def test_a_change_is_found_at_once(editor_client, django_capture_on_commit_callbacks):
    publication = make.publication("On Engines")
    publication.title = "On Looms"
    with django_capture_on_commit_callbacks(execute=True):
        publication.save()

    assert titles(editor_client.get(LIST, {"q": "looms"})) == ["On Looms"]


@pytest.mark.parametrize("text", ["ada", "hopper ada", "0000-0002-1825-0097", "ada@example.org", "L"])
def test_a_person_is_found_by_name_orcid_email_and_initial(editor_client, text):
    make.person(
        "Ada Lovelace", family="Lovelace", other_names="Ada Hopper", orcid="0000-0002-1825-0097",
        email="ada@example.org",
    )  # fmt: skip
    make.person("Grace Hopper", family="Hopper")

    found = autocomplete(editor_client, "publications.authorship", "person", text)

    assert found == ["Ada Lovelace — 0000-0002-1825-0097"]


def test_choosers_tell_works_and_people_of_the_same_name_apart(editor_client):
    preprint = make.publication("On Engines", type="article", issued="2024")
    paper = make.publication("On Engines", type="article-journal", issued="2025", version_of=preprint)
    project = make.project()
    project.publications.set([preprint, paper])
    make.person("Ada Byron", headline="Professor, Paris"), make.person("Ada Byron")

    people = autocomplete(editor_client, "publications.authorship", "person", "byron")
    works = autocomplete(editor_client, "projects.project", "publications", "engines")
    pages = [editor_client.get(f"{LIST}{paper.pk}/change/"), editor_client.get(f"{PROJECTS}{project.pk}/change/")]

    assert sorted(people) == ["Ada Byron", "Ada Byron — Professor, Paris"]
    assert sorted(works) == ["On Engines — Journal article, 2025", "On Engines — Preprint, 2024"]
    for page in pages:
        assert "selected>On Engines — Preprint, 2024</option>" in page.content.decode()


def test_an_autocomplete_offers_the_newest_matches(editor_client, monkeypatch):
    monkeypatch.setattr(search_admin, "AUTOCOMPLETE_LIMIT", 2)
    for number in range(4):
        make.publication(f"Paper {number}", issued="2020")

    assert autocomplete(editor_client, "publications.publication", "version_of", "pap") == [
        "Paper 3 — Journal article, 2020",
        "Paper 2 — Journal article, 2020",
    ]
    assert len(autocomplete(editor_client, "publications.publication", "version_of", "")) == 4


def test_more_than_the_limit_cannot_be_deleted_at_once(editor_client, many, monkeypatch):
    monkeypatch.setattr("config.editing.admin.DELETION_LIMIT", 5)
    chosen = list(Publication.objects.values_list("pk", flat=True)[:1])

    page = editor_client.post(
        LIST, {"action": "delete_selected", "_selected_action": chosen, "select_across": 1, "index": 0}, follow=True
    ).content.decode()

    assert "Nothing was deleted. Select at most 5 at a time." in page
    assert Publication.objects.count() == 6


def test_a_bulk_action_changes_all_rows_in_chunks(editor_client, many, monkeypatch):
    monkeypatch.setattr(content, "CHUNK", 2)
    selected = list(Publication.objects.values_list("pk", flat=True)[:1])
    data = {"action": "publish", "_selected_action": selected, "select_across": 1, "index": 0}

    page = editor_client.post(LIST, data, follow=True).content.decode()

    assert "4 publications published." in page
    assert Publication.objects.published().count() == 6


def test_publishing_says_how_many_are_scheduled(editor_client):
    opening = timezone.now() + timedelta(days=1)
    drafts = [make.publication("A", state="draft"), make.publication("B", state="draft", publish_at=opening)]

    page = editor_client.post(
        LIST, {"action": "publish", "_selected_action": [draft.pk for draft in drafts]}, follow=True
    ).content.decode()

    assert "1 publication published." in page
    assert "1 publication scheduled." in page
