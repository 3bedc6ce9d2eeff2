"""The icon in all sizes, the web manifest, robots.txt and the sitemap."""

import io
import re
from datetime import UTC, datetime

import pytest
from django.core.files.base import ContentFile
from PIL import Image

from profiles.models import Look
from publications.models import Publication
from tests import make

pytestmark = pytest.mark.django_db


def picture(response):
    assert response.status_code == 200
    return Image.open(io.BytesIO(response.content))


@pytest.mark.parametrize("size", [48, 180, 192, 512])
def test_the_icon_shows_the_owners_initials(client, size):
    make.owner(name="Ada Lovelace")

    image = picture(client.get(f"/icon/{size}.png"))

    assert image.size == (size, size)
    assert len(image.convert("RGB").getcolors(100_000)) > 2


def test_the_icon_is_the_owners_photo_if_there_is_one(client, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    owner = make.owner()
    letters = client.get("/icon/192.png")
    file = io.BytesIO()
    Image.new("RGB", (900, 600), "red").save(file, "JPEG")
    owner.photo_alt = "Ada"
    owner.photo.save("ada.jpg", ContentFile(file.getvalue()))
    type(owner).objects.update(photo_width=900, photo_height=600)

    image = picture(client.get("/icon/192.png"))

    red, green, _ = image.convert("RGB").getpixel((96, 96))
    assert (red > 240, green < 20) == (True, True)
    assert client.get("/icon/192.png").headers["ETag"] != letters.headers["ETag"]
    owner.photo.storage.delete(owner.photo.name)
    Look.objects.create(person=owner, accent="crimson")  # a new picture, which is not cached
    assert picture(client.get("/icon/192.png")).size == (192, 192)


@pytest.mark.parametrize("path", ["/icon/47.png", "/icon/100000.png", "/icon/0.png"])
def test_other_sizes_are_not_found(client, path):
    assert client.get(path).status_code == 404


def test_the_manifest_and_pages_link_to_the_icons(client):
    make.owner(name="Ada Lovelace")
    manifest = client.get("/site.webmanifest")
    page = client.get("/").content.decode()

    assert manifest.headers["Content-Type"] == "application/manifest+json"
    content = manifest.json()
    assert (content["name"], content["start_url"]) == ("Ada Lovelace", "/")
    for icon in content["icons"]:
        answer = client.get(icon["src"])
        assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"
        assert icon["sizes"] == "{}x{}".format(*picture(answer).size)
    assert '<link rel="manifest" href="/site.webmanifest">' in page
    for link in re.findall(r'<link rel="(?:icon|apple-touch-icon)" href="(.*?)"', page):
        assert picture(client.get(link))
    assert client.get("/site.webmanifest").json() == content


def test_a_site_without_an_owner_has_an_icon(client):
    assert picture(client.get("/icon/192.png")).size == (192, 192)
    assert client.get("/site.webmanifest").json()["name"] == "Academic site"


def test_the_home_page_links_to_the_owners_profiles(client):
    owner = make.owner(orcid="0000-0002-1825-0097")
    owner.links.create(kind="mastodon", url="https://example.org/@ada")
    owner.links.create(kind="other", url="https://example.org/elsewhere")

    page = client.get("/").content.decode()

    assert re.findall(r'<link rel="me" href="(.*?)">', page) == [
        "https://example.org/@ada",
        "https://orcid.org/0000-0002-1825-0097",
    ]
    assert '<link rel="alternate" hreflang="en" href="http://testserver/">' in page


def test_robots_txt_lists_the_paths_of_the_setting(client, settings):
    settings.ROBOTS_DISALLOW = ["/search/", "/cv/"]

    lines = client.get("/robots.txt").content.decode().splitlines()

    assert lines == [
        "User-agent: *", "Disallow: /admin/", "Disallow: /search/", "Disallow: /cv/", "",
        "Sitemap: http://testserver/sitemap.xml",
    ]  # fmt: skip


def test_the_sitemap_has_uploaded_files_and_dates_of_change(client):
    make.owner()
    paper = make.publication("On Engines")
    paper.resources.create(kind="pdf", file=ContentFile(b"%PDF-1.4", "engines.pdf"))
    draft = make.publication("A draft", state="draft")
    draft.resources.create(kind="pdf", file=ContentFile(b"%PDF-1.4", "draft.pdf"))
    future = datetime(2999, 1, 1, tzinfo=UTC)
    Publication.objects.filter(pk=draft.pk).update(updated_at=future)
    then = datetime(2020, 5, 17, tzinfo=UTC)
    Publication.objects.filter(pk=paper.pk).update(updated_at=then, publish_at=then)

    text = client.get("/sitemap.xml").content.decode()

    changed = dict(re.findall(r"<loc>http://testserver([^<]*)</loc><lastmod>([^<]*)</lastmod>", text))
    assert changed["/publications/on-engines/engines.pdf"] == "2020-05-17"
    assert changed["/publications/"] == changed["/publications/on-engines/"] == "2020-05-17"
    assert changed["/"] == changed["/people/ada-lovelace/"] != "2020-05-17"
    assert "draft" not in text
    assert "2999" not in text


@pytest.mark.parametrize("pages", [1, 7, 2000])
def test_every_page_of_a_list_is_reached_in_a_few_steps(pages):
    from types import SimpleNamespace

    from config.templatetags.site import page_links

    def links(number):
        page = SimpleNamespace(number=number, paginator=SimpleNamespace(num_pages=pages))
        return [link for link in page_links(page) if link]

    reached, edge, steps = {1}, {1}, 0
    while len(reached) < pages:
        edge = {number for page in edge for number in links(page)} - reached
        reached |= edge
        steps += 1

    assert steps <= 9  # from the home page to the list, and from there to the work, are two more
    assert all(1 <= number <= pages for number in links(min(5, pages)))
    assert len(links(min(1000, pages))) <= 30
