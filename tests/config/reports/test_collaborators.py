"""The report of collaborators, in the tables of NSF's form, compared with a count by hand."""

import csv
import io
import re
import zipfile
from datetime import date
from xml.etree import ElementTree as ET

import pytest
from django.utils import timezone

from config.reports.collaborators import Collaborators, formal, months_before, tables_of
from profiles.models import Person
from publications import spreadsheets
from publications.references import Name
from tests import make

pytestmark = pytest.mark.django_db

TODAY = date(2026, 3, 31)  # 48 months before: 31 March 2022
PAGE = "/admin/collaborators/"


@pytest.fixture
def ada():
    return make.owner()


def table(person, number, **options):
    """Return {name: (code, last date)} of a table."""
    rows = tables_of(Collaborators(person, today=TODAY, **options))[number]
    return {row[1]: (row[0], row[-1]) for row in rows}


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [
        (date(2026, 3, 31), 48, date(2022, 3, 31)),
        (date(2024, 2, 29), 12, date(2023, 2, 28)),
        (date(2026, 3, 31), 1, date(2026, 2, 28)),
        (date(2026, 1, 15), 1, date(2025, 12, 15)),
        (date(2026, 1, 15), 13, date(2024, 12, 15)),
    ],
)
def test_months_are_counted_to_the_day(day, months, expected):
    assert months_before(day, months) == expected


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        (Name(family="Lovelace", given="Ada King"), "Lovelace, Ada, K."),
        (Name(family="Beethoven", given="Ludwig", non_dropping_particle="van"), "van Beethoven, Ludwig"),
        (Name(family="King", given="Martin Luther", suffix="Jr."), "King Jr., Martin, L."),
        (Name(literal="OpenAI"), "OpenAI"),
        (Name(family="Plato"), "Plato"),
    ],
)
def test_names_are_written_as_nsf_wants_them(name, expected):
    assert formal(name) == expected


@pytest.mark.parametrize(
    ("issued", "counts"),
    [
        ("2022-03-31", True), ("2022-03-30", False), ("2022-03", True), ("2022-02", False), ("2022", True),
        ("2021", False), ("2021-12-31", False), ("2026-03-31", True), ("2027", True),
    ],
)  # fmt: skip
def test_a_coauthor_counts_if_a_day_of_the_works_date_is_in_the_period(ada, issued, counts):
    make.publication(authors=[ada, "Grace Hopper"], issued=issued)
    assert list(table(ada, 4)) == ["Hopper, Grace"] * counts


@pytest.fixture
def record(ada):
    """A record with known dates. What counts, by hand, on 31 March 2026, is in the tests below."""
    babbage, grace, mary = make.person("Charles Babbage"), make.person("Grace Hopper"), make.person("Mary Jackson")
    annie, katherine = make.person("Annie Easley"), make.person("Katherine Johnson")
    joan, alan, eve = make.person("Joan Clarke"), make.person("Alan Turing"), make.person("Eve")
    grace.other_names = "Hopper G"
    grace.save()
    # Co-authors: Grace three times, the last on 1 May 2025; Mary too early; a draft; a plain name; in preparation.
    make.publication("One", authors=[ada, grace], issued="2022-03-31")
    make.publication("Two", authors=[grace, ada], issued="2025-05-01")
    make.publication("Three", authors=[ada], issued="2024").authorships.create(name="Hopper G", position=2)
    make.publication("Four", authors=[mary, ada], issued="2022-03-30")
    make.publication("Draft", authors=[ada, annie], issued="2023-07", state="draft", hides_authors=True)
    make.publication("Five", authors=[ada], issued="2023").authorships.create(name="Emmy Noether", position=2)
    make.publication("Submitted", authors=[ada, alan], issued="", status="submitted")
    make.publication("Thoughts", authors=[ada, eve], issued="", status="in preparation")
    make.publication("Undated", authors=[ada, eve], issued="")
    make.publication("Of others", authors=[eve, mary], issued="2025")
    # The preprint and the article of one work.
    article = make.publication("Six", authors=[ada, katherine], issued="2021")
    make.publication("Six", authors=[ada, katherine], issued="2022-06", version_of=article)
    # Projects: Joan left before the period, Mary's time and Ada's do not overlap, Babbage is still on it.
    engine = make.project("Engine", start="2015")
    engine.members.create(person=ada, start="2019")
    engine.members.create(person=joan, end="2022-02")
    engine.members.create(person=babbage)
    tables = make.project("Tables", start="2010")
    tables.members.create(person=ada, start="2024")
    tables.members.create(person=mary, end="2023-12")
    # Grants: held, ended too early, only submitted.
    make.grant(
        people=[ada, make.person("Dorothy Vaughan")], start="2021", end="2024-12", other_people="G. West, Ida Rhodes"
    )
    make.grant("Old", people=[ada, mary], start="2015", end="2022-02", status="ended")
    make.grant("Proposal", people=[ada, eve], start="2027", status="submitted")
    # Advisors and advisees, of all time; a visitor and a master's student are collaborators.
    ada.relations.create(role="primary-supervisor", related=babbage, start="1990", end="1994")
    make.membership("Sofia Kovalevskaya", supervisors=[ada], start="2001", end="2005")
    make.membership("Maria Agnesi", role="visitor", supervisors=[ada], start="2022-01", end="2022-04")
    make.membership("Emilie du Chatelet", role="masters-student", supervisors=[ada], start="2020", end="2022-02")
    make.person("Hedy Lamarr").relations.create(role="primary-supervisor", related=ada)
    return ada


