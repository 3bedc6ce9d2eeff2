"""The pages of posts, their feed, and what other pages show of them."""

import re
from datetime import timedelta

import pytest
from django.utils import timezone

from config.upkeep import first_site
from profiles.content import health
from profiles.models import Post, Tag
from tests import json_ld, make
from tests.feeds import read, terms, titles

pytestmark = pytest.mark.django_db

ADDRESSES = (
    "/", "/index.md", "/news/", "/news.md", "/news/feed/", "/feed/", "/sitemap.xml", "/llms.txt", "/search/?q=zebra",
    "/publications/on-engines/", "/publications/on-engines.md", "/projects/analytical-engine/",
    "/projects/analytical-engine.md", "/people/charles/", "/people/charles.md", "/people/charles/feed/", "/tags/",
    "/tags/engines/", "/tags/engines.md", "/tags/engines/feed/", "/tags/hidden/", "/news/public/", "/news/public.md",
)  # fmt: skip


def shown(response):
    return [str(post) for _, posts in response.context["groups"] for post in posts]


def test_pinned_posts_come_first_and_the_others_by_year(client):
    make.owner()
    for title, date, pinned in (
        ("Old", "2023-01-02", False), ("May", "2025-05", False), ("Day", "2025-05-03", False), ("Pin", "2022", True),
    ):  # fmt: skip
        make.post(title, date=date, pinned=pinned)

    page = client.get("/news/")

    groups = [(heading, [str(post) for post in posts]) for heading, posts in page.context["groups"]]
    assert groups == [("Pinned", ["Pin"]), (2025, ["Day", "May"]), (2023, ["Old"])]
    assert page.context["years"] == [("2025", 2), ("2023", 1), ("2022", 1)]


def test_a_year_has_an_archive_with_its_own_canonical_address(client):
    for number in range(42):
        make.post(f"Post {number}", date="2024")
    make.post("Other", date="2025")

    page = client.get("/news/?year=2024&page=2")

    assert shown(page) == ["Post 1", "Post 0"]
    assert '<link rel="canonical" href="http://testserver/news/?year=2024&amp;page=2">' in page.text


@pytest.mark.parametrize("query", ["year=1999", "year=20", "year=x", "page=9", "page=x"])
def test_what_the_archive_does_not_have_is_not_found(client, query):
    make.post()

    assert client.get(f"/news/?{query}").status_code == 404


def test_short_news_shows_its_sentence_and_its_link(client):
    make.post("We *won* $x^2$", url="https://example.org/prize")
    make.post("We moved")

    page = client.get("/news/").text

    assert re.search(r'<a [^>]*href="https://example.org/prize"[^>]*>We <em>won</em> <math', page)
    assert re.search(r'<p class="what">\s*We moved\s*</p>', page)
    assert "Read more" not in page


def test_an_article_shows_its_summary_and_leads_to_its_text(client):
    make.post("Ten years", summary="A **look** back.", body="# Beginnings\n\nIt began with $e=mc^2$.")

    page, article = client.get("/news/").text, client.get("/news/ten-years/").text

    assert "<strong>look</strong>" in page
    assert "Read more" in page
    assert "Beginnings" not in page
    assert "Beginnings</h2>" in article
    assert "<math" in article


def test_a_post_and_what_it_names_show_each_other(client):
    ada = make.person("Charles", is_public_page=True)
    paper, project = make.publication(), make.project()
    make.post("Accepted", people=[ada], publications=[paper], projects=[project], tags=["engines"])

    page = client.get("/news/accepted/").text

    for name, address in (
        ("Charles", "/people/charles/"), ("On Engines", "/publications/on-engines/"),
        ("Analytical Engine", "/projects/analytical-engine/"), ("engines", "/tags/engines/"),
    ):  # fmt: skip
        assert name in page
        assert address in page
        assert "/news/accepted/" in client.get(address).text
        assert "news/accepted.md" in client.get(f"{address.rstrip('/')}.md").text


def test_a_post_leads_to_its_neighbours_by_date(client):
    for title, date in (("First", "2023"), ("Second", "2024-02"), ("Third", "2024-02"), ("Fourth", "2025")):
        make.post(title, date=date)

    context = client.get("/news/second/").context

    assert (str(context["older"]), str(context["newer"])) == ("First", "Third")
    assert client.get("/news/fourth/").context["newer"] is None


