"""The record as files: addresses, filters, media types, names, and what a visitor must not see."""

import json
import re

import pytest
from django.core.files.base import ContentFile

from publications.references.formats import loads
from tests import make

pytestmark = pytest.mark.django_db

MEDIA_TYPES = {
    "bib": "application/x-bibtex",
    "ris": "application/x-research-info-systems",
    "json": "application/vnd.citationstyles.csl+json",
}


def body(answer):
    return b"".join(answer.streaming_content)


def read(answer, ending):
    return loads(body(answer), ending).references


@pytest.fixture
def record():
    make.publication("Engines", tags=["a", "b"], issued="2020", type="book", citation_key="e1")
    make.publication("Compilers & Bugs", authors=["Grace Hopper"], tags=["a"], issued="2021-05", citation_key="c1")
    make.publication("Drafted", tags=["a"], state="draft", issued="2022", citation_key="d1")


@pytest.mark.parametrize("ending", MEDIA_TYPES)
def test_the_export_of_the_list_has_everything_public(client, record, ending):
    answer = client.get(f"/publications.{ending}")

    assert answer.headers["Content-Type"] == f"{MEDIA_TYPES[ending]}; charset=utf-8"
    assert answer.headers["Content-Disposition"] == f'attachment; filename="publications.{ending}"'
    assert [reference.title for reference in read(answer, ending)] == ["Compilers & Bugs", "Engines"]


@pytest.mark.parametrize(
    ("query", "keys"), [("?tag=b", ["e1"]), ("?year=2021", ["c1"]), ("?tag=a&type=book", ["e1"]), ("?q=nothing", [])]
)
def test_the_list_as_a_file_has_the_filters_of_the_page(client, record, query, keys):
    references = read(client.get(f"/publications.bib{query}"), "bib")

    assert [reference.citation_key for reference in references] == keys


def test_an_editor_exports_drafts_too(editor_client, record):
    assert len(read(editor_client.get("/publications.json"), "json")) == 3


@pytest.mark.parametrize("ending", MEDIA_TYPES)
def test_one_work_can_be_exported(client, record, ending):
    answer = client.get(f"/publications/compilers-bugs.{ending}")

    [reference] = read(answer, ending)
    assert answer.headers["Content-Disposition"] == f'attachment; filename="compilers-bugs.{ending}"'
    assert (reference.title, str(reference.author[0]), reference.issued.iso) == (
        "Compilers & Bugs", "Grace Hopper", "2021-05",
    )  # fmt: skip


@pytest.mark.parametrize("ending", MEDIA_TYPES)
def test_the_page_answers_with_its_record_if_the_client_asks_for_it(client, record, ending):
    answer = client.get("/publications/engines/", headers={"Accept": MEDIA_TYPES[ending]})

    assert answer.headers["Content-Type"] == f"{MEDIA_TYPES[ending]}; charset=utf-8"
    assert "Accept" in answer.headers["Vary"]
    assert read(answer, ending)[0].citation_key == "e1"


@pytest.mark.parametrize("accept", ["*/*", "text/html,application/xhtml+xml,*/*;q=0.8", "image/png", "", "nonsense"])
def test_all_others_get_the_page(client, record, accept):
    answer = client.get("/publications/engines/", headers={"Accept": accept})

    assert answer.headers["Content-Type"] == "text/html; charset=utf-8"
    assert "Accept" in answer.headers["Vary"]


@pytest.mark.parametrize("address", ["drafted.bib", "nothing.ris", "engines.bib/"])
def test_what_is_not_there_or_not_public_is_not_found(client, record, address):
    assert client.get(f"/publications/{address}").status_code == 404


def test_a_draft_is_not_found_under_any_media_type(client, record):
    assert client.get("/publications/drafted/", headers={"Accept": MEDIA_TYPES["bib"]}).status_code == 404


def test_a_former_address_leads_to_the_same_format(client, record):
    publication = make.publication("Renamed", slug="old")
    publication.slug = "new"
    publication.save()

    answer = client.get("/publications/old.ris")

    assert (answer.status_code, answer.url) == (301, "/publications/new.ris")


def test_the_list_page_links_to_its_exports_with_its_filters(client, record):
    page = client.get("/publications/?tag=b").text

    for ending in MEDIA_TYPES:
        assert f'href="/publications.{ending}?tag=b"' in page


@pytest.mark.parametrize("count", [1, 3])
def test_an_export_needs_as_many_queries_for_one_as_for_three(client, django_assert_num_queries, count):
    for number in range(count):
        make.publication(f"Engine {number}", tags=["a"])

    with django_assert_num_queries(5):
        body(client.get("/publications.bib"))


