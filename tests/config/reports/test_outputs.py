"""The report of outputs: works by type and year, citations, open access, talks, news and grants; as page and files."""

import csv
import io
import re
import zipfile
from html import unescape

import pytest
from django.utils import timezone

from projects.models import Grant
from publications.citations import conversion, stored
from publications.models import Publication
from tests import make

pytestmark = pytest.mark.django_db

PAGE = "/admin/reports/"


def text_of(html):
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


def report(client, query):
    """Return (the rows of the table of counts, the citations) of a report."""
    page = client.get(f"{PAGE}?{query}").text
    table = page.partition("Works by year and type")[2].partition("</table>")[0]
    rows = [[text_of(cell) for cell in re.findall(r"<t[hd].*?>(.*?)</t[hd]>", row, re.DOTALL)]
            for row in table.split("<tr>")[1:]]  # fmt: skip
    listed = page.partition('<ol class="citations">')[2].partition("</ol>")[0]
    return rows, [text_of(one) for one in re.findall("<li>(.*?)</li>", listed, re.DOTALL)]


def titles(client, query):
    """Return the titles in a report, from its CSV file."""
    content = client.get(f"{PAGE}?{query}&format=csv").content.decode("utf-8-sig")
    return [row["Title"] for row in csv.DictReader(io.StringIO(content, newline=""))]


@pytest.fixture
def record():
    ada, grace = make.owner(), make.person("Grace Hopper")
    article = {"type": "article-journal"}
    one = make.publication("One", authors=[ada], issued="2023", arxiv_id="2301.00001", **article)
    two = make.publication("Two", authors=[ada, grace], issued="2024-05", **article)
    make.publication("Three", authors=[grace], issued="2024", type="book", license="CC-BY-4.0", doi="10.1234/3")
    make.publication("Four", authors=[grace], issued="", status="submitted", type="article")
    make.publication("Five", authors=[ada], issued="2024", state="draft", **article)
    make.publication("Six", authors=[ada], issued="2024", hides_authors=True, **article)
    seven = make.publication("Seven", authors=[ada], issued="", **article)
    seven.resources.create(kind="pdf", url="https://example.org/seven.pdf", version="published")
    # The preprint of "Two", which alone is of the grant and the project, and open.
    preprint = make.publication("Two, a preprint", authors=[ada], type="article", issued="2023", version_of=two)
    preprint.resources.create(kind="pdf", url="https://example.org/two.pdf", version="accepted")
    project = make.project("Engine")
    project.publications.set([one, preprint])
    make.grant(people=[ada], publications=[preprint], projects=[project], start="2023", end="2024")
    return ada


def test_works_are_counted_by_type_and_year(editor_client, record):
    rows, listed = report(editor_client, "first=")
    assert rows == [
        ["Year", "Journal articles", "Preprints", "Books and chapters", "Total"],
        ["Forthcoming", "–", "1", "–", "1"],
        ["2024", "2", "–", "1", "3"],
        ["2023", "1", "–", "–", "1"],
        ["Undated", "1", "–", "–", "1"],
        ["Total", "4", "1", "1", "6"],
    ]
    assert len(listed) == 6


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("first=2024&last=2024", {"Two", "Three", "Six"}),
        ("first=2024", {"Two", "Three", "Six"}),
        ("last=2023", {"One"}),
        ("first=&person={ada}", {"One", "Two", "Seven"}),
        ("first=2024&person={ada}", {"Two"}),
        ("first=&person={ada}&drafts=on", {"One", "Two", "Five", "Six", "Seven"}),
        ("first=&project={project}", {"One", "Two"}),
        ("first=&grant={grant}", {"Two"}),
        ("first=&grant={grant}&project={project}&person={ada}", {"Two"}),
        ("first=1999&last=1999", set()),
    ],
)
def test_works_are_selected_by_year_person_project_and_grant(editor_client, record, query, expected):
    project = record.publications.get(title="One").projects.get()
    found = titles(editor_client, query.format(ada=record.pk, project=project.pk, grant=project.grants.get().pk))
    assert sorted(found) == sorted(expected)


def test_without_options_the_report_is_that_of_the_current_year(editor_client):
    year = timezone.localdate().year
    make.publication("New", issued=str(year))
    make.publication("Old", issued=str(year - 1))
    page = editor_client.get(PAGE).text
    assert f"<h2>Outputs, {year}</h2>" in page
    assert "New" in page
    assert "Old" not in page


