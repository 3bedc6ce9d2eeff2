import re

import pytest
from django.core.exceptions import ValidationError

from config.pictures import tokens
from profiles.models import Block, Look
from profiles.models.look import validate_blocks
from tests import make

pytestmark = pytest.mark.django_db

CHOICES = {"theme": "technical", "accent": "teal", "density": "airy"}


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

    assert 'lang="en" data-theme="classic" data-accent="blue" data-density="regular"' in page


def test_a_look_chosen_in_the_admin_applies_to_every_page(admin_client, client, owner):
    page = admin_client.get("/admin/profiles/look/", follow=True)
    assert Look.objects.count() == 0

    answer = admin_client.post(page.request["PATH_INFO"], {**CHOICES, "blocks": Block.values})

    assert answer.status_code == 302
    for path in ("/", "/publications/", "/projects/", "/people/ada-lovelace/", "/cv/", "/nothing-here/"):
        page = client.get(path).content.decode()
        assert 'data-theme="technical" data-accent="teal" data-density="airy"' in page


def test_only_the_selected_blocks_are_shown_in_their_order(admin_client, client, owner):
    add = admin_client.get("/admin/profiles/look/").headers["Location"]
    places = {"blocks-publications": "9", "blocks-projects": "1"}

    admin_client.post(add, {**CHOICES, "blocks": ["publications", "projects"], **places})

    assert headings(client.get("/")) == ["Projects", "Selected publications"]
    admin_client.post(admin_client.get("/admin/profiles/look/").headers["Location"], CHOICES)
    assert headings(client.get("/")) == []
    assert client.get("/").status_code == 200


def test_a_preview_shows_the_choices_without_saving_them(admin_client, client, owner):
    page = admin_client.post("/admin/look/", {**CHOICES, "blocks": ["projects"]})

    assert 'data-accent="teal"' in page.content.decode()
    assert headings(page) == ["Projects"]
    assert Look.objects.count() == 0
    assert 'data-accent="blue"' in client.get("/").content.decode()
    assert admin_client.post("/admin/look/", {**CHOICES, "accent": "mauve"}).status_code == 400
    assert client.post("/admin/look/", CHOICES).status_code == 302


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        ({"timeline-award": "-1"}, "Timeline: Enter a number from 0 to 99 for each kind."),
        ({"accent": "mauve"}, "Accent colour: Select a valid choice. mauve is not one of the available choices."),
    ],
)
def test_a_preview_says_which_choice_is_wrong(admin_client, owner, wrong, message):
    page = admin_client.post("/admin/look/", {**CHOICES, **wrong})

    assert (page.status_code, page.text) == (400, message)


def test_without_an_owner_the_look_redirects_to_adding_one(admin_client):
    answer = admin_client.get("/admin/profiles/look/")

    assert answer.headers["Location"] == "/admin/profiles/person/add/"


@pytest.mark.parametrize("blocks", ["projects", ["projects", "projects"], ["nothing"], [1]])
def test_an_invalid_list_of_blocks_is_refused(blocks):
    with pytest.raises(ValidationError):
        validate_blocks(blocks)


def test_the_style_sheet_has_a_rule_for_every_choice():
    sheet = tokens.STYLE_SHEET.read_text()

    for choice in {*Look.Theme.values} - {"modern"}:
        assert f':root[data-theme="{choice}"] {{' in sheet
    for choice in {*Look.Accent.values} - {"blue"}:
        assert f':root[data-accent="{choice}"] {{' in sheet
    for choice in {*Look.Density.values} - {"regular"}:
        assert f'[data-density="{choice}"]' in sheet
