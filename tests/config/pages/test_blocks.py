"""Blocks in texts, such as {{ publications tag="engines" }}, on pages, in their representations and in searches."""

import io
import re

import pytest
from django.test import Client
from PIL import Image

from config.pages import blocks
from config.text.plain import plain
from profiles.content.slugs import FormerSlug
from profiles.feeds import VISITOR
from profiles.history.merging import merge
from profiles.models import Person, SiteSettings, Tag
from profiles.search import indexing
from tests import make
from tests.config.text.test_markdown import dangers
from tests.profiles.files.test_images import upload, written

pytestmark = pytest.mark.django_db


@pytest.fixture
def shown(client):
    """Return a function that saves a text as that of a project, and returns the HTML of its page for a client."""
    project = make.project("Host")

    def show(text, client=client, suffix="/"):
        project.body = text
        project.save()
        response = client.get(f"/projects/host{suffix}")
        assert response.status_code == 200
        show.response = response
        return response.content.decode()

    return show


def titles(html, *names):
    return [name for name in names if f">{name}</a>" in html]


def test_publications_are_those_of_the_lists_filters(shown):
    make.publication("Alpha", tags=["engines"], issued="2024")
    make.publication("Beta", tags=["engines"], issued="2025", type="book")
    make.publication("Gamma", issued="2025", authors=["Charles Babbage"])

    assert titles(shown("{{ publications }}"), "Alpha", "Beta", "Gamma") == ["Alpha", "Beta", "Gamma"]
    assert titles(shown('{{ publications tag="engines" }}'), "Alpha", "Beta", "Gamma") == ["Alpha", "Beta"]
    assert titles(shown("{{publications tag=engines year=2025}}"), "Alpha", "Beta", "Gamma") == ["Beta"]
    assert titles(shown("{{ publications type=book }}"), "Alpha", "Beta", "Gamma") == ["Beta"]
    assert titles(shown("{{ publications author=charles-babbage }}"), "Alpha", "Beta", "Gamma") == ["Gamma"]
    assert titles(shown("{{ publications q=“alpha” }}"), "Alpha", "Beta", "Gamma") == ["Alpha"]


def test_selected_publications_have_the_owners_order_and_combine_with_filters(shown):
    make.publication("Alpha", featured=True, featured_position=2, tags=["engines"])
    make.publication("Beta", featured=True, featured_position=1)
    make.publication("Gamma", tags=["engines"])

    html = shown("{{ publications selected }}")
    assert titles(html, "Alpha", "Beta", "Gamma") == ["Alpha", "Beta"]
    assert html.index(">Beta</a>") < html.index(">Alpha</a>")
    assert titles(shown("{{ publications selected tag=engines }}"), "Alpha", "Beta", "Gamma") == ["Alpha"]


def test_a_long_list_ends_with_a_link_to_all_of_it(shown):
    for number in range(22):
        make.publication(f"Work {number}", tags=["engines"])

    html = shown("{{ publications tag=engines limit=2 }}")
    assert html.count('<article class="publication">') == 2
    assert '<a href="/publications/?tag=engines">All 22 publications (engines)</a>' in html
    assert shown("{{ publications }}").count('<article class="publication">') == 20


def test_headings_of_cards_follow_the_heading_of_the_text(shown):
    make.publication("Alpha")

    assert '<h2 class="title"><a href="/publications/alpha/">' in shown("{{ publications }}")
    assert '<h3 class="title"><a href="/publications/alpha/">' in shown("# Papers\n\n{{ publications }}")
    assert '<h4 class="title"><a href="/publications/alpha/">' in shown("# A\n## B\n{{ publications }}\n# C")


def test_a_person_and_a_project_show_their_cards(shown):
    make.person("Charles Babbage", is_public_page=True, headline="Inventor of engines")
    make.project("Difference Engine", tagline="It computes tables.")

    html = shown("{{ person charles-babbage }}\n{{ project difference-engine }}")
    assert "Inventor of engines" in html
    assert "It computes tables." in html


def test_visitors_see_nothing_of_drafts_and_editors_see_them_marked(shown, editor_client):
    make.publication("Secret paper", tags=["engines"], state="draft")
    make.project("Secret project", state="draft")
    make.person("Secret person")
    text = "Before\n\n{{ publications tag=engines }}\n{{ project secret-project }}\n{{ person secret-person }}\n\nAfter"

    for suffix in ("/", ".md"):
        html = shown(text, suffix=suffix)
        assert "ecret" not in html
        assert "Before" in html
        assert "After" in html
    html = shown(text, editor_client)
    assert titles(html, "Secret paper", "Secret project", "Secret person") == [
        "Secret paper", "Secret project", "Secret person",
    ]  # fmt: skip
    assert html.count("badge draft") == 3


