"""Followed feeds, from a server on this machine, and the suggestions that come of them."""

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.urls import reverse

from config.upkeep import feeds
from profiles.content import health
from profiles.models import FollowedFeed, Post, PostSuggestion
from publications.imports import inbox
from publications.sources import Client, SourceError, feed
from publications.sources.client import Answer
from tests import make
from tests.publications.sources.conftest import client_of, service  # noqa: F401 (a fixture)

pytestmark = pytest.mark.django_db

BLOG = """<?xml version="1.0" encoding="utf-8"?>
<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="en">
  <title type="text">Systems Lab</title>
  <link href="https://lab.example.org/" rel="alternate"/>
  <id>https://lab.example.org/</id>
  <updated>2025-05-12T10:00:00+02:00</updated>
  <entry>
    <title type="html">Two papers at &lt;em&gt;OSDI&lt;/em&gt; cost $5 and $6</title>
    <link href="https://lab.example.org/osdi/"/>
    <id>tag:lab.example.org,2025:osdi</id>
    <published>2025-05-12T23:30:00-05:00</published>
    <updated>2025-05-13T10:00:00+02:00</updated>
    <summary type="html">
      &lt;p&gt;We are &lt;b&gt;happy&lt;/b&gt;.&lt;/p&gt;&lt;p&gt;Come!&lt;/p&gt;&lt;script&gt;alert(1)&lt;/script&gt;
    </summary>
  </entry>
  <entry>
    <title>A new member</title>
    <link href="https://lab.example.org/member/"/>
    <id>tag:lab.example.org,2025:member</id>
    <updated>2024-02-01T10:00:00Z</updated>
    <content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>Welcome.</p></div></content>
  </entry>
</feed>"""

MASTODON = """<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0" xmlns:webfeeds="http://webfeeds.org/rss/1.0" xmlns:media="http://search.yahoo.com/mrss/">
  <channel>
    <title>Ada Lovelace</title>
    <description>Public posts from @ada@example.social</description>
    <link>https://example.social/@ada</link>
    <lastBuildDate>Mon, 12 May 2025 08:00:00 +0000</lastBuildDate>
    <generator>Mastodon v4.3.8</generator>
    <item>
      <guid isPermaLink="true">https://example.social/@ada/114</guid>
      <link>https://example.social/@ada/114</link>
      <pubDate>Mon, 12 May 2025 07:59:00 +0000</pubDate>
      <description>&lt;p&gt;Our paper on engines is out! &lt;a href="https://example.org/p"&gt;example.org/p&lt;/a&gt;&lt;/p&gt;</description>
      <category>engines</category>
    </item>
  </channel>
</rss>"""

XML = {"Content-Type": "application/atom+xml"}


@pytest.fixture
def network(service, monkeypatch):  # noqa: F811
    """The service, which the admin and commands reach."""
    monkeypatch.setattr(inbox, "client", lambda: client_of(service))
    return service


def follow(network, body, path="/feed", headers=XML, status=200):
    network.answers[path] = (status, headers, body)
    return FollowedFeed.objects.get_or_create(url=f"{network.url}{path}")[0]


def check(network, *followed):
    with client_of(network) as client:
        return feeds.check(client, followed or list(FollowedFeed.objects.all()))


def test_the_entries_of_a_blog_become_suggestions_with_clean_texts(network):
    followed = follow(network, BLOG)

    tally = check(network)

    assert tally == (2, 0)
    assert [(one.title, one.date, one.url, one.summary) for one in PostSuggestion.objects.waiting()] == [
        (r"Two papers at OSDI cost \$5 and \$6", "2025-05-13", "https://lab.example.org/osdi/", "We are happy. Come!"),
        ("A new member", "2024-02-01", "https://lab.example.org/member/", "Welcome."),
    ]
    followed.refresh_from_db()
    assert (str(followed), followed.error) == ("Systems Lab", "")
    assert not Post.objects.exists()


def test_a_post_without_a_title_is_called_by_its_text(network):
    follow(network, MASTODON)

    check(network)

    suggestion = PostSuggestion.objects.get()
    assert (suggestion.title, suggestion.summary) == ("Our paper on engines is out! example.org/p", "")


def test_the_same_entry_never_comes_twice(network):
    followed = follow(network, BLOG)
    check(network)
    PostSuggestion.objects.filter(title="A new member").ignore()
    PostSuggestion.objects.waiting().import_as_drafts()
    network.answers["/feed"] = (200, XML, BLOG.replace("A new member", "A new title"))
    check(network)
    followed.delete()
    again = follow(network, BLOG)

    assert check(network, again) == (0, 0)
    assert not PostSuggestion.objects.waiting().exists()


