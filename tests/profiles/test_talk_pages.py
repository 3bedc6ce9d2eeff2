"""Talks on the pages of other content, for programs, and in the content check."""

import re
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from profiles.content import health
from profiles.models import PreviewLink, Talk
from tests import json_ld, make

pytestmark = pytest.mark.django_db

PDF = b"%PDF-1.4\n%%EOF\n"
MP4 = b"\0\0\0\x18ftypmp42\0\0\0\0"
TURIN = {"city": "Turin", "country": "Italy", "latitude": "45.07", "longitude": "7.69"}
TIMED = {"start": "2026-05-03", "start_time": "14:00", "end_time": "15:00", "time_zone": "Europe/Rome"}


def contents(answer):
    return b"".join(answer.streaming_content)


def meta(client, path):
    return re.findall(r'<meta name="((?:citation|DC)[^"]*)" content="([^"]*)">', client.get(path).text)


def test_each_occasion_is_an_event_with_its_place_and_the_offset_of_its_zone(client):
    make.owner()
    make.talk(
        "On *Engines*", abstract="About **cards**.",
        occasions=[
            {**TIMED, **TURIN, "event": "AAAI", "organisation": "Academy", "is_online": True},
            {"start": "2026-05-02", "is_online": True}, {"start": "2026-05-01", **TURIN}, {"start": "2026-04"}, {},
        ],
    )  # fmt: skip

    both, online, here, month, *rest = json_ld.graph(client.get("/talks/on-engines/").text)

    assert (both["name"], both["description"]) == ("On Engines", "About cards.")
    assert (both["startDate"], both["endDate"]) == ("2026-05-03T14:00:00+02:00", "2026-05-03T15:00:00+02:00")
    place, virtual = both["location"]
    assert place["address"] == {"@type": "PostalAddress", "addressLocality": "Turin", "addressCountry": "Italy"}
    assert place["geo"] == {"@type": "GeoCoordinates", "latitude": 45.07, "longitude": 7.69}
    assert virtual == {"@type": "VirtualLocation", "url": "http://testserver/talks/on-engines/"}
    assert both["performer"][0]["name"] == "Ada Lovelace"
    assert both["organizer"] == {"@type": "Organization", "name": "Academy"}
    modes = [event.get("eventAttendanceMode", "").rpartition("/")[2] for event in (both, online, here, month)]
    assert modes == ["MixedEventAttendanceMode", "OnlineEventAttendanceMode", "OfflineEventAttendanceMode", ""]
    assert (here["startDate"], here["endDate"], month["startDate"]) == ("2026-05-01", "2026-05-01", "2026-04")
    assert "eventStatus" not in both
    assert [one["@type"] for one in rest] == ["BreadcrumbList"]
    assert [one["@type"] for one in json_ld.graph(client.get("/talks/").text)] == ["CollectionPage", *["Event"] * 4]


def test_reference_managers_read_a_presentation(client):
    make.owner(name="Ada Lovelace")
    make.talk("On Engines", occasions=[{"start": "2025-03", "event": "AAAI"}, {"start": "2999-01-01"}])

    assert meta(client, "/talks/on-engines/")[:5] == [
        ("citation_title", "On Engines"),
        ("DC.type", "presentation"),
        ("citation_author", "Lovelace, Ada"),
        ("citation_publication_date", "2025/3"),
        ("DC.source", "AAAI"),
    ]


def test_a_talk_and_its_publications_and_projects_name_each_other(client):
    paper, project = make.publication("On Looms"), make.project("Analytical Engine")
    hidden = make.publication("Quokka", state="draft")
    talk, draft = make.talk("A talk"), make.talk("Zanzibar", state="draft")
    for one in (talk, draft):
        one.talk_projects.create(project=project)
        one.talk_publications.create(publication=paper)
        one.talk_publications.create(publication=hidden)

    page = client.get("/talks/a-talk/").text

    assert "/publications/on-looms/" in page
    assert "/projects/analytical-engine/" in page
    assert "Quokka" not in page
    for path in ("/publications/on-looms", "/projects/analytical-engine"):
        for other in (client.get(f"{path}/").text, client.get(f"{path}.md").text):
            assert "/talks/a-talk" in other
            assert "Zanzibar" not in other


