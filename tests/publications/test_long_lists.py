"""The admin's lists where there are very many publications: what is asked of the database, and what is told."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from profiles.admin import content
from profiles.search import admin as search_admin
from publications.admin import PublicationAdmin
from publications.models import Publication
from tests import make

pytestmark = pytest.mark.django_db

LIST = "/admin/publications/publication/"
SORTED_BY = ["title", "type_label", "in_year", "status", "visible"]
only_sqlite = pytest.mark.skipif("connection.vendor != 'sqlite'", reason="the words of SQLite's plans")


def titles(answer):
    return [publication.title for publication in answer.context["cl"].result_list]


def autocomplete(client, model, field, term):
    app, name = model.split(".")
    query = {"term": term, "app_label": app, "model_name": name, "field_name": field}
    return [one["text"] for one in client.get("/admin/autocomplete/", query).json()["results"]]


@pytest.fixture
def two_a_page(monkeypatch):
    monkeypatch.setattr(PublicationAdmin, "list_per_page", 2)


@pytest.fixture
def many(two_a_page):
    """Six publications of which some are equal in each column."""
    for number, issued in enumerate(["2020", "2021", "2021", "2020", "", "2022"]):
        make.publication(
            f"Paper {number % 4}", issued=issued, type="book" if number % 2 else "thesis",
            state="draft" if number % 3 else "published", tags=["kept"] if number < 5 else [],
        )  # fmt: skip


def plans(client, address):
    """How SQLite answers the questions about publications that a page asks."""
    with CaptureQueriesContext(connection) as captured:
        assert client.get(address).status_code == 200
    found = []
    with connection.cursor() as cursor:
        for query in captured:
            if '"publications_publication"' in query["sql"] and query["sql"].startswith("SELECT"):
                cursor.execute("EXPLAIN QUERY PLAN " + query["sql"].replace("%", "%%"))
                found += [row[-1] for row in cursor.fetchall()]
    return found


@only_sqlite
@pytest.mark.parametrize("column", [PublicationAdmin.list_display.index(name) + 1 for name in SORTED_BY])
@pytest.mark.parametrize("direction", ["", "-"])
def test_no_column_is_sorted_by_reading_all_rows(editor_client, many, column, direction):
    found = plans(editor_client, f"{LIST}?o={direction}{column}")

    # The hundred rows of the page are sorted, and rows that an index finds equal.
    sorts = [plan for plan in found if plan == "USE TEMP B-TREE FOR ORDER BY"]
    assert len(sorts) == 1
    assert any(plan.startswith("SCAN publications_publication USING") for plan in found)


@only_sqlite
@pytest.mark.parametrize(
    ("query", "index"),
    [
        ("state__exact=draft", "publications_by_state (state=?)"),
        ("status__exact=published", "publications_by_status (status=?)"),
        ("type=book", "publications_by_type (type=?)"),
        ("year=2021", "publications_newest_first (issued>? AND issued<?)"),
        ("featured__exact=1", "publications_featured"),
        ("lacks=abstract", "publications_no_abstract"),
    ],
)
def test_each_filter_has_an_index_with_the_order_of_the_list(editor_client, many, query, index):
    found = plans(editor_client, f"{LIST}?{query}")

    assert any(plan.endswith(index) for plan in found)
    assert found.count("USE TEMP B-TREE FOR ORDER BY") <= 1


@only_sqlite
def test_a_citation_key_is_looked_up_in_its_index(editor_client):
    make.publication(citation_key="lovelace2025")

    found = plans(editor_client, f"{LIST}?q=lovelace2025")

    assert any(plan.endswith("publications_citation_key_once (citation_key=?)") for plan in found)


@pytest.mark.parametrize("column", [PublicationAdmin.list_display.index(name) + 1 for name in SORTED_BY])
def test_sorted_the_other_way_is_the_list_from_its_other_end(editor_client, many, monkeypatch, column):
    monkeypatch.setattr(PublicationAdmin, "list_per_page", 100)

    one, other = (
        [row.pk for row in editor_client.get(f"{LIST}?o={direction}{column}").context["cl"].result_list]
        for direction in ("", "-")
    )

    assert one == other[::-1]


def test_columns_without_an_index_cannot_be_sorted_by(editor_client, many):
    page = editor_client.get(LIST).content.decode()

    assert page.count('class="sortable column-') == len(SORTED_BY)


def test_the_pages_follow_each_other(editor_client, many):
    pages = [titles(editor_client.get(f"{LIST}?p={number}")) for number in (1, 2, 3)]

    assert pages == [["Paper 1", "Paper 2"], ["Paper 1", "Paper 3"], ["Paper 0", "Paper 0"]]


@pytest.mark.parametrize("page", [1, 3])
def test_a_late_page_asks_as_often_as_the_first(editor_client, many, django_assert_num_queries, page):
    editor_client.get(LIST)

    # PostgreSQL is asked for its estimate first.
    with django_assert_num_queries({"sqlite": 7, "postgresql": 8}[connection.vendor]):
        editor_client.get(f"{LIST}?p={page}")


def test_of_a_part_more_is_told_than_is_counted(editor_client, many, monkeypatch):
    monkeypatch.setattr(search_admin, "COUNTED", 2)

    page = editor_client.get(f"{LIST}?state__exact=draft").content.decode()

    assert "more than 2 publications" in page
    assert "Select all more than 2" in page


def test_a_whole_table_is_counted_or_estimated(editor_client, many, monkeypatch):
    monkeypatch.setattr(search_admin, "COUNTED", 2)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")

    page = editor_client.get(LIST).content.decode()

    assert {"sqlite": "\n6 publications", "postgresql": "\nabout 6 publications"}[connection.vendor] in page


def test_the_filters_offer_the_types_and_years_that_there_are(editor_client, many):
    specs = {spec.title: spec for spec in editor_client.get(LIST).context["cl"].filter_specs}

    assert [label for _, label in specs["type"].lookup_choices] == ["Book", "Thesis"]
    assert [label for _, label in specs["year"].lookup_choices] == ["2022", "2021", "2020"]


@pytest.mark.parametrize("value", ["abc", "1999", "9" * 30])
def test_a_year_without_publications_has_none(editor_client, many, value):
    assert titles(editor_client.get(LIST, {"year": value})) == []


def test_the_tag_filter_takes_a_name_or_a_slug(editor_client, many):
    make.publication("Apart", tags=["KV cache"])

    assert titles(editor_client.get(f"{LIST}?tag=KV+cache")) == ["Apart"]
    assert titles(editor_client.get(f"{LIST}?tag=kv-cache")) == ["Apart"]
    assert editor_client.get(f"{LIST}?tag=kept").context["cl"].result_count == 5
    assert titles(editor_client.get(f"{LIST}?tag=none")) == []


def test_the_tag_is_chosen_beside_the_other_filters(editor_client, many):
    page = editor_client.get(f"{LIST}?state__exact=draft&q=paper&tag=kept").content.decode()
    page = page.split('class="tag-filter"')[1].split("</form>")[0]

    assert '<input type="hidden" name="state__exact" value="draft">' in page
    assert '<input type="hidden" name="q" value="paper">' in page
    assert page.count('name="tag"') == 1
    assert '<option value="kept" selected>kept</option>' in page
    assert '<a href="?q=paper&amp;state__exact=draft">All</a>' in page


@pytest.mark.parametrize(
    "text",
    ["engines", "ENGIN", "lovelace", "lovelace engines", "10.1234/abc", "2412.07067", "lovelace2025", "tag:looms"],
)
def test_a_publication_is_found_by_its_words_and_identifiers(editor_client, text):
    make.publication(
        "On Engines", authors=["Ada Lovelace"], doi="10.1234/abc", arxiv_id="2412.07067", citation_key="lovelace2025",
        tags=["looms"], state="draft",
    )  # fmt: skip
    make.publication("Other", authors=["Grace Hopper"])

    assert titles(editor_client.get(LIST, {"q": text})) == ["On Engines"]


@pytest.mark.parametrize("text", ["gines", "%", "“”", '"', "x" * 3000])
def test_what_is_in_no_publication_finds_none(editor_client, text):
    make.publication("On Engines")

    assert editor_client.get(LIST, {"q": text}).context["cl"].result_count == 0


def test_what_was_just_saved_is_found(editor_client):
    publication = make.publication("On Engines")
    editor_client.get(LIST, {"q": "looms"})
    Publication.objects.filter(pk=publication.pk).update(title="On Looms")

    assert titles(editor_client.get(LIST, {"q": "looms"})) == ["On Looms"]


@pytest.mark.parametrize("text", ["ada", "hopper ada", "0000-0002-1825-0097", "ada@example.org", "L"])
def test_a_person_is_found_by_name_orcid_mail_and_initial(editor_client, text):
    make.person(
        "Ada Lovelace", family="Lovelace", other_names="Ada Hopper", orcid="0000-0002-1825-0097",
        email="ada@example.org",
    )  # fmt: skip
    make.person("Grace Hopper", family="Hopper")

    assert autocomplete(editor_client, "publications.authorship", "person", text) == ["Ada Lovelace"]


def test_an_autocomplete_offers_what_was_added_last(editor_client, monkeypatch):
    monkeypatch.setattr(search_admin, "OFFERED", 2)
    for number in range(4):
        make.publication(f"Paper {number}", issued="2020")

    assert autocomplete(editor_client, "publications.publication", "version_of", "pap") == ["Paper 3", "Paper 2"]
    assert len(autocomplete(editor_client, "publications.publication", "version_of", "")) == 4


def test_deleting_counts_what_goes_along_in_as_many_questions_for_thirty_rows_as_for_one(
    editor_client, django_assert_num_queries
):
    paper = make.publication("On Engines", authors=[f"Author {number}" for number in range(30)], tags=["kept"])
    address = f"{LIST}{paper.pk}/delete/"
    editor_client.get(address)

    with django_assert_num_queries(7):
        page = editor_client.get(address).content.decode()

    assert "Authors and editors: 30" in page
    editor_client.post(address, {"post": "yes"})
    assert not Publication.objects.exists()


def test_a_person_with_publications_is_not_deleted_and_it_is_told_why(editor_client):
    ada = make.person("Ada")
    make.publication(authors=[ada])
    address = f"/admin/profiles/person/{ada.pk}/delete/"

    page = editor_client.get(address).content.decode()
    editor_client.post(address, {"post": "yes"})

    assert "<li>Authors and editors: 1</li>" in page
    ada.refresh_from_db()


def test_more_than_a_page_is_not_deleted_at_once(editor_client, many, monkeypatch):
    monkeypatch.setattr("config.editing.admin.MOST_DELETED", 5)
    chosen = list(Publication.objects.values_list("pk", flat=True)[:1])

    page = editor_client.post(
        LIST, {"action": "delete_selected", "_selected_action": chosen, "select_across": 1, "index": 0}, follow=True
    ).content.decode()

    assert "At most 5 are deleted at once, and nothing was." in page
    assert Publication.objects.count() == 6


def test_very_many_are_published_in_parts_with_a_bar(editor_client, many, monkeypatch):
    monkeypatch.setattr(content, "SECONDS", 0)
    monkeypatch.setattr(content, "CHUNK", 2)
    chosen = list(Publication.objects.values_list("pk", flat=True)[:1])
    asked = {"action": "publish", "_selected_action": chosen, "select_across": 1}
    told, progress = [], {"index": 0}

    for _ in range(3):
        answer = editor_client.post(LIST, asked | progress)
        progress = vars(answer.context["progress"])
        told.append(answer.context["title"])
        assert f'<progress max="6" value="{progress["done"]}"' in answer.content.decode()
    answer = editor_client.post(LIST, asked | progress)

    assert told == [f"{done} of 6 publications are done" for done in (2, 4, 6)]
    assert "6 publications are public now." in editor_client.get(answer.url).content.decode()
    assert Publication.objects.published().count() == 6


@pytest.mark.parametrize("wrong", ["x", "-1", "9" * 40, ""])
def test_how_far_it_is_may_be_anything(editor_client, many, wrong):
    chosen = list(Publication.objects.values_list("pk", flat=True))
    progress = dict.fromkeys(("after", "done", "later", "total"), wrong)

    answer = editor_client.post(LIST, {"action": "publish", "_selected_action": chosen} | progress)

    assert answer.status_code == 302
