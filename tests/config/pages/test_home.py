"""The works on the home page: the newest one, and the selected ones in the owner's order."""

import re
from datetime import timedelta
from importlib import import_module

import pytest
from django.apps import apps
from django.utils import timezone

from profiles.models import Look
from tests import make

pytestmark = pytest.mark.django_db


def works(client):
    """Return {heading: [titles]} of the blocks with works on the home page."""
    page = client.get("/").content.decode()
    blocks = re.findall(r"<h2>([^<]+ publications?)</h2>(.*?)</section>", page, re.DOTALL)
    return {heading: re.findall(r'class="title"><a[^>]*>([^<]+)<', block) for heading, block in blocks}


def listed(client, path):
    """Return the same of a page as Markdown."""
    found = {}
    for section in client.get(path).content.decode().split("\n## ")[1:]:
        heading, _, text = section.partition("\n")
        if "publication" in heading and "Export" not in heading:
            found[heading] = re.findall(r"^- \[([^]]+)\]", text, re.MULTILINE)
    return found


@pytest.fixture
def owner():
    return make.owner()


def test_the_selected_works_are_shown_in_the_owners_order_and_nothing_else(client, owner):
    for year in range(2001, 2010):
        make.publication(f"W{year}", issued=str(year), featured=True, featured_position=(year * 7) % 9 + 1)
    make.publication("Unplaced, old", issued="1990", featured=True)
    make.publication("Unplaced", issued="1991", featured=True)
    make.publication("Not selected", issued="2000")
    make.publication("Draft", issued="2020", featured=True, featured_position=1, state="draft")
    later = timezone.now() + timedelta(days=1)
    make.publication("Scheduled", issued="2020", featured=True, featured_position=1, publish_at=later)
    make.publication("Blind", issued="2020", featured=True, featured_position=1, hides_authors=True)
    ordered = sorted(range(2001, 2010), key=lambda year: (year * 7) % 9)

    expected = {"Selected publications": [*(f"W{year}" for year in ordered), "Unplaced", "Unplaced, old"]}

    assert works(client) == expected
    assert listed(client, "/index.md") == expected
    assert listed(client, "/llms.txt") == expected


def test_the_newest_work_has_its_own_place_unless_it_is_selected(client, owner):
    make.publication("Selected", featured=True, issued="2020")
    newest = make.publication("Newest", issued="2025")
    make.publication("Another", issued="2024")
    expected = {"Newest publication": ["Newest"], "Selected publications": ["Selected"]}

    assert works(client) == listed(client, "/index.md") == listed(client, "/llms.txt") == expected

    newest.featured = True
    newest.save()
    assert works(client) == {"Selected publications": ["Newest", "Selected"]}


def test_while_none_are_selected_the_newest_five_are_shown(client, owner):
    for year in range(2001, 2008):
        make.publication(f"W{year}", issued=str(year))
    expected = {"Newest publications": ["W2007", "W2006", "W2005", "W2004", "W2003"]}

    assert works(client) == listed(client, "/index.md") == listed(client, "/llms.txt") == expected


def test_a_selected_version_stands_for_its_work(client, owner):
    work = make.publication("Article", issued="2021")
    make.publication("Preprint", issued="2020", featured=True, version_of=work)
    make.publication("Newest", issued="2025")

    assert works(client)["Selected publications"] == ["Article"]

    work.state = "draft"
    work.save()
    assert works(client)["Selected publications"] == ["Preprint"]


def test_only_the_blocks_that_the_owner_chose_are_shown(client, owner):
    make.publication("Selected", featured=True, issued="2020")
    make.publication("Newest", issued="2025")
    look = Look.objects.create(person=owner, blocks=["publications"])
    only_selected = works(client)

    look.blocks = ["newest"]
    look.save()

    assert only_selected == {"Selected publications": ["Selected"]}
    assert works(client) == {"Newest publications": ["Newest", "Selected"]}


def test_a_site_from_before_shows_the_newest_work_where_it_was(client, owner):
    make.publication("Selected", featured=True, issued="2020")
    make.publication("Newest", issued="2025")
    look = Look.objects.create(person=owner, blocks=["projects", "publications", "sections"])

    import_module("profiles.migrations.0025_newest_publication").show_newest(apps, None)

    look.refresh_from_db()
    assert look.blocks == ["projects", "newest", "publications", "sections"]
    assert works(client) == {"Newest publication": ["Newest"], "Selected publications": ["Selected"]}