def test_under_blind_review_neither_page_leads_to_the_other(client):
    make.owner(name="Ada Lovelace")
    paper = make.publication("Sealed", hides_authors=True, authors=["Ada Lovelace"])
    make.talk("A talk").talk_publications.create(publication=paper)

    assert "A talk" not in client.get("/publications/sealed/").text
    assert "Sealed" not in client.get("/talks/a-talk/").text


def test_slides_are_beside_the_page_for_whoever_may_see_it(client, editor_client):
    talk = make.talk("On Engines")
    talk.resources.create(file=SimpleUploadedFile("slides.pdf", PDF))

    page = client.get("/talks/on-engines/").text
    shown = client.get("/talks/on-engines/slides.pdf")
    Talk.objects.update(state="draft")

    assert 'href="/talks/on-engines/slides.pdf"' in page
    assert (contents(shown), shown.headers["Content-Type"]) == (PDF, "application/pdf")
    assert client.get("/talks/on-engines/slides.pdf").status_code == 404
    assert contents(editor_client.get("/talks/on-engines/slides.pdf")) == PDF


def test_a_preview_shows_a_draft_with_its_files(client):
    talk = make.talk("Quokka", state="draft", occasions=[{"start": "2025", "event": "AAAI"}])
    talk.resources.create(file=SimpleUploadedFile("slides.pdf", PDF))
    tomorrow = timezone.now() + timedelta(days=1)
    address = PreviewLink.objects.create(
        model="profiles.talk", object_id=talk.pk, expires_at=tomorrow
    ).get_absolute_url()

    page = client.get(address).text

    assert "AAAI" in page
    assert 'href="slides.pdf"' in page
    assert contents(client.get(f"{address}slides.pdf")) == PDF


def test_a_video_plays_on_the_page_and_loads_nothing_from_elsewhere_before_a_click(client):
    talk = make.talk("On Engines")
    talk.resources.create(url="https://youtu.be/dQw4w9WgXcQ?t=1m30s", label="Recording")
    talk.resources.create(url="https://example.org/conference/video/7", kind="video")
    talk.resources.create(file=SimpleUploadedFile("talk.mp4", MP4))

    response = client.get("/talks/on-engines/")
    page = " ".join(response.text.split())

    assert 'href="https://www.youtube.com/watch?v=dQw4w9WgXcQ&amp;t=90s"' in page
    assert 'data-player="https://www.youtube-nocookie.com/embed/dQw4w9WgXcQ?autoplay=1&amp;start=90"' in page
    assert "Play “Recording”" in page
    assert "<iframe" not in page
    assert response.headers["Content-Security-Policy"].endswith("; frame-src https://www.youtube-nocookie.com")
    assert '<video controls preload="none" src="/talks/on-engines/talk.mp4"' in page
    assert page.count('href="https://example.org/conference/video/7"') == 1
    assert client.get("/talks/on-engines/talk.mp4", headers={"Range": "bytes=4-7"}).getvalue() == b"ftyp"


def test_a_preview_plays_the_video_beside_it(client):
    talk = make.talk("Quokka", state="draft")
    talk.resources.create(file=SimpleUploadedFile("talk.mp4", MP4))
    tomorrow = timezone.now() + timedelta(days=1)
    link = PreviewLink.objects.create(model="profiles.talk", object_id=talk.pk, expires_at=tomorrow)

    assert '<video controls preload="none" src="talk.mp4"' in client.get(link.get_absolute_url()).text


