"""The pages that editors write: their addresses, what they show, and where the site names them."""

import json
import re
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.db import connection, transaction
from django.utils import timezone

from profiles.models import Course, Page, PreviewLink
from profiles.models.page import MAX_DEPTH, is_built_in
from tests import make

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def owner():
    return make.owner()


def file(client, address):
    """Return the status of a file, and close it."""
    response = client.get(address)
    response.getvalue()  # reads and closes it
    return response.status_code


def html(client, address, status=200):
    response = client.get(address)
    assert response.status_code == status, address
    return response.content.decode()


def test_a_page_is_at_its_slug_and_a_page_below_it_at_the_path(client):
    join = make.page("Join us")
    make.page("PhD students", parent=join)
    assert "Write to us." in html(client, "/join-us/")
    below = html(client, "/join-us/phd-students/")
    assert '<a href="/join-us/">Join us</a>' in below
    assert '<a href="/join-us/phd-students/">PhD students</a>' in html(client, "/join-us/")
    assert client.get("/join-us?a=b").headers["Location"] == "/join-us/?a=b"
    assert client.get("/people").headers["Location"] == "/people/"
    assert client.get("/nowhere").status_code == 404


def test_a_slug_may_be_in_another_script(client):
    page = make.page("Über uns", slug="我们")
    assert "Über uns" in html(client, page.get_absolute_url())


def test_all_old_addresses_of_a_moved_page_and_of_the_pages_below_redirect(client):
    join = make.page("Join us")
    phd = make.page("PhD", parent=join)
    phd.resources.create(file=ContentFile(b"%PDF-1.4", "call.pdf"))
    work = make.page("Work", slug="work")
    join.refresh_from_db()
    join.slug, join.parent = "openings", work
    join.save()
    for old, new in [
        ("/join-us/", "/work/openings/"),
        ("/join-us/phd/", "/work/openings/phd/"),
        ("/join-us/phd.md", "/work/openings/phd.md"),
        ("/join-us/phd/call.pdf", "/work/openings/phd/call.pdf"),
    ]:
        response = client.get(old)
        assert (response.status_code, response.headers["Location"]) == (301, new)
    assert file(client, "/work/openings/phd/call.pdf") == 200


def test_an_old_address_of_a_draft_does_not_redirect(client):
    page = make.page("Join us", state="draft")
    page.slug = "secret"
    page.save()
    assert client.get("/join-us/").status_code == 404


def test_files_beside_a_page_are_for_whoever_may_see_it(client, admin_client):
    page = make.page("Join us")
    page.resources.create(file=ContentFile(b"%PDF-1.4", "call.pdf"))
    assert '<a href="/join-us/call.pdf">' in html(client, "/join-us/")
    assert file(client, "/join-us/call.pdf") == 200
    Page.objects.update(state="draft")
    assert file(client, "/join-us/call.pdf") == 404
    response = admin_client.get("/join-us/call.pdf")
    response.getvalue()  # reads and closes it
    assert response.headers["Cache-Control"] == "private, no-cache"


def test_a_page_below_a_draft_leaks_nowhere(client, admin_client):
    draft = make.page("Zanzibar", state="draft", tags=["quokka"])
    below = make.page("Quokka", parent=draft, tags=["quokka"])
    below.resources.create(file=ContentFile(b"%PDF-1.4", "call.pdf"))
    make.page("Wombat", parent=below, state="published", body="[Quokka](/zanzibar/quokka/)")
    hidden = [
        "/zanzibar/", "/zanzibar/quokka/", "/zanzibar/quokka.md", "/zanzibar/quokka/call.pdf",
        "/zanzibar/quokka/wombat/", "/card/zanzibar/quokka.png", "/tags/quokka/",
    ]  # fmt: skip
    for address in hidden:
        assert client.get(address).status_code == 404, address
    for address in ["/", "/search/?q=quokka", "/sitemap.xml", "/llms.txt", "/tags/", "/people/"]:
        assert "/zanzibar" not in html(client, address).lower(), address
    assert "because the page above it, “Zanzibar”, is not public" in html(admin_client, "/zanzibar/quokka/")


def test_a_page_below_a_scheduled_one_opens_with_it(client):
    above = make.page("Above", publish_at=timezone.now() + timedelta(days=1))
    make.page("Below", parent=above)
    assert client.get("/above/below/").status_code == 404
    Page.objects.filter(pk=above.pk).update(publish_at=timezone.now() - timedelta(days=1))
    assert client.get("/above/below/").status_code == 200


