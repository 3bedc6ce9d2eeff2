"""Cached fragments: visitors see the current content, and nothing that was rendered for somebody else."""

from datetime import timedelta

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.cache import caches
from django.db import connection
from django.utils import timezone

from profiles.models import Person, Tag
from projects.models import Project
from publications.models import Publication
from tests import make
from tests.benchmarks.record import Record

visitors_are_cached = pytest.mark.django_db(transaction=True)

PATHS = [
    "/", "/publications/", "/publications/?page=1", "/publications/?tag=engines",
    "/publications/?author=ada-lovelace&year=2025", "/publications/on-engines/", "/tags/", "/tags/engines/",
    "/projects/engine/", "/people/ada-lovelace/", "/search/?q=engines",
]  # fmt: skip

# What pages still read when their fragments are cached: the owner, and the rows that a list consists of.
QUERIES = {"/publications/": 3, "/tags/engines/": 16}


@pytest.fixture(autouse=True)
def page_cache_is_off(settings):
    caches["fragments"].clear()
    settings.PAGE_CACHE_MB = 0


@pytest.fixture
def site():
    owner = make.owner(bio="I write programs.", tags=["engines"])
    work = make.publication("On Engines", authors=[owner, "Charles Babbage"], tags=["engines", "mills"], featured=True)
    work.resources.create(kind="pdf", url="https://example.org/engines.pdf")
    make.publication("A Preprint", authors=[owner], type="article", issued="2024", version_of=work)
    make.publication("On Mills", authors=[owner], tags=["mills"], issued="2023")
    project = make.project("Engine", tags=["engines"])
    project.publications.add(work)
    make.activity(tags=["engines"], person=owner)


def page(client, path):
    """Return a page that is rendered, from cached fragments or not."""
    answer = client.get(path)
    assert (path, answer.status_code) == (path, 200)
    return answer


@visitors_are_cached
@pytest.mark.parametrize("path", PATHS)
def test_a_page_of_cached_fragments_is_the_same(site, client, path):
    first = page(client, path)

    second = page(client, path)

    assert second.content == first.content
    assert second.headers["ETag"] == first.headers["ETag"]


@visitors_are_cached
@pytest.mark.skipif(connection.vendor != "sqlite", reason="other tests change the snapshot of the server")
@pytest.mark.parametrize(("path", "queries"), QUERIES.items())
def test_cached_fragments_are_not_read_again(site, client, django_assert_num_queries, path, queries):
    page(client, path)

    with django_assert_num_queries(queries):
        page(client, path)


CHANGES = {
    "a title": lambda: Publication.objects.filter(slug="on-engines").update(title="On Machines"),
    "an author's name": lambda: Person.objects.filter(name="Charles Babbage").update(name="C. Babbage"),
    "an author's page": lambda: Person.objects.filter(name="Charles Babbage").update(is_public_page=True),
    "the owner's name": lambda: Person.objects.filter(is_owner=True).update(name="Augusta Ada King"),
    "a tag's name": lambda: Tag.objects.filter(slug="engines").update(name="machines"),
    "a tag more": lambda: Publication.objects.get(slug="on-mills").tags.add("engines"),
    "a file more": lambda: Publication.objects.get(slug="on-mills").resources.create(kind="code", url="https://x.org"),
    "a work more": lambda: make.publication("On Looms", tags=["engines"], issued="2025-12"),
    "a work less": lambda: Publication.objects.filter(slug="on-mills").delete(),
    "a work unpublished": lambda: Publication.objects.filter(slug="on-mills").unpublish(),
    "a version on its own": lambda: Publication.objects.update(version_of=None),
    "authors hidden": lambda: Publication.objects.filter(slug="on-mills").update(hides_authors=True),
    "a project's name": lambda: Project.objects.update(name="Difference Engine"),
    "an activity more": lambda: make.activity("Another talk", tags=["engines"]),
}


@visitors_are_cached
@pytest.mark.parametrize("change", CHANGES)
def test_after_a_change_pages_are_the_same_as_without_cached_fragments(site, client, change):
    paths = [path for path in PATHS if path != "/search/?q=engines"]  # which writes its index, and that is a change
    for path in paths:
        page(client, path)

    CHANGES[change]()

    shown = {path: page(client, path).content for path in paths}
    caches["fragments"].clear()
    assert shown == {path: page(client, path).content for path in paths}


@visitors_are_cached
def test_visitors_see_nothing_that_was_rendered_for_an_editor(site, client, editor_client):
    make.publication("On Secrets", tags=["engines"], issued="2025-12", state="draft", authors=[Person.objects.owner()])
    make.publication("On Plans", tags=["engines"], issued="2025-12", publish_at=timezone.now() + timedelta(days=1))
    for path in PATHS:
        assert b"Edit this site" in page(editor_client, path).content

    for path in PATHS:
        content = page(client, path).content
        assert not [word for word in (b"On Secrets", b"On Plans", b"Draft", b"Edit this") if word in content], path


@visitors_are_cached
def test_editors_see_drafts_after_visitors_have_filled_the_cache(site, client, editor_client):
    make.publication("On Secrets", tags=["engines"], issued="2025-12", state="draft", authors=[Person.objects.owner()])
    paths = ["/publications/", "/publications/?tag=engines", "/tags/engines/", "/people/ada-lovelace/", "/"]
    for path in paths:
        page(client, path)

    for path in paths:
        assert b"On Secrets" in page(editor_client, path).content, path


@visitors_are_cached
def test_fragments_do_not_contain_the_host_of_another_request(site, client, settings):
    settings.ALLOWED_HOSTS = ["one.example", "two.example"]
    for path in PATHS:
        client.get(path, headers={"host": "one.example"})

        assert b"one.example" not in client.get(path, headers={"host": "two.example"}).content, path


@pytest.fixture
def record(db):
    Record(120).load()


def test_the_pages_of_a_list_follow_each_other_without_gaps(record, client):
    works = Publication.objects.published().works(AnonymousUser()).newest_first().values_list("pk", flat=True)

    for number in (1, 2, 3):
        shown = client.get(f"/publications/?page={number}").context["object_list"]
        assert [work.pk for work in shown] == list(works)[24 * (number - 1) : 24 * number]
