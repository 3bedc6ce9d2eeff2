from datetime import timedelta

import pytest
from django.utils import timezone

from profiles.models import Activity, Person
from projects.models import Project
from publications.models import Publication
from tests import make
from tests.feeds import names, read, terms, titles

pytestmark = pytest.mark.django_db

FEEDS = ["/feed/", "/publications/feed/", "/activities/feed/", "/tags/shared/feed/", "/people/ada-lovelace/feed/"]


def fill(rows, **fields):
    """Rows of each model, tagged "shared", by the owner and someone else."""
    owner = Person.objects.owner() or make.owner(name="Ada Lovelace")
    for number in range(rows):
        other = make.person(f"Person {number}")
        tags = ["shared", f"t{number}"]
        make.publication(f"Paper {number}", authors=[owner, other], tags=tags, **fields)
        make.project(f"Project {number}", tags=tags, **fields).members.create(person=other)
        make.activity(f"Talk {number}", person=owner, tags=tags, **fields)


def test_the_feed_of_the_site_has_all_kinds_of_content_newest_first(client):
    owner = make.owner(name="Ada Lovelace")
    days = [timezone.now().replace(microsecond=0) - timedelta(days=number) for number in range(4)]
    make.activity("A talk", person=owner, publish_at=days[2])
    make.publication("Second paper", authors=[owner], publish_at=days[0])
    make.project("Engine", tagline="It weaves.", summary="It *weaves*.", publish_at=days[1], tags=["looms"])
    make.publication("First paper", authors=[owner], publish_at=days[3])

    feed = read(client, "/feed/")
    engine = feed.entries[1]

    assert (feed.feed.title, feed.feed.id) == ("Ada Lovelace", "tag:testserver,2026:site")
    assert titles(feed) == ["Second paper", "Engine", "A talk", "First paper"]
    assert engine.link == "http://testserver/projects/engine/"
    assert terms(engine) == ["looms"]
    assert "<p>It weaves.</p>" in engine.summary
    assert "It <em>weaves</em>." in engine.summary


def test_a_feed_has_at_most_fifty_entries(client):
    fill(20)

    assert len(read(client, "/feed/").entries) == 50


def test_the_members_of_a_project_are_the_authors_of_its_entry(client):
    make.owner(name="Ada Lovelace")
    make.project("Engine").members.create(person=make.person("Charles Babbage"))
    make.project("Own")

    entries = {entry.title: entry for entry in read(client, "/feed/").entries}

    assert names(entries["Engine"]) == ["Charles Babbage"]
    assert "author" not in client.get("/feed/").content.decode().partition("<title>Own</title>")[2].partition("</e")[0]


def test_a_renamed_project_with_a_new_slug_has_the_same_id(client):
    project = make.project("Engine")
    before = read(client, "/feed/").entries[0].id
    project.name, project.slug = "Loom", "loom"
    project.save()

    after = read(client, "/feed/").entries[0]

    assert before == after.id == f"tag:testserver,2026:projects/{project.pk}"
    assert after.link == "http://testserver/projects/loom/"


def test_an_object_has_the_same_id_in_all_feeds(client):
    fill(1)

    ids = {path: {entry.title: entry.id for entry in read(client, path).entries} for path in FEEDS}

    assert set(ids["/feed/"]) == {"Paper 0", "Project 0", "Talk 0"}
    assert ids["/tags/shared/feed/"] == ids["/feed/"]
    assert ids["/people/ada-lovelace/feed/"] == ids["/publications/feed/"] | ids["/activities/feed/"]
    assert ids["/feed/"].items() > ids["/people/ada-lovelace/feed/"].items()
    assert len({read(client, path).feed.id for path in FEEDS}) == len(FEEDS)


@pytest.mark.parametrize("path", FEEDS)
def test_drafts_and_scheduled_content_are_in_no_feed_even_for_editors(client, editor_client, path):
    fill(1)
    shown = client.get(path).content
    tomorrow = timezone.now() + timedelta(days=1)
    owner = Person.objects.owner()
    for word, fields in (("Zanzibar", {"state": "draft"}), ("Quokka", {"publish_at": tomorrow})):
        tags = ["shared", word]
        make.publication(f"{word} paper", authors=[owner], tags=tags, **fields)
        make.project(word, tags=tags, **fields)
        make.activity(word, person=owner, tags=tags, **fields)

    assert client.get(path).content == shown
    assert editor_client.get(path).content == shown


@pytest.mark.parametrize("path", FEEDS)
def test_no_feed_names_hidden_authors(client, editor_client, path):
    owner = make.owner(name="Ada Lovelace")
    make.publication("Open", authors=[owner], tags=["shared"])
    zoe = make.person("Zoe Zanzibar", is_public_page=True)
    make.publication("Sealed", authors=[owner, zoe], tags=["shared"], hides_authors=True)

    for text in (client.get(path).content, editor_client.get(path).content):
        assert b"anzibar" not in text
        assert text.count(b"<name>Authors hidden for blind review</name>") == text.count(b"<title>Sealed</title>")


def test_a_persons_feed_leaves_out_blind_works(client, editor_client):
    quentin = make.person("Quentin Quokka", is_public_page=True)
    make.publication("Open", authors=[quentin])
    work = make.publication("Sealed", authors=[quentin])
    make.publication("Sealed preprint", authors=[quentin], version_of=work, hides_authors=True)

    assert titles(read(client, "/people/quentin-quokka/feed/")) == ["Open"]
    assert titles(read(editor_client, "/people/quentin-quokka/feed/")) == ["Open"]


