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
    return {heading: re.findall(r'class="title[^"]*"><a[^>]*>([^<]+)<', block) for heading, block in blocks}


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

    newest = {"Newest publication": ["W2009"]}
    assert works(client) == listed(client, "/index.md") == listed(client, "/llms.txt") == newest | expected


def test_the_newest_work_is_on_the_first_screen_also_if_it_is_selected(client, owner):
    make.publication("Selected", featured=True, issued="2020")
    newest = make.publication("Newest", issued="2025")
    make.publication("Another", issued="2024")
    expected = {"Newest publication": ["Newest"], "Selected publications": ["Selected"]}

    assert works(client) == listed(client, "/index.md") == listed(client, "/llms.txt") == expected

    newest.featured = True
    newest.save()
    assert works(client) == {"Newest publication": ["Newest"], "Selected publications": ["Newest", "Selected"]}


def test_the_newest_work_is_shown_once_if_it_is_the_only_selected_one(client, owner):
    make.publication("Selected", featured=True, issued="2020")

    assert works(client) == listed(client, "/index.md") == {"Newest publication": ["Selected"]}


def test_while_none_are_selected_the_newest_five_are_shown(client, owner):
    for year in range(2001, 2008):
        make.publication(f"W{year}", issued=str(year))
    titles = ["W2007", "W2006", "W2005", "W2004", "W2003"]

    assert works(client) == {"Newest publication": titles[:1], "Recent publications": titles[1:]}
    assert listed(client, "/index.md") == listed(client, "/llms.txt") == {"Newest publications": titles}


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
    assert works(client) == {"Newest publication": ["Newest"], "Recent publications": ["Selected"]}


def test_a_site_from_before_shows_the_newest_work_where_it_was(client, owner):
    make.publication("Selected", featured=True, issued="2020")
    make.publication("Newest", issued="2025")
    look = Look.objects.create(person=owner, blocks=["projects", "publications", "sections"])

    import_module("profiles.migrations.0025_newest_publication").show_newest(apps, None)

    look.refresh_from_db()
    assert look.blocks == ["projects", "newest", "publications", "sections"]
    assert works(client) == {"Newest publication": ["Newest"], "Selected publications": ["Selected"]}


# The first screen


def outline(client):
    """Return the headings of the home page, without the name."""
    return re.findall(r"<h2>([^<]+)</h2>", client.get("/").text)


def test_the_first_screen_has_the_newest_work_and_the_news_beside_the_biography(client, owner):
    make.publication("Newest", issued="2025")
    make.post("Our paper was accepted")
    make.project()

    first, _ = client.get("/").text.split("<h2>Projects</h2>")

    assert [word for word in ("Newest", "Our paper was accepted") if word not in first] == []
    assert outline(client) == ["Newest publication", "News", "Projects"]


def test_a_block_that_comes_first_keeps_its_place_before_the_news(client, owner):
    make.publication("Newest", issued="2025")
    make.post()
    make.project()
    Look.objects.create(person=owner, blocks=["projects", "news", "newest"])

    assert outline(client) == ["Projects", "News", "Newest publication"]


def test_the_rest_of_a_long_biography_unfolds(client, owner):
    owner.bio = "I study engines. I build them, too.\r\n\r\n" + "They weave numbers. " * 30
    owner.save()

    first, rest = client.get("/").text.split("<summary>More about Ada Lovelace</summary>")

    assert "I build them, too." in first
    assert "They weave numbers." not in first.split("<h1>")[1]
    assert "They weave numbers." in rest.split("</details>")[0]


def test_a_site_with_nothing_but_a_name_has_neither_initials_nor_empty_blocks(client, owner):
    page = client.get("/").text

    assert "monogram" not in page
    assert "<h2" not in page
    assert 'class="latest"' not in page


def test_the_cv_is_one_click_away_unless_the_menu_or_a_link_of_the_owner_says_otherwise(client, owner):
    make.activity(person=owner)
    owner.links.create(kind="github", url="https://github.com/lovelace")
    link = '<a href="/cv/"><svg'
    assert link in client.get("/").text.split("<main")[1].split("https://github.com/lovelace")[0]

    owner.links.create(kind="cv", url="https://example.org/cv.pdf")
    assert link not in client.get("/").text


def test_upcoming_activities_come_first_and_at_most_six_are_unfolded(client, owner):
    for number in range(4):
        make.activity(f"Award {number}", start=f"199{number}")
        make.activity(f"Post {number}", kind="position", start=f"198{number}", end=f"199{number}")
    make.activity("Visiting scholar", kind="position", start="9998")

    context = client.get("/").context

    assert [str(one) for one in context["coming"]] == ["Visiting scholar"]
    assert [str(one) for one in context["recent"]] == ["Award 3", "Award 2", "Award 1", "Post 3", "Post 2"]
    assert [str(one) for one in context["earlier"]] == ["Post 1"]
