"""Bidirectional overrides are removed from public pages; the marks that scripts need stay."""

import re
from urllib.parse import quote

import pytest

from publications.models import Resource
from tests import make

pytestmark = pytest.mark.django_db
OVERRIDES = "\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069"
NEEDED = (
    "\u0645\u06cc\u200c\u062e\u0648\u0627\u0647\u0645 \u0915\u094d\u200d\u0937 \U0001f469\u200d\U0001f52c \u200e\u200f"
)


@pytest.fixture
def record():
    ada = make.owner(name=f"Ada {OVERRIDES}Lovelace {NEEDED}", headline=f"x{OVERRIDES}y", bio=f"&#x202e;z{OVERRIDES}")
    tag = make.tag(f"k{OVERRIDES}v")
    ada.links.create(kind="other", label=f"a{OVERRIDES}b", url="https://example.org/")
    make.activity(f"t{OVERRIDES}u", person=ada, tags=[tag], start="2024-05-06")
    make.project(f"p{OVERRIDES}q", tags=[tag])
    return make.publication(f"On {OVERRIDES}Engines", authors=[ada], tags=[tag])


@pytest.mark.parametrize(
    "path",
    ["/", "/publications/", "/projects/", "/people/", "/activities/", "/tags/", "/cv/", "/feed/", "/activities.ics",
     "/search/?q=" + quote(OVERRIDES), "/publications/?year=" + quote(OVERRIDES), None],
)  # fmt: skip
def test_no_public_page_contains_an_override(client, record, path):
    page = client.get(path or record.get_absolute_url()).content.decode()

    assert re.findall(f"[{OVERRIDES}]", page) == []


def test_joiners_and_marks_of_scripts_stay(client, record):
    assert NEEDED in client.get("/").content.decode()


def test_an_editor_sees_what_was_typed(editor_client, record):
    page = editor_client.get(f"/admin/publications/publication/{record.pk}/change/").content.decode()

    assert record.title in page


def test_slugs_and_file_names_contain_no_override(record):
    resource = Resource(publication=record)

    assert record.slug == "on-engines"
    assert Resource.file.field.generate_filename(resource, "a\u202efdp.exe\u2066.pdf").endswith("/afdpexe.pdf")
