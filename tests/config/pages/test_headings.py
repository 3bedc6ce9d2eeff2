"""The headings of each page form an outline, whatever headings editors write in their texts."""

import re
from itertools import pairwise

import pytest

from profiles.models import SiteSettings
from tests import make

pytestmark = pytest.mark.django_db

TEXT = "##### Deep\n\nA line.\n\n# High\n\n#### Lower\n\n######\n\n<h6>Lowest</h6>\n\n## Low"
BLOCKS = "{{ publications }}\n\n{{ posts }}\n\n{{ project analytical-engine }}"
PAGES = [
    "/", "/publications/", "/publications/on-engines/", "/projects/", "/projects/analytical-engine/", "/people/",
    "/people/ada-lovelace/", "/people/grace-hopper/", "/activities/", "/news/", "/news/our-paper-was-accepted/",
    "/talks/", "/talks/on-engines/", "/teaching/", "/teaching/engines-i/", "/cv/", "/tags/", "/tags/engines/",
    "/join-us/", "/search/", "/search/?q=engines", "/search/?q=xyz", "/nowhere/",
]  # fmt: skip


@pytest.fixture
def written():
    """A site on which every text has headings of all levels."""
    owner = make.owner(bio=TEXT, tags=["engines"])
    hopper = make.person("Grace Hopper", bio=TEXT, is_public_page=True)
    paper = make.publication(authors=[owner, hopper], abstract=TEXT, tags=["engines"], featured=True)
    project = make.project(summary=TEXT, body=TEXT, tags=["engines"], featured=True)
    project.people.set([owner, hopper])
    make.activity(description=TEXT, tags=["engines"], start="2024", city="London", latitude=51.5, longitude=-0.1)
    make.activity("A stay", kind="travel", description=TEXT, start="2023", city="Turin", latitude=45, longitude=7.7)
    make.talk(abstract=TEXT, occasions=[{"start": "2024", "event": "NeurIPS"}], tags=["engines"])
    make.course(description=TEXT, syllabus=TEXT, tags=["engines"], instructors=[owner])
    make.post(summary=TEXT, body=TEXT, publications=[paper], projects=[project], tags=["engines"])
    make.page(
        body=f"{TEXT}\n\n{{{{ publications }}}}\n\n{{{{ posts }}}}\n\n{{{{ project analytical-engine }}}}",
        tags=["engines"],
    )
    make.section(body=TEXT)
    make.membership(hopper, description=TEXT, supervisors=[owner])
    tag = make.tag("engines")
    tag.description = TEXT
    tag.save()
    SiteSettings.objects.create(person=owner, footer=TEXT)


def levels(client, path):
    return [int(digit) for digit in re.findall(r"<h([1-6])[ >]", client.get(path).text)]


@pytest.mark.parametrize("path", PAGES)
def test_no_page_skips_a_level(client, written, path):
    found = levels(client, path)

    assert found.count(1) == 1
    assert found[0] == 1
    assert [(one, after) for one, after in pairwise(found) if after > one + 1] == []


def test_no_page_of_a_group_skips_a_level(client, written):
    SiteSettings.objects.update(is_group=True, name="Engines")

    for path in ("/", "/people/", "/people/grace-hopper/"):
        found = levels(client, path)
        assert found[0] == 1
        assert [(path, one, after) for one, after in pairwise(found) if after > one + 1] == []


def test_a_long_formula_of_a_heading_gets_no_focus_in_the_table_of_contents(client):
    make.owner()
    make.page(body=f"## ${' + '.join('abcdefghijklmn')}$\n\n## B\n\n## C\n\n## D")

    contents = client.get("/join-us/").text.partition('<nav class="contents"')[2].partition("</nav>")[0]

    assert re.findall(r"<span[^>]*>", contents) == ['<span class="formula inline">']
