"""Saved lists: what they show, in which order and form, their files, and what other sites embed."""

import csv
import io
import re
import zipfile
from datetime import timedelta

import pytest
from django.core.exceptions import ValidationError
from django.core.files.base import ContentFile
from django.core.management import call_command
from django.utils import timezone

from profiles.history.merging import merge
from profiles.models import Person, PreviewLink, Tag
from publications.models import Publication, SavedList
from tests import json_ld, make
from tests.publications.test_files import BODY

pytestmark = pytest.mark.django_db

PAGE, ADD = "/publications/lists/engines/", "/admin/publications/savedlist/add/"


def saved(*chosen, tags=(), people=(), **fields):
    """A published list at PAGE, whose chosen works are ``chosen``."""
    created = SavedList.objects.create(**{"name": "Engines", "slug": "engines", "state": "published", **fields})
    created.tags.set(tags)
    created.people.set(people)
    for position, work in enumerate(chosen, 1):
        created.rows.create(publication=work, position=position)
    return created


def titles(client, path=PAGE):
    return re.findall(r'class="title"><a [^>]*>(.*?)</a>', client.get(path).text)


def body(client, path):
    answer = client.get(path)
    assert answer.status_code == 200, path
    return answer.getvalue()


def test_the_filters_combine(client):
    ada, grace = make.person("Ada Lovelace"), make.person("Grace Hopper")
    both = {"tags": ["engines", "looms"], "authors": [ada], "issued": "2020"}
    make.publication("All", type="book", featured=True, **both)
    for title, other in (
        ("One tag", {"tags": ["engines"]}), ("Nobody", {"authors": ["Mary Somerville"]}), ("Early", {"issued": "2018"}),
        ("Late", {"issued": "2023"}), ("Undated", {"issued": ""}), ("Chapter", {"type": "chapter"}),
        ("Unselected", {"featured": False}),
    ):  # fmt: skip
        make.publication(title, **{"type": "book", "featured": True, **both, **other})

    saved(
        tags=Tag.objects.all(), people=[ada, grace], types=["book", "thesis"], year_from=2019, year_to=2022,
        selected_only=True,
    )  # fmt: skip

    assert titles(client) == ["All"]
    SavedList.objects.update(types=[], year_from=None, year_to=None, selected_only=False)
    assert len(titles(client)) == 6


def test_a_search_text_is_a_filter(client):
    make.publication("On Velvet", abstract="Looms weave.")
    make.publication("On Cards")

    saved(query="looms")

    assert titles(client) == ["On Velvet"]


@pytest.mark.parametrize(
    ("grouping", "headings"),
    [("year", ["Forthcoming", "2025", "2020"]), ("type", ["Books and chapters", "Journal articles"]), ("none", [])],
)
def test_works_are_grouped(client, grouping, headings):
    make.publication("Old", issued="2020")
    make.publication("New", issued="2025", type="book")
    make.publication("Soon", issued="", status="accepted")
    saved(grouping=grouping)

    found = re.findall(r'<h2 class="list-heading">(.*?)</h2>', client.get(PAGE).text)
    assert sorted(found) == sorted(headings)
    assert found == headings or grouping == "type"  # whose order is that of the CV
    assert len(titles(client)) == 3


def test_chosen_works_come_first_in_their_order_or_alone(client):
    old, middle, _ = (make.publication(str(year), issued=str(year)) for year in (2020, 2021, 2022))
    saved(middle, old)

    assert titles(client) == ["2021", "2020", "2022"]
    assert re.findall(r'list-heading">(.*?)</h2>', client.get(PAGE).text) == ["2022"]

    SavedList.objects.update(chosen_only=True)
    assert titles(client) == ["2021", "2020"]


def test_drafts_versions_and_hidden_authors_are_as_in_the_main_list(client, editor_client):
    ada = make.person("Ada Lovelace")
    work = make.publication("Article", authors=[ada])
    preprint = make.publication("Preprint", authors=[ada], version_of=work)
    draft = make.publication("Draft", authors=[ada], state="draft")
    blind = make.publication("Blind", authors=[ada], hides_authors=True)
    later = make.publication("Later", authors=[ada], publish_at=timezone.now() + timedelta(days=1))
    chosen = saved(preprint, draft, blind, later, people=[ada])

    assert titles(client) == ["Blind", "Article"]
    assert "Ada Lovelace</a>" not in client.get("/publications/lists/engines.md").text.partition("Article")[0]
    assert "Draft" not in body(client, "/publications/lists/engines.bib").decode()
    assert titles(editor_client) == ["Draft", "Blind", "Later", "Article"]
    chosen.rows.all().delete()
    assert titles(client) == ["Article"]