def test_hostile_text_stays_text(client):
    make.publication('Evil "}, note = {x} & <b> % $ \\input{x} @book{y,', citation_key="a,b}{c")

    [reference] = read(client.get("/publications.bib"), "bib")

    assert reference.title == 'Evil "}, note = {x} & <b> % $ \\input{x} @book{y,'


def test_only_editors_export_notes_and_paths_of_local_files(client, editor_client):
    make.publication("Engines", extra={"annote": "a secret note", "file": "/home/ada/secret.pdf", "series": "kept"})

    for address in ("/publications.bib", "/publications.json", "/publications/engines.ris"):
        assert b"secret" not in body(client.get(address))
        assert b"secret" in body(editor_client.get(address))
    assert "secret" not in client.get("/publications/engines/").text
    assert b"kept" in body(client.get("/publications/engines.bib"))


REMARKS = {
    "comment": "secret 1", "comment-abrown": "secret 2", "review": "secret 3", "privnote": "secret 4",
    "owner": "secret 5", "ranking": "secret 6", "readstatus": "secret 7", "rn": "secret 8", "c3": "secret 9",
}  # fmt: skip
PLACES = [
    "/publications.bib", "/publications.ris", "/publications.json", "/publications/engines.bib",
    "/publications/engines.cff", "/publications/", "/publications/engines/", "/publications/feed/", "/cv/", "/cv.json",
    "/search/?q=engines",
]  # fmt: skip


@pytest.mark.parametrize("place", PLACES)
def test_remarks_are_nowhere_that_visitors_see(client, place):
    ada = make.owner()
    make.publication("Engines", authors=[ada], type="software", extra=REMARKS)

    answer = client.get(place)

    assert answer.status_code == 200
    assert b"secret " not in (body(answer) if answer.streaming else answer.content)


@pytest.mark.parametrize("ending", MEDIA_TYPES)
def test_what_editors_export_is_imported_as_the_same_reference(editor_client, ending):
    publication = make.publication("Engines", citation_key="e1", extra=REMARKS | {"odd": ["a", {"b": "}"}]})
    publication.resources.create(kind="pdf", url="https://example.org/engines.pdf")

    assert read(editor_client.get(f"/publications.{ending}"), ending) == [publication.as_reference()]


def lines_with(answer, text):
    return [line.strip() for line in body(answer).decode().splitlines() if text in line]


def test_each_item_links_back_to_its_page(client, settings):
    settings.SITE_URL = "https://ada.example"
    make.publication("Own", url="https://press.example/own")
    make.publication("None", doi="10.5555/none")

    assert lines_with(client.get("/publications.bib"), "ada.example") == [
        "url = {https://ada.example/publications/none/},", "biburl = {https://ada.example/publications/own/},"
    ]  # fmt: skip
    assert lines_with(client.get("/publications.bib"), "press.example") == ["url = {https://press.example/own},"]
    assert lines_with(client.get("/publications.ris"), "UR  - ") == [
        "UR  - https://ada.example/publications/none/",
        "UR  - https://press.example/own",
        "UR  - https://ada.example/publications/own/",
    ]


def test_the_pdf_of_a_work_is_in_bibtex_and_ris_whether_it_was_uploaded_or_not(client):
    make.publication("External").resources.create(kind="pdf", url="https://example.org/external.pdf")
    make.publication("Code").resources.create(kind="code", url="https://example.org/code.pdf")
    both = make.publication("Uploaded")
    both.resources.create(kind="pdf", url="https://example.org/other.pdf")
    both.resources.create(kind="pdf", file=ContentFile(b"%PDF-1.7", "up.pdf"))

    for ending, mark in (("ris", "L1  - "), ("bib", "pdf = ")):
        lines = lines_with(client.get(f"/publications.{ending}"), mark)
        assert [re.search(r"http[^}]*", line)[0] for line in lines] == [
            "http://testserver/publications/uploaded/up.pdf", "https://example.org/external.pdf"
        ]  # fmt: skip


def test_the_entry_on_the_page_is_the_one_that_visitors_export(client, editor_client):
    make.publication("Engines", citation_key="e1", extra=REMARKS | {"version": "2"})
    exported = body(client.get("/publications/engines.bib")).decode().strip()

    for reader in (client, editor_client):
        (ending, _, text), _ = reader.get("/publications/engines/").context["records"]
        assert (ending, text) == ("bib", exported)


def test_no_item_has_a_type_for_which_zotero_refuses_the_file(client):
    make.publication("tidectl", type="software", extra={"version": "0.3"}, funding="A grant", tags=["a, b", "c"])

    [item] = json.loads(body(client.get("/publications.json")))

    assert (item["type"], item["version"], "custom" in item) == ("book", "0.3", False)