def test_a_preview_shows_a_page_with_its_files_but_not_the_title_of_a_draft_above(client):
    above = make.page("Zanzibar", state="draft")
    page = make.page("Join us", parent=above, state="draft")
    page.resources.create(file=ContentFile(b"%PDF-1.4", "call.pdf"))
    link = PreviewLink.objects.create(
        model="profiles.page", object_id=page.pk, expires_at=timezone.now() + timedelta(days=1)
    )
    content = html(client, link.get_absolute_url())
    assert "Write to us." in content
    assert "Zanzibar" not in content
    assert file(client, f"{link.get_absolute_url()}call.pdf") == 200


def test_a_long_text_has_a_table_of_contents(client):
    make.page("Short", body="# One\n\n# Two\n\n# Three")
    make.page("Long", body="# One\n\n## A $x$ [link](/)\n\n# Two\n\n# Two\n\n# main")
    assert "Contents" not in html(client, "/short/")
    content = html(client, "/long/")
    assert re.findall('<li>\\s*<a href="#([^"]+)"', content) == ["one", "a-x-link", "two", "two-2", "main-2"]
    assert '<h2 id="two-2">Two</h2>' in content


def test_the_highest_heading_is_below_the_title_whatever_the_author_starts_with(client):
    make.page("Page", body="## First\n\n#### Second")
    assert re.findall(r"<(h\d) id", html(client, "/page/")) == ["h2", "h3"]


def test_hostile_html_is_removed(client):
    hostile = (
        '<script>alert(1)</script><h2 id="x" onclick="alert(2)">Hi</h2>\n\n> [!NOTE]\n> <img src=x onerror=alert(3)>'
    )
    make.page("Join us", body=hostile)
    content = html(client, "/join-us/")
    assert "alert" not in content.split("</head>")[1]


@pytest.mark.parametrize(
    "slug",
    [
        *("publications", "people", "projects", "activities", "tags", "cv", "search", "feed", "admin", "static"),
        *("media", "preview", "card", "icon", "healthz", "index", "home"),
    ],
)
def test_a_built_in_address_cannot_be_a_page(slug, client):
    assert is_built_in(slug)
    with pytest.raises(ValidationError) as error:
        Page(title="Page", slug=slug).full_clean()
    assert "The site itself uses the address" in error.value.message_dict["slug"][0]


def test_the_slug_from_a_title_avoids_built_in_addresses():
    assert [make.page("Publications").path, make.page("Static").path] == ["publications-2", "static-2"]


def test_pages_with_the_same_title_get_different_addresses():
    assert [make.page("Imprint").path for _ in range(2)] == ["imprint", "imprint-2"]


def test_a_page_cannot_be_below_itself():
    top = make.page("Top")
    middle = make.page("Middle", parent=top)
    bottom = make.page("Bottom", parent=middle)
    for parent in (top, middle, bottom):
        top = Page.objects.get(pk=top.pk)
        top.parent = Page.objects.get(pk=parent.pk)
        with pytest.raises(ValidationError) as error:
            top.full_clean()
        assert "A page cannot be below itself" in error.value.message_dict["parent"][0]


@pytest.mark.django_db(transaction=True)
def test_two_editors_cannot_move_pages_below_each_other_at_the_same_time():
    if connection.vendor == "sqlite":
        pytest.skip("SQLite has one transaction that writes at a time.")
    first, second = make.page("First").pk, make.page("Second").pk
    both_checked = threading.Barrier(2)

    def move(page, parent):
        try:
            with transaction.atomic():
                page = Page.objects.get(pk=page)
                page.parent = Page.objects.get(pk=parent)
                page.full_clean()
                with suppress(threading.BrokenBarrierError):
                    both_checked.wait(1)
                page.save()
            return []
        except ValidationError as error:
            return error.message_dict["parent"]
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as editors:
        results = list(editors.map(move, [first, second], [second, first]))

    [sentence] = results[0] + results[1]
    assert sentence.startswith("A page cannot be below itself.")
    assert Page.objects.exclude(parent=None).count() == 1


def test_pages_can_be_nested_only_so_deep():
    pages = [make.page("Level 1")]
    while len(pages) < MAX_DEPTH:
        pages.append(make.page(f"Level {len(pages) + 1}", parent=pages[-1]))
    with pytest.raises(ValidationError) as error:
        Page(title="Too deep", parent=pages[-1]).full_clean()
    assert "nested 5 deep" in error.value.message_dict["parent"][0]
    top = Page.objects.get(pk=pages[0].pk)
    top.parent = make.page("Above")
    with pytest.raises(ValidationError) as error:
        top.full_clean()
    assert "parent" in error.value.message_dict