class TestFiles:
    @pytest.mark.parametrize(("ending", "word"), [("bib", "@article{"), ("ris", "TY  - JOUR"), ("json", '"title": ')])
    def test_have_the_works_of_the_list_in_its_order(self, client, ending, word):
        first, _ = make.publication("Chosen", issued="2001"), make.publication("Other", issued="2025")
        saved(first)

        text = body(client, f"/publications/lists/engines.{ending}").decode()

        assert word in text
        assert 0 < text.index("Chosen") < text.index("Other")

    def test_as_csv_have_the_columns_of_the_record(self, client):
        make.publication("On *Engines*", authors=["Ada Lovelace", "Grace Hopper"], tags=["mills"], doi="10.1000/e")
        saved()

        text = body(client, "/publications/lists/engines.csv").decode("utf-8-sig")
        [row] = csv.DictReader(io.StringIO(text))

        assert (row["authors"], row["year"], row["doi"]) == ("Ada Lovelace; Grace Hopper", "2025", "10.1000/e")
        assert (row["title"], row["page"]) == ("On Engines", "http://testserver/publications/on-engines/")

    @pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r"])
    @pytest.mark.parametrize("field", ["title", "container_title", "volume", "publisher", "award", "url", "page"])
    def test_as_csv_have_no_formula(self, client, start, field):
        work = make.publication("On Engines")
        Publication.objects.filter(pk=work.pk).update(**{field: f"{start}cmd|'/C calc'!A0"})
        saved()

        text = body(client, "/publications/lists/engines.csv").decode("utf-8-sig")

        for cell in next(csv.DictReader(io.StringIO(text))).values():
            assert not re.match(r"[=+\-@\t\r]", cell)

    @pytest.mark.pandoc
    def test_as_word_documents_have_headings_and_citations(self, client, django_capture_on_commit_callbacks):
        with django_capture_on_commit_callbacks(execute=True):
            make.publication("On <Engines> & more", authors=["Ada Lovelace"], container_title="Mills")
        saved(name="A <b>list</b>", citation_style="ieee")

        data = body(client, "/publications/lists/engines.docx")

        text = zipfile.ZipFile(io.BytesIO(data)).read("word/document.xml").decode()
        words = re.sub(r"<[^>]+>", "", text)
        assert "A &lt;b&gt;list&lt;/b&gt;" in words
        assert "A. Lovelace, “On &lt;Engines&gt; &amp; more,”" in words
        assert 'w:val="Heading2"' in text

    def test_as_word_documents_are_not_offered_without_pandoc(self, client, monkeypatch):
        monkeypatch.setattr("publications.views.lists.pandoc", lambda: None)
        make.publication()
        saved()

        assert "engines.docx" not in client.get(PAGE).text
        assert client.get("/publications/lists/engines.docx").status_code == 404

    def test_of_a_draft_are_not_found(self, client, editor_client):
        saved(state="draft")
        for end in ("/", "/embed/", ".bib", ".csv", ".md"):
            assert client.get(f"/publications/lists/engines{end}").status_code == 404, end
        assert editor_client.get(PAGE).status_code == 200
        assert editor_client.get(f"{PAGE}embed/").status_code == 404


