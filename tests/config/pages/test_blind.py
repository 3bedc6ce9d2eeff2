"""Blind review: no public page names the authors of a work while they are hidden."""

from datetime import timedelta

import pytest
from django.utils import timezone

from publications.models import Publication
from tests import make

pytestmark = pytest.mark.django_db

PAGES = [
    "/",
    "/publications/",
    "/publications/?q=sealed",
    "/publications/sealed-paper/",
    "/publications/sealed-preprint/",
    "/publications.bib",
    "/publications.ris",
    "/publications.json",
    "/publications/sealed-paper.bib",
    "/publications/sealed-paper.ris",
    "/publications/sealed-paper.json",
    "/tags/shared/",
    "/projects/engine/",
    "/people/",
    "/publications/sealed-paper.linkset.json",
    "/publications/feed/",
    "/feed/",
    "/tags/shared/feed/",
    "/people/quentin-quokka/feed/",
    "/projects/engine/CITATION.cff",
    "/cv.json",
    "/search/?q=sealed",
    "/sitemap.xml",
]


@pytest.fixture
def sealed():
    """A paper by Zoe and Quentin under blind review, with its preprint, beside an open one by Ada and Quentin."""
    owner = make.owner(name="Ada Lovelace")
    zoe, quentin = make.person("Zoe Zanzibar"), make.person("Quentin Quokka", is_public_page=True)
    paper = make.publication(
        "Sealed paper", authors=[zoe, quentin], tags=["shared"], featured=True, hides_authors=True,
        citation_key="zanzibar2025sealed", funding="Zanzibar Fund", extra={"note": "By Zanzibar", "x": "Zanzibar"},
    )  # fmt: skip
    make.publication("Sealed preprint", authors=[zoe], type="article", version_of=paper)
    make.publication("Open paper", authors=[owner, quentin], tags=["shared"])
    make.project("Engine").publications.add(paper)
    return paper


@pytest.mark.parametrize("path", PAGES)
def test_no_page_names_the_authors(client, sealed, path):
    answer = client.get(path)

    text = b"".join(answer) if answer.streaming else answer.content
    assert answer.status_code == 200
    assert b"anzibar" not in text
    assert "anzibar" not in answer.headers.get("Link", "")


@pytest.mark.parametrize(
    "path",
    ["/publications/?q=zanzibar", "/publications/?q=quentin+sealed", "/search/?q=zoe+sealed", "/search/?q=author:zoe"],
)
def test_a_search_by_its_authors_does_not_find_it(client, sealed, path):
    answer = client.get(path)

    assert (list(answer.context["object_list"]), answer.context["paginator"].count) == ([], 0)


def test_the_author_filter_does_not_offer_hidden_authors(client, sealed):
    assert client.get("/publications/?author=zoe-zanzibar").status_code == 404
    authors = client.get("/publications/").context["facets"].authors()
    assert {choice.label: choice.count for choice in authors} == {"Ada Lovelace": 1, "Quentin Quokka": 1}


@pytest.mark.parametrize("path", ["/people/quentin-quokka/", "/cv/", "/"])
def test_the_pages_of_its_authors_do_not_list_it(client, sealed, path):
    page = client.get(path).content.decode()

    assert "Open paper" in page
    assert "Sealed" not in page


def test_the_page_says_that_the_authors_are_hidden(client, sealed):
    assert "Authors hidden for blind review" in client.get("/publications/sealed-paper/").content.decode()


def test_an_editor_sees_the_authors_and_a_note_that_visitors_do_not(editor_client, sealed):
    page = editor_client.get("/publications/sealed-paper/").content.decode()

    assert "Zoe Zanzibar" in page
    assert "Authors hidden from visitors" in page


def test_the_authors_appear_when_the_blind_review_ends(client, sealed):
    pages = [
        "/publications/sealed-paper/",
        "/search/?q=zanzibar",
        "/publications/sealed-preprint/",
        "/publications.bib",
        "/people/quentin-quokka/",
    ]
    for moment, shown in ((timezone.now() + timedelta(hours=1), False), (timezone.now() - timedelta(hours=1), True)):
        Publication.objects.filter(pk=sealed.pk).update(authors_from=moment)

        for path in pages:
            answer = client.get(path)
            text = (b"".join(answer) if answer.streaming else answer.content).decode()
            assert (("Zanzibar" in text) or ("Sealed paper" in text and "people" in path)) is shown, path
        assert (client.get("/publications/?author=zoe-zanzibar").status_code == 200) is shown


def test_a_blind_version_hides_the_authors_of_its_work(client):
    work = make.publication("Journal paper", authors=["Zoe Zanzibar"])
    make.publication("Workshop paper", authors=["Zoe Zanzibar"], version_of=work, hides_authors=True)

    assert "Zanzibar" not in client.get("/publications/journal-paper/").content.decode()
    assert "Zanzibar" not in client.get("/publications/").content.decode()


def test_a_work_and_its_project_whose_members_would_name_the_authors_do_not_lead_to_each_other(client, editor_client):
    project = make.project("Engine")
    project.publications.add(make.publication("Sealed Paper", hides_authors=True))

    assert "/projects/engine/" not in client.get("/publications/sealed-paper/").text
    assert "/publications/sealed-paper/" not in client.get("/projects/engine/").text
    assert "/projects/engine/" in editor_client.get("/publications/sealed-paper/").text
    assert "/publications/sealed-paper/" in editor_client.get("/projects/engine/").text