def test_a_page_cannot_take_an_address_that_leads_to_another_one():
    moved = make.page("Moved", slug="old")
    moved.slug = "new"
    moved.save()
    for slug in ("old", "new"):
        with pytest.raises(ValidationError) as error:
            Page(title="Page", slug=slug).full_clean()
        assert "leads to “Moved”" in error.value.message_dict["slug"][0]


def test_an_introduction_is_at_the_top_of_its_list_only_when_public(client, admin_client):
    make.project("Engine")
    page = make.page("What we build", introduces="projects:projects", body="Machines of brass.", state="draft")
    assert "brass" not in html(client, "/projects/")
    assert "brass" in html(admin_client, "/projects/")
    page.state = "published"
    page.save()
    content = html(client, "/projects/")
    assert "<h1>What we build</h1>" in content
    assert "Machines of brass." in content
    assert "Machines of brass." in html(client, "/projects.md")
    assert "Machines of brass." not in html(client, "/projects/?page=1")


def test_a_list_with_nothing_but_an_introduction_is_in_the_menu(client):
    make.page("Projects", introduces="projects:projects", state="draft")
    assert 'href="/projects/"' not in html(client, "/")
    Page.objects.update(state="published", publish_at=timezone.now())
    assert 'href="/projects/"' in html(client, "/")


def test_the_sitemap_dates_a_list_by_its_introduction_too(client):
    make.course()
    changed = timezone.now() - timedelta(days=9)
    Course.objects.update(updated_at=changed, publish_at=changed)
    page = make.page("Teaching", introduces="profiles:teaching")
    for state, date in (("published", page.publish_at), ("draft", changed)):
        Page.objects.update(state=state)
        found = re.search(r"/teaching/</loc><lastmod>([^<]*)", html(client, "/sitemap.xml"))
        assert found[1] == date.date().isoformat()


@pytest.mark.parametrize(
    ("name", "address"),
    [
        ("publications:publications", "/publications/"), ("profiles:people", "/people/"), ("tags", "/tags/"),
        ("profiles:activities", "/activities/"), ("cv", "/cv/"), ("profiles:talks", "/talks/"),
        ("profiles:teaching", "/teaching/"), ("profiles:news", "/news/"), ("profiles:news", "/news.md"),
    ],
)  # fmt: skip
def test_each_built_in_list_can_have_an_introduction(client, name, address):
    make.publication(tags=["engines"])
    make.page("Hello", introduces=name, body="Machines of brass.")
    assert "Machines of brass." in html(client, address)


def test_relative_files_in_the_blocks_of_an_introduction_are_those_of_its_page(client):
    make.course("Operating systems", slug="os")
    page = make.page("Teaching", introduces="profiles:teaching")
    for name in ("lab.png", "poster.png", "lecture.mp4", "hours.pdf"):
        page.resources.create(file=ContentFile(b"content", name))
    page.body = (
        "[Office hours](hours.pdf)\n\n{{ video lecture.mp4 poster=poster.png }}\n\n"
        "{{ gallery }}\n![The lab](lab.png)\n{{ /gallery }}"
    )
    page.save()

    shown = html(client, "/teaching/")
    addresses = re.findall(r'(?:href|src|poster)="([\w-]+\.\w+)"', shown)

    assert set(addresses) == {"hours.pdf", "lecture.mp4", "poster.png", "lab.png"}
    assert {file(client, f"/teaching/{address}") for address in addresses} == {200}
    assert "http://testserver/teaching/lab.png" in html(client, "/teaching.md")


def test_a_file_that_the_text_names_is_not_listed_again(client):
    page = make.page(body="![The lab](lab.png) and [notes](my-notes.pdf)")
    for name in ("lab.png", "notes.pdf", "my-notes.pdf"):
        page.resources.create(file=ContentFile(b"%PDF-1.4", name))

    listed = html(client, "/join-us/").partition('<ul class="links big"')[2]

    assert re.findall(r'<a href="(.+?)">', listed.partition("</ul>")[0]) == ["/join-us/notes.pdf"]
    assert re.search(r"</svg>\s*Notes\s*</a>", listed)


def test_the_former_address_of_an_introduction_leads_to_the_list(client):
    page = make.page("About the people")
    page.introduces = "profiles:people"
    page.save()
    response = client.get("/about-the-people/")
    assert (response.status_code, response.headers["Location"]) == (301, "/people/")


