"""Grants and the funding that publications name."""

import json

import pytest
from django.contrib.auth.models import Group
from django.test import Client

from projects import funding
from projects.funders import CROSSREF_NUMBERS, FUNDERS, known_funder
from projects.models import Grant
from publications.imports.steps import apply, import_all, plan
from publications.models import Publication
from publications.references import csl
from publications.references.bibtex import loads
from tests import make

pytestmark = pytest.mark.django_db

PAGE = "/admin/projects/grant/funding/"


@pytest.mark.parametrize(
    ("text", "awards"),
    [
        ("Tide Fund (G-7)", [("Tide Fund", "G-7")]),
        (
            "National Science Foundation (2145678, 2145679); ERC (101001234)",
            [("National Science Foundation", "2145678"), ("National Science Foundation", "2145679"),
             ("ERC", "101001234")],
        ),
        ("Austrian Science Fund (FWF) (P 33574)", [("Austrian Science Fund", "P 33574")]),
        (
            "This work was supported by the Swiss National Science Foundation (grant no. 200021_123456) and by NSF "
            "(Award IIS-2145678).",
            [("Swiss National Science Foundation", "200021_123456"), ("NSF", "IIS-2145678")],
        ),
        ("Engineering and Physical Sciences Research Council (EP/S022481/1)",
         [("Engineering and Physical Sciences Research Council", "EP/S022481/1")]),
        ("SNSF (2020-2023); The Crown (see the thesis); Nobody", []),
        ("", []),
    ],
)  # fmt: skip
def test_awards_are_read_from_lists_and_sentences(text, awards):
    assert list(funding.awards_in(text)) == awards


def test_a_long_text_is_read_at_once():
    text = "This work was supported by many people, " * 2500

    assert list(funding.awards_in(f"{text}; Tide Fund (G-7); {text}")) == [("Tide Fund", "G-7")]


@pytest.mark.parametrize(
    ("number", "funder", "text", "is_named"),
    [
        ("200021_123456", "", "SNSF (200021-123456)", True),
        ("200021_123456", "", "supported by SNSF grant 200021 123456 until 2024", True),
        ("2145678", "", "NSF (IIS-2145678)", True),
        ("2145678", "", "NSF (12145678)", False),
        ("EP/S022481/1", "", "EPSRC (ep/s022481/1)", True),
        ("EP/S022481/1", "", "EPSRC (EP/S022481/12)", False),
        ("G-7", "Tide Fund", "Tide Fund (G-7)", True),
        ("G-7", "Tide Fund", "Moon Fund (G-7); Tide Fund (G-8)", False),
        ("G-7", "", "(G-7)", False),
        ("7", "Swiss National Science Foundation", "SNF (7)", True),
        ("_", "Tide Fund", "Tide Fund (G-7)", False),
    ],
)
def test_a_grant_is_named_by_its_number_and_a_short_number_with_its_funder(number, funder, text, is_named):
    assert funding.names_grant(text, Grant(number=number, funder=funder), {}) == is_named


def test_saving_a_grant_links_the_publications_that_name_it(editor_client):
    for number in range(3):
        make.publication(f"Paper {number}", funding="SNSF (200021-123456)")
    make.publication("Other", funding="SNSF (200021-999999)")
    rows = {"investigators-TOTAL_FORMS": 0, "investigators-INITIAL_FORMS": 0}
    fields = {"title": "Engines", "number": "200021_123456", "status": "held", "position": 0, "state": "draft", **rows}

    page = editor_client.post("/admin/projects/grant/add/", fields, follow=True).text

    grant = Grant.objects.get()
    assert "3 publications linked, because the funding names 200021_123456." in page
    assert sorted(map(str, grant.publications.all())) == ["Paper 0", "Paper 1", "Paper 2"]


def test_what_an_editor_unlinks_stays_unlinked(editor_client):
    make.publication(funding="SNSF (200021-123456)")
    grant = make.grant(number="200021_123456")
    rows = {"investigators-TOTAL_FORMS": 0, "investigators-INITIAL_FORMS": 0}
    fields = {"title": "Engines", "number": "200021_123456", "status": "held", "position": 0, "state": "draft", **rows}

    editor_client.post(f"/admin/projects/grant/{grant.pk}/change/", fields)

    assert not grant.publications.exists()


def test_twenty_publications_that_name_an_award_become_one_draft_in_one_click(editor_client, client):
    for number in range(20):
        text = "Schweizerischer Nationalfonds (200021_123456)" if number % 2 else "SNSF (grant 200021-123456)"
        make.publication(f"Paper {number}", funding=f"{text}; NSF (2145678)" if number < 2 else text)

    [first, second] = editor_client.get(PAGE).context["awards"]
    page = editor_client.post(PAGE, {"award": first.key}, follow=True)

    grant = Grant.objects.get()
    assert (first.funder, len(first.publications), second.number, len(second.publications)) == (
        "Swiss National Science Foundation", 20, "2145678", 2,
    )  # fmt: skip
    assert (grant.state, grant.funder_id, grant.publications.count()) == ("draft", "https://ror.org/00yjd3n13", 20)
    assert f'href="/admin/projects/grant/{grant.pk}/change/"' in page.text.replace("'", '"')
    assert [award.number for award in page.context["awards"]] == ["2145678"]
    assert client.get(grant.get_absolute_url()).status_code == 404
    assert "/grants/" not in client.get("/publications/paper-0/").text


