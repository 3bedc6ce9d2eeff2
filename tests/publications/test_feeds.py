from datetime import UTC, datetime, timedelta

import pytest
from django.core.files.base import ContentFile
from django.utils import timezone

from publications.models import Publication
from tests import make
from tests.feeds import names, read, terms, titles

pytestmark = pytest.mark.django_db

FEED = "/publications/feed/"
BODY = b"%PDF-1.4 engines"


def test_an_entry_has_the_fields_that_feed_readers_show(client):
    owner = make.owner(name="Ada Lovelace")
    make.publication(
        "On *Engines*", authors=[owner, "Charles Babbage"], tags=["engines", "notes & sketches"],
        abstract="They **weave** $x^2$.", container_title="Scientific Memoirs", issued="1843-10",
    )  # fmt: skip

    feed = read(client, FEED)
    entry = feed.entries[0]

    assert (feed.feed.title, feed.feed.author) == ("Publications · Ada Lovelace", "Ada Lovelace")
    assert feed.feed.subtitle == "New publications, with their abstracts."
    assert {link.rel: link.href for link in feed.feed.links} == {
        "alternate": "http://testserver/publications/",
        "self": "http://testserver/publications/feed/",
    }
    assert (entry.title, entry.link) == ("On Engines", "http://testserver/publications/on-engines/")
    assert names(entry) == ["Ada Lovelace", "Charles Babbage"]
    assert [author.get("href") for author in entry.authors] == ["http://testserver/people/ada-lovelace/", None]
    assert terms(entry) == ["engines", "notes & sketches"]
    assert "They <strong>weave</strong> <math" in entry.summary
    assert "Scientific Memoirs" in entry.summary
    assert "October 1843" in entry.summary


def test_a_work_with_a_new_slug_and_title_keeps_its_id(client):
    publication = make.publication("On Engines")
    before = read(client, FEED).entries[0]
    publication.title, publication.slug = "On Looms", "on-looms"
    publication.save()

    after = read(client, FEED).entries[0]

    assert before.id == after.id == f"tag:testserver,2026:publications/{publication.pk}"
    assert (after.title, after.link) == ("On Looms", "http://testserver/publications/on-looms/")


def test_ids_and_addresses_use_the_site_url_for_any_host(client, settings):
    settings.SITE_URL, settings.SITE_HOST = "https://ada.example.org", "ada.example.org"
    publication = make.publication("On Engines")

    feed = read(client, FEED)

    assert feed.feed.id == "tag:ada.example.org,2026:publications"
    assert feed.entries[0].id == f"tag:ada.example.org,2026:publications/{publication.pk}"
    assert feed.entries[0].link == "https://ada.example.org/publications/on-engines/"
    assert {link.href for link in feed.feed.links} == {
        "https://ada.example.org/publications/",
        "https://ada.example.org/publications/feed/",
    }


def test_an_id_has_no_port(client):
    make.publication("On Engines")

    answer = client.get(FEED, headers={"host": "localhost:8000"})

    assert b"<id>tag:localhost,2026:publications</id>" in answer.content
    assert b'href="http://localhost:8000/publications/on-engines/"' in answer.content


def test_an_entry_has_separate_dates_of_publication_and_change(client):
    first, changed = datetime(2025, 1, 2, 3, tzinfo=UTC), datetime(2025, 6, 7, 8, 9, tzinfo=UTC)
    publication = make.publication("On Engines", publish_at=first)
    Publication.objects.filter(pk=publication.pk).update(updated_at=changed)

    answer, feed = client.get(FEED), read(client, FEED)

    assert feed.entries[0].published == "2025-01-02T03:00:00+00:00"
    assert feed.entries[0].updated == feed.feed.updated == "2025-06-07T08:09:00+00:00"
    assert answer.headers["Last-Modified"] == "Sat, 07 Jun 2025 08:09:00 GMT"


def test_a_scheduled_work_changed_when_it_was_published(client):
    written, opened = datetime(2025, 1, 2, 3, tzinfo=UTC), datetime(2025, 6, 7, 8, 9, tzinfo=UTC)
    publication = make.publication("On Engines", publish_at=opened)
    Publication.objects.filter(pk=publication.pk).update(updated_at=written)

    entry = read(client, FEED).entries[0]

    assert entry.published == entry.updated == "2025-06-07T08:09:00+00:00"


def test_the_newest_on_the_site_come_first_and_fifty_are_enough(client):
    now = timezone.now().replace(microsecond=0)
    for number in range(52):
        make.publication(f"Paper {number}", authors=(), publish_at=now - timedelta(days=number))

    assert titles(read(client, FEED)) == [f"Paper {number}" for number in range(50)]


def test_drafts_and_scheduled_works_are_left_out_even_for_an_editor(client, editor_client):
    make.publication("Open")
    make.publication("Zanzibar", state="draft")
    make.publication("Quokka", publish_at=timezone.now() + timedelta(days=1))

    assert titles(read(client, FEED)) == ["Open"]
    assert client.get(FEED).content == editor_client.get(FEED).content


def test_a_work_with_versions_has_one_entry(client):
    work = make.publication("Journal paper")
    make.publication("Preprint", type="article", version_of=work)

    assert titles(read(client, FEED)) == ["Journal paper"]


