"""The menu as visitors and editors see it."""

import re

import pytest

from profiles.models import Menu, Page, Person
from tests import make

pytestmark = pytest.mark.django_db


@pytest.fixture
def menu():
    make.owner()
    make.publication()
    return Menu.objects.create(person=Person.objects.owner())


def make_page(title="Openings", **fields):
    slug = title.lower()
    return Page.objects.create(title=title, **{"slug": slug, "path": slug, "state": "published", **fields})


def shown(client, path="/cv/"):
    """Return the text of the menu's entries; a submenu follows the entry that opens it, indented."""
    nav = client.get(path).text.partition("<nav")[2].partition("</nav>")[0]
    found = re.findall(r"<(?:summary|a)[^>]*>([^<]*)<|(<details)|(</details)|>(Draft)<", nav)
    lines, inside = [], False
    for label, start, end, draft in found:
        inside = bool(start) or (inside and not end)
        if draft:
            lines[-1] += " (draft)"
        elif label:
            is_top = not inside or lines_of_summary(nav, label)
            lines.append(label if is_top else f"  {label}")
    return lines


def lines_of_summary(nav, label):
    return re.search(rf"<summary[^>]*>{re.escape(label)}<", nav) is not None


def test_a_saved_menu_replaces_the_automatic_one(client, menu):
    research = menu.items.create(label="Research", position=1)
    menu.items.create(built_in="publications:publications", parent=research, position=2)
    menu.items.create(url="https://lab.example", label="The lab", parent=research, position=3)
    menu.items.create(page=make_page(), position=4)

    assert shown(client) == ["Research", "  Publications", "  The lab", "Openings"]


def test_an_entry_with_an_address_and_a_submenu_comes_first_in_its_submenu(client, menu):
    papers = menu.items.create(built_in="publications:publications", label="Work", position=1)
    menu.items.create(built_in="cv", parent=papers, position=2)

    assert shown(client) == ["Work", "  Publications", "  CV"]


def test_drafts_are_shown_to_editors_only_and_marked(client, editor_client, menu):
    menu.items.create(page=make_page(state="draft"), position=1)
    menu.items.create(built_in="cv", position=2)

    assert shown(client) == ["CV"]
    assert "Openings" not in client.get("/").text
    assert shown(editor_client) == ["Openings (draft)", "CV"]


def test_empty_lists_and_labels_without_a_submenu_are_hidden(client, menu):
    menu.items.create(built_in="projects:projects", position=1)
    label = menu.items.create(label="Join", position=2)
    menu.items.create(page=make_page(state="draft"), parent=label, position=3)

    assert shown(client) == []
    assert "<nav" not in client.get("/").text


def test_the_submenu_of_a_hidden_entry_is_hidden_with_it(client, menu):
    draft = menu.items.create(page=make_page(state="draft"), position=1)
    menu.items.create(built_in="cv", parent=draft, position=2)

    assert shown(client) == []


def test_the_current_page_and_the_entries_above_it_are_marked(client, menu):
    research = menu.items.create(label="Research", position=1)
    menu.items.create(built_in="publications:publications", parent=research, position=2)
    menu.items.create(built_in="home", position=3)

    page = client.get("/publications/on-engines/").text
    assert '<summary aria-current="true">Research</summary>' in page
    assert '<a href="/publications/" aria-current="true">Publications</a>' in page
    assert '<a href="/publications/" aria-current="page">' in client.get("/publications/").text
    assert '<a href="/" aria-current="page">Home</a>' in client.get("/").text
    assert '<a href="/">Home</a>' in page


def test_an_entry_whose_page_is_deleted_disappears_and_its_submenu_stays(client, menu):
    page = make_page()
    top = menu.items.create(page=page, position=1)
    menu.items.create(built_in="cv", parent=top, position=2)

    page.delete()

    assert shown(client) == ["CV"]


@pytest.mark.parametrize("count", [1, 3, 30])
def test_editors_pay_one_query_for_any_number_of_entries(editor_client, django_assert_num_queries, menu, count):
    parent = make_page("Join")
    for number in range(count):
        page = make_page(f"page{number}", parent=parent)
        menu.items.create(page=page, position=number)

    with django_assert_num_queries(15):
        assert len(shown(editor_client, "/tags/")) == count