@pytest.mark.parametrize("state", ["draft", "scheduled"])
def test_a_post_that_is_not_public_leaks_nowhere(client, state):
    make.owner()
    charles = make.person("Charles", is_public_page=True)
    paper, project = make.publication(tags=["engines"]), make.project(tags=["engines"])
    make.post("Public", date="2024")
    later = timezone.now() + timedelta(days=1)
    fields = {"state": "draft"} if state == "draft" else {"publish_at": later}
    make.post(
        "A zebra", date="2025", people=[charles], publications=[paper], projects=[project],
        tags=["engines", "hidden"], summary="Zebra!", pinned=True, **fields,
    )  # fmt: skip

    for address in ADDRESSES:
        page = client.get(address)
        assert page.status_code in (200, 404)
        # The search page repeats the query.
        found = [text for text in ("a-zebra", "A zebra", "Zebra!") if text in page.text]
        assert (address, found) == (address, [])
    assert client.get("/news/a-zebra/").status_code == 404
    assert client.get("/news/?year=2025").status_code == 404


def test_drafts_that_a_public_post_names_leak_nowhere(client):
    paper = make.publication("Hidden paper", state="draft")
    project = make.project("Hidden project", state="draft")
    make.post("Public", publications=[paper], projects=[project])

    for address in ("/news/public/", "/news/public.md", "/news/", "/news/feed/"):
        assert "Hidden" not in client.get(address).text
    assert "mentions" not in json_ld.graph(client.get("/news/public/").text)[0]


def test_zotero_reads_a_post_as_a_blog_post(client):
    make.owner(name="Ada Lovelace")
    make.post("We *won*", summary="A prize.", body="Text.", tags=["engines"])

    page = client.get("/news/we-won/").text

    for name, content in (
        ("DC.type", "blogPost"), ("citation_title", "We won"), ("citation_author", "Lovelace, Ada"),
        ("citation_publication_date", "2025/5/12"), ("citation_abstract", "A prize."), ("citation_keywords", "engines"),
    ):  # fmt: skip
        assert f'<meta name="{name}" content="{content}">' in page
    assert '<meta property="og:type" content="article">' in page
    assert 'title="News" href="/news/feed/"' in page


def test_the_data_of_a_post_is_a_blog_posting(client):
    owner = make.owner(name="Ada Lovelace")
    paper = make.publication(authors=[owner])
    make.post("We *won*", summary="A prize.", people=[owner], publications=[paper])

    facts, steps = json_ld.graph(client.get("/news/we-won/").text)

    assert (facts["@type"], facts["headline"], facts["datePublished"]) == ("BlogPosting", "We won", "2025-05-12")
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT[\d:.]+\+00:00", facts["dateModified"])
    assert facts["author"]["name"] == "Ada Lovelace"
    assert [one["name"] for one in facts["mentions"]] == ["Ada Lovelace", "On Engines"]
    assert [step["name"] for step in steps["itemListElement"]] == ["Home", "News", "We won"]


def test_the_feeds_contain_posts(client):
    ada = make.owner()
    make.post(
        "We *won*", summary="A **prize**.", body="Text.", people=[ada], tags=["engines"], url="https://a.example/"
    )

    feed = read(client, "/news/feed/")

    entry = feed.entries[0]
    assert (feed.feed.title, titles(feed), terms(entry)) == ("News · Ada Lovelace", ["We won"], ["engines"])
    assert entry.link == "http://testserver/news/we-won/"
    assert "<strong>prize</strong>" in entry.summary
    for address in ("/feed/", "/tags/engines/feed/", "/people/ada-lovelace/feed/"):
        assert titles(read(client, address)) == ["We won"]


def test_the_home_page_shows_pinned_and_newest_posts(client):
    ada = make.owner()
    look = ada.look if hasattr(ada, "look") else ada._meta.get_field("look").related_model(person=ada)
    look.news = 2
    look.save()
    for title, fields in (
        ("Old", {"date": "2020", "pinned": True}),
        ("New", {"date": "2025"}),
        ("Mid", {"date": "2024"}),
    ):
        make.post(title, **fields)

    page = client.get("/")

    assert [str(post) for post in page.context["posts"]] == ["Old", "New"]
    assert page.text.count('<span class="badge">Pinned</span>') == 1, "its date is out of order"
    assert 'href="/news/"' in page.text
    assert 'href="/news/feed/"' in page.text
    assert "2025: [New](http://testserver/news/new.md)" in client.get("/index.md").text


def test_a_site_without_posts_shows_nothing_of_them(client):
    make.owner()
    make.publication()

    assert "/news/" not in client.get("/").text
    assert "news" not in client.get("/llms.txt").text
    assert "There is no news yet" in client.get("/news/").text