def test_a_page_below_an_introduction_has_an_address_below_the_list(client):
    people = make.page("People", introduces="profiles:people")
    page = make.page("How to find us", slug="way", parent=people)
    page.resources.create(file=ContentFile(b"%PDF-1.4", "map.pdf"))
    make.page("Secret", parent=people, state="draft")
    assert '<a href="/people/way/">How to find us</a>' in html(client, "/people/")
    assert "Secret" not in html(client, "/people/") + html(client, "/people.md")
    assert "How to find us" in html(client, "/people/way/")
    assert '"BreadcrumbList"' in html(client, "/people/way/")
    assert html(client, "/people/way.md").startswith("# How to find us")
    assert client.get("/people/way/", headers={"Accept": "text/markdown"}).content.startswith(b"# How to find us")
    assert file(client, "/people/way/map.pdf") == 200
    assert client.get("/people/nobody/").status_code == 404


def test_a_course_wins_over_a_page_below_teaching(client, editor_client):
    teaching = make.page("Teaching", introduces="profiles:teaching")
    make.page("Office hours", slug="office-hours", parent=teaching).resources.create(
        file=ContentFile(b"%PDF-1.4", "room.pdf")
    )
    make.page("Systems", slug="os", parent=teaching)
    assert "Systems" in html(client, "/teaching/os/")
    course = make.course("Operating systems", slug="os")
    assert "Operating systems" in html(client, "/teaching/os/")
    assert "Office hours" in html(client, "/teaching/office-hours/")
    assert html(client, "/teaching/office-hours.md").startswith("# Office hours")
    assert file(client, "/teaching/office-hours/room.pdf") == 200
    with pytest.raises(ValidationError) as error:
        Page(title="Other", slug="os", parent=teaching).full_clean()
    assert "/teaching/os/" in error.value.message_dict["slug"][0]
    with pytest.raises(ValidationError) as error:
        Course(title="Office hours", state="published").full_clean()
    assert error.value.message_dict == {
        "slug": ["The page “Office hours” has the address /teaching/office-hours/. Choose another one."]
    }
    course.slug = "office-hours"
    with pytest.raises(ValidationError) as error:
        course.full_clean()
    assert "The page “Office hours” has the address /teaching/office-hours/." in error.value.message_dict["slug"][0]


def test_below_a_list_what_the_list_has_comes_first(client):
    ada = make.person("Charles Babbage", is_public_page=True)
    people = make.page("People", introduces="profiles:people")
    with pytest.raises(ValidationError) as error:
        Page(title="Charles", slug=ada.slug, parent=people).full_clean()
    assert "/people/charles-babbage/" in error.value.message_dict["slug"][0]
    make.page("Way", slug="way", parent=people)
    with pytest.raises(ValidationError) as error:
        make.person("Someone", slug="other").__class__(name="Way", slug="way").full_clean()
    assert "The page “Way” has the address /people/way/." in error.value.message_dict["slug"][0]
    assert make.page("Charles Babbage", parent=people).path == "people/charles-babbage-2"


def test_a_list_cannot_get_an_introduction_whose_pages_would_collide():
    make.person("Charles Babbage", is_public_page=True)
    about = make.page("About")
    make.page("Charles", slug="charles-babbage", parent=about)
    about.introduces = "profiles:people"
    with pytest.raises(ValidationError) as error:
        about.full_clean()
    assert "“Charles” below this page" in error.value.message_dict["introduces"][0]


def test_the_site_names_a_page_wherever_content_is_named(client):
    make.page("Join us", tags=["jobs"])
    assert "https://testserver/join-us/" in html(client, "/sitemap.xml").replace("http:", "https:")
    assert "/join-us/" in html(client, "/search/?q=write")
    assert "/join-us/" in html(client, "/tags/jobs/")
    assert "/join-us.md" in html(client, "/tags/jobs.md")
    assert "/join-us.md" in html(client, "/llms.txt")
    assert client.get("/card/join-us.png").headers["Content-Type"] == "image/png"
    assert "/card/join-us.png" in html(client, "/join-us/")
    graph = json.loads(client.get("/join-us/", headers={"Accept": "application/ld+json"}).content)["@graph"]
    assert [one["@type"] for one in graph] == ["WebPage", "BreadcrumbList"]
    assert html(client, "/join-us.md").startswith("# Join us\n\nWrite to us.")


@pytest.mark.parametrize("number", [1, 3, 30])
def test_a_page_needs_the_same_queries_whatever_is_below(client, django_assert_num_queries, number):
    top = make.page("Top", tags=["jobs"])
    page = make.page("Page", parent=top)
    for one in range(number):
        make.page(f"Page {one}", parent=page)
    client.get("/top/")
    with django_assert_num_queries(6):
        client.get("/top/page/")