def test_an_entry_that_another_feed_or_a_post_has_is_not_suggested(network):
    make.post("Mine", url="https://lab.example.org/member/")
    follow(network, BLOG)
    follow(network, BLOG.replace("tag:lab.example.org,2025", "tag:planet.example.org,2025"), "/planet")

    check(network)

    assert [one.url for one in PostSuggestion.objects.all()] == ["https://lab.example.org/osdi/"]


def test_a_feed_that_has_not_changed_is_not_read_again(network):
    followed = follow(network, BLOG, headers={**XML, "ETag": '"v1"', "Last-Modified": "Mon, 12 May 2025 08:00:00 GMT"})
    check(network)
    network.answers["/feed"] = (304, {"Content-Length": "0"}, b"")

    tally = check(network)

    _, headers = network.asked[-1]
    assert (headers["If-None-Match"], headers["If-Modified-Since"]) == ('"v1"', "Mon, 12 May 2025 08:00:00 GMT")
    assert tally == (0, 0)
    followed.refresh_from_db()
    assert (followed.error, followed.etag) == ("", '"v1"')


@pytest.mark.parametrize(
    ("answer", "message"),
    [
        ((200, {"Content-Type": "text/html"}, "<!doctype html><title>Lab</title>"), "did not answer with a feed"),
        ((200, {"Content-Type": "application/json"}, '{"a": 1}'), "did not answer with a feed"),
        ((200, XML, b""), "did not answer with a feed"),
        ((200, XML, b"\x00\xff\xfe" * 1000), "did not answer with a feed"),
        ((200, {"Content-Type": "image/png"}, b"\x89PNG\r\n\x1a\n" + b"\0" * 50), "did not answer with a feed"),
        ((200, XML, "/etc/passwd"), "did not answer with a feed"),
        ((200, XML, '<!DOCTYPE feed [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>' + BLOG[38:]), "declares entities"),
        ((200, XML, BLOG + " " * (5 * 2**20)), "more than 5 MB"),
        ((404, {}, b""), "There is nothing at this address"),
        ((403, {}, b""), "refused to answer"),
        ((500, {}, b""), "busy or out of order"),
        ((302, {"Location": "file:///etc/passwd"}, b""), "is not a web address"),
        ((302, {"Location": "/feed"}, b""), "redirects without an end"),
    ],
)  # fmt: skip
def test_what_is_no_feed_gives_a_message_and_changes_nothing_else(network, answer, message, editor):
    followed = follow(network, BLOG)
    network.answers["/feed"] = answer

    assert check(network) == (0, 1)

    followed.refresh_from_db()
    assert message in followed.error
    assert not PostSuggestion.objects.exists()
    assert message in next(one for one in health.run(editor) if one.check.key == "feeds").findings[0].sentence


def test_a_feed_on_a_private_address_is_not_requested():
    followed = FollowedFeed.objects.create(url="http://127.0.0.1/feed")

    with Client() as client:
        tally = feeds.check(client, [followed])

    followed.refresh_from_db()
    assert tally == (0, 1)
    assert "is not on the public network" in followed.error


def test_a_broken_feed_gives_the_entries_that_can_be_read(network):
    follow(network, BLOG.replace("</feed>", "").replace("Welcome.", "Welcome & hello <unclosed"))

    assert check(network) == (2, 0)


def test_hostile_entries_become_plain_texts(network):
    bad = BLOG.replace("A new member", "&lt;img src=x onerror=alert(1)&gt; [x](javascript:alert(1))")
    bad = bad.replace("https://lab.example.org/member/", "javascript:alert(1)")
    follow(network, bad.replace("2024-02-01T10:00:00Z", "9999-99-99"))
    check(network)
    (post,) = PostSuggestion.objects.filter(url="").import_as_drafts()

    assert post.title == r"\[x\](javascript:alert(1))"
    assert post.date < "9999"


@pytest.mark.parametrize(
    "inside",
    [
        "<b>" * 50_000,
        "<b>" * 50_000 + "</b>" * 50_000,
        "<entry><title>x</title></entry>" * 3_000,
        "<b/>" * 60_000,
        "<b " + " ".join(f"a{number}=''" for number in range(10_000)) + "/>",
    ],
    ids=["malformed", "deep", "entries", "elements", "attributes"],
)
def test_a_large_feed_that_is_malformed_or_beyond_the_limits_is_not_read(inside):
    text = f'<feed xmlns="http://www.w3.org/2005/Atom">{inside}</feed>'

    with pytest.raises(SourceError, match="not well-formed XML, or is too large"):
        feed.read(Answer("https://a.example/feed", text.encode()))


