"""export_site: the public site as files, by the command itself."""

import json
import re
from datetime import timedelta
from html import unescape
from html.parser import HTMLParser
from io import StringIO
from itertools import islice
from pathlib import Path
from urllib.parse import unquote, urljoin, urlsplit

import feedparser
import pytest
from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import CommandError, call_command
from django.utils import timezone

from config.upkeep.export.addresses import crawled, exported, file_of
from config.upkeep.export.folder import JOURNAL
from config.upkeep.export.links import Rewriter
from config.upkeep.export.site import Export
from profiles.files.images import clean_image
from publications.models import Publication
from tests import make
from tests.profiles.files.test_images import phone_photo

pytestmark = [pytest.mark.slow, pytest.mark.django_db]

BASE = "https://ada.example.org/site"
SECRETS = ("zanzibar", "quokka", "camera of ada", "/admin/profiles")


@pytest.fixture(autouse=True)
def media(settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "media"


@pytest.fixture
def record():
    """A site with each kind of content, also as drafts (Zanzibar) and scheduled (Quokka)."""
    photo = clean_image(SimpleUploadedFile("me.jpg", phone_photo(), "image/jpeg"))
    owner = make.owner(
        name="Ada Lovelace",
        tags=["shared", "机器学习"],
        photo=photo,
        photo_alt="Ada",
        bio="[Works](/publications/?tag=shared)",
    )
    work = make.publication(
        "On Engines", authors=[owner, "Grace Hopper"], tags=["shared"], featured=True, issued="2020"
    )
    work.resources.create(kind="pdf", file=ContentFile(b"%PDF-1.7 paper", "paper.pdf"))
    make.publication(
        "On Looms", authors=[owner], type="software", issued="2021", abstract="Weaving <b> & [cards](/tags/shared/)"
    )
    make.publication("On Engines, early", authors=[owner], version_of=work, type="article", issued="2019")
    project = make.project("Engine", tags=["shared"])
    project.publications.add(work)
    project.resources.create(kind="slides", file=ContentFile(b"%PDF-1.7 slides", "slides.pdf"))
    make.activity("A talk", person=owner, kind="award", start="2024-05-17", tags=["shared"])
    talk = make.talk("A lecture", occasions=[{"start": "2024-05-17", "city": "Turin"}], tags=["shared"])
    talk.resources.create(kind="slides", file=ContentFile(b"%PDF-1.7 slides", "slides.pdf"))
    tomorrow = timezone.now() + timedelta(days=1)
    for word, fields in (("Zanzibar", {"state": "draft"}), ("Quokka", {"publish_at": tomorrow})):
        person, tags = make.person(f"{word} Person"), ["shared", f"{word} tag"]
        hidden = make.publication(f"{word} paper", authors=[owner, person], tags=tags, issued="2019", **fields)
        hidden.resources.create(kind="pdf", file=ContentFile(b"%PDF-1.7 " + word.encode(), f"{word}.pdf"))
        make.publication(f"{word} preprint", authors=[person], tags=tags, version_of=work, abstract=word, **fields)
        make.project(f"{word} project", tags=tags, **fields).publications.add(work)
        make.activity(f"{word} talk", person=owner, tags=tags, **fields)
        make.section(f"{word} section", body=word, **fields)
        make.talk(f"{word} lecture", occasions=[{"start": "2030-05-17", "city": word}], tags=tags, **fields)
    return work


def export(folder, base=BASE):
    """Return the output of the command."""
    output = StringIO()
    call_command("export_site", folder, "--base-url", base, stdout=output, stderr=output)
    return output.getvalue().strip()


def files_of(folder):
    return {str(path.relative_to(folder)): path for path in sorted(Path(folder).rglob("*")) if path.is_file()}


class Links(HTMLParser):
    """Return the addresses of the links and files of a page."""

    def __init__(self, text):
        super().__init__()
        self.found = []
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        self.found += [attrs[name] for name in ("href", "src", "action") if attrs.get(name)]
        self.found += [part.split()[0] for part in attrs.get("srcset", "").split(", ") if part]
        if (attrs.get("content") or "").startswith(BASE):
            self.found.append(attrs["content"])


def dead_links(folder, base=BASE):
    """{(file, link)} of the site's own links in pages that lead to no file."""
    files, dead = files_of(folder), set()
    for name, path in files.items():
        if not name.endswith(".html"):
            continue
        for link in Links(path.read_text()).found:
            whole = urljoin(f"{base}/{name.removesuffix('index.html')}", link)
            if not whole.startswith(("https://ada.", "http://127.")):
                continue
            target = unquote(urlsplit(whole).path).removeprefix(urlsplit(base).path).removeprefix("/")
            target += "index.html" if not target or target.endswith("/") else ""
            if not whole.startswith(f"{base}/") or target not in files:
                dead.add((name, link))
    return dead


def words_of(html):
    """Return the text of a page's body."""
    body = re.sub(r"(?s)<noscript>.*?</noscript>|<script.*?</script>", "", html.partition("<body>")[2])
    return unescape(re.sub(r"\s+", " ", re.sub(r"<[^>]*>", " ", body)))


PAGES = {
    "/": "index.html",
    "/publications/": "publications/index.html",
    "/publications/on-engines/": "publications/on-engines/index.html",
    "/publications/on-engines-early/": "publications/on-engines-early/index.html",
    "/tags/": "tags/index.html",
    "/tags/机器学习/": "tags/机器学习/index.html",
    "/projects/engine/": "projects/engine/index.html",
    "/people/ada-lovelace/": "people/ada-lovelace/index.html",
    "/activities/": "activities/index.html",
    "/cv/": "cv/index.html",
    "/search/": "search/index.html",
    "/nowhere/": "404.html",
}
FILES = {
    "/publications.bib": "publications.bib",
    "/publications.ris": "publications.ris",
    "/publications/on-engines.json": "publications/on-engines.json",
    "/publications/on-looms.cff": "publications/on-looms.cff",
    "/publications/on-engines.linkset.json": "publications/on-engines.linkset.json",
    "/publications/on-engines/paper.pdf": "publications/on-engines/paper.pdf",
    "/projects/engine/slides.pdf": "projects/engine/slides.pdf",
    "/projects/engine/CITATION.cff": "projects/engine/CITATION.cff",
    "/cv.json": "cv.json",
    "/cv.pdf": "cv.pdf",
    "/cv.docx": "cv.docx",
    "/cv.tex": "cv.tex",
    "/cv.txt": "cv.txt",
    "/activities.ics": "activities.ics",
    "/talks.ics": "talks.ics",
    "/talks/a-lecture.ics": "talks/a-lecture.ics",
    "/talks/a-lecture/slides.pdf": "talks/a-lecture/slides.pdf",
    "/talks/a-lecture.md": "talks/a-lecture.md",
    "/card/publications/on-engines.png": "card/publications/on-engines.png",
    "/card/home.png": "card/home.png",
    "/icon/180.png": "icon/180.png",
    "/publications.md": "publications.md",
    "/publications/on-engines.md": "publications/on-engines.md",
    "/opensearch.xml": "opensearch.xml",
    "/robots.txt": "robots.txt",
    "/sitemap.xml": "sitemap.xml",
}


def test_each_page_shows_the_same_as_the_live_site(client, record, tmp_path):
    export(tmp_path / "out")

    for address, name in PAGES.items():
        live = client.get(address).content.decode().replace("http://testserver", BASE)  # in the BibTeX of a work
        assert words_of((tmp_path / "out" / name).read_text()) == words_of(live), name


def test_each_file_is_the_live_one_byte_for_byte(client, record, tmp_path, settings):
    settings.SITE_URL, settings.SITE_HOST = "https://ada.example.org", "ada.example.org"

    export(tmp_path / "out", base="https://ada.example.org")

    for address, name in FILES.items():
        assert (tmp_path / "out" / name).read_bytes() == client.get(address).getvalue(), name


def test_every_link_within_the_site_has_the_base_path_and_leads_to_a_file(record, tmp_path):
    export(tmp_path / "out")

    assert dead_links(tmp_path / "out") == set()
    assert 'href="/site/tags/shared/"' in (tmp_path / "out/publications/on-engines/index.html").read_text()


def test_a_site_with_a_live_address_is_exported_for_another_one(record, tmp_path, settings):
    settings.SITE_URL, settings.SITE_HOST = "https://live.example.org", "live.example.org"
    settings.ALLOWED_HOSTS = ["live.example.org"]

    export(tmp_path / "out")

    assert dead_links(tmp_path / "out") == set()
    for name in ("index.html", "publications/on-engines/index.html", "sitemap.xml", "robots.txt", "cv.json"):
        text = (tmp_path / "out" / name).read_text()
        assert f"{BASE}/" in text, name
        assert "live.example.org" not in text, name
    # The ids of entries never change.
    assert (
        "<id>tag:live.example.org,2026:publications</id>" in (tmp_path / "out/publications/feed/index.xml").read_text()
    )


def test_no_file_contains_anything_that_is_not_public(record, tmp_path):
    export(tmp_path / "out")

    found = files_of(tmp_path / "out")
    texts = {name: (name + path.read_bytes().decode(errors="ignore")).lower() for name, path in found.items()}
    assert len(found) > 80
    assert [(name, secret) for name, text in texts.items() for secret in SECRETS if secret in text] == []
    assert not {"healthz"} & {name.partition("/")[0] for name in found}


def test_photos_are_exported_in_the_sizes_of_pages_but_not_the_original(record, tmp_path):
    export(tmp_path / "out")

    pictures = [name for name in files_of(tmp_path / "out") if name.startswith("media/")]
    assert {Path(name).suffix for name in pictures} == {".avif", ".webp"}


def test_the_search_for_other_content_shows_the_same_as_the_live_site(client, record, tmp_path):
    export(tmp_path / "out")

    found = {}
    for item in json.loads((tmp_path / "out/search/index.json").read_text())["others"]:
        found.setdefault(item["type"][0], []).append(words_of(f"<body>{item['html']}").strip())
    live = words_of(client.get("/search/?q=shared").content.decode())
    assert "Tag shared Used 5 times" in found["Tags"]
    assert "Tag shared Used 5 times" in live
    assert found["Projects"] == ["Project Engine"]
    assert "Activity A talk 17 May 2024" in found["Activities"]


def test_the_index_has_the_facts_and_words_of_each_work_and_its_versions(record, tmp_path):
    export(tmp_path / "out")

    index = json.loads((tmp_path / "out/search/index.json").read_text())
    assert [work["title"] for work in index["works"]] == ["on looms", "on engines"]
    engines = index["works"][1]
    facts = engines.pop("facts")
    assert engines == {
        "href": "/site/publications/on-engines/", "page": "/site/publications/",
        "heading": "2020", "group": "Journal articles",
        "year": ["2020"], "type": ["article-journal"], "tag": ["shared"], "author": ["ada-lovelace", "grace-hopper"],
        "title": "on engines", "names": "ada lovelace grace hopper",
    }  # fmt: skip
    assert "on engines early" in facts
    assert index["labels"]["author"] == {"ada-lovelace": "Ada Lovelace", "grace-hopper": "Grace Hopper"}


def test_names_under_blind_review_are_not_in_the_index(record, tmp_path):
    zoe = make.person("Zoe Zyzzyva")
    make.publication("Sealed", authors=[zoe], hides_authors=True)
    make.publication("Sealed, early", authors=[zoe], version_of=record)
    Publication.objects.filter(title="Sealed, early").update(hides_authors=True)

    export(tmp_path / "out")

    index = (tmp_path / "out/search/index.json").read_text()
    assert '"title":"sealed"' in index
    assert "sealed early" in index
    assert "zyzzyva" not in index.lower()
    assert "hopper" not in index


def test_the_pages_as_markdown_lead_to_files(record, tmp_path, monkeypatch):
    monkeypatch.setattr("publications.views.PublicationList.paginate_by", 1)
    export(tmp_path / "out")
    files = files_of(tmp_path / "out")

    for name in ("index.md", "publications.md", "publications-2.md", "tags/shared.md", "cv.md", "llms.txt"):
        text = files[name].read_text()
        links = re.findall(rf"\]\({BASE}/([^)?]*)", text)  # a server of files ignores what follows a "?"
        assert links, name
        assert [
            link for link in links if unquote(f"{link}index.html" if link.endswith("/") else link) not in files
        ] == []
        assert "testserver" not in text
        assert not any(word in text.lower() for word in SECRETS)
    assert f"[Next page]({BASE}/publications-2.md)" in files["publications.md"].read_text()
    assert f"[Atom feed]({BASE}/feed/index.xml)" in files["llms.txt"].read_text()
    assert f'template="{BASE}/search/?q={{searchTerms}}"' in files["opensearch.xml"].read_text()
    # An export has no filters.
    assert "publications.bib?" not in files["tags/shared/index.html"].read_text()


def test_a_second_run_touches_nothing_and_a_third_what_has_changed(record, tmp_path):
    out = tmp_path / "out"
    export(out)
    before = {name: path.stat().st_mtime_ns for name, path in files_of(out).items() if name != JOURNAL}

    said = export(out)

    after = {name: path.stat().st_mtime_ns for name, path in files_of(out).items() if name != JOURNAL}
    assert said == f"0 written, {len(before)} unchanged, 0 removed."
    assert after == before
    (out / "my-own.txt").write_text("Mine")
    Publication.objects.filter(title="On Looms").update(title="On Power Looms")
    Publication.objects.filter(title="On Engines, early").unpublish()
    export(out)
    assert "On Power Looms" in (out / "publications/index.html").read_text()
    assert "On Power Looms" in (out / "publications/on-looms/index.html").read_text()
    assert not (out / "publications/on-engines-early").exists()
    assert not (out / "publications/on-engines-early.bib").exists()
    assert (out / "projects/index.html").stat().st_mtime_ns == before["projects/index.html"]
    assert (out / "my-own.txt").read_text() == "Mine"


def test_a_run_that_was_stopped_is_completed_by_the_next(record, tmp_path):
    out = tmp_path / "out"
    list(islice(Export(out, BASE).run(), 30))
    with (out / JOURNAL).open("a") as journal:
        journal.write('["cut off by a ki')
    early = len(files_of(out))

    export(out)

    assert 20 < early < len(files_of(out))
    assert dead_links(out) == set()
    assert not [name for name in files_of(out) if name.endswith(".part")]


def test_a_file_that_somebody_changed_or_deleted_is_written_again(record, tmp_path):
    out = tmp_path / "out"
    export(out)
    (out / "index.html").write_text("Hello")
    (out / "card/home.png").unlink()

    said = export(out)

    assert said.startswith("2 written")
    assert "Ada Lovelace" in (out / "index.html").read_text()


def test_the_settings_are_as_before(record, tmp_path):
    export(tmp_path / "out")

    assert (settings.SITE_URL, settings.SITE_HOST) == ("", None)


def test_long_lists_have_a_path_for_each_page_and_the_index_their_order(tmp_path, monkeypatch):
    monkeypatch.setattr("publications.views.PublicationList.paginate_by", 3)
    owner = make.owner()
    for number in range(8):
        make.publication(f"Paper {number}", authors=[owner], issued=str(2000 + number))
    out = tmp_path / "out"

    export(out)

    pages = [out / "publications/index.html", *(out / f"publications/page/{n}/index.html" for n in (2, 3))]
    shown = [re.findall(r'class="title"><a href="[^"]*">([^<]*)', page.read_text()) for page in pages]
    works = json.loads((out / "search/index.json").read_text())["works"]
    assert [len(titles) for titles in shown] == [3, 3, 2]
    assert sorted(title for titles in shown for title in titles) == sorted(
        Publication.objects.values_list("title", flat=True)
    )
    assert [work["year"] for work in works] == [[str(2007 - number)] for number in range(8)]
    assert [work["page"] for work in works] == [
        *["/site/publications/"] * 3, *["/site/publications/page/2/"] * 3, *["/site/publications/page/3/"] * 2,
    ]  # fmt: skip
    assert dead_links(out) == set()
    second = pages[1].read_text()
    assert f'<link rel="canonical" href="{BASE}/publications/page/2/">' in second
    assert 'rel="prev" href="/site/publications/"' in second
    assert 'rel="next" href="/site/publications/page/3/"' in second


def test_the_link_to_all_choices_of_a_facet_is_left_out(client, tmp_path):
    owner = make.owner()
    make.publication("On Engines", authors=[owner], tags=[f"tag {number}" for number in range(20)])

    export(tmp_path / "out")

    assert "Show all" in client.get("/publications/").content.decode()
    assert "Show all" not in (tmp_path / "out/publications/index.html").read_text()


def test_a_site_with_only_its_owner_is_exported(tmp_path):
    make.owner()

    export(tmp_path)

    assert not list(tmp_path.glob("publications*"))
    assert "Ada Lovelace" in (tmp_path / "index.html").read_text()
    assert "<nav" not in (tmp_path / "404.html").read_text()


def test_an_export_has_no_login_page(record, tmp_path):
    make.section("Notes", body="[Edit](/admin/), [gone](/nowhere/)")

    export(tmp_path / "out")

    assert not (tmp_path / "out/admin").exists()
    assert not (tmp_path / "out/nowhere").exists()


def test_a_former_address_redirects_to_the_new_one(record, tmp_path):
    record.slug = "on-analytical-engines"
    record.save()

    export(tmp_path / "out")

    page = (tmp_path / "out/publications/on-engines/index.html").read_text()
    assert '<meta http-equiv="refresh" content="0; url=/site/publications/on-analytical-engines/">' in page
    assert f'<link rel="canonical" href="{BASE}/publications/on-analytical-engines/">' in page
    assert (tmp_path / "out/publications/on-analytical-engines/paper.pdf").exists()
    assert not (tmp_path / "out/publications/on-engines/paper.pdf").exists()


def test_feeds_are_valid_files_with_absolute_links(record, tmp_path):
    export(tmp_path / "out")

    feed = feedparser.parse((tmp_path / "out/publications/feed/index.xml").read_bytes())
    assert not feed.bozo
    assert [link.href for link in feed.feed.links] == [f"{BASE}/publications/", f"{BASE}/publications/feed/index.xml"]
    assert f'href="{BASE}/tags/shared/"' in "".join(entry.summary for entry in feed.entries)
    page = (tmp_path / "out/publications/index.html").read_text()
    assert 'title="Publications" href="/site/publications/feed/index.xml"' in page


def test_the_sitemap_and_metadata_have_the_base_url(record, tmp_path):
    export(tmp_path / "out")

    locations = re.findall("<loc>([^<]*)", (tmp_path / "out/sitemap.xml").read_text())
    page = (tmp_path / "out/publications/on-engines/index.html").read_text()
    assert f"{BASE}/publications/on-engines/paper.pdf" in locations
    assert {location[: len(BASE)] for location in locations} == {BASE}
    assert f'<link rel="canonical" href="{BASE}/publications/on-engines/">' in page
    assert f'<link href="{BASE}/publications/on-engines/" rel="cite-as">' in page
    assert f'content="{BASE}/publications/on-engines/paper.pdf"' in page
    assert f'"url": "{BASE}/publications/on-engines/"' in page
    assert f"Sitemap: {BASE}/sitemap.xml" in (tmp_path / "out/robots.txt").read_text()
    manifest = json.loads((tmp_path / "out/site.webmanifest").read_text())
    assert manifest["start_url"] == "/site/"
    assert manifest["icons"][0]["src"].startswith("/site/icon/")


def test_a_large_sitemap_is_a_file_for_each_of_its_parts(record, tmp_path, monkeypatch):
    monkeypatch.setattr("config.pages.sitemaps.PublicSitemap.limit", 2)

    export(tmp_path / "out")

    index = re.findall("<loc>([^<]*)", (tmp_path / "out/sitemap.xml").read_text())
    assert f"{BASE}/sitemap-publications.xml" in index
    assert f"{BASE}/sitemap-publications-2.xml" in index
    locations = []
    for location in index:
        locations += re.findall("<loc>([^<]*)", (tmp_path / "out" / location.rpartition("/")[2]).read_text())
    published = Publication.objects.published()
    assert {f"{BASE}{work.get_absolute_url()}" for work in published} <= set(locations)


def test_a_site_that_redirects_to_https_is_exported_too(record, tmp_path, settings):
    settings.SECURE_SSL_REDIRECT = True

    export(tmp_path / "out", base="http://ada.example.org")

    page = (tmp_path / "out/publications/on-engines/index.html").read_text()
    assert "<h1>On Engines</h1>" in page
    assert '<link rel="canonical" href="http://ada.example.org/publications/on-engines/">' in page


def test_unchanged_pictures_are_not_drawn_again(record, tmp_path, monkeypatch):
    drawn = []
    monkeypatch.setattr("config.pictures.cards.Card.png", lambda card: drawn.append(card.title) or b"a picture")
    export(tmp_path / "out")
    assert "On Engines" in drawn
    drawn.clear()
    Publication.objects.filter(title="On Looms").update(title="On Power Looms")

    export(tmp_path / "out")

    assert drawn == ["On Power Looms"]


def test_the_404_page_has_links_that_work_at_any_address(record, tmp_path):
    export(tmp_path / "out")

    links = Links((tmp_path / "out/404.html").read_text()).found
    assert "/site/publications/" in links
    assert [link for link in links if not link.startswith(("/site/", "#"))] == []


def test_without_an_address_it_says_which_one_it_uses(record, tmp_path):
    errors = StringIO()

    call_command("export_site", tmp_path / "out", stdout=StringIO(), stderr=errors)

    assert "begin with http://127.0.0.1:8000." in errors.getvalue()
    assert 'href="http://127.0.0.1:8000/cv/"' in (tmp_path / "out/cv/index.html").read_text()


def test_failed_addresses_are_named_and_the_rest_is_written(record, tmp_path, monkeypatch, caplog):
    export(tmp_path / "out")
    monkeypatch.setattr("config.cv.views.main_document", lambda request: 1 / 0)

    with pytest.raises(CommandError) as refused:
        export(tmp_path / "out")

    assert str(refused.value).splitlines() == [
        "Not written:", "/cv/ answered with 500", "/cv.md answered with 500", "/cv.json answered with 500",
        "/cv.pdf answered with 500", "/cv.docx answered with 500", "/cv.tex answered with 500",
        "/cv.txt answered with 500",
    ]  # fmt: skip
    assert (tmp_path / "out/cv/index.html").exists()
    assert (tmp_path / "out/cv.pdf").exists()
    assert (tmp_path / "out/publications/index.html").exists()


def test_unusable_folders_and_addresses_are_explained(record, tmp_path):
    (tmp_path / "full").mkdir()
    (tmp_path / "full/thesis.tex").write_text("Mine")
    (tmp_path / "file").write_text("Mine")
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / JOURNAL).write_text("")
    (tmp_path / "out/cv.json").write_text("Mine")

    for folder, sentence in [
        ("full", "full contains other files. Choose an empty folder or a new one."),
        ("file", "file cannot be used (File exists). Choose another folder."),
        ("file/deeper", "cannot be used (Not a directory). Choose another folder."),
        ("out", "cv.json is in the way: no export wrote it. Move it to another folder."),
    ]:
        with pytest.raises(CommandError) as refused:
            export(tmp_path / folder)
        assert str(refused.value).endswith(sentence)
        assert refused.value.returncode == 1
    assert (tmp_path / "out/cv.json").read_text() == "Mine"
    assert [path.name for path in (tmp_path / "full").iterdir()] == ["thesis.tex"]
    with pytest.raises(CommandError, match="“ada” is not the address of a site"):
        export(tmp_path / "new", base="ada")


