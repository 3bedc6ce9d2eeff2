"""The settings of the site: a group's site, footer, search engines and statistics."""

import re

import pytest

from profiles.models import Person, PreviewLink, SiteSettings
from tests import json_ld, make

pytestmark = pytest.mark.django_db

ADD = "/admin/profiles/sitesettings/add/"
PLAUSIBLE = '<script defer data-domain="ada.example" src="https://plausible.io/js/script.js"></script>'
POLICY = "Content-Security-Policy"


@pytest.fixture(autouse=True)
def some_content():
    make.owner(bio="I write programs.", headline="Countess")
    make.publication()


def settings(**fields):
    return SiteSettings.objects.create(person=Person.objects.owner(), **fields)


def group(**fields):
    return settings(is_group=True, name="Engine Lab", tagline="Computing with steam", about="We *build*.", **fields)


def test_opening_the_form_saves_nothing_and_the_first_save_adds_the_row(editor_client, client):
    form = editor_client.get("/admin/profiles/sitesettings/", follow=True)
    assert form.request["PATH_INFO"] == ADD
    assert SiteSettings.objects.count() == 0

    answer = editor_client.post(ADD, {"footer": "[Imprint](/imprint/)", "image_focus": "50,50"}, follow=True)

    assert SiteSettings.objects.get().footer == "[Imprint](/imprint/)", answer.text
    assert '<a href="/imprint/" rel="noopener noreferrer">Imprint</a>' in client.get("/").text.partition("<footer")[2]
    assert editor_client.get("/admin/profiles/sitesettings/").url.endswith("/change/")


@pytest.mark.parametrize("button", ["_save", "_continue"])
def test_the_message_after_saving_says_that_the_settings_were_saved(editor_client, button):
    for _ in range(2):  # the first save adds them
        path = editor_client.get("/admin/profiles/sitesettings/").url
        answer = editor_client.post(path, {"footer": "Imprint", "image_focus": "50,50", button: "Save"}, follow=True)

        assert [str(message) for message in answer.context["messages"]] == ["The settings of the site were saved."]
        assert answer.request["PATH_INFO"].endswith("/change/")
    assert [one.title for one in editor_client.get("/admin/").context["recent_changes"]] == ["Settings of the site"]


def test_the_admin_of_a_group_has_its_name(editor_client, client):
    settings(name="Engine Lab")
    assert editor_client.get("/admin/").context["site_header"] == "Your academic site"
    SiteSettings.objects.update(is_group=True)

    page = editor_client.get("/admin/").text
    assert '<a href="/admin/">Engine Lab</a>' in page
    assert "<title>Edit the site | Engine Lab</title>" in page


def test_nobody_changes_the_settings_without_permission(guest_client):
    assert guest_client.get("/admin/profiles/sitesettings/").status_code == 403
    assert guest_client.post(ADD, {"footer": "Mine"}).status_code == 403


def test_pasted_tags_are_read(editor_client, client):
    typed = {
        "google_verification": '<meta name="google-site-verification" content="abc_DEF-123" />',
        "bing_verification": "<meta name='msvalidate.01' content='0123ABCD'>",
        "analytics_script": PLAUSIBLE,
        "image_focus": "50,50",
    }

    answer = editor_client.post(ADD, typed)

    assert answer.status_code == 302, answer.text
    page = client.get("/").text
    assert '<meta name="google-site-verification" content="abc_DEF-123">' in page
    assert '<meta name="msvalidate.01" content="0123ABCD">' in page
    assert '<script defer src="https://plausible.io/js/script.js" data-domain="ada.example"></script>' in page


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        ({"google_verification": '<meta name="google-site-verification">'}, "Paste the whole &lt;meta&gt; tag"),
        ({"analytics_script": "http://plausible.io/js/script.js"}, "must start with https://"),
        ({"analytics_script": "<script>alert(1)</script>"}, "Enter a valid URL."),
        ({"analytics_script": "https://a.example;script-src *"}, "Enter a valid URL."),
        ({"analytics_script": "javascript:alert(1)"}, "Enter a valid URL."),
        ({"analytics_script": "https://stats.example:99999/a.js"}, "cannot load a script from this host or port"),
        ({"analytics_script": f"https://{'ü' * 60}.example/a.js"}, "cannot load a script from this host or port"),
        ({"analytics_script": "https://[::1]/a.js"}, "cannot load a script from this host or port"),
        ({"is_group": "on", "name": " "}, "Enter the name of the group."),
    ],
)
def test_a_mistake_is_told_at_its_field(editor_client, typed, message):
    answer = editor_client.post(ADD, {"image_focus": "50,50", "footer": "Typed text", **typed})

    assert message in answer.text
    assert "Typed text" in answer.text
    assert SiteSettings.objects.count() == 0