def test_a_persons_feed_has_each_work_once_and_their_activities(client):
    babbage = make.person("Charles Babbage", is_public_page=True)
    make.owner(name="Ada Lovelace")
    both = make.publication("Edited and written", authors=[babbage, "Ada Lovelace"])
    both.authorships.create(person=babbage, position=1, role="editor")
    make.publication("By another")
    make.activity("His talk", person=babbage)
    make.activity("Her talk")

    feed = read(client, "/people/charles-babbage/feed/")

    assert (feed.feed.title, feed.feed.author) == ("Charles Babbage · Ada Lovelace", "Charles Babbage")
    assert feed.feed.link == "http://testserver/people/charles-babbage/"
    assert feed.feed.id == f"tag:testserver,2026:people/{babbage.pk}"
    assert sorted(titles(feed)) == ["Edited and written", "His talk"]


def test_a_person_without_a_page_has_no_feed(client, editor_client):
    make.publication("On Engines", authors=["Charles Babbage"])

    assert client.get("/people/charles-babbage/feed/").status_code == 404
    assert editor_client.get("/people/charles-babbage/feed/").status_code == 404
    assert client.get("/people/nobody/feed/").status_code == 404


def test_a_tags_feed_has_everything_with_the_tag_and_nothing_else(client):
    make.publication("On Engines", tags=["engines & looms"])
    make.publication("On Ships", tags=["ships"])
    make.project("Engine", tags=["Engines & Looms"])
    make.activity("A talk", tags=["engines & looms"])

    feed = read(client, "/tags/engines-looms/feed/")

    assert feed.feed.title == "engines & looms · Ada Lovelace"
    assert (
        feed.feed.subtitle
        == "New publications, projects, grants, talks, courses, posts and activities on engines & looms."
    )
    assert feed.feed.link == "http://testserver/tags/engines-looms/"
    assert feed.feed.id == f"tag:testserver,2026:tags/{make.tag('engines & looms').pk}"
    assert sorted(titles(feed)) == ["A talk", "Engine", "On Engines"]


def test_a_tag_on_drafts_only_has_no_feed(client, editor_client):
    make.publication("Zanzibar", tags=["zanzibar"], state="draft")

    assert client.get("/tags/zanzibar/feed/").status_code == 404
    assert editor_client.get("/tags/zanzibar/feed/").status_code == 404
    assert client.get("/tags/nothing/feed/").status_code == 404


def test_an_empty_feed_is_valid(client):
    make.owner(tags=["engines"])

    for path in ("/feed/", "/tags/engines/feed/", "/people/ada-lovelace/feed/"):
        assert read(client, path).entries == []


def test_a_former_slug_redirects_to_the_feed_whose_id_stays(client):
    tag, person = make.tag("engines"), make.person("Charles Babbage", is_public_page=True)
    make.publication("On Engines", authors=[person], tags=["engines"])
    before = [read(client, path).feed.id for path in ("/tags/engines/feed/", "/people/charles-babbage/feed/")]
    for moved in (tag, person):
        moved.name, moved.slug = "Moved", "moved"
        moved.save()

    answers = [client.get(path) for path in ("/tags/engines/feed/", "/people/charles-babbage/feed/")]

    assert [(answer.status_code, answer.url) for answer in answers] == [
        (301, "/tags/moved/feed/"),
        (301, "/people/moved/feed/"),
    ]
    assert [read(client, answer.url).feed.id for answer in answers] == before


def test_a_former_slug_of_a_hidden_object_is_not_found(client, editor_client):
    person = make.person("Charles Babbage")
    person.slug = "moved"
    person.save()

    assert client.get("/people/charles-babbage/feed/").status_code == 404
    assert editor_client.get("/people/charles-babbage/feed/").status_code == 404


@pytest.mark.parametrize(
    ("path", "queries"), [("/feed/", 16), ("/tags/shared/feed/", 17), ("/people/ada-lovelace/feed/", 12)]
)
def test_the_number_of_queries_does_not_grow_with_the_rows(client, django_assert_num_queries, path, queries):
    for rows in (1, 3):
        for model in (Publication, Project, Activity):
            model.objects.all().delete()
        fill(rows)

        with django_assert_num_queries(queries):
            feed = read(client, path)

        assert len(feed.entries) == rows * (2 if "people" in path else 3)


def test_a_feed_accepts_get_only(client):
    answers = [client.head("/feed/"), client.post("/feed/"), client.get("/feed/")]

    assert [answer.status_code for answer in answers] == [200, 405, 200]
    assert answers[0].headers["Last-Modified"]


@pytest.mark.parametrize("path", ["/", "/publications/", "/projects/", "/people/ada-lovelace/", "/cv/", "/nowhere/"])
def test_every_page_links_to_the_feed_of_the_site(client, path):
    make.owner(name="Ada Lovelace")

    page = client.get(path).content.decode()

    assert '<link rel="alternate" type="application/atom+xml" title="Ada Lovelace" href="/feed/">' in page


@pytest.mark.parametrize(
    ("path", "title", "feed"),
    [
        ("/tags/engines/", "engines", "/tags/engines/feed/"),
        ("/people/ada-lovelace/", "Ada Lovelace", "/people/ada-lovelace/feed/"),
    ],
)
def test_a_page_links_to_its_own_feed(client, path, title, feed):
    make.owner(name="Ada Lovelace", tags=["engines"])

    page = client.get(path).content.decode()

    assert f'<link rel="alternate" type="application/atom+xml" title="{title}" href="{feed}">' in page
    assert f'<a href="{feed}">Atom feed</a>' in page


def test_a_person_without_a_page_has_no_link_to_a_feed(editor_client):
    make.person("Charles Babbage")

    assert "feed/" not in editor_client.get("/people/charles-babbage/").content.decode().replace('href="/feed/"', "")