def test_table_4_agrees_with_a_count_by_hand(record):
    assert table(record, 4) == {
        "Babbage, Charles": ("C:", "03/31/2026"),
        "Hopper, Grace": ("A:", "05/01/2025"),
        "Easley, Annie": ("A:", "07/2023"),
        "Noether, Emmy": ("A:", "2023"),
        "Turing, Alan": ("A:", "03/31/2026"),
        "Johnson, Katherine": ("A:", "06/2022"),
        "Agnesi, Maria": ("C:", "04/2022"),
        "Vaughan, Dorothy": ("C:", "12/2024"),
        "West, G.": ("C:", "12/2024"),
        "Rhodes, Ida": ("C:", "12/2024"),
    }


def test_table_3_has_the_advisors_and_advisees_of_all_time(record):
    rows = tables_of(Collaborators(record, today=TODAY))[3]
    assert [(row[0], row[1]) for row in rows] == [
        ("G:", "Babbage, Charles"), ("T:", "Kovalevskaya, Sofia"), ("T:", "Lamarr, Hedy")
    ]  # fmt: skip


def test_the_period_can_be_longer(record):
    assert {"Jackson, Mary", "Clarke, Joan"} <= set(table(record, 4, months=60))
    assert "Hopper, Grace" not in table(record, 4, months=3)


def test_the_report_is_that_of_another_person(record):
    grace = Person.objects.get(name="Grace Hopper")
    assert table(grace, 4) == {"Lovelace, Ada": ("A:", "05/01/2025")}


def test_works_without_a_date_are_named(record, editor_client):
    assert [str(work) for work in Collaborators(record, today=TODAY).undated] == ["Undated"]
    page = editor_client.get(PAGE).text
    assert "Left out, because it has no date" in page


def test_co_editors_and_editorial_boards_of_24_months_are_in_table_5(ada):
    grace, mary = make.person("Grace Hopper"), make.person("Mary Jackson")
    for title, editors, issued in (("Handbook", [ada, grace], "2024-03"), ("Old book", [ada, mary], "2024-02")):
        work = make.publication(title, authors=[], type="book", issued=issued)
        for position, person in enumerate(editors, 1):
            work.authorships.create(person=person, role="editor", position=position)
    make.activity("Annals of Engines", kind="service", role="Associate editor", start="2020", is_ongoing=True)
    make.activity("Old Annals", kind="service", role="Editor", start="2020", end="2023")
    make.activity("NeurIPS", kind="service", role="Reviewer", start="2025")

    assert tables_of(Collaborators(ada, today=TODAY))[5] == [
        ("B:", "", "", "Annals of Engines", "03/31/2026"),
        ("E:", "Hopper, Grace", "", "Handbook", "03/2024"),
    ]


def test_own_affiliations_of_twelve_months_are_in_table_1(ada):
    ada.affiliations.create(organisation="Oxford", start="2010", end="2025-03")
    ada.affiliations.create(organisation="MIT", department="EECS", start="2025-04", position=1)
    ada.affiliations.create(organisation="Turin", end="2025-02")
    assert tables_of(Collaborators(ada, today=TODAY))[1] == [
        ("", "Lovelace, Ada", "Oxford", "March 2025"),
        ("", "", "EECS, MIT", ""),
    ]


def test_missing_affiliations_come_first_with_a_link_to_the_form(editor_client, ada):
    grace = make.person("Grace Hopper", email="grace@example.org")
    grace.affiliations.create(organisation="US Navy", department="Bureau of Ships", start="2020")
    mary = make.person("Mary Jackson")
    year = str(timezone.localdate().year)
    work = make.publication(authors=[ada, grace, mary], issued=year)
    work.authorships.create(name="Emmy Noether", position=4)

    page = editor_client.get(PAGE).text
    section = page.partition("<h2>Table 4")[2].partition("</section>")[0]
    rows = [re.sub(r"\s+", " ", re.sub("<.*?>", "|", row)).split("|") for row in section.split("<tr>")[2:]]
    rows = [[cell.strip() for cell in row if cell.strip()] for row in rows]
    assert [row[1] for row in rows] == ["Jackson, Mary", "Noether, Emmy (", "Hopper, Grace"]
    assert rows[0] == ["A", "Jackson, Mary", "missing", year, "On Engines"]
    assert rows[2] == ["A", "Hopper, Grace", "US Navy", "grace@example.org, Bureau of Ships", year, "On Engines"]
    assert f'href="/admin/profiles/person/{mary.pk}/change/#affiliations-group"' in section
    assert 'href="/admin/profiles/person/add/?name=Emmy%20Noether"' in section
    assert 'value="Emmy Noether"' in editor_client.get("/admin/profiles/person/add/?name=Emmy%20Noether").text
    assert "2 people have no affiliation" in re.sub(r"\s+", " ", page)