def test_works_without_a_date_that_a_period_leaves_out_are_counted(editor_client, record):
    assert "2 works without a date are left out." in text_of(editor_client.get(f"{PAGE}?first=2020").text)
    assert "left out" not in editor_client.get(f"{PAGE}?first=").text


def test_the_share_of_open_access_counts_all_versions_of_a_work(editor_client, record):
    # "One" is on arXiv, "Two" has a manuscript, "Three" has a licence; the PDF of "Seven" is the publisher's.
    assert "Open access: 3 of 6 works (50 %)" in text_of(editor_client.get(f"{PAGE}?first=").text)


def test_drafts_and_hidden_authors_are_only_in_a_report_with_drafts(editor_client, record):
    page = editor_client.get(f"{PAGE}?first=2024").text
    assert "Five" not in page
    assert "Ada Lovelace. Six" not in page
    page = text_of(editor_client.get(f"{PAGE}?first=2024&drafts=on").text)
    assert "[Draft] Ada Lovelace. Five" in page
    assert "Ada Lovelace. Six" in page


def test_talks_news_and_grants_of_the_period_are_listed_if_asked_for(editor_client, record):
    make.talk("A talk", speakers=[record], occasions=[{"event": "CMC", "start": "2024-06-12"}, {"start": "2020"}])
    make.talk("Hidden talk", state="draft", occasions=[{"event": "CMC", "start": "2024"}])
    make.post("A post", date="2024-03-01", people=[record])
    make.post("Old post", date="2020", people=[record])
    make.grant("Old grant", start="2019", end="2021", amount=1000, currency="EUR")
    make.grant("New grant", people=[record], start="2024", amount=5000, currency="EUR")
    make.grant("Public grant", people=[record], start="2024", amount=7000, currency="EUR", amount_is_public=True)

    query = f"first=2024&person={record.pk}"
    assert "A talk" not in editor_client.get(f"{PAGE}?{query}").text
    page = text_of(editor_client.get(f"{PAGE}?{query}&talks=on&posts=on&grants=on").text.partition("<h3>Talks")[2])
    assert "A talk, CMC, 12 June 2024" in page
    assert "A post, 1 March 2024" in page
    assert "New grant, 2024" in page
    assert "€7,000" in page
    for absent in ("Hidden talk", "Old post", "Old grant", "5,000"):
        assert absent not in page
    assert titles(editor_client, f"{query}&talks=on&posts=on&grants=on")[1:] == [
        "A talk", "A post", "Public grant", "New grant", "Engines for Notation"
    ]  # fmt: skip


def test_talks_of_a_grant_are_those_on_its_page(editor_client, record):
    linked, about, _ = (make.talk(title, occasions=[{"start": "2024"}]) for title in ("Linked", "About", "Other"))
    about.talk_publications.create(publication=Publication.objects.get(title="Two, a preprint"))
    grant = Grant.objects.get()
    grant.talks.add(linked)

    assert sorted(titles(editor_client, f"first=&grant={grant.pk}&talks=on")) == ["About", "Linked", "Two"]


def test_a_grant_that_is_over_has_ended_in_the_csv_file_and_in_the_admin(editor_client):
    make.owner()
    make.grant("Over", start="2019", end="2021", status="held")
    make.grant("Running", start="2020", end="2999", status="held")

    content = editor_client.get(f"{PAGE}?first=&grants=on&format=csv").content.decode("utf-8-sig")
    rows = csv.DictReader(io.StringIO(content, newline=""))
    assert {row["Title"]: row["Type"] for row in rows} == {"Over": "Ended", "Running": "Held"}
    listed = editor_client.get("/admin/projects/grant/").text
    assert re.findall(r'class="field-current_status">(\w+)<', listed) == ["Held", "Ended"]


@pytest.mark.parametrize("kind", ["grant", "project"])
def test_the_form_of_a_grant_or_project_links_to_its_report(editor_client, record, kind):
    item = Grant.objects.get() if kind == "grant" else record.publications.get(title="One").projects.get()
    form = editor_client.get(f"/admin/projects/{kind}/{item.pk}/change/").text

    [address] = re.findall(r'<a href="([^"]*)">\s*Report of outputs\s*</a>', form)
    assert f"Outputs of {item}" in editor_client.get(unescape(address)).text


