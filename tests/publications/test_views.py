import pytest
from django.core.files.base import ContentFile

from profiles.models import Person
from tests import make

pytestmark = pytest.mark.django_db


@pytest.fixture
def record():
    ada, grace = make.owner(name="Ada Lovelace"), make.person("Grace Hopper")
    make.publication("Engines", authors=[ada], tags=["a", "b"], issued="2020", type="book")
    make.publication("Compilers", authors=[grace, ada], tags=["a"], issued="2021-05", type="article-journal")
    make.publication("Bugs", authors=[grace], tags=["b", "c"], issued="2021", abstract="A moth was found.")
    make.publication("Undated", authors=[], tags=[], issued="")


def titles(answer):
    return [publication.title for publication in answer.context["object_list"]]


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", ["Compilers", "Bugs", "Engines", "Undated"]),
        ("?tag=a", ["Compilers", "Engines"]),
        ("?tag=a&tag=b", ["Engines"]),
        ("?year=2021", ["Compilers", "Bugs"]),
        ("?type=book", ["Engines"]),
        ("?author=ada-lovelace", ["Compilers", "Engines"]),
        ("?author=ada-lovelace&year=2021", ["Compilers"]),
        ("?q=moth", ["Bugs"]),
        ("?q=hopper+COMPILERS", ["Compilers"]),
        ("?tag=a&type=book&year=2021", []),
    ],
)
def test_filters_combine(client, record, query, expected):
    assert titles(client.get(f"/publications/{query}")) == expected


def test_each_choice_shows_how_many_works_it_would_leave(client, record):
    facets = client.get("/publications/?tag=b").context["facets"]

    assert [(choice.label, choice.count) for choice in facets.years] == [("2021", 1), ("2020", 1)]
    assert [(choice.label, choice.count) for choice in facets.types] == [("Journal article", 1), ("Book", 1)]
    assert [(choice.label, choice.count) for choice in facets.tags()] == [("b", 2), ("a", 1), ("c", 1)]
    assert [(choice.label, choice.count) for choice in facets.authors()] == [("Ada Lovelace", 1), ("Grace Hopper", 1)]


def test_each_choice_leads_to_as_many_works_as_its_count(client, record):
    facets = client.get("/publications/?tag=b").context["facets"]
    choices = [*facets.years, *facets.types, *facets.tags(), *facets.authors()]

    for choice in choices:
        if not choice.selected:
            assert len(titles(client.get(choice.href))) == choice.count


def test_a_facet_shows_twenty_choices_and_links_to_all(client):
    make.publication(tags=[f"t{number}" for number in range(21)])

    page = client.get("/publications/")
    everything = client.get("/publications/?facets=all")

    assert len(page.context["facets"].tags()) == 20
    assert '<a href="/publications/?facets=all" rel="nofollow">Show all</a>' in page.content.decode()
    assert len(everything.context["facets"].tags()) == 21
    assert "Show all" not in everything.content.decode()
    assert '<link rel="canonical" href="http://testserver/publications/">' in everything.content.decode()


def test_a_filter_can_be_removed(client, record):
    answer = client.get("/publications/?tag=a&year=2021&q=comp")

    hrefs = {choice.label: choice.href for choice in answer.context["selected"]}

    assert hrefs == {
        "a": "/publications/?year=2021&q=comp",
        "2021": "/publications/?tag=a&q=comp",
        "“comp”": "/publications/?tag=a&year=2021",
    }


def test_the_search_form_keeps_the_other_filters(client, record):
    page = client.get("/publications/?tag=a&year=2021").content.decode()

    assert '<input type="hidden" name="tag" value="a">' in page
    assert '<input type="hidden" name="year" value="2021">' in page


def test_the_former_slug_of_a_tag_still_filters(client, record):
    tag = make.tag("a")
    tag.slug = "alpha"
    tag.save()

    answer = client.get("/publications/?tag=a&tag=b")

    assert (answer.status_code, answer.url) == (301, "/publications/?tag=alpha&tag=b")


def test_the_title_names_the_filters(client):
    make.publication("Engines", tags=["mills"], issued="2020")

    page = client.get("/publications/?tag=mills&year=2020").text

    assert "<title>Publications: mills, 2020 · " in page


def test_pages_follow_each_other(client):
    for number in range(25):
        make.publication(f"Paper {number}", issued="2020")

    first, second = client.get("/publications/"), client.get("/publications/?page=2")

    assert (len(titles(first)), len(titles(second))) == (24, 1)
    assert 'href="?page=2"' in first.content.decode()
    assert '/publications/?page=2">' in second.content.decode()


def test_a_work_is_listed_once_with_its_versions(client):
    work = make.publication("Engines")
    make.publication("Engines, a preprint", type="article", version_of=work)

    answer = client.get("/publications/")

    assert titles(answer) == ["Engines"]
    assert "/publications/engines-a-preprint/" in answer.content.decode()


