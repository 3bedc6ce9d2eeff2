"""The numbers of publications in the CV: they follow the list at first, and nothing changes them later."""

import re
from datetime import timedelta
from importlib import import_module

import pytest
from django.apps import apps
from django.contrib.auth.models import Group
from django.utils import timezone

from profiles.history import revisions
from publications.imports.steps import import_all
from publications.models import Publication
from publications.references.bibtex import loads
from tests import make

pytestmark = pytest.mark.django_db

LIST = "/admin/publications/publication/"
RENUMBER = f"{LIST}renumber/"
ENTRY = re.compile(r'<span class="number">(?:\[(\w+)\])?</span>.*?<a href="/publications/([\w-]+)/">', re.DOTALL)


def numbers(client):
    """Return {slug: number} as the page of the CV shows them, in its order."""
    return {slug: number for number, slug in ENTRY.findall(client.get("/cv/").content.decode())}


def publish(client, works):
    data = {"action": "publish", "_selected_action": [work.pk for work in works], "select_across": 1, "index": 0}
    client.post(LIST, data)


def draft(title, issued="2020", **fields):
    return make.publication(title, state="draft", issued=issued, **fields)


@pytest.fixture
def owner():
    return make.owner()


@pytest.fixture
def later(monkeypatch):
    """Return a function that moves the clock of the site, and of the database's conditions, by some days."""
    start, moved = timezone.now(), []

    def move(days):
        moved.append(start + timedelta(days=days))

    monkeypatch.setattr(timezone, "now", lambda: moved[-1] if moved else start)
    for module in ("profiles.content.publishing", "publications.models.visibility"):
        monkeypatch.setattr(f"{module}.Now", timezone.now)
    return move


def test_works_published_together_are_numbered_in_the_order_of_the_list(admin_client, client, owner, monkeypatch):
    monkeypatch.setattr("profiles.admin.content.CHUNK", 7)
    years = [1990 + (number * 7) % 30 for number in range(60)]
    works = [draft(f"Work {number}", str(year), authors=[owner]) for number, year in enumerate(years)]

    publish(admin_client, works)

    assert list(numbers(client).values()) == [f"J{number}" for number in range(60, 0, -1)]


def test_an_imported_record_is_numbered_in_the_order_of_the_list(client, owner, monkeypatch):
    monkeypatch.setattr("publications.imports.steps.CHUNK", 2)
    years = (2001, 2005, 2003, 2004, 2002)
    entries = "".join(
        f"@article{{k{year}, title={{Y{year}}}, author={{Lovelace, Ada}}, year={year}}}" for year in years
    )
    list(import_all(loads(entries).references, "bib", publish=True, owner=owner))

    assert numbers(client) == {"y2005": "J5", "y2004": "J4", "y2003": "J3", "y2002": "J2", "y2001": "J1"}


def test_later_works_continue_the_count_and_no_edit_changes_a_number(admin_client, client, owner, later):
    publish(admin_client, [draft(title, year, authors=[owner]) for title, year in (("a", "2001"), ("b", "2003"))])
    later(days=1)
    make.publication("old", issued="1999", authors=[owner], publish_at=timezone.now() - timedelta(days=9000))
    before = numbers(client)

    later(days=2)
    for slug, change in (("a", {"issued": "2022"}), ("b", {"publish_at": timezone.now() - timedelta(days=999)})):
        work = Publication.objects.get(slug=slug)
        for name, value in change.items():
            setattr(work, name, value)
        work.save()
    Publication.objects.filter(slug="old").unpublish()
    publish(admin_client, Publication.objects.filter(slug="old"))

    assert before == {"b": "J2", "a": "J1", "old": "J3"}
    assert numbers(client) == before


def test_a_scheduled_work_is_numbered_when_it_opens(client, owner, later):
    make.publication("first", authors=[owner])
    work = make.publication("scheduled", authors=[owner], publish_at=timezone.now() + timedelta(days=30))
    later(days=10)
    make.publication("second", authors=[owner])
    work.publish_at += timedelta(days=10)
    work.save()
    closed = numbers(client)

    later(days=41)

    assert closed == {"second": "J2", "first": "J1"}
    assert numbers(client) == {"second": "J2", "scheduled": "J3", "first": "J1"}