def test_a_deleted_target_leaves_a_note_for_editors_only(shown, editor_client):
    make.project("Difference Engine").delete()
    text = "Before\n\n{{ project difference-engine }}\n\nAfter"

    html = shown(text)
    assert "difference-engine" not in html
    assert "Before" in html
    assert "After" in html
    assert "There is no project “difference-engine”." in shown(text, editor_client)


def test_a_page_cached_for_visitors_has_nothing_of_an_editors(shown, editor_client):
    make.publication("Secret paper", state="draft")

    assert "Secret paper" in shown("{{ publications }}", editor_client)
    assert "Secret paper" not in Client().get("/projects/host/").content.decode()


def test_former_slugs_and_merged_tags_keep_working(shown, editor):
    make.publication("Alpha", tags=["engines"], authors=["Charles Babbage"])
    person = Person.objects.get(name="Charles Babbage")
    person.slug = "babbage"
    person.save()
    merge(make.tag("machines"), make.tag("engines"), editor)
    assert FormerSlug.objects.count() == 2

    assert titles(shown("{{ publications tag=engines }}"), "Alpha") == ["Alpha"]
    assert titles(shown("{{ publications author=charles-babbage }}"), "Alpha") == ["Alpha"]


def test_a_tag_may_be_given_by_its_name(shown):
    make.publication("Alpha", tags=["KV cache"])

    assert titles(shown('{{ publications tag="KV Cache" }}'), "Alpha") == ["Alpha"]


@pytest.mark.parametrize("count", [1, 3, 30])
def test_a_block_has_a_fixed_number_of_queries(rf, django_assert_num_queries, count):
    for number in range(count):
        make.publication(f"Work {number}", tags=["engines"])
    make.owner()
    request = rf.get("/")
    request.user, request.site_owner = VISITOR, Person.objects.owner()
    request.site_settings, request.content_version, request.fragment_seconds = SiteSettings(), "", 0

    with django_assert_num_queries(8):
        html = blocks.render("{{ publications tag=engines limit=50 }}", request)
    assert html.count('<article class="publication">') == count


def test_a_video_loads_nothing_from_elsewhere_before_a_click(shown):
    html = shown(
        '{{ video https://youtu.be/dQw4w9WgXcQ title="A *talk* <on> “engines”" poster=/media/images/text/a/b.jpg }}'
    )

    assert 'href="https://www.youtube.com/watch?v=dQw4w9WgXcQ"' in html
    assert 'data-player="https://www.youtube-nocookie.com/embed/dQw4w9WgXcQ?autoplay=1"' in html
    assert 'src="/media/images/text/a/b.jpg"' in html
    assert "<iframe" not in html
    assert shown.response["Content-Security-Policy"].endswith("; frame-src https://www.youtube-nocookie.com")
    shown("No video")
    assert "frame-src" not in shown.response["Content-Security-Policy"]


@pytest.mark.parametrize(
    ("address", "player"),
    [
        ("https://www.youtube.com/watch?t=3&v=dQw4w9WgXcQ", "https://www.youtube-nocookie.com/embed/dQw4w9WgXcQ?"),
        (
            "https://youtu.be/dQw4w9WgXcQ?si=abc&t=1h1m1s",
            "https://www.youtube-nocookie.com/embed/dQw4w9WgXcQ?autoplay=1&amp;start=3661",
        ),
        ("https://youtu.be/dQw4w9WgXcQ?t=soon", 'https://www.youtube-nocookie.com/embed/dQw4w9WgXcQ?autoplay=1"'),
        ("https://vimeo.com/76979871#t=90s", "https://player.vimeo.com/video/76979871?autoplay=1&amp;dnt=1#t=90s"),
        ("https://vimeo.com/76979871", "https://player.vimeo.com/video/76979871?autoplay=1&amp;dnt=1"),
        (
            "https://vimeo.com/76979871/8272103f6e",
            "https://player.vimeo.com/video/76979871?autoplay=1&amp;dnt=1&amp;h=",
        ),
        (
            "https://framatube.org/w/kkGMgK9ZtnKfYAgnEtQxbv",
            "https://framatube.org/videos/embed/kkGMgK9ZtnKfYAgnEtQxbv?",
        ),
    ],
)
def test_videos_of_three_sites_have_a_player(shown, address, player):
    html = shown(f"{{{{ video {address} }}}}")

    assert f'data-player="{player}' in html
    origin = "/".join(player.split("/")[:3])
    assert shown.response["Content-Security-Policy"].endswith(f"; frame-src {origin}")


