"""The admin page that adds, removes and sorts the selected publications."""

import pytest
from django.contrib.auth.models import Group

from profiles.history import revisions
from publications.models import Publication
from tests import make

pytestmark = pytest.mark.django_db

LIST = "/admin/publications/publication/"
SELECTED = f"{LIST}selected/"


def selected():
    return list(Publication.objects.selected().values_list("title", "featured_position"))


@pytest.fixture
def works():
    return [make.publication(title, featured=title < "d", issued="2020") for title in "abcde"]


def rows(works, **changes):
    """Return the form's data: places 1, 2, 3 … with ``changes``."""
    return {f"selected-{work.pk}-position": place for place, work in enumerate(works, 1)} | changes


def test_an_editor_sorts_removes_and_adds(admin_client, works):
    a, b, c, d, e = works
    page = admin_client.get(SELECTED).content.decode()

    answer = admin_client.post(
        SELECTED,
        {**rows([c, a, b]), f"selected-{a.pk}-remove": "on", "add": [e.pk, d.pk, c.pk]},
        follow=True,
    )

    assert [page.index(f">\n      {title}</a>") for title in "cba"] == sorted(
        page.index(f">\n      {title}</a>") for title in "cba"
    )
    assert selected() == [("c", 1), ("b", 2), ("e", 3), ("d", 4)]
    assert "4 publications selected." in answer.content.decode()
    a.refresh_from_db()
    assert (a.featured, a.featured_position) == (False, None)


def test_the_history_has_the_order(admin_client, works):
    a, b, c, *_ = works
    admin_client.post(SELECTED, rows([c, b, a]))

    admin_client.post(SELECTED, rows([a, b, c]))

    changes = [str(change.label) for change in admin_client.get(f"{LIST}{a.pk}/history/").context["rows"][0][1]]
    assert changes == ["Order among the selected"]
    assert len(revisions.revision_ids(Publication, a.pk)) > len(revisions.revision_ids(Publication, b.pk))


def test_rows_without_a_number_come_last_and_what_a_colleague_selected_stays(admin_client, works):
    a, b, c, d, _ = works
    admin_client.get(SELECTED)
    Publication.objects.filter(pk=d.pk).update(featured=True)

    admin_client.post(SELECTED, {f"selected-{a.pk}-position": "", **rows([b, c])})

    assert [title for title, _ in selected()][:2] == ["b", "c"]
    assert sorted(title for title, _ in selected()) == ["a", "b", "c", "d"]


@pytest.mark.parametrize(("name", "value"), [("position", "x"), ("position", "-1"), ("position", "99999999999")])
def test_a_wrong_number_is_an_error_at_its_field_and_nothing_is_lost(admin_client, works, name, value):
    a, b, c, d, _ = works

    answer = admin_client.post(SELECTED, {**rows([a, b, c]), f"selected-{b.pk}-{name}": value, "add": [d.pk]})

    page = answer.content.decode()
    assert answer.status_code == 200
    assert "errorlist" in page
    assert f'value="{value}"' in page
    assert f'<option value="{d.pk}" selected>' in page
    assert [place for _, place in selected()] == [None] * 3


@pytest.mark.parametrize("pk", ["x", "0", "99999", "1 or 1"])
def test_an_unknown_publication_cannot_be_added(admin_client, works, pk):
    assert admin_client.post(SELECTED, {"add": [pk]}).status_code == 200
    assert len(selected()) == 3


def test_works_are_selected_in_bulk_and_come_last(admin_client, works):
    a, b, c, d, e = works
    admin_client.post(SELECTED, rows([b, a, c]))

    admin_client.post(LIST, {"action": "select", "_selected_action": [d.pk, e.pk]})

    assert [title for title, _ in selected()] == ["b", "a", "c", "e", "d"]


def test_a_work_that_is_deselected_loses_its_place(works):
    work = works[0]
    work.featured_position = 1
    work.save()

    work.featured = False
    work.save()

    assert work.featured_position is None


def test_only_who_may_publish_can_select(client, works, django_user_model):
    user = django_user_model.objects.create_user("hopper", is_staff=True)
    user.groups.add(Group.objects.get(name="Assistant"))
    client.force_login(user)

    assert client.get(SELECTED).status_code == client.post(SELECTED, rows(works[:3])).status_code == 403
    assert "Select for the home page" not in client.get(LIST).content.decode()
    client.post(LIST, {"action": "select", "_selected_action": [works[4].pk]})
    assert len(selected()) == 3
