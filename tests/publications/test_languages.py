"""The language and direction of works that are not in English, wherever they are displayed."""

import re

import pytest

from publications.languages import tag_of
from tests import json_ld, make
from tests.publications.test_metadata import head_of

ARABIC, CHINESE, GERMAN, PERSIAN = "دراسة عن الآلات", "关于机器的研究", "Über Maschinen", "GPT در زبان فارسی"


@pytest.mark.parametrize(
    ("language", "tag"),
    [
        ("de", "de"), ("german", "de"), ("ngerman", "de"), ("Deutsch", "de"), ("ger", "de"), ("deu", "de"),
        ("de_DE", "de-DE"), ("de-DE", "de-DE"), ("chi", "zh"), ("zho", "zh"), ("Chinese", "zh"), ("中文", "zh"),
        ("zh-Hant", "zh-Hant"), ("EN", "en"), ("british", "en-GB"), ("fre", "fr"), ("français", "fr"),
        ("magyar", "hu"), ("farsi", "fa"), ("Persian", "fa"), ("Japanese", "ja"), ("grc", "grc"), ("", ""),
        ("en; de", ""), ("English and German", ""), ("a secret one", ""), ('x" onload="', ""),
    ],
)  # fmt: skip
def test_a_language_has_a_bcp_47_tag(language, tag):
    assert tag_of(language) == tag


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("title", "language", "expected"),
    [
        (ARABIC, "Arabic", f'<bdi lang="ar" dir="rtl">{ARABIC}</bdi>'),
        (PERSIAN, "farsi", f'<bdi lang="fa" dir="rtl">{PERSIAN}</bdi>'),
        (ARABIC, "", f'<bdi dir="auto">{ARABIC}</bdi>'),
        (CHINESE, "chi", f'<bdi lang="zh">{CHINESE}</bdi>'),
        (GERMAN, "ngerman", f'<bdi lang="de">{GERMAN}</bdi>'),
        ("On Machines", "zh", "On Machines"),
        ("On Machines", "en-GB", "On Machines"),
        ("On Machines", "", "On Machines"),
    ],
)
def test_titles_have_their_language_and_direction(client, title, language, expected):
    owner = make.owner()
    fields = {"authors": [owner], "tags": ["machines"], "language": language}
    make.publication(title, slug="machines", featured=True, **fields)
    make.publication("On Cards", slug="cards", issued="2020", **fields)
    project = make.project("Mill")
    project.publications.add(*owner.publications.all())

    for path in ("/", "/publications/", "/cv/", "/tags/machines/", "/people/ada-lovelace/", "/projects/mill/",
                 "/search/?q=lovelace", "/publications/cards/"):  # fmt: skip
        page = client.get(path).content.decode()
        titles = re.findall(r'<a href="/publications/machines/">\s*(.*?)\s*</a>', page)
        assert titles, path
        assert set(titles) == {expected}, path
    assert f"<h1>{expected}</h1>" in client.get("/publications/machines/").content.decode()


@pytest.mark.django_db
def test_abstracts_names_and_venues_have_theirs(client):
    work = make.publication(
        ARABIC, slug="work", authors=(), language="ar", abstract=f"{ARABIC}.", container_title="مجلة الآلات"
    )
    work.authorships.create(name="ليلى حداد", position=1)
    page = client.get("/publications/work/").content.decode()
    card = client.get("/publications/").content.decode()

    assert '<div class="prose" lang="ar" dir="rtl">' in page
    assert '<p class="authors"><bdi dir="auto">ليلى حداد</bdi></p>' in page
    assert '<cite><bdi dir="auto">مجلة الآلات</bdi></cite>' in card


@pytest.mark.django_db
def test_hidden_names_of_links_snippets_and_feed_entries_have_theirs(client):
    work = make.publication(GERMAN, slug="work", language="de", abstract="Maschinen weben Muster.")
    work.resources.create(kind="code", url="https://example.org/code")
    card = client.get("/publications/").content.decode()
    results = client.get("/search/?q=weben").content.decode()
    entry = client.get("/publications/feed/").content.decode()

    name = f'<bdi lang="de">{GERMAN}</bdi></span>'
    assert re.findall(r'<span class="visually-hidden">(.*)</a>', card) == [f" of {name}", f" of {name}", f" {name}"]
    assert '<bdi lang="de">Maschinen <mark>weben</mark> Muster.</bdi>' in results
    assert '&lt;div lang="de"&gt;&lt;p&gt;Maschinen weben Muster.&lt;/p&gt;' in entry


@pytest.mark.django_db
def test_titles_of_other_content_have_their_direction(client):
    make.talk(ARABIC, slug="talk", occasions=[{"start": "2024"}])
    make.post(ARABIC, slug="post")

    for path in ("/talks/", "/talks/talk/", "/news/", "/news/post/", "/search/?q=الآلات"):
        assert f'<bdi dir="auto">{ARABIC}</bdi>' in client.get(path).content.decode().replace("<mark>", "").replace(
            "</mark>", ""
        ), path


@pytest.mark.django_db
def test_metadata_has_the_tag_of_the_language(client):
    make.publication(GERMAN, slug="on-engines", language="ngerman")

    assert ("citation_language", "de") in head_of(client)
    assert json_ld.by_type(client, "/publications/on-engines/")["ScholarlyArticle"]["inLanguage"] == "de"


@pytest.mark.django_db
@pytest.mark.pandoc
def test_citations_have_the_language_of_the_work(client, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        make.publication(CHINESE, slug="work", language="zh")

    assert re.search(rf'<p lang="zh">[^<]*{CHINESE}', client.get("/publications/work/").content.decode())
