"""Drafts and scheduled content leave no trace on the public site."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from profiles.models import Tag
from publications.models import Publication
from tests import make

pytestmark = pytest.mark.django_db

SECRETS = ("Zanzibar", "zanzibar", "Quokka", "quokka")
PAGES = [
    "/",
    "/publications/",
    "/publications/?q=engines",
    "/publications/on-engines/",
    "/tags/",
    "/tags/shared/",
    "/projects/",
    "/projects/engine/",
    "/people/",
    "/people/ada-lovelace/",
    "/activities/",
    "/cv/",
    "/cv.json",
    "/publications.bib",
    "/publications.ris",
    "/publications.json",
    "/publications/on-engines.bib",
    "/publications/on-engines.linkset.json",
    "/publications/feed/",
    "/activities/feed/",
    "/feed/",
    "/tags/shared/feed/",
    "/people/ada-lovelace/feed/",
    "/activities.ics",
    "/talks/",
    "/talks.md",
    "/talks/a-lecture/",
    "/talks/a-lecture.md",
    "/talks/feed/",
    "/talks.ics",
    "/people/ada-lovelace.md",
    "/index.md",
    "/projects/engine/CITATION.cff",
    "/search/",
    "/search/?q=engines",
    "/search/?q=person+OR+project",
    "/search/?q=tag:shared",
    "/sitemap.xml",
    "/robots.txt",
    "/no-such-page/",
]
HIDDEN = [
    "/publications/zanzibar-paper/",
    "/publications/quokka-paper/",
    "/publications/zanzibar-preprint/",
    "/projects/zanzibar-project/",
    "/projects/quokka-project/",
    "/talks/zanzibar-lecture/",
    "/talks/quokka-lecture.ics",
    "/talks/quokka-lecture.md",
    "/tags/zanzibar-tag/",
    "/tags/quokka-tag/",
    "/people/zanzibar-person/",
    "/publications/?tag=zanzibar-tag",
    "/publications/?tag=quokka-tag",
    "/publications/?author=zanzibar-person",
    "/publications/zanzibar-paper.bib",
    "/publications/quokka-paper.linkset.json",
    "/publications/quokka-paper.cff",
    "/tags/zanzibar-tag/feed/",
    "/people/zanzibar-person/feed/",
    "/projects/zanzibar-project/CITATION.cff",
    "/card/publications/zanzibar-paper.png",
    "/card/tags/quokka-tag.png",
]


@pytest.fixture
def record():
    """A published site, with a draft (Zanzibar) and a scheduled object (Quokka) beside each published one."""
    owner = make.owner(name="Ada Lovelace", tags=["shared"])
    work = make.publication("On Engines", authors=[owner], tags=["shared"], featured=True, issued="2020")
    project = make.project("Engine", tags=["shared"])
    project.publications.add(work)
    project.members.create(person=owner)
    make.activity("A talk", person=owner, kind="award", tags=["shared"])
    make.section("Beside", body="Music")
    talk = make.talk("A lecture", occasions=[{"start": "2999-05-17"}, {"start": "2020"}], tags=["shared"])
    tomorrow = timezone.now() + timedelta(days=1)
    for word, fields in (("Zanzibar", {"state": "draft"}), ("Quokka", {"publish_at": tomorrow})):
        person = make.person(f"{word} Person")
        tags = ["shared", f"{word} tag"]
        hidden = make.publication(
            f"{word} paper", authors=[owner, person], tags=tags, issued="2019", type="book", featured=True, **fields
        )
        make.publication(f"{word} preprint", authors=[owner, person], tags=tags, version_of=work, **fields)
        hidden_project = make.project(f"{word} project", tags=tags, **fields)
        hidden_project.publications.add(work)
        hidden_project.members.create(person=owner)
        project.publications.add(hidden)
        make.activity(f"{word} talk", person=owner, kind="award", tags=tags, **fields)
        make.section(f"{word} section", body=word, **fields)
        talk.talk_publications.create(publication=hidden)
        talk.talk_projects.create(project=hidden_project)
        given = {"city": word, "latitude": 45, "longitude": 7, "event": word}
        hidden_talk = make.talk(
            f"{word} lecture",
            occasions=[{"start": "2998-05-17", **given}, {"start": "2021", **given}],
            tags=tags,
            **fields,
        )
        hidden_talk.talk_publications.create(publication=work)
        hidden_talk.talk_projects.create(project=project)
    return work


@pytest.mark.parametrize("path", PAGES)
def test_no_page_contains_a_trace_of_drafts_or_scheduled_content(client, record, path):
    answer = client.get(path)
    page = answer.getvalue().decode() + str(answer.headers)

    assert not [word for word in SECRETS if word in page]


@pytest.mark.parametrize("word", ["zanzibar", "quokka", "zanzibar preprint", "tag:quokka-tag", "author:zanzibar"])
def test_the_search_does_not_find_hidden_content(client, editor_client, record, word):
    answer = client.get("/search/", {"q": word})

    assert (answer.context["total"], answer.context["kinds"]) == (0, [])
    assert client.get("/publications/", {"q": word}).context["count"] == 0
    assert editor_client.get("/search/", {"q": word}).context["total"] > 0


@pytest.mark.parametrize("path", HIDDEN)
def test_hidden_content_answers_like_missing_content(client, record, path):
    answer = client.get(path)

    assert answer.status_code == 404
    assert "Draft" not in answer.content.decode()


def test_counts_leave_out_hidden_content(client, record):
    tags = client.get("/tags/").context["object_list"]
    facets = client.get("/publications/").context["facets"]

    assert [(tag.name, tag.uses) for tag in tags] == [("shared", 5)]
    assert facets.count == 1
    assert [(choice.label, choice.count) for choice in facets.years] == [("2020", 1)]
    assert [(choice.label, choice.count) for choice in facets.types] == [("Journal article", 1)]
    assert [(choice.label, choice.count) for choice in facets.tags()] == [("shared", 1)]
    assert [(choice.label, choice.count) for choice in facets.authors()] == [("Ada Lovelace", 1)]


@pytest.mark.parametrize("path", [path for path in HIDDEN if not re.search("person|feed|card|cff|ics|md", path)])
def test_an_editor_sees_drafts_in_place(editor_client, record, path):
    assert editor_client.get(path).status_code == 200


@pytest.mark.parametrize("path", ["/publications/zanzibar-paper/", "/projects/quokka-project/"])
def test_a_draft_shown_to_an_editor_is_marked_and_not_indexed(editor_client, record, path):
    page = editor_client.get(path).content.decode()

    assert "only editors see it." in page.lower()
    assert '<meta name="robots" content="noindex">' in page


def test_an_editor_sees_drafts_marked_in_the_lists(editor_client, record):
    page = editor_client.get("/publications/").content.decode()

    assert "Zanzibar paper" in page
    assert '<span class="badge draft">Draft</span>' in page
    assert '<span class="badge draft">Scheduled for ' in page


def test_the_former_slug_of_a_draft_redirects_editors_only(client, editor_client, record):
    draft = make.publication("Second thoughts", state="draft")
    draft.slug = "third-thoughts"
    draft.save()

    assert client.get("/publications/second-thoughts/").status_code == 404
    assert editor_client.get("/publications/second-thoughts/").url == "/publications/third-thoughts/"


def test_a_tag_of_a_draft_only_is_not_found_until_the_draft_is_published(record):
    Tag.objects.get(slug="zanzibar-tag")
    before = Client().get("/publications/?tag=zanzibar-tag").status_code
    type(record).objects.filter(slug="zanzibar-paper").publish()

    after = Client().get("/publications/?tag=zanzibar-tag").status_code

    assert (before, after) == (404, 200)


@pytest.mark.parametrize("fields", [{"state": "draft"}, {"hides_authors": True}])
def test_the_cv_does_not_depend_on_works_whose_authors_visitors_do_not_see(client, fields):
    # Until a public work names the owner, all works count as theirs.
    owner = make.owner(name="Ada Lovelace")
    make.publication("On Engines", authors=["Grace Hopper"])
    before = client.get("/cv/").content

    make.publication("Zanzibar", authors=[owner], **fields)

    assert client.get("/cv/").content == before


def test_drafts_do_not_displace_related_works(client):
    work = make.publication("On Engines", tags=["engines"])
    make.publication("Something related", tags=["engines"])
    for number in range(200):
        Publication.objects.create(title=f"Draft {number}", state="draft").tags.add("engines")

    assert "Something related" in client.get(work.get_absolute_url()).content.decode()