def test_the_file_is_named_in_the_script_of_the_person(editor_client):
    person = make.person("李雷")

    answer = editor_client.get(f"{PAGE}?person={person.pk}&format=csv")

    assert answer["Content-Disposition"].startswith("attachment; filename*=utf-8''outputs-of-%E6%9D%8E%E9%9B%B7-")


def test_the_csv_file_has_a_row_for_each_work_and_no_formulas(editor_client):
    make.publication("=cmd()", authors=["@Eve"], issued="2024", type="book", doi="10.1234/a")
    content = editor_client.get(f"{PAGE}?first=2024&format=csv")
    assert content["Content-Disposition"].startswith('attachment; filename="outputs-since-2024-')
    (row,) = csv.DictReader(io.StringIO(content.content.decode("utf-8-sig"), newline=""))
    assert row == {
        "Kind": "publication", "Type": "Book", "Date": "2024", "Title": "'=cmd()", "People": "'@Eve", "Venue": "",
        "DOI": "10.1234/a", "arXiv": "", "Address": "http://testserver/publications/cmd/", "Licence": "",
        "Open access": "no", "Citation": "'@Eve. =cmd(). 2024.",
    }  # fmt: skip


@pytest.mark.pandoc
def test_the_list_is_in_the_chosen_style(editor_client):
    make.publication("On Engines", authors=["Ada Lovelace"], issued="2024", type="book")
    list(stored.update_citations(Publication.objects.all()))
    assert report(editor_client, "first=2024&style=apa")[1] == ["Lovelace, A. (2024). On Engines ."]
    assert report(editor_client, "first=2024&style=vancouver")[1] == ["Lovelace A. On Engines. 2024."]
    assert 'class="errorlist"' in editor_client.get(f"{PAGE}?style=x").text


@pytest.mark.pandoc
def test_the_word_document_has_the_counts_and_the_list(editor_client, record):
    make.publication("<script>alert(1)</script> $x^2$ & more", authors=["<b>Eve</b>"], issued="2024")
    answer = editor_client.get(f"{PAGE}?first=2024&format=docx")
    assert answer["Content-Type"] == conversion.DOCX
    archive = zipfile.ZipFile(io.BytesIO(answer.content))
    document = archive.read("word/document.xml").decode()
    words = text_of(document)
    for expected in ("Outputs, since 2024", "Journal articles", "Open access: 2 of 4 works (50 %)", "Three"):
        assert expected in words
    assert "Five" not in words


def test_without_pandoc_no_word_document_is_offered(editor_client, record, monkeypatch):
    for module in ("config.reports.views", "publications.citations.conversion"):
        monkeypatch.setattr(f"{module}.pandoc", lambda: None)
    answer = editor_client.get(f"{PAGE}?first=2024&format=docx")
    assert answer["Content-Type"].startswith("text/html")
    assert "DOCX" not in answer.text
    assert 'name="style"' not in answer.text


def test_who_may_see_publications_sees_reports(client, editor_client, guest_client):
    assert editor_client.get(PAGE).status_code == 200
    assert guest_client.get(PAGE).status_code == 403
    assert client.get(PAGE).status_code == 302
    assert editor_client.post(PAGE).status_code == 405
    assert f'href="{PAGE}"' in editor_client.get("/admin/").text


@pytest.mark.parametrize("query", ["first=x", "first=0", "last=99999", "project=x", "person=99", "grant=0",
                                   "first=2025&last=2024"])  # fmt: skip
def test_a_mistake_in_the_options_is_named(editor_client, query):
    answer = editor_client.get(f"{PAGE}?{query}&format=csv")
    assert answer.status_code == 200
    assert 'class="errorlist"' in answer.text


def test_the_number_of_queries_is_the_same_for_one_and_three_works(editor_client, django_assert_num_queries):
    for count in (1, 2):
        for number in range(count):
            work = make.publication(f"Work {count}{number}", authors=[f"Author {count}{number}"], tags=["a"])
            make.publication(f"Preprint {count}{number}", version_of=work, arxiv_id=f"2401.0000{count}{number}"[:10])
            make.talk(f"Talk {count}{number}", occasions=[{"start": "2024"}])
            make.post(f"Post {count}{number}")
            make.grant(f"Grant {count}{number}")
        editor_client.get(f"{PAGE}?first=")
        with django_assert_num_queries(19):
            editor_client.get(f"{PAGE}?first=&talks=on&posts=on&grants=on")