def test_many_and_huge_entries_are_cut():
    entry = "<entry><id>{0}</id><title>T{0}</title><summary>{1}</summary></entry>"
    entries = "".join(entry.format(number, "word " * 5000) for number in range(150))
    found = feed.read(
        Answer("https://a.example/feed", f'<feed xmlns="http://www.w3.org/2005/Atom">{entries}</feed>'.encode())
    )

    assert len(found.items) == 100


def test_the_command_reads_all_feeds_and_fails_if_one_cannot_be_read(network):
    follow(network, BLOG)
    output, errors = StringIO(), StringIO()
    call_command("check_feeds", stdout=output)
    follow(network, "no feed", "/bad")

    with pytest.raises(CommandError, match="1 of 2 feeds"):
        call_command("check_feeds", stdout=output, stderr=errors)

    assert output.getvalue().startswith("2 new suggestions.")
    assert "did not answer with a feed" in errors.getvalue()


def test_a_new_feed_is_read_when_it_is_saved(network, editor_client, django_capture_on_commit_callbacks):
    network.answers["/feed"] = (200, XML, BLOG)

    with django_capture_on_commit_callbacks(execute=True):
        editor_client.post("/admin/profiles/followedfeed/add/", {"url": f"{network.url}/feed"})

    assert PostSuggestion.objects.count() == 2
    assert "Suggested posts (2)" in editor_client.get("/admin/profiles/post/").text
    assert "Suggested posts" in editor_client.get("/admin/").text


def test_checking_feeds_in_the_admin_says_what_was_found_and_what_failed(network, editor_client):
    good, bad = follow(network, BLOG), follow(network, "no feed", "/bad")

    page = editor_client.post(
        "/admin/profiles/followedfeed/", {"action": "check_now", "_selected_action": [good.pk, bad.pk]}, follow=True
    )

    assert "2 suggested posts." in page.text
    assert "/bad could not be read: 127.0.0.1 did not answer with a feed." in page.text


@pytest.mark.parametrize("url", ["", "nonsense", "javascript:alert(1)", "https://" + "a" * 500 + ".example"])
def test_a_bad_address_is_named_at_its_field(editor_client, url):
    page = editor_client.post("/admin/profiles/followedfeed/add/", {"url": url})

    assert page.context["adminform"].form.errors["url"]


def test_an_editor_imports_some_and_ignores_others_for_ever(network, editor_client, client):
    follow(network, BLOG)
    check(network)
    address = reverse("admin:profiles_postsuggestion_changelist")
    osdi, member = PostSuggestion.objects.all()

    editor_client.post(address, {"action": "import_as_drafts", "_selected_action": [osdi.pk]})
    editor_client.post(address, {"action": "ignore", "_selected_action": [member.pk]})

    post = Post.objects.get()
    assert (post.title, post.state, post.url) == (osdi.title, "draft", osdi.url)
    assert client.get(post.get_absolute_url()).status_code == 404
    assert editor_client.get(f"/admin/profiles/post/{post.pk}/history/").status_code == 200
    states = {one.title: one.state for one in PostSuggestion.objects.all()}
    assert states == {osdi.title: "imported", "A new member": "ignored"}
    assert "A new member" not in editor_client.get(address).text
    assert "A new member" in editor_client.get(f"{address}?state=ignored").text


def test_importing_twice_makes_one_post(network, editor_client):
    follow(network, MASTODON)
    check(network)
    data = {"action": "import_as_drafts", "_selected_action": [PostSuggestion.objects.get().pk]}
    address = reverse("admin:profiles_postsuggestion_changelist")

    editor_client.post(f"{address}?state=waiting", data)
    editor_client.post(f"{address}?state=imported", data)

    assert Post.objects.count() == 1


def test_feeds_and_suggestions_are_for_editors(guest_client, client):
    for address in ("/admin/profiles/followedfeed/", "/admin/profiles/postsuggestion/"):
        assert guest_client.get(address).status_code == 403
        assert client.get(address).status_code == 302


def test_source_errors_are_messages_for_people():
    with pytest.raises(SourceError, match="a.example did not answer with a feed"):
        feed.read(Answer("https://a.example/", b"hello"))
