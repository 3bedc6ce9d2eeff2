import pytest
from django.test.utils import override_script_prefix

from config.pages.menu import AUTOMATIC
from profiles.history import revisions
from profiles.models import Menu, MenuItem, Page
from publications.models import SavedList
from tests import make
from tests.running import Fields

pytestmark = pytest.mark.django_db

ADD = "/admin/profiles/menu/add/"


@pytest.fixture(autouse=True)
def site():
    make.owner()
    make.publication()


def fields(client, path="/admin/profiles/menu/"):
    """Return (address of the form of the menu, its fields)."""
    page = client.get(path, follow=True)
    return page.request["PATH_INFO"], Fields.of(page.content.decode(), "menu_form")


def entries(*rows, initial=(), **others):
    """Return the fields of a menu with entries. ``initial`` are the primary keys of those that are saved already."""
    data = {"items-TOTAL_FORMS": len(rows), "items-INITIAL_FORMS": len(initial), **others}
    for number, row in enumerate(rows):
        key = initial[number] if number < len(initial) else ""
        data |= {f"items-{number}-{name}": value for name, value in {"id": key, "position": number + 1, **row}.items()}
    return data


def save(client, *rows, **others):
    return client.post(ADD, entries(*rows, **others))


def saved():
    return [(str(item), str(item.parent or "")) for item in MenuItem.objects.all()]


def test_the_form_starts_with_the_automatic_menu_and_opening_it_saves_nothing(editor_client, client):
    path, form = fields(editor_client)
    before = client.get("/cv/").text

    assert path == ADD
    names = [value for name, value in form.items() if name.endswith("-target") and "__" not in name]
    assert names == [name for name, _ in AUTOMATIC]
    assert Menu.objects.count() == 0
    editor_client.post(path, form)
    assert saved() == [(label, "") for _, label in AUTOMATIC]
    assert client.get("/cv/").text == before
    make.post()
    assert '<a href="/news/">News</a>' in client.get("/cv/").text


def test_entries_are_saved_in_the_order_of_their_numbers_with_their_submenus(editor_client):
    page = Page.objects.create(title="Openings", slug="join", path="join", state="published")

    answer = save(
        editor_client,
        {"target": "cv", "position": 4},
        {"label": "Research", "position": 1},
        {"target": str(page.pk), "is_sub": "on", "position": 3},
        {"target": "publications:publications", "is_sub": "on", "position": 2},
        {"url": "https://example.org/lab", "label": "The lab", "position": 5},
    )

    assert answer.status_code == 302
    assert saved() == [
        ("Research", ""), ("Publications", "Research"), ("Openings", "Research"), ("CV", ""), ("The lab", ""),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ([{"target": "cv"}, {"target": "cv"}], "This is in the menu already."),
        ([{"url": "https://a.example", "label": "A"}] * 2, "This is in the menu already."),
        ([{"target": "cv", "url": "https://a.example"}], "Choose a page or enter an address, not both."),
        ([{"url": "https://a.example"}], "Enter a label."),
        ([{}], "Choose a page, or enter an address or a label."),
        ([{"target": "cv", "is_sub": "on"}], "The first entry cannot be in a submenu"),
        ([{"target": "999", "label": "Gone"}], "Select a valid choice."),
        ([{"url": "javascript:alert(1)", "label": "Bad"}], "Enter a valid URL."),
        ([{"url": "//evil.example/", "label": "Bad"}], "Enter a valid URL."),
        ([{"target": "/publications/lists/maps/", "label": "Gone"}], "Select a valid choice."),
        ([{"target": "cv", "position": "many"}], "Enter a whole number."),
    ],
)
def test_a_mistake_is_told_at_its_row_and_nothing_is_lost(editor_client, rows, message):
    answer = save(editor_client, *rows)

    assert answer.status_code == 200
    assert message in answer.text
    assert Menu.objects.count() == 0
    form = Fields.of(answer.text, "menu_form")
    for number, row in enumerate(rows):
        typed = {name: value for name, value in row.items() if name in ("url", "label", "position")}
        assert {name: form[f"items-{number}-{name}"] for name in typed} == typed


def test_entries_exchange_their_pages_and_one_takes_that_of_a_deleted_one(editor_client):
    save(editor_client, {"target": "cv"}, {"target": "search"}, {"target": "tags"})
    path, form = fields(editor_client)

    form |= {"items-0-target": "search", "items-1-target": "tags", "items-2-DELETE": "on"}
    answer = editor_client.post(path, form)

    assert answer.status_code == 302
    assert saved() == [("Search", ""), ("Tags", "")]