def test_without_an_owner_there_is_nothing_to_export(tmp_path):
    with pytest.raises(CommandError, match="The site has no owner yet"):
        export(tmp_path / "out")

    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("address", "expected", "file"),
    [
        ("/", "/", "index.html"),
        ("/publications/?page=3", "/publications/page/3/", "publications/page/3/index.html"),
        ("/publications/?page=1", "/publications/", "publications/index.html"),
        ("/publications/?tag=a&page=2", "/publications/?tag=a&page=2", "publications/index.html"),
        ("/tags/shared/feed/", "/tags/shared/feed/index.xml", "tags/shared/feed/index.xml"),
        ("/tags/feed/", "/tags/feed/", "tags/feed/index.html"),
        ("/publications.md?page=2", "/publications-2.md", "publications-2.md"),
        ("/publications.md?page=1", "/publications.md", "publications.md"),
        ("/sitemap-tags.xml?p=2", "/sitemap-tags-2.xml", "sitemap-tags-2.xml"),
        ("/card/cv.png?v=12", "/card/cv.png?v=12", "card/cv.png"),
        ("/tags/%E6%9C%BA/#x", "/tags/%E6%9C%BA/#x", "tags/机/index.html"),
    ],
)
def test_each_address_has_a_file(address, expected, file):
    assert exported(address) == expected
    assert file_of(exported(address)) == file