@pytest.mark.parametrize(
    ("address", "queries"),
    [("/news/", 6), ("/news/feed/", 3), ("/news/post-0/", 16)],
)
def test_pages_cost_the_same_for_1_3_and_30_posts(client, django_assert_num_queries, address, queries):
    ada = make.owner()
    paper = make.publication(authors=[ada])
    total = 0
    for count in (1, 3, 30):
        for number in range(total, count):
            make.post(f"Post {number}", tags=["engines", f"t{number}"], people=[ada], publications=[paper])
        total = count
        with django_assert_num_queries(queries):
            client.get(f"{address}?nocache={count}")


def test_posts_are_found_by_words_tags_and_addresses(client):
    make.owner()
    make.post("Accepted at *Turin*", body="With punched cards.", tags=["looms"])

    assert "Accepted at <em>Turin</em>" in client.get("/search/?q=punched").text
    assert "/news/accepted-at-turin/" in client.get("/tags/looms/").text
    for address in ("/sitemap.xml", "/llms.txt"):
        assert "/news" in client.get(address).text
    assert client.get("/card/news/accepted-at-turin.png").headers["Content-Type"] == "image/png"
    assert client.get("/card/news.png").status_code == 200


def test_an_old_address_redirects(client):
    post = make.post("First title")
    post.slug = "better"
    post.save()

    response = client.get("/news/first-title/")

    assert (response.status_code, response.url) == (301, "/news/better/")


def test_a_draft_is_seen_through_a_preview_link_only(client, editor_client):
    post = make.post("Secret", state="draft", body="Text")
    link = post._meta.apps.get_model("profiles.PreviewLink").objects.create(
        model="profiles.post", object_id=post.pk, expires_at=timezone.now() + timedelta(days=1)
    )

    assert "Secret" in client.get(link.get_absolute_url()).text
    assert "This is a draft" in editor_client.get("/news/secret/").text


@pytest.mark.parametrize("address", ["/news/", "/news/hostile/", "/news/feed/"])
def test_hostile_texts_are_cleaned(client, address):
    make.post(
        "<script>alert(1)</script>", slug="hostile", summary="<img src=x onerror=alert(1)>",
        body="[x](javascript:alert(1)) <iframe src=https://a.example></iframe>",
    )  # fmt: skip

    page = client.get(address).text

    assert not re.search(r"<script>alert|<img[^>]*onerror|href=.javascript:|<iframe", page)


def test_the_content_check_names_posts_to_look_at(editor):
    tomorrow, yesterday = (timezone.localdate() + timedelta(days=days) for days in (1, -2))
    make.post("From the future", date=tomorrow.isoformat())
    make.post("Forgotten", date=yesterday.isoformat(), state="draft")
    make.post("This year", date=str(timezone.localdate().year), state="draft")
    make.post("Picture", body="![](/media/images/text/a/b.png)")

    found = {result.check.key: [str(one.sentence) for one in result.findings] for result in health.run(editor)}

    assert ["From the future" in one for one in found["post-dates"]] == [True]
    assert ["Forgotten" in one for one in found["old-drafts"]] == [True]
    assert any("Picture" in one for one in found["alt-profiles"])


def test_a_file_loads_posts_with_what_they_name(tmp_path):
    make.owner()
    path = tmp_path / "site.toml"
    path.write_text(
        '[[publications]]\ntitle = "On Engines"\n[[projects]]\nname = "Loom"\n'
        '[[posts]]\ntitle = "Accepted"\ndate = "2025-05"\ntags = ["engines"]\npeople = ["Ada Lovelace"]\n'
        'publications = ["on-engines"]\nprojects = ["loom"]\n'
    )

    first_site.load(path)

    post = Post.objects.get()
    assert (post.date, post.state, list(post.people.values_list("name", flat=True))) == (
        "2025-05", "published", ["Ada Lovelace"],
    )  # fmt: skip
    assert [str(row) for row in (*post.post_publications.all(), *post.post_projects.all())] == ["On Engines", "Loom"]
    assert list(post.tags.all()) == [Tag.objects.get(name="engines")]
    assert first_site.load(path).added == 0


def test_under_blind_review_neither_the_work_nor_the_post_leads_to_the_other(client):
    paper = make.publication("Sealed", hides_authors=True, authors=["Grace Hopper"])
    make.post("A prize", people=[paper.authorships.get().person], publications=[paper])

    for ending in ("/", ".md"):
        assert "A prize" not in client.get(f"/publications/sealed{ending}").text
        assert "Sealed" not in client.get(f"/news/a-prize{ending}").text