def test_a_reset_brings_the_automatic_menu_back_and_the_history_restores_the_saved_one(editor_client, client):
    save(editor_client, {"label": "Research"}, {"target": "publications:publications", "is_sub": "on"})
    assert "<summary>Research</summary>" in client.get("/").text
    menu = Menu.objects.get()

    editor_client.post(f"/admin/profiles/menu/{menu.pk}/delete/", {"post": "yes"})

    assert Menu.objects.count() == 0
    assert "<summary>" not in client.get("/").text
    history = f"/admin/profiles/menu/{menu.pk}/history/"
    editor_client.post(history, {"restore": revisions.revision_ids(Menu, menu.pk)[0]})
    assert saved() == [("Research", ""), ("Publications", "Research")]


def test_an_earlier_menu_is_restored_whole(editor_client):
    save(editor_client, {"label": "Research"}, {"target": "publications:publications", "is_sub": "on"})
    path, form = fields(editor_client)
    editor_client.post(path, form | {"items-0-DELETE": "on", "items-1-is_sub": "", "items-1-label": "Papers"})
    history = path.replace("/change/", "/history/")
    editor_client.post(history, {"restore": revisions.revision_ids(Menu, Menu.objects.get().pk)[-1]})

    assert saved() == [("Research", ""), ("Publications", "Research")]


def test_a_second_editor_who_adds_a_menu_is_told_of_the_first(editor_client):
    save(editor_client, {"target": "cv"})

    answer = save(editor_client, {"label": "Mine"}, {"target": "tags", "is_sub": "on"})

    assert "Someone else has saved this" in answer.text
    assert 'value="Mine"' in answer.text
    assert saved() == [("CV", "")]


def test_nobody_changes_the_menu_without_permission(guest_client):
    assert guest_client.get(ADD).status_code == 403
    assert save(guest_client, {"target": "cv"}).status_code == 403


@pytest.mark.parametrize("count", [1, 3, 30])
def test_the_form_makes_the_same_number_of_queries_for_any_number_of_entries(
    editor_client, django_assert_num_queries, count
):
    menu = Menu.objects.create(person=make.Person.objects.owner())
    parent = Page.objects.create(title="Join", state="published")
    for number in range(count):
        page = Page.objects.create(title=f"Page {number}", parent=parent, state="published")
        menu.items.create(page=page, position=number)

    editor_client.get(f"/admin/profiles/menu/{menu.pk}/change/")  # fills the caches of the process
    with django_assert_num_queries(9):
        editor_client.get(f"/admin/profiles/menu/{menu.pk}/change/")


def test_an_entry_is_a_list_of_publications_or_a_path_on_the_site(editor_client, client):
    SavedList.objects.create(name="Papers on maps", slug="maps", state="published")
    SavedList.objects.create(name="Papers on looms", slug="looms", state="draft")
    maps, looms = "/publications/lists/maps/", "/publications/lists/looms/"
    rows = [{"target": maps}, {"target": looms, "label": "Looms"}, {"url": "/publications/?tag=maps", "label": "Tag"}]

    assert save(editor_client, *rows, {"url": "lab.example", "label": "The lab"}).status_code == 302

    assert [(item.url, item.label) for item in MenuItem.objects.all()] == [
        (maps, "Papers on maps"), (looms, "Looms"), ("/publications/?tag=maps", "Tag"),
        ("https://lab.example", "The lab"),
    ]  # fmt: skip
    page = client.get("/publications/").text
    assert f'<a href="{maps}">Papers on maps</a>' in page
    assert '<a href="/publications/?tag=maps">Tag</a>' in page
    assert looms not in page
    assert looms in editor_client.get("/publications/").text
    path, form = fields(editor_client)
    assert [form["items-0-target"], form["items-0-url"], form["items-2-url"]] == [maps, "", "/publications/?tag=maps"]
    editor_client.post(path, form | {"items-0-target": "cv"})
    assert MenuItem.objects.first().get_absolute_url() == "/cv/"


def test_a_path_on_the_site_leads_below_the_path_of_the_site():
    item = MenuItem(url="/publications/?tag=maps", label="Maps")
    with override_script_prefix("/~ada/"):
        assert item.get_absolute_url() == "/~ada/publications/?tag=maps"
        assert MenuItem(url="/~ada/cv/").get_absolute_url() == "/~ada/cv/"
        assert MenuItem(url="https://a.example/").get_absolute_url() == "https://a.example/"