def test_the_maps_have_a_point_for_each_occasion(client):
    make.owner()
    make.talk("A talk", occasions=[{"start": "2025-05-01", **TURIN}, {**TURIN, "city": "Oslo", "latitude": "59.91"}])

    for path in ("/", "/activities/", "/talks/"):
        page = client.get(path).text
        assert page.count('<circle class="halo"') == 2, path
        assert 'A talk</a> <span class="count">1 May 2025</span>' in " ".join(page.split()), path


def test_the_home_page_has_the_next_talk_and_the_newest(client):
    make.owner()
    numbers = set()
    for number in (2, 3, 30):
        Talk.objects.all().delete()
        for one in range(number):
            make.talk(f"Given {one:02}", occasions=[{"start": f"19{one:02}"}, {"start": f"3{one:03}-01-01"}])
        with CaptureQueriesContext(connection) as queries:
            page = client.get("/").context_data
        numbers.add(len(queries))
        newest = [f"Given {one:02}" for one in range(1, number)][::-1][:3]
        assert (page["next_talk"].title, [talk.title for talk in page["talks"]]) == ("Given 00", newest)
    assert len(numbers) == 1


def test_the_next_talk_is_once_on_the_home_page_with_where_it_was_given_before(client):
    make.owner()
    before, after = {"start": "2025-05-03", "event": "AAAI"}, {"start": "3000-01-01", "event": "ICML"}
    make.talk("On Engines", occasions=[before, after])

    page = " ".join(client.get("/").text.split())

    assert page.count(">On Engines</a>") == 1
    assert page.index("ICML") < page.index("3 May 2025: AAAI")
    assert client.get("/index.md").text.count("[On Engines]") == 1


@pytest.mark.parametrize("count", [1, 3, 30])
def test_the_page_of_a_talk_asks_as_many_queries_for_one_occasion_as_for_many(client, django_assert_num_queries, count):
    talk = make.talk("On Engines", occasions=[{"start": "2025"}] * count, tags=["engines"])
    for number in range(count):
        talk.speakers.add(make.person(f"Person {number}"))
        talk.resources.create(url=f"https://example.org/{number}.pdf")
        talk.talk_projects.create(project=make.project(f"Project {number}"))

    with django_assert_num_queries(14):
        client.get("/talks/on-engines/")


def test_the_content_check_names_what_a_talk_lacks(editor):
    make.talk("Bare")
    make.talk("Over", occasions=[{"start": "2020", "city": "Nowhere"}])
    make.talk("Shown", occasions=[{"start": "2020"}]).resources.create(url="https://example.org/s.pdf", kind="slides")
    make.talk("Soon", occasions=[{"start": "2999"}])

    def sentences(key):
        return [finding.sentence for result in health.run(editor, key) for finding in result.findings]

    assert sentences("talks") == ["“Bare” has no occasion.", "“Over” is over. Add its slides, or a link to them."]
    assert sentences("talk-places") == ["“Nowhere”, where “Over” was given, is not on the map. Enter its coordinates."]


def test_a_talk_is_found_by_its_event_and_has_a_card(client):
    make.owner()
    make.talk("On Engines", occasions=[{"start": "2025", "event": "NeurIPS", "city": "Turin"}])

    assert "/talks/on-engines/" in client.get("/search/?q=neurips").text
    assert client.get("/card/talks/on-engines.png").headers["Content-Type"] == "image/png"


def test_the_markdown_of_a_talk_has_its_occasions(client):
    make.owner()
    make.talk(
        "On *Engines*", abstract="About cards.", occasions=[{"start": "2025", "event": "AAAI", "kind": "keynote"}]
    )

    text = client.get("/talks/on-engines.md").text

    assert text.startswith("# On Engines\n\nAda Lovelace\n\n- 2025: AAAI (Keynote)\n\nAbout cards.\n")
    assert (
        "- [On Engines](http://testserver/talks/on-engines.md)\n  · 2025: AAAI (Keynote)"
        in client.get("/talks.md").text
    )