def test_the_policy_allows_exactly_the_origin_of_the_script_and_only_on_pages_with_it(client, editor_client):
    before = client.get("/").headers[POLICY]
    settings(analytics_script="https://stats.example:8443/js/a.js", analytics_site="ada.example")

    origin = "https://stats.example:8443"
    expected = before.replace("script-src 'self'", f"script-src 'self' {origin}")
    expected = expected.replace("connect-src 'self'", f"connect-src 'self' {origin}")
    for path in ("/", "/publications/", "/nothing-here/"):
        assert client.get(path).headers[POLICY] == expected
    for path in ("/feed/", "/site.webmanifest", "/admin/login/"):
        assert client.get(path).headers[POLICY] == before
    for path in ("/", "/publications/", "/nothing-here/", "/admin/"):
        answer = editor_client.get(path)
        assert answer.headers[POLICY] == before
        assert "stats.example" not in answer.text


def test_a_script_that_no_policy_can_name_is_left_out(client):
    settings(analytics_script="https://stats.example:99999/a.js")

    assert "stats.example" not in client.get("/").text


def test_previews_are_not_counted(client, editor_client):
    settings(analytics_script="https://stats.example/a.js", google_verification="abc")
    paper = make.publication("Secret", state="draft")
    link = PreviewLink.objects.create(
        model="publications.publication", object_id=paper.pk, expires_at="2999-01-01T00:00Z"
    )
    page = client.get(link.get_absolute_url())

    assert "stats.example" not in page.text + page.headers[POLICY]
    look = editor_client.post("/admin/look/", {"theme": "modern", "accent": "teal", "density": "airy"})
    assert "stats.example" not in look.text + look.headers[POLICY]


@pytest.mark.parametrize(
    ("site", "attribute"),
    [
        ("ada.example", 'data-domain="ada.example"'),
        ("94db1cb1-74f4-4a40-ad6c-962362670409", 'data-website-id="94db1cb1-74f4-4a40-ad6c-962362670409"'),
        ("https://ada.goatcounter.com/count", 'data-goatcounter="https://ada.goatcounter.com/count"'),
        ("ABCDEF", 'data-site="ABCDEF"'),
        ('"><script>', 'data-site="&quot;&gt;&lt;script&gt;"'),
        ("two\nlines", 'data-site="two\nlines"'),
    ],
)
def test_the_script_gets_the_site_in_the_attribute_of_its_service(client, site, attribute):
    settings(analytics_script="https://stats.example/a.js", analytics_site=site)

    assert f'<script defer src="https://stats.example/a.js" {attribute}></script>' in client.get("/").text


def test_the_home_page_of_a_group_is_the_groups(client):
    group()

    page = client.get("/").text
    assert "<h1>Engine Lab</h1>" in page
    assert "Computing with steam" in page
    assert "We <em>build</em>." in page
    assert "I write programs." not in page
    assert re.search(r"<title>\s*Engine Lab\s+·\s+Computing with steam\s*</title>", page)
    assert '<meta property="og:site_name" content="Engine Lab">' in page
    facts = json_ld.by_type(client, "/")
    assert facts["ResearchOrganization"]["name"] == facts["WebSite"]["name"] == "Engine Lab"
    assert facts["WebPage"]["mainEntity"] == {"@id": facts["ResearchOrganization"]["@id"]}
    assert "ProfilePage" not in facts


def test_the_name_of_a_group_is_everywhere_and_the_owner_keeps_a_page(client):
    group()

    assert "<title>Publications · Engine Lab</title>" in client.get("/publications/").text
    assert "<title>Engine Lab</title>" in client.get("/feed/").text
    assert client.get("/site.webmanifest").json()["name"] == "Engine Lab"
    assert client.get("/llms.txt").text.startswith("# Engine Lab\n\n> Computing with steam")
    assert client.get("/index.md").text.startswith("# Engine Lab\n\n> Computing with steam\n\nWe *build*.")
    assert "<LongName>Engine Lab</LongName>" in client.get("/opensearch.xml").text
    page = client.get("/people/ada-lovelace/").text
    assert "<title>Ada Lovelace · Engine Lab</title>" in page
    assert "I write programs." in page
    assert '<a href="/people/">People</a>' in client.get("/").text
    assert "Ada Lovelace" in client.get("/cv/").text


def test_the_home_page_of_a_group_is_public_even_if_its_owner_has_no_page(client):
    group()
    Person.objects.update(is_public_page=False, headline="Secret headline")

    page = client.get("/")
    assert "<h1>Engine Lab</h1>" in page.text
    assert "noindex" not in page.text
    for path in ("/", "/index.md", "/llms.txt", "/feed/"):
        assert "Secret headline" not in client.get(path).text


def test_settings_cost_no_query(client, django_assert_num_queries):
    with django_assert_num_queries(1):
        client.get("/site.webmanifest")
    group(footer="Imprint")
    with django_assert_num_queries(1):
        client.get("/site.webmanifest")