def test_a_file_beside_the_page_plays_in_the_browsers_own_player(shown):
    html = shown("{{ video lecture.mp4 }}")

    assert '<video controls preload="none" src="lecture.mp4"' in html
    assert "frame-src" not in shown.response["Content-Security-Policy"]


def test_a_gallery_shows_its_images_with_captions(shown):
    html = shown(
        '{{ gallery }}\n![A *cat*](/media/images/text/a/cat.jpg "Our **cat**")\n![](dog.png)\n{{ /gallery }}\nEnd'
    )

    assert '<a href="/media/images/text/a/cat.jpg">' in html
    assert 'src="/media/images/text/a/cat.jpg" alt="A cat" loading="lazy"' in html
    assert "srcset" not in html
    assert "Our <strong>cat</strong>" in html
    assert 'src="dog.png"' in html
    assert "<p>End</p>" in html


def test_a_gallery_loads_thumbnails_and_links_to_the_whole_images(shown, client, editor_client):
    def uploaded(width, height):
        image = upload(written(Image.new("RGB", (width, height), "navy"), "JPEG"), "loom.jpg")
        return editor_client.post("/admin/image/", {"file": image}).json()["url"]

    large, small = uploaded(1200, 900), uploaded(300, 200)
    html = shown(f"{{{{ gallery }}}}\n![A loom]({large})\n![A detail]({small})\n{{{{ /gallery }}}}")

    assert f'<a href="{large}">' in html
    [srcset] = re.findall('srcset="(.+?)" sizes="', html)
    thumbnails = [entry.split() for entry in srcset.split(", ")]
    assert [width for _, width in thumbnails] == ["400w", "800w"]
    sizes = []
    for address, _ in thumbnails:
        with Image.open(io.BytesIO(client.get(address).getvalue())) as image:
            sizes.append((image.format, image.size))
    assert sizes == [("WEBP", (400, 300)), ("WEBP", (800, 600))]
    assert all(client.get(address).getvalue() for address in (large, small))


def test_markdown_has_links_and_plain_text_leaves_blocks_out(shown):
    make.publication("On *Engines*", issued="2024")
    make.person("Charles Babbage", is_public_page=True)
    text = (
        "Before\n{{ publications }}\n{{ person charles-babbage }}\n{{ video https://youtu.be/dQw4w9WgXcQ title=Talk }}"
    )

    source = shown(text, suffix=".md")
    assert "Before\n\n- [On Engines (2024)](http://testserver/publications/on-engines.md)" in source
    assert "- [Charles Babbage](http://testserver/people/charles-babbage.md)" in source
    assert "- [Talk](https://www.youtube.com/watch?v=dQw4w9WgXcQ)" in source
    assert "{{" not in source
    assert "- [On Engines (2024)](/publications/on-engines/)" in blocks.as_links(text)
    assert plain(text) == "Before"
    assert plain("{{ publications }}") == ""


def test_the_search_does_not_find_the_words_of_blocks(shown, client):
    shown("Steam power\n\n{{ publications q=zeppelin }}")
    indexing.refresh()
    assert "Host" in client.get("/search/?q=steam").content.decode()
    assert "/projects/host/" not in client.get("/search/?q=zeppelin").content.decode()


HOSTILE = [
    "{{ request.user }}",
    "{% load static %}{{ settings.SECRET_KEY }}",
    "{{ publications q=\"{{ request.user.password }}\" }}",
    "{{ publications tag=\"<script>alert(1)</script>\" }}",
    "{{ person \"><img src=x onerror=alert(1)>\" }}",
    "{{ project {{ person ada-lovelace }} }}",
    "{{ video javascript:alert(1) }}",
    "{{ video https://youtu.be/dQw4w9WgXcQ title=\"\\\"><script>alert(1)</script>\" }}",
    "{{ video https://evil.test;script-src/w/aaaaaaaaaaaa }}",
    "{{ video https://youtu.be/dQw4w9WgXcQ poster=https://evil.test/x.jpg }}",
    "{{ video ../../admin/x.mp4 }}",
    "{{ gallery }}\n![a](javascript:alert(1))\n{{ /gallery }}",
    "{{ gallery }}\n<script>alert(1)</script>\n{{ /gallery }}",
    "{{ gallery }}\n![a](a.png \"<script>alert(1)</script>\")\n{{ /gallery }}",
    "{{ gallery }}\n{{ gallery }}\n{{ /gallery }}",
    "{{ /gallery }}",
    "{{ }}",
    "{{ publications",
    "{{ publications \u2028 limit=5 }}",
    "{{ publications limit=0 year=99999 tag= }}",
    '<div class="block-0"></div>\n\n{{ posts }}',
    "<table>\n\n{{ publications }}\n\n</table>",
    "<script>\n\n{{ publications }}",
]  # fmt: skip


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_blocks_run_nothing(shown, editor_client, text):
    make.publication("Alpha")
    for client in (Client(), editor_client):
        main = shown(text, client).partition("<main")[2].partition("</main>")[0]
        main = re.sub('<svg class="icon".*?</svg>', "", main)
        assert dangers(main) == []
        policy = shown.response["Content-Security-Policy"]
        assert "evil.test" not in policy
        shown(text, client, suffix=".md")