@pytest.mark.pandoc
def test_a_citation_style_shows_citations(client, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        make.publication("On Engines", authors=["Ada Lovelace"], container_title="Journal of Mills")
    saved(citation_style="apa")

    page = client.get(PAGE).text
    assert "Lovelace, A. (2025). On Engines. <em>Journal of Mills</em>." in page
    assert 'href="/publications/on-engines/"' in page
    assert "Lovelace, A. (2025)." in client.get("/publications/lists/engines.md").text


def test_a_style_that_is_gone_shows_cards(client, editor_client):
    make.publication("On Engines")
    created = saved(citation_style="own-gone")

    assert titles(client) == ["On Engines"]
    form = editor_client.get(f"/admin/publications/savedlist/{created.pk}/change/").text
    assert "own-gone (not available now)" in form


class TestEmbedding:
    def test_is_allowed_for_the_page_made_for_it_only(self, client):
        make.publication("On Engines")
        saved()

        embedded, page = client.get(f"{PAGE}embed/"), client.get(PAGE)

        assert "X-Frame-Options" not in embedded.headers
        assert "frame-ancestors *" in embedded.headers["Content-Security-Policy"]
        assert page.headers["X-Frame-Options"] == "DENY"
        assert "frame-ancestors 'none'" in page.headers["Content-Security-Policy"]

    def test_needs_no_cookie_and_no_script_and_opens_links_in_the_whole_window(self, client):
        make.publication("On Engines")
        saved()

        answer = client.get(f"{PAGE}embed/")

        assert not answer.cookies
        assert "<script" not in answer.text
        assert '<base target="_top">' in answer.text
        assert 'content="noindex"' in answer.text
        assert titles(client, f"{PAGE}embed/") == ["On Engines"]

    def test_shows_editors_what_visitors_see(self, editor_client):
        make.publication("Public")
        make.publication("Draft", state="draft")
        saved()

        assert titles(editor_client, f"{PAGE}embed/") == ["Public"]

    def test_is_one_line_of_html_that_editors_can_copy(self, client, editor_client):
        saved(name='A "list"')
        line = (
            "&lt;iframe src=&quot;http://testserver/publications/lists/engines/embed/&quot; "
            "title=&quot;A &amp;quot;list&amp;quot;&quot; width=&quot;100%&quot; height=&quot;600&quot;&gt;"
            "&lt;/iframe&gt;"
        )

        assert line in editor_client.get(PAGE).text
        assert "iframe" not in client.get(PAGE).text


class TestBlocks:
    def test_show_a_list_in_a_text(self, client):
        make.publication("On Engines")
        make.page("Join us", body='Before\n\n{{ list name="engines" }}\n\nAfter')
        saved(grouping="none")

        page = client.get("/join-us/").text
        assert re.findall(r'class="title"><a [^>]*>(.*?)</a>', page) == ["On Engines"]
        assert "[On Engines](http://testserver/publications/on-engines.md)" in client.get("/join-us.md").text

    def test_with_more_works_than_they_show_link_to_the_list(self, client):
        for number in range(3):
            make.publication(f"Work {number}")
        make.page("Join us", body="{{ list name=engines limit=2 }}")
        saved()

        page = client.get("/join-us/").text
        assert f'<a href="{PAGE}">All 3 publications (Engines)</a>' in page
        assert len(titles(client, "/join-us/")) == 2

    @pytest.mark.pandoc
    def test_show_citations_and_headings_below_those_of_the_text(self, client, django_capture_on_commit_callbacks):
        with django_capture_on_commit_callbacks(execute=True):
            for number in range(3):
                make.publication(f"Work {number}", authors=["Ada Lovelace"])
        make.page("Join us", body="##### Papers\n\n{{ list name=engines limit=2 }}")
        created = saved(citation_style="apa")

        page = client.get("/join-us/").text
        assert page.count("Lovelace, A. (2025).") == 2
        assert re.search(r'<h[3-6] class="list-heading">2025<', page)

        created.citation_style = ""
        created.save()
        assert "<h7" not in client.get("/join-us/").text

    def test_of_a_draft_or_unknown_list_show_visitors_nothing_and_editors_why(self, client, editor_client):
        make.publication("On Engines")
        make.page("Join us", body="{{ list name=engines }}\n\n{{ list name=gone }}")
        saved(state="draft")

        assert "On Engines" not in client.get("/join-us/").text
        assert "There is no list “gone”." in editor_client.get("/join-us/").text

    def test_are_offered_by_the_picker(self, editor_client):
        saved()

        choices = editor_client.get("/admin/blocks/?kind=list&q=eng").json()["choices"]
        assert choices == [{"value": "engines", "label": "Engines"}]


class TestTheForm:
    def data(self, **fields):
        rows = {"rows-TOTAL_FORMS": 0, "rows-INITIAL_FORMS": 0}
        return {"name": "Engines", "grouping": "year", "state": "published", **rows, **fields}

    def test_saves_a_list_with_chosen_works(self, editor_client):
        work, tag, ada = make.publication("On Engines"), make.tag("engines"), make.person("Ada Lovelace")
        rows = {"rows-TOTAL_FORMS": 1, "rows-0-publication": work.pk, "rows-0-position": 1}

        answer = editor_client.post(
            ADD, self.data(tags=[tag.pk], people=[ada.pk], types=["book"], year_from="2019", query="x", **rows)
        )

        assert answer.status_code == 302
        created = SavedList.objects.get()
        assert (created.slug, created.types, created.year_from, created.query) == ("engines", ["book"], 2019, "x")
        assert [str(row) for row in created.rows.all()] == ["On Engines"]
        assert [*created.tags.all(), *created.people.all()] == [tag, ada]
        assert editor_client.get(f"/admin/publications/savedlist/{created.pk}/history/").status_code == 200

    @pytest.mark.parametrize(
        ("fields", "message"),
        [
            ({"types": ["gossip"]}, "gossip is not one of the available choices."),
            ({"tags": ["999"]}, "999 is not one of the available choices."),
            ({"people": ["x"]}, "is not"),
            ({"year_from": "2020", "year_to": "2010"}, "The last year is before the first one."),
            ({"year_from": "99999"}, "Ensure this value is less than or equal to 9999."),
            ({"citation_style": "gone"}, "gone is not one of the available choices."),
        ],
    )
    def test_says_what_is_wrong_at_the_field(self, editor_client, fields, message):
        answer = editor_client.post(ADD, self.data(**fields))

        assert answer.status_code == 200
        assert message in answer.text
        assert not SavedList.objects.exists()

    def test_says_that_a_tag_or_person_of_the_filters_was_deleted(self, client, editor_client):
        make.publication("On Engines", tags=["engines"])
        make.publication("Private notes", authors=["Mary Somerville"])
        created = saved(tags=[make.tag("engines")], people=[make.person("Grace Hopper")])
        make.tag("engines").delete()
        Person.objects.get(name="Grace Hopper").delete()

        assert titles(client) == []
        address = f"/admin/publications/savedlist/{created.pk}/change/"
        page = editor_client.get(address).text
        assert "“engines” was deleted" in page
        assert "“Grace Hopper” was deleted" in page

        editor_client.post(address, self.data(slug="engines", publish_at_0="2025-01-01"))
        assert sorted(titles(client)) == ["On Engines", "Private notes"]


def test_a_list_follows_a_merge_of_tags_and_of_people(client, editor):
    make.publication("On Engines", tags=["engines", "looms"], authors=["Ada Lovelace"])
    created = saved(tags=[make.tag("looms")], people=[make.person("A. Lovelace")])

    merge(make.tag("engines"), make.tag("looms"), editor)
    merge(Person.objects.get(name="Ada Lovelace"), Person.objects.get(name="A. Lovelace"), editor)

    created.refresh_from_db()
    assert (created.missing, titles(client)) == ({}, ["On Engines"])


def test_types_are_those_of_publications():
    for types in (["gossip"], "book", {"a": 1}, [["book"]]):
        with pytest.raises(ValidationError):
            SavedList(name="Engines", types=types).full_clean()


def test_no_publication_has_the_address_of_the_lists():
    assert make.publication("Lists").slug == "lists-2"
    with pytest.raises(ValidationError):
        Publication(title="Lists", slug="lists").full_clean()


def test_a_former_address_redirects(client):
    created = saved()
    created.slug = "mills"
    created.save()

    assert client.get(PAGE).url == "/publications/lists/mills/"


def test_a_preview_link_shows_a_draft(client):
    created = saved(state="draft", name="Not yet public")
    link = PreviewLink.objects.create(
        model="publications.savedlist", object_id=created.pk, expires_at=timezone.now() + timedelta(days=1)
    )

    assert "Not yet public" in client.get(link.get_absolute_url()).text


def test_the_sitemap_and_the_metadata_have_the_list(client):
    make.publication("On Engines")
    saved()

    assert f"{PAGE}</loc>" in client.get("/sitemap.xml").text
    facts = json_ld.by_type(client, PAGE)["CollectionPage"]
    assert [item["name"] for item in facts["mainEntity"]["itemListElement"]] == ["On Engines"]


def test_a_static_export_has_the_page_and_its_files(tmp_path, settings):
    make.owner()
    work = make.publication("On Engines")
    work.resources.create(kind="pdf", file=ContentFile(BODY, "paper.pdf"))
    saved()
    settings.SITE_URL = "https://ada.example"

    call_command("export_site", tmp_path / "site", verbosity=0)

    folder = tmp_path / "site/publications/lists"
    assert {path.name for path in folder.iterdir()} >= {"engines", "engines.bib", "engines.ris", "engines.csv"}
    assert "On Engines" in (folder / "engines/index.html").read_text()


@pytest.mark.parametrize("count", [1, 3, 30])
@pytest.mark.parametrize(
    ("path", "queries"), [(PAGE, 13), (f"{PAGE}embed/", 12), ("/publications/lists/engines.csv", 9)]
)
def test_the_number_of_queries_does_not_grow_with_the_works(client, django_assert_num_queries, path, queries, count):
    make.owner()
    works = [
        make.publication(f"Work {number}", authors=[f"Author {number}"], tags=["engines"], issued=str(1990 + number))
        for number in range(count)
    ]
    saved(*works[:2], tags=[make.tag("engines")], people=[])
    client.get(path)

    with django_assert_num_queries(queries):
        body(client, path)