def read_csv(content):
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))


def sheet(content):
    """Return the rows of the first sheet of an XLSX file, and whether it has formulas."""
    archive = zipfile.ZipFile(io.BytesIO(content))
    names = {"x": "http://schemas.openxmlformats.org/spreadsheetml/2006/main"}
    texts = ["".join(one.itertext()) for one in ET.fromstring(archive.read("xl/sharedStrings.xml"))]
    root = ET.fromstring(archive.read("xl/worksheets/sheet1.xml"))
    rows = [
        [texts[int(cell.findtext("x:v", namespaces=names))] for cell in row if cell.get("t") == "s"]
        for row in root.iter(f"{{{names['x']}}}row")
    ]
    return rows, bool(list(root.iter(f"{{{names['x']}}}f")))


HOSTILE = ["=HYPERLINK(1)", "+1", "-1", "@SUM(A1)", "\tx", "\rx", " =1", "＝1"]


def test_cells_that_look_like_formulas_are_text():
    rows = list(
        csv.reader(io.StringIO(spreadsheets.to_csv([HOSTILE, ["plain, “text”\nof two lines"]]).decode("utf-8-sig")))
    )
    assert rows == [[f"'{text}" for text in HOSTILE], ["plain, “text”\nof two lines"]]
    assert sheet(spreadsheets.to_xlsx([[text] for text in HOSTILE if text.strip() == text]))[1] is False


def test_the_downloads_have_nsf_s_columns_and_no_formulas(editor_client, ada):
    make.publication(authors=[ada, "=cmd()"], issued=str(timezone.localdate().year))
    ada.affiliations.create(organisation="+MIT")

    answer = editor_client.get(f"{PAGE}?format=csv")
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert re.fullmatch(
        r'attachment; filename="collaborators-ada-lovelace-\d{4}-\d\d-\d\d\.csv"', answer["Content-Disposition"]
    )
    rows = read_csv(answer.content)
    year = str(timezone.localdate().year)
    assert rows == [
        ["1", "Your Name:", "Your Organizational Affiliation(s), last 12 mo", "Last Active Date"],
        ["", "Lovelace, Ada", "'+MIT", ""],
        [],
        ["2", "Name:", "Type of Relationship", "Optional (email, Department)", "Last Active Date"],
        [],
        ["3", "Advisor/Advisee Name:", "Organizational Affiliation", "Optional (email, Department)"],
        [],
        ["4", "Name:", "Organizational Affiliation", "Optional (email, Department)", "Last Active Date"],
        ["A:", "'=cmd()", "", "", year],
        [],
        ["5", "Name:", "Organizational Affiliation", "Journal/Collection", "Last Active Date"],
        [],
    ]
    content = editor_client.get(f"{PAGE}?format=xlsx").content
    found, has_formulas = sheet(content)
    assert not has_formulas
    assert found[1] == ["", "Lovelace, Ada", "+MIT", ""]
    assert ["A:", "=cmd()", "", "", year] in found


def test_only_editors_see_collaborators(client, editor_client, django_user_model, guest_client, ada):
    assert editor_client.get(PAGE).status_code == 200
    assert guest_client.get(PAGE).status_code == 403
    assert client.get(PAGE).status_code == 302
    assert editor_client.post(PAGE).status_code == 405
    assert f'href="{PAGE}"' in editor_client.get("/admin/").text
    assert f'href="{PAGE}"' not in guest_client.get("/admin/").text


@pytest.mark.parametrize("query", ["months=0", "months=x", "months=99999999999", "person=0", "person=x", "months="])
def test_a_mistake_in_the_options_is_named(editor_client, ada, query):
    answer = editor_client.get(f"{PAGE}?{query}&format=csv")
    assert answer.status_code == 200
    assert 'class="errorlist"' in answer.text


def test_a_site_without_an_owner_asks_for_a_person(editor_client):
    assert 'name="person"' in editor_client.get(PAGE).text


def test_the_number_of_queries_is_the_same_for_one_and_three_works(editor_client, django_assert_num_queries, ada):
    for count in (1, 2):
        for number in range(count):
            person = make.person(f"Author {count}{number}")
            person.affiliations.create(organisation="MIT")
            make.publication(f"Work {count}{number}", authors=[ada, person], issued="2999")
            make.project(f"Project {count}{number}").members.create(person=ada)
            make.grant(f"Grant {count}{number}", people=[ada, person])
            make.membership(f"Student {count}{number}", supervisors=[ada])
        editor_client.get(PAGE)
        with django_assert_num_queries(21):
            editor_client.get(PAGE)
