"""Parts of pages kept for visitors: as right as if they were made anew, and nobody else's."""

from datetime import timedelta

import pytest
from django.core.cache import caches
from django.utils import timezone

from profiles.models import Person, Tag
from projects.models import Project
from publications.models import Publication
from tests import make
from tests.benchmarks.record import Record

kept_for_visitors = pytest.mark.django_db(transaction=True)

PATHS = [
    "/", "/publications/", "/publications/?page=1", "/publications/?tag=engines",
    "/publications/?author=ada-lovelace&year=2025", "/publications/on-engines/", "/tags/", "/tags/engines/",
    "/projects/engine/", "/people/ada-lovelace/", "/search/?q=engines",
]  # fmt: skip


@pytest.fixture(autouse=True)
def no_page_is_kept_whole(settings):
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
    """A page that is made, of parts that are kept or not."""
    answer = client.get(path)
    assert (path, answer.status_code) == (path, 200)
    return answer


@kept_for_visitors
@pytest.mark.parametrize("path", PATHS)
def test_a_page_of_cached_fragments_is_the_same(site, client, path):
    first = page(client, path)

    second = page(client, path)

    assert second.content == first.content
    assert second.headers["ETag"] == first.headers["ETag"]


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


@kept_for_visitors
@pytest.mark.parametrize("change", CHANGES)
def test_after_a_change_each_page_is_as_if_nothing_had_been_kept(site, client, change):
    paths = [path for path in PATHS if path != "/search/?q=engines"]  # which writes its index, a change of its own
    for path in paths:
        page(client, path)

    CHANGES[change]()

    shown = {path: page(client, path).content for path in paths}
    caches["fragments"].clear()
    assert shown == {path: page(client, path).content for path in paths}


@kept_for_visitors
def test_a_visitor_is_shown_nothing_that_was_made_for_an_editor(site, client, editor_client):
    make.publication("On Secrets", tags=["engines"], issued="2025-12", state="draft", authors=[Person.objects.owner()])
    make.publication("On Plans", tags=["engines"], issued="2025-12", publish_at=timezone.now() + timedelta(days=1))
    for path in PATHS:
        assert b"Edit this site" in page(editor_client, path).content

    for path in PATHS:
        content = page(client, path).content
        assert not [word for word in (b"On Secrets", b"On Plans", b"Draft", b"Edit this") if word in content], path


@kept_for_visitors
def test_an_editor_sees_drafts_in_place_whatever_visitors_were_shown(site, client, editor_client):
    make.publication("On Secrets", tags=["engines"], issued="2025-12", state="draft", authors=[Person.objects.owner()])
    paths = ["/publications/", "/publications/?tag=engines", "/tags/engines/", "/people/ada-lovelace/", "/"]
    for path in paths:
        page(client, path)

    for path in paths:
        assert b"On Secrets" in page(editor_client, path).content, path


@kept_for_visitors
def test_parts_do_not_tell_one_host_the_addresses_of_another(site, client, settings):
    settings.ALLOWED_HOSTS = ["one.example", "two.example"]
    for path in PATHS:
        client.get(path, headers={"host": "one.example"})

        assert b"one.example" not in client.get(path, headers={"host": "two.example"}).content, path


@pytest.fixture
def record(db):
    Record(120).load()


def test_pages_of_a_list_are_slices_of_the_whole(record, client):
    works = Publication.objects.published().works(make_visitor()).newest_first().values_list("pk", flat=True)

    for number in (1, 2, 3):
        shown = client.get(f"/publications/?page={number}").context["object_list"]
        assert [work.pk for work in shown] == list(works)[50 * (number - 1) : 50 * number]


def make_visitor():
    from django.contrib.auth.models import AnonymousUser

    return AnonymousUser()