def test_publications_of_an_existing_grant_are_linked_in_one_click(editor_client):
    grant = make.grant(number="2145678")
    paper = make.publication(funding="NSF (IIS-2145678)")

    [award] = editor_client.get(PAGE).context["awards"]
    editor_client.post(PAGE, {"award": award.key})

    assert award.grant == grant
    assert list(grant.publications.all()) == [paper]
    assert editor_client.get(PAGE).context["awards"] == []
    assert "All award numbers" in editor_client.get(PAGE).text


def test_an_award_that_is_gone_changes_nothing(editor_client):
    assert "Nothing was changed" in editor_client.post(PAGE, {"award": "x"}, follow=True).text
    assert not Grant.objects.exists()


def test_the_list_of_grants_counts_the_awards_without_one(editor_client):
    make.publication(funding="NSF (IIS-2145678)")

    assert "Named by publications (1)" in editor_client.get("/admin/projects/grant/").text


def test_an_import_links_the_grants_that_it_names_and_creates_none():
    grant = make.grant(number="200021_123456")
    text = """@article{a2024, title = {On looms}, author = {Lovelace, Ada}, funding = {SNSF (200021-123456)}}
    @article{b2024, title = {On mills}, author = {Lovelace, Ada}, funding = {NSF (2145678)}}"""

    list(import_all(loads(text).references, "bib"))

    assert [str(work) for work in grant.publications.all()] == ["On looms"]
    assert Publication.objects.count() == 2
    assert Grant.objects.count() == 1


def test_an_assistant_creates_a_draft_but_does_not_change_a_public_grant(django_user_model):
    assistant = Client()
    user = django_user_model.objects.create_user("eve", is_staff=True)
    user.groups.add(Group.objects.get(name="Assistant"))
    assistant.force_login(user)
    make.publication(funding="NSF (IIS-2145678)")
    paper = make.publication("Two", funding="SNSF (200021-123456)")
    grant = make.grant(number="200021_123456")

    assistant.post(PAGE, {"award": "iis2145678"})
    refused = assistant.post(PAGE, {"award": "200021123456"})

    assert Grant.objects.exclude(pk=grant.pk).get().state == "draft"
    assert (refused.status_code, list(grant.publications.all())) == (403, [])
    assert paper.grants.count() == 0


def test_the_content_check_names_frequent_awards_without_a_grant(editor_client):
    for number in range(2):
        make.publication(f"Paper {number}", funding="NSF (IIS-2145678)")
    make.publication("Other", funding="ERC (101001234)")

    page = editor_client.get("/admin/health/?check=funding").text

    assert "2 publications name “National Science Foundation IIS-2145678”, which is not among the grants" in page
    assert "101001234" not in page


CROSSREF = {
    "type": "journal-article", "title": ["On looms"], "indexed": {},
    "funder": [
        {"name": "Schweizer Nationalfonds", "DOI": "10.13039/501100001711", "award": ["200021_123456"]},
        {"name": "Tide Fund", "DOI": "http://dx.doi.org/10.13039/100099999", "award": ["G-7", "G-8"]},
        {"name": "Moon Fund", "award": ["M-1"]},
    ],
}  # fmt: skip


def test_the_identifiers_of_funders_come_with_an_import_and_become_those_of_grants(editor_client):
    apply(plan([csl.from_record(CROSSREF)], "crossref"))

    for award in editor_client.get(PAGE).context["awards"]:
        editor_client.post(PAGE, {"award": award.key})

    assert set(Grant.objects.values_list("funder", "funder_id", "number")) == {
        ("Swiss National Science Foundation", "https://ror.org/00yjd3n13", "200021_123456"),
        ("Tide Fund", "https://doi.org/10.13039/100099999", "G-7"),
        ("Tide Fund", "https://doi.org/10.13039/100099999", "G-8"),
        ("Moon Fund", "", "M-1"),
    }
    exported = json.loads(b"".join(editor_client.get("/publications/on-looms.json").streaming_content))
    assert exported[0]["custom"]["funders"][0]["id"] == "https://doi.org/10.13039/501100001711"


@pytest.mark.parametrize("funder_id", ["https://doi.org/10.13039/100099999", ""])
def test_a_short_number_is_that_of_a_grant_with_the_same_identifier_of_its_funder(funder_id):
    grant = make.grant(funder="Fund of Tides", funder_id=funder_id, number="G-7")

    apply(plan([csl.from_record(CROSSREF)], "crossref"))

    assert grant.publications.exists() is bool(funder_id)


@pytest.mark.parametrize("value", ["x", [1], [{"id": 5}], [{"id": "https://ror.org/00yjd3n13", "awards": "x"}]])
def test_funders_that_an_editor_has_mistyped_are_ignored(editor_client, value):
    make.publication(funding="Tide Fund (G-7)", extra={"funders": value})

    assert [award.funder_id for award in editor_client.get(PAGE).context["awards"]] == [""]


@pytest.mark.parametrize("number", CROSSREF_NUMBERS)
def test_numbers_of_crossref_belong_to_funders_of_the_list(number):
    assert known_funder("", f"https://doi.org/10.13039/{number}") in FUNDERS