@pytest.mark.parametrize(
    ("link", "address"),
    [
        ("/publications/?tag=a&page=2#x", "/publications/"),
        ("/publications/?page=2", "/publications/?page=2"),
        ("/card/cv.png?v=12", "/card/cv.png?v=12"),
        ("/publications/on-engines/#cite", "/publications/on-engines/"),
    ],
)
def test_a_link_is_followed_without_the_filters_of_lists(link, address):
    assert crawled(link) == address


def test_only_links_of_the_site_are_rewritten():
    found = []
    rewriter = Rewriter("https://a.org/site", found.append)
    unchanged = """<p title="<a href=&quot;/y/&quot;>" data-x="href='/y/'">href="/y/" &lt;a href="/"&gt;</p>
<pre><code>&lt;img src="/y/"&gt;</code></pre>
<script type="application/ld+json">{"a": "\\u003ca href='/'\\u003e", "b": "/"}</script>
<a href="mailto:&#97;@b.org">m</a><a href="#x">x</a><a href="//b.org/y/">b</a><a href="https://a.org/sites/">e</a>
<meta name="description" content="/y/ is not a link"><a href="http://[">c</a>"""
    links = """<a title="a > b" href="/y/?q=a&amp;year=1#z">y</a>
<img src="/y.png" srcset="/y.png 1x, /z.png 2x">
<svg><use href="/i.svg#land"/></svg><meta content="https://a.org/site/?page=2"><a href="?page=3">n</a>"""

    assert rewriter.html(unchanged, "/x/") == unchanged
    assert found == []
    assert (
        rewriter.html(links, "/x/")
        == """<a title="a > b" href="/site/y/?q=a&amp;year=1#z">y</a>
<img src="/site/y.png" srcset="/site/y.png 1x, /site/z.png 2x">
<svg><use href="/site/i.svg#land"/></svg><meta content="https://a.org/site/page/2/"><a href="/site/x/page/3/">n</a>"""
    )
    assert found == ["/y/?q=a&year=1#z", "/y.png", "/y.png", "/z.png", "/i.svg#land", "/?page=2", "/x/?page=3"]


def test_pages_with_their_files_and_former_addresses_are_exported(tmp_path):
    make.owner()
    page = make.page("Join us")
    page.resources.create(file=ContentFile(b"%PDF-1.4", "call.pdf"))
    page.slug = "openings"
    page.save()
    make.page("PhD", parent=page)
    make.page("Secret", state="draft")
    export(tmp_path / "site")
    files = set(files_of(tmp_path / "site"))
    assert {"openings/index.html", "openings.md", "openings/call.pdf", "openings/phd/index.html"} <= files
    assert "This page has moved" in (tmp_path / "site/join-us/index.html").read_text()
    assert not [name for name in files if "secret" in name]


def test_former_addresses_of_posts_talks_and_courses_are_exported(tmp_path):
    make.owner()
    for item in (make.post("News"), make.talk("News"), make.course("News")):
        item.slug = "moved"
        item.save()

    export(tmp_path / "site")

    for folder in ("news", "talks", "teaching"):
        assert f"url=/site/{folder}/moved/" in (tmp_path / f"site/{folder}/news/index.html").read_text()
