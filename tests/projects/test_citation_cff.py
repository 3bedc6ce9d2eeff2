"""CITATION.cff of a project, with the paper that is to be cited."""

from datetime import timedelta

import pytest
from django.utils import timezone

from tests import make
from tests.publications.references.test_cff import HOSTILE, read

pytestmark = pytest.mark.django_db


def preferred(client, slug="engine"):
    """The title of the work that the project's file prefers, or None."""
    return read(client.get(f"/projects/{slug}/CITATION.cff").text).get("preferred-citation", {}).get("title")


def test_the_citation_file_names_the_people_and_the_paper(client):
    ada = make.owner(name="Ada Lovelace")
    project = make.project("Engine", tagline="It computes.", tags=["engines"])
    project.members.create(
        person=make.person("Ludwig van Beethoven", given="Ludwig", particle="van", family="Beethoven"), position=2
    )
    project.members.create(person=ada, position=1)
    project.links.create(kind="other", url="https://engine.example")
    project.links.create(kind="github", url="https://github.com/ada/engine")
    project.publications.add(make.publication("On Engines", authors=[ada], doi="10.5555/engines", issued="2024"))

    answer = client.get("/projects/engine/CITATION.cff")

    assert answer.headers["Content-Type"] == "application/yaml; charset=utf-8"
    assert answer.headers["Content-Disposition"] == 'attachment; filename="CITATION.cff"'
    assert read(answer.text) == {
        "cff-version": "1.2.0",
        "message": "If you use this software, please cite the work under preferred-citation.",
        "type": "software",
        "title": "Engine",
        "authors": [
            {"family-names": "Lovelace", "given-names": "Ada"},
            {"family-names": "Beethoven", "given-names": "Ludwig", "name-particle": "van"},
        ],
        "abstract": "It computes.",
        "keywords": ["engines"],
        "url": "http://testserver/projects/engine/",
        "repository-code": "https://github.com/ada/engine",
        "preferred-citation": {
            "type": "article",
            "title": "On Engines",
            "authors": [{"family-names": "Lovelace", "given-names": "Ada"}],
            "doi": "10.5555/engines",
            "year": 2024,
        },
    }


def test_a_project_without_people_is_its_own_author(client):
    make.owner(name="Ada Lovelace")
    project = make.project("Engine", role="Core developer")
    project.resources.create(kind="code", url="https://example.org/engine.git")

    content = read(client.get("/projects/engine/CITATION.cff").text)

    assert content["authors"] == [{"name": "Engine"}]
    assert content["message"] == "If you use this software, please cite it as below."
    assert content["repository-code"] == "https://example.org/engine.git"
    assert "preferred-citation" not in content


def test_the_newest_paper_is_preferred_to_newer_works_of_other_types(client):
    project = make.project("Engine")
    works = [
        ("Slides", "speech", "2026"),
        ("Old paper", "article-journal", "2020"),
        ("Paper", "paper-conference", "2024"),
        ("Retracted", "article-journal", "2025"),
    ]
    for title, type_, issued in works:
        status = "retracted" if title == "Retracted" else "published"
        project.publications.add(make.publication(title, type=type_, issued=issued, status=status))

    assert preferred(client) == "Paper"


def test_without_a_paper_the_newest_work_is_preferred(client):
    project = make.project("Engine")
    for title, type_, issued in [("Report", "report", "2020"), ("Preprint", "article", "2024")]:
        project.publications.add(make.publication(title, type=type_, issued=issued))

    assert preferred(client) == "Preprint"


def test_a_paper_that_is_not_public_is_never_named(client, editor_client):
    project = make.project("Engine")
    tomorrow = timezone.now() + timedelta(days=1)
    project.publications.add(
        make.publication("Open", issued="2020"),
        make.publication("Zanzibar draft", issued="2025", state="draft"),
        make.publication("Zanzibar to come", issued="2026", publish_at=tomorrow),
    )

    assert "anzibar" not in client.get("/projects/engine/CITATION.cff").text
    assert preferred(client) == "Open"
    assert preferred(editor_client) == "Zanzibar to come"


def test_a_paper_under_blind_review_is_not_named(client, editor_client):
    project = make.project("Engine")
    extra = {"note": "By Zanzibar"}
    project.publications.add(make.publication("Sealed", authors=["Zoe Zanzibar"], hides_authors=True, extra=extra))

    text = client.get("/projects/engine/CITATION.cff").text

    assert "anzibar" not in text
    assert "preferred-citation" not in read(text)
    assert "Zanzibar" in editor_client.get("/projects/engine/CITATION.cff").text


def test_visitors_get_no_file_of_a_draft(client, editor_client):
    make.project("Drafted", state="draft")
    make.project("To come", publish_at=timezone.now() + timedelta(days=1))

    for slug in ("drafted", "to-come"):
        assert client.get(f"/projects/{slug}/CITATION.cff").status_code == 404
        assert editor_client.get(f"/projects/{slug}/CITATION.cff").status_code == 200


def test_hostile_text_is_a_valid_file(client):
    project = make.project(HOSTILE[:200], slug="evil", summary=HOSTILE, tags=["a: b", "#c"])
    project.links.create(kind="github", url='https://github.com/ada/"engine": #x')

    content = read(client.get("/projects/evil/CITATION.cff").text)

    assert content["title"].startswith("Evil: \"quoted\" 'text' # no comment - item: {a: [b]} </script>")
    assert sorted(content["keywords"]) == ["#c", "a: b"]
    assert content["repository-code"] == "https://github.com/ada/%22engine%22:%20#x"


def test_a_former_address_redirects_to_the_file(client):
    project = make.project("Engine", slug="old")
    project.slug = "new"
    project.save()

    answer = client.get("/projects/old/CITATION.cff")

    assert (answer.status_code, answer.url) == (301, "/projects/new/CITATION.cff")


def test_the_page_links_to_the_file(client):
    make.project("Engine")

    assert (
        'href="/projects/engine/CITATION.cff" rel="nofollow">CITATION.cff</a>' in client.get("/projects/engine/").text
    )


@pytest.mark.parametrize("count", [1, 3])
def test_the_number_of_queries_is_the_same_for_one_and_three_members_and_papers(
    client, django_assert_num_queries, count
):
    project = make.project("Engine", tags=["engines"])
    for number in range(count):
        project.members.create(person=make.person(f"Author {number}"))
        project.publications.add(make.publication(f"Paper {number}", authors=[f"Writer {number}"], tags=["a"]))

    with django_assert_num_queries(11):
        client.get("/projects/engine/CITATION.cff")