def test_a_work_under_blind_review_is_numbered_when_its_authors_are_shown(client, owner, later):
    blind = make.publication("blind", authors=[owner], hides_authors=True)
    timed = {"hides_authors": True, "authors_from": timezone.now() + timedelta(days=30)}
    make.publication("timed", authors=[owner], **timed)
    later(days=1)
    make.publication("shown", authors=[owner])
    before = numbers(client)

    later(days=2)
    blind.hides_authors = False
    blind.save()

    assert before == {"shown": "J1"}
    assert numbers(client) == {"shown": "J1", "blind": "J2"}
    later(days=31)
    assert numbers(client) == {"shown": "J1", "timed": "J3", "blind": "J2"}


def test_with_another_type_a_work_gets_the_next_number_of_its_new_group(client, owner, later):
    works = [make.publication(f"p{number}", type="article", authors=[owner]) for number in (1, 2)]
    make.publication("j1", authors=[owner])
    later(days=1)

    works[0].type = "article-journal"
    works[0].save()

    assert numbers(client) == {"p1": "J2", "j1": "J1", "p2": "P1"}


def test_a_deleted_work_that_is_restored_has_its_number_again(admin_client, client, owner, later):
    works = [make.publication(title, authors=[owner]) for title in ("a", "b", "c")]
    before = numbers(client)
    admin_client.post(f"{LIST}{works[1].pk}/delete/", {"post": "yes"})
    without = numbers(client)
    later(days=1)

    history = admin_client.get(f"{LIST}{works[1].pk}/history/").context["rows"]
    admin_client.post(f"{LIST}{works[1].pk}/history/", {"restore": history[0][0].pk})

    assert without == {"c": "J2", "a": "J1"}
    assert numbers(client) == before == {"c": "J3", "b": "J2", "a": "J1"}


def test_an_editor_sees_the_numbers_that_visitors_see(admin_client, client, owner):
    journal = draft("journal", authors=[owner], type="article")
    make.publication("preprint", authors=[owner], type="article", version_of=journal)
    make.publication("other", authors=[owner], type="article")
    make.publication("blind", authors=[owner], type="article", hides_authors=True)
    make.publication("last", authors=[owner], type="article")

    assert numbers(client) == {"last": "P3", "other": "P2", "preprint": "P1"}
    assert numbers(admin_client) == {"last": "P3", "blind": "", "other": "P2", "journal": ""}


def test_an_editor_can_renumber_the_cv_after_a_warning(admin_client, client, owner, later):
    make.publication("new", issued="2025", authors=[owner])
    future = make.publication("future", authors=[owner], publish_at=timezone.now() + timedelta(days=9))
    later(days=1)
    make.publication("old", issued="1999", authors=[owner])
    page = admin_client.get(RENUMBER).content.decode()
    unchanged = numbers(client)

    later(days=2)
    answer = admin_client.post(RENUMBER, follow=True)

    assert "2 numbers will change" in page
    assert unchanged == {"new": "J1", "old": "J2"}
    assert "2 numbers of the CV changed." in answer.content.decode()
    assert numbers(client) == {"new": "J2", "old": "J1"}
    assert "There is nothing to change" in admin_client.get(RENUMBER).content.decode()
    later(days=10)
    assert numbers(client)[future.slug] == "J3"


def test_restoring_an_earlier_text_keeps_the_number(admin_client, client, owner, later):
    work = make.publication("new", issued="2025", authors=[owner])
    revisions.record([work])
    later(days=1)
    make.publication("old", issued="1999", authors=[owner])
    admin_client.post(RENUMBER)

    earlier = revisions.revision_ids(Publication, work.pk)[-1]
    admin_client.post(f"{LIST}{work.pk}/history/", {"restore": earlier})

    assert numbers(client) == {"new": "J2", "old": "J1"}


def test_only_who_may_publish_can_renumber(client, admin_client, owner, django_user_model):
    user = django_user_model.objects.create_user("hopper", is_staff=True)
    user.groups.add(Group.objects.get(name="Assistant"))
    client.force_login(user)

    assert client.get(RENUMBER).status_code == client.post(RENUMBER).status_code == 403
    assert "Renumber the CV" not in client.get(LIST).content.decode()
    assert "Renumber the CV" in admin_client.get(LIST).content.decode()


def test_a_site_from_before_keeps_its_numbers(client, owner):
    now = timezone.now()
    rows = [("a", "2001", 3), ("b", "2009", 5), ("c", "2004", 3)]
    for title, issued, days in rows:
        make.publication(title, issued=issued, authors=[owner], publish_at=now - timedelta(days=days))
    Publication.objects.update(numbered_at=None, numbered_date="")

    import_module("publications.migrations.0020_selection_and_numbers").keep_numbers(apps, None)

    assert numbers(client) == {"b": "J1", "c": "J3", "a": "J2"}