def test_a_text_shows_a_limited_number_of_blocks(shown, editor_client):
    make.person("Ada Lovelace", is_public_page=True)

    assert shown("{{ person ada-lovelace }}\n" * 5000).count('<ul class="people block">') == blocks.MAX_BLOCKS
    assert "at most 30 blocks" in shown("{{ person ada-lovelace }}\n" * 31, editor_client)


def test_code_lists_and_quotations_have_no_blocks(shown):
    make.publication("Alpha")

    for text in (
        "```\n{{ publications }}\n```",
        "- {{ publications }}",
        "> {{ publications }}",
        "`{{ publications }}`",
    ):
        assert "{{ publications }}" in shown(text)


def test_a_tag_without_content_shows_a_note_to_editors(shown, editor_client):
    Tag.objects.named("engines")

    assert "engines" not in shown("{{ publications tag=engines }}")
    assert "No publications match." in shown("{{ publications tag=engines }}", editor_client)


def test_posts_are_the_latest_whatever_is_pinned(shown, editor_client):
    make.post("Oldest news", date="2023-01-01", pinned=True)
    make.post("Older news", date="2024-01-01", body="A long text.")
    make.post("Newest news", date="2025-01-01")
    make.post("Secret news", date="2026-01-01", state="draft")

    html = shown("{{ posts limit=2 }}")
    assert "Newest news" in html
    assert '<a class="strong" href="/news/older-news/">Older news</a>' in html
    assert "Oldest news" not in html
    assert "Secret news" not in html
    assert '<a href="/news/">All news</a>' in html
    assert "Secret news" in shown("{{ posts limit=2 }}", editor_client)
    assert "- [Newest news (2025-01-01)](http://testserver/news/newest-news.md)" in shown("{{ posts }}", suffix=".md")


def test_pages_posts_and_courses_show_blocks_and_feeds_have_links(client):
    make.publication("Alpha")
    text = "## Papers\n\n{{ publications }}\n\n{{ video lecture.mp4 title=Lecture }}"
    make.page("Join us", body=text)
    make.post("Our papers", body=text)
    make.course("Engines", description=text)

    for path in ("/join-us/", "/news/our-papers/", "/teaching/engines/"):
        html = client.get(path).content.decode()
        assert '<a href="/publications/alpha/">Alpha</a>' in html
        assert '<video controls preload="none" src="lecture.mp4"' in html
        source = client.get(path.removesuffix("/") + ".md").content.decode()
        assert "- [Alpha (2025)](http://testserver/publications/alpha.md)" in source
        assert f"- [Lecture](http://testserver{path}lecture.mp4)" in source
        assert "{{" not in source
    feed = client.get("/news/feed/").content.decode()
    assert '&lt;a href="/publications/alpha/" rel="noopener noreferrer"&gt;Alpha (2025)&lt;/a&gt;' in feed
    assert "{{" not in feed


def test_cards_are_not_in_the_contents_of_a_page_and_follow_its_headings(client):
    make.publication("Alpha")
    make.page("Join us", body="## One\n\n{{ publications }}\n\n## Two\n\n## Three\n\n## Four")

    html = client.get("/join-us/").content.decode()
    assert '<h2 id="one">One</h2>' in html
    assert '<h3 class="title"><a href="/publications/alpha/">' in html
    assert html.count('<a href="#') == 4


def test_a_title_that_looks_like_a_block_has_a_page(client):
    for make_one in (make.post, make.grant, make.course, make.talk, make.publication):
        assert client.get(make_one("{{ posts }}").get_absolute_url()).status_code == 200