def test_authors_under_blind_review_are_named_to_nobody(client, editor_client):
    make.owner(name="Ada Lovelace")
    work = make.publication("Sealed", authors=["Zoe Zanzibar"])
    make.publication("Sealed preprint", authors=["Zoe Zanzibar"], version_of=work, hides_authors=True)

    entry = read(editor_client, FEED).entries[0]

    # Without an author, feed readers would attribute the entry to the feed's author.
    assert names(entry) == ["Authors hidden for blind review"]
    assert b"anzibar" not in client.get(FEED).content
    assert b"anzibar" not in editor_client.get(FEED).content


def test_authors_that_have_appeared_are_a_change(client):
    appeared = timezone.now().replace(microsecond=0) - timedelta(hours=1)
    published = datetime(2025, 1, 2, 3, tzinfo=UTC)
    publication = make.publication("Sealed", hides_authors=True, authors_from=appeared, publish_at=published)
    Publication.objects.filter(pk=publication.pk).update(updated_at=published)

    entry = read(client, FEED).entries[0]

    assert names(entry) == ["Ada Lovelace"]
    assert entry.updated == appeared.isoformat()


def test_a_work_without_authors_is_by_its_editors_or_by_nobody(client):
    make.owner(name="Ada Lovelace")
    edited = make.publication("Edited", authors=())
    edited.authorships.create(name="Charles Babbage", position=1, role="editor")
    make.publication("Unsigned", authors=())

    found = {entry.title: names(entry) for entry in read(client, FEED).entries}

    assert found == {"Edited": ["Charles Babbage"], "Unsigned": ["Anonymous"]}


def test_an_uploaded_pdf_can_be_fetched(client):
    publication = make.publication("On Engines")
    publication.resources.create(kind="pdf", file=ContentFile(BODY, "engines.pdf"))
    publication.resources.create(kind="pdf", url="https://example.org/elsewhere.pdf")
    publication.resources.create(kind="data", file=ContentFile(b"1,2", "engines.csv"))

    enclosures = read(client, FEED).entries[0].enclosures

    assert [(one.href, one.length, one.type) for one in enclosures] == [
        ("http://testserver/publications/on-engines/engines.pdf", str(len(BODY)), "application/pdf")
    ]
    assert b"".join(client.get("/publications/on-engines/engines.pdf")) == BODY


def test_a_file_gone_from_the_disk_does_not_break_the_feed(client):
    resource = make.publication("On Engines").resources.create(kind="pdf", file=ContentFile(BODY, "gone.pdf"))
    resource.file.storage.delete(resource.file.name)

    assert read(client, FEED).entries[0].enclosures == []


@pytest.mark.parametrize(
    ("title", "shown"),
    [
        ("Looms & Engines", "Looms & Engines"),
        ("A <unk> token</title>, <script>run</script>", "A <unk> token, run"),
        ("Bell\x07 and \x0bform\x1b", "Bell and form"),
        ("Sorting in $O(n \\log n)$", "Sorting in O(n log n)"),
        ("Weaving 🧵 ∀ “looms” ㄱ", "Weaving 🧵 ∀ “looms” ㄱ"),
        ("*Italic* & `code`", "Italic & code"),
        ("Fish &amp; chips &lt;b&gt;", "Fish & chips <b>"),
    ],
)
def test_a_title_is_plain_text_that_survives(client, title, shown):
    make.publication(title)

    entry = read(client, FEED).entries[0]

    assert (entry.title, entry.title_detail.type) == (shown, "text/plain")


def test_characters_that_xml_forbids_are_left_out_everywhere(client):
    make.publication(
        "Bell", authors=["Ada\x07 Love\ufffelace"], tags=["en\x1bgines"], abstract="a\x0bb", container_title="J\x08"
    )

    entry = read(client, FEED).entries[0]

    assert (names(entry), terms(entry)) == (["Ada Lovelace"], ["engines"])
    assert "<p>ab</p>" in entry.summary


def test_no_script_of_a_text_gets_into_a_reader(client):
    make.publication(
        "<script>alert(1)</script>", abstract="<script>alert(2)</script> <img src=x onerror=alert(3)> fine"
    )

    text = client.get(FEED).content.decode()

    assert "fine" in text
    assert "script" not in text.replace("publications/scriptalert-1-script", "")
    assert "onerror" not in text


def test_addresses_within_a_text_start_from_its_page(client):
    make.publication("On Engines", abstract="![Loom](loom.png) and a note[^1].\n\n[^1]: There.")

    summary = read(client, FEED).entries[0].summary

    assert 'src="http://testserver/publications/on-engines/loom.png"' in summary
    assert 'href="http://testserver/publications/on-engines/#fn' in summary


def test_the_number_of_queries_does_not_grow_with_the_rows(client, django_assert_num_queries):
    for count in (1, 3):
        Publication.objects.all().delete()
        for number in range(count):
            publication = make.publication(
                f"Paper {number}", authors=["Ada Lovelace", f"Author {number}"], tags=["engines", f"t{number}"]
            )
            publication.resources.create(kind="pdf", file=ContentFile(BODY, "engines.pdf"))

        with django_assert_num_queries(6):
            feed = read(client, FEED)

        assert len(feed.entries) == count


def test_an_empty_feed_is_one(client):
    feed = read(client, FEED)

    assert (feed.feed.title, feed.entries) == ("Publications · Academic site", [])


def test_the_list_links_to_its_feed(client):
    make.publication()
    page = client.get("/publications/").content.decode()

    assert '<link rel="alternate" type="application/atom+xml" title="Publications" href="/publications/feed/">' in page
    assert '<a href="/publications/feed/">Atom feed</a>' in page