def test_the_page_of_a_work_shows_all_facts(client):
    ada = make.person("Ada Lovelace", is_public_page=True)
    work = make.publication(
        "On *Engines* and $x^2$", authors=[ada, "Grace Hopper"], tags=["engines"], abstract="We **prove** it.",
        container_title="Journal of Engines", volume="12", issue="3", page="45--67", issued="2021-05-17",
        doi="https://doi.org/10.1234/ENGINES", arxiv_id="arXiv:2101.00001", arxiv_class="cs.LG", isbn="0-306-40615-2",
        track="Main", event_place="Turin", publisher="Taylor", award="Best paper", funding="A grant",
        citation_key="lovelace2021", url="https://example.org/engines",
    )  # fmt: skip
    work.resources.create(kind="code", url="https://example.org/code")
    make.project("Engine").publications.add(work)
    make.publication("A preprint", type="article", version_of=work)
    make.publication("Something related", tags=["engines"])

    page = client.get(work.get_absolute_url()).content.decode()

    for text in (
        "On <em>Engines</em> and <math", "/people/ada-lovelace/", "Grace Hopper", "We <strong>prove</strong> it.",
        "Journal of Engines", "12(3), pp. 45–67", "17 May 2021", "https://doi.org/10.1234/ENGINES",
        "https://arxiv.org/abs/2101.00001", "cs.LG", "0-306-40615-2", "Main", "Turin", "Taylor", "Best paper",
        "A grant", "lovelace2021", "https://example.org/engines", "https://example.org/code", "/projects/engine/",
        "/publications/a-preprint/", "Something related", "/tags/engines/",
    ):  # fmt: skip
        assert text in page


def test_a_changed_slug_leaves_a_permanent_redirect(client):
    work = make.publication("Engines")
    work.slug = "machines"
    work.save()

    answer = client.get("/publications/engines/")

    assert (answer.status_code, answer.url) == (301, "/publications/machines/")


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("/publications/engines/?from=mail", "/publications/machines/?from=mail"),
        ("/publications/engines.bib?a=1&b=2", "/publications/machines.bib?a=1&b=2"),
        ("/publications/engines/code.zip?v=2", "/publications/machines/code.zip?v=2"),
        ("/tags/ml/?page=2", "/tags/machine-learning/?page=2"),
        ("/tags/ml/feed/?limit=5", "/tags/machine-learning/feed/?limit=5"),
        ("/tags/ml.md?x=%C3%BC", "/tags/machine-learning.md?x=%C3%BC"),
        ("/publications/?tag=ml&page=1&facets=all", "/publications/?tag=machine-learning&page=1&facets=all"),
        ("/publications.ris?author=ada&utm=x", "/publications.ris?author=ada-lovelace&utm=x"),
        ("/publications?tag=ml", "/publications/?tag=ml"),
        ("/favicon.ico?v=3", "/icon/48.png?v=3"),
    ],
)
def test_a_redirect_keeps_the_query_string(client, settings, tmp_path, before, after):
    settings.MEDIA_ROOT = tmp_path
    work = make.publication("Engines", authors=[make.person("Ada Lovelace", slug="ada")], tags=["ml"])
    work.resources.create(kind="code", file=ContentFile(b"PK", name="code.zip"))
    for item, slug in (
        (work, "machines"),
        (make.tag("ml"), "machine-learning"),
        (Person.objects.get(), "ada-lovelace"),
    ):
        item.slug = slug
        item.save()

    assert client.get(before).url == after


@pytest.fixture
def paper(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    work = make.publication("Engines")
    work.resources.create(kind="pdf", file=ContentFile(b"%PDF-1.7 engines", name="My Paper (final).PDF"))
    return work


def test_an_uploaded_file_is_in_the_folder_of_its_page(client, paper):
    answer = client.get("/publications/engines/my-paper-final.pdf")

    assert b"".join(answer.streaming_content) == b"%PDF-1.7 engines"
    assert answer.headers["Content-Type"] == "application/pdf"
    assert answer.headers["Content-Disposition"].startswith("inline")
    assert 'href="/publications/engines/my-paper-final.pdf"' in client.get("/publications/engines/").content.decode()


def test_only_editors_see_the_file_of_a_draft(client, editor_client, paper):
    type(paper).objects.unpublish()

    visitor, editor = (c.get("/publications/engines/my-paper-final.pdf") for c in (client, editor_client))

    assert (visitor.status_code, editor.status_code) == (404, 200)
    b"".join(editor.streaming_content)


def test_a_file_gone_from_the_disk_is_not_found(client, paper, tmp_path):
    (tmp_path / paper.resources.get().file.name).unlink()

    assert client.get("/publications/engines/my-paper-final.pdf").status_code == 404


@pytest.mark.parametrize("path", ["/publications/", "/publications.bib", "/search/"])
def test_many_tags_at_once_are_refused(client, path):
    names = [f"t{number}" for number in range(21)]
    make.publication(tags=names)
    queries = ["?q=engines&" + "&".join(f"tag={name}" for name in some) for some in (names[:20], names, names * 100)]

    assert [client.get(path + query).status_code for query in queries] == [200, 404, 404]
