import re

import pytest
from django.core.exceptions import ValidationError

from config.pictures import tokens
from profiles.models import Block, Look
from profiles.models.look import HUES, validate_blocks
from tests import make

pytestmark = pytest.mark.django_db

CHOICES = {"hue": "10", "typefaces": "inter", "density": "airy"}


def headings(response):
    return re.findall(r"<h2>([^<]+)</h2>", response.content.decode())


@pytest.fixture
def owner():
    owner = make.owner()
    make.publication(featured=True)
    make.project()
    return owner


def test_the_site_has_a_default_look(client, owner):
    page = client.get("/").content.decode()

    assert 'lang="en" data-hue="250" data-typefaces="source-serif" data-density="regular"' in page


def test_a_look_chosen_in_the_admin_applies_to_every_page(admin_client, client, owner):
    page = admin_client.get("/admin/profiles/look/", follow=True)
    seen = re.search(r'name="_seen" value="([^"]+)"', page.content.decode())[1]

    answer = admin_client.post(page.request["PATH_INFO"], {**CHOICES, "blocks": Block.values, "_seen": seen})

    assert answer.status_code == 302
    for path in ("/", "/publications/", "/projects/", "/people/ada-lovelace/", "/cv/", "/nothing-here/"):
        page = client.get(path).content.decode()
        assert 'data-hue="10" data-typefaces="inter" data-density="airy"' in page


def test_only_the_selected_blocks_are_shown_in_their_order(admin_client, client, owner):
    change = admin_client.get("/admin/profiles/look/").headers["Location"]
    places = {"blocks-publications": "9", "blocks-projects": "1"}

    admin_client.post(change, {**CHOICES, "blocks": ["publications", "projects"], **places})

    assert headings(client.get("/")) == ["Projects", "Selected publications"]
    admin_client.post(change, CHOICES)
    assert headings(client.get("/")) == []
    assert client.get("/").status_code == 200


def test_a_preview_shows_the_choices_without_saving_them(admin_client, client, owner):
    page = admin_client.post("/admin/look/", {**CHOICES, "blocks": ["projects"]})

    assert 'data-hue="10"' in page.content.decode()
    assert headings(page) == ["Projects"]
    assert Look.objects.count() == 0
    assert 'data-hue="250"' in client.get("/").content.decode()
    assert admin_client.post("/admin/look/", {**CHOICES, "hue": "11"}).status_code == 400
    assert client.post("/admin/look/", CHOICES).status_code == 302


def test_without_an_owner_the_look_redirects_to_adding_one(admin_client):
    answer = admin_client.get("/admin/profiles/look/")

    assert answer.headers["Location"] == "/admin/profiles/person/add/"


@pytest.mark.parametrize("blocks", ["projects", ["projects", "projects"], ["nothing"], [1]])
def test_an_invalid_list_of_blocks_is_refused(blocks):
    with pytest.raises(ValidationError):
        validate_blocks(blocks)


def test_the_style_sheet_has_a_rule_for_every_choice():
    sheet = tokens.STYLE_SHEET.read_text()

    for hue in HUES:
        assert f':root[data-hue="{hue}"] {{ --hue: {hue}; }}' in sheet
    for choice in {*Look.Typefaces.values} - {"source-serif"}:
        assert f'[data-typefaces="{choice}"]' in sheet
    for choice in {*Look.Density.values} - {"regular"}:
        assert f'[data-density="{choice}"]' in sheet
