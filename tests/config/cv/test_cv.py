import io
import re
from datetime import timedelta

import pypdf
import pytest
from django.utils import timezone

from config.cv.content import full_cv
from profiles.content.publishing import EDITORS
from tests import make

pytestmark = pytest.mark.django_db

HOSTILE = '#panic("out") = $x$ *a* @b <c> \\u{41} "] } #read("/etc/passwd") // 測試 Ёжик'


class Visitor:
    is_staff = False


def read(response):
    assert response.status_code == 200
    assert response.headers["Content-Type"] == "application/pdf"
    return pypdf.PdfReader(io.BytesIO(response.content))


def text_of(response):
    return " ".join("\n".join(page.extract_text() for page in read(response).pages).split())


def numbers(owner, user=Visitor):
    sections = {section.kind: section for section in full_cv(owner, user).sections}
    return {entry.title: entry.number for entry in sections["publications"].entries}


def test_the_pdf_is_tagged_with_a_title_bookmarks_and_links(client):
    owner = make.owner(name="Ada Lovelace", headline="Countess", email="ada@example.org")
    make.publication("On Engines", authors=[owner], doi="10.5555/engines", container_title="Journal of Engines")
    make.activity("PhD", kind="education", organisation="University of London", start="1840")

    response = client.get("/cv.pdf")

    pdf = read(response)
    assert pdf.metadata.title == "Curriculum vitae of Ada Lovelace"
    assert pdf.trailer["/Root"]["/MarkInfo"]["/Marked"]
    assert pdf.trailer["/Root"]["/Lang"].startswith("en")
    assert [item.title for item in pdf.outline if not isinstance(item, list)] == ["Ada Lovelace"]
    links = [link["/A"].get("/URI") for page in pdf.pages for link in (one.get_object() for one in page["/Annots"])]
    assert "https://doi.org/10.5555/engines" in links
    assert "mailto:ada@example.org" in links
    assert "[J1] Ada Lovelace. On Engines. Journal of Engines, 2025." in text_of(response)
    assert 'inline; filename="ada-lovelace-cv.pdf"' in response.headers["Content-Disposition"]


def test_what_an_editor_typed_is_never_markup(client):
    owner = make.owner(name="Ada #Lovelace", headline=HOSTILE[:150])
    make.publication(HOSTILE, authors=[owner], award=HOSTILE, container_title=HOSTILE, publisher=HOSTILE)
    make.project(HOSTILE, tagline=HOSTILE, role='#panic("role")')
    make.activity(HOSTILE, kind="award", organisation=HOSTILE, description=HOSTILE, url="https://example.org/?a=\"b'#")

    text = text_of(client.get("/cv.pdf"))

    assert '#panic("out")' in text
    assert '#panic("role")' in text
    assert "Ada #Lovelace" in text


def test_the_pdf_typesets_formulas_and_describes_them(client):
    owner = make.owner()
    make.publication(r"Sorting in $\mathcal{O}(n \log n)$ at $\sqrt{s}=13$ TeV and CO$_2$", authors=[owner])
    make.activity(r"On $\beta$ and $\frac{x$", kind="award", description=r"With $\hat{x} \le 1$.")

    response = client.get("/cv.pdf")

    text = text_of(response)
    assert "Sorting in 𝒪(𝑛 log 𝑛) at √𝑠 = 13 TeV and CO2" in text
    assert "On 𝛽 and fracx" in text
    assert "≤ 1" in text
    pdf = read(response)
    objects = [pdf.get_object(number) for number in range(1, pdf.trailer["/Size"])]
    described = {item.get("/Alt") for item in objects if isinstance(item, dict)}
    assert {"𝒪(n log n)", "√s = 13", "₂", "β", "x̂ ≤ 1"} <= described


def test_no_sentence_of_the_pdf_ends_with_two_full_stops(client):
    owner = make.owner()
    make.publication("Is it so?", authors=[owner, "Martin King, Jr."], container_title="Acme Inc.", issued="")

    assert "Martin King, Jr. Is it so? Acme Inc. " in text_of(client.get("/cv.pdf")) + " "


def test_the_pdf_has_the_lists_of_descriptions_and_breaks_lines_between_dates(client):
    make.owner()
    text = "See:\n\n1. first\n2. second\n\n   again\n3. third\n\n- a point"
    make.activity(start="2010-09-30", end="2014-12-31", description=text)

    lines = read(client.get("/cv.pdf")).pages[0].extract_text().replace("\xa0", " ").split("\n")

    for line in ("30 September 2010 –", "31 December 2014", "See:", "1. first", "2. second", "again", "3. third"):
        assert line in [one.strip() for one in lines]
    assert any(re.fullmatch("[–•] ?a point", line.strip()) for line in lines)


def test_a_pdf_without_the_homepage_has_no_address_of_the_site(client):
    make.owner()
    make.cv("With", parts=["award"])
    make.cv("Without", parts=["award"], shows_homepage=False)

    assert "http://testserver/" in text_of(client.get("/cv/with.pdf"))
    assert "testserver" not in text_of(client.get("/cv/without.pdf"))


def test_signs_that_no_font_has_do_not_prevent_the_pdf(client):
    make.publication("Rockets \U0001f680 and \ue000", authors=[make.owner()])

    response = client.get("/cv.pdf")

    assert "Rockets" in text_of(response)
    assert read(response).trailer["/Root"]["/MarkInfo"]["/Marked"]


def test_the_pdf_of_an_empty_record_has_one_page(client):
    make.owner()

    assert len(read(client.get("/cv.pdf")).pages) == 1


def test_without_an_owner_there_is_no_pdf(client):
    assert client.get("/cv.pdf").status_code == 404


def test_drafts_are_not_in_the_pdf_and_do_not_count(client):
    owner = make.owner()
    make.publication("On Engines", authors=[owner])
    make.publication("A Secret", authors=[owner], state="draft", issued="2020")

    assert "Secret" not in text_of(client.get("/cv.pdf"))
    assert numbers(owner) == {"On Engines": "J1"}
    assert numbers(owner, EDITORS) == {"On Engines": "J1", "A Secret": ""}


@pytest.mark.parametrize("numbering", ["none", "type"])
def test_what_an_editor_sees_of_drafts_is_marked_in_the_files(client, editor_client, numbering):
    make.publication("A Secret", authors=[make.owner()], state="draft", issued="2020")
    make.activity("Secret prize", kind="award", state="draft", start="2020")
    make.activity("Known prize", kind="award", start="2021")
    make.cv(parts=[{"kind": "publications", "numbering": numbering}, "award"])

    text = text_of(editor_client.get("/cv/short-cv.pdf"))

    assert re.search(r"draft]? Ada Lovelace\. A Secret", text)
    assert "[draft] Secret prize" in text
    assert text.count("draft") == 2
    assert "[draft] Secret prize" in editor_client.get("/cv/short-cv.txt").text
    assert "draft" not in text_of(client.get("/cv/short-cv.pdf"))


def test_a_new_work_does_not_renumber_the_others(client):
    owner, now = make.owner(), timezone.now()
    for title, issued, type_, days in [
        ("First", "2020", "article-journal", 9),
        ("Second", "2022", "article-journal", 9),
        ("Talk", "2021", "paper-conference", 9),
    ]:
        made = {"issued": issued, "type": type_, "publish_at": now - timedelta(days=days)}
        make.publication(title, authors=[owner], **made)
    before = numbers(owner)

    make.publication("Old but found late", authors=[owner], issued="2010", publish_at=now - timedelta(days=1))

    assert before == {"First": "J1", "Second": "J2", "Talk": "C1"}
    assert numbers(owner) == {**before, "Old but found late": "J3"}


def test_the_page_has_the_same_numbers_and_links_to_the_pdf(client):
    owner = make.owner()
    make.publication("On Engines", authors=[owner], type="thesis")

    page = client.get("/cv/").content.decode()

    assert '<span class="number">[T1]</span>' in page
    assert 'href="/cv.pdf"' in page


def test_entries_under_the_title_of_their_type_do_not_repeat_it(client):
    owner = make.owner()
    make.publication("On Engines", authors=[owner], type="thesis", publisher="University of Turin")
    make.publication("On Mills", authors=[owner], type="report", publisher="Royal Society")

    page = client.get("/cv/").text

    assert re.findall(r"Thesis|Report", page.partition("Theses")[2]) == ["Report"]  # of the heading "Reports"


def test_of_many_authors_the_first_and_the_owner_are_named_and_the_others_counted(client):
    owner = make.owner(name="Ada Lovelace")
    paper = make.publication("With everyone", authors=[])
    for position in range(1, 101):
        fields = {"person": owner} if position == 90 else {"name": f"Author {position}"}
        paper.authorships.create(position=position, **fields)

    text = text_of(client.get("/cv.pdf"))

    assert "Author 40, Ada Lovelace and 59 others. With everyone" in text


@pytest.mark.parametrize("path", ["/", "/cv/", "/people/ada-lovelace/", "/people/ada-lovelace.md"])
def test_an_orcid_id_that_is_also_a_link_is_shown_once(client, path):
    owner = make.owner(orcid="0000-0002-1825-0097")
    owner.links.create(url="https://orcid.org/0000-0002-1825-0097")
    owner.links.create(url="https://github.com/ada")

    page = client.get(path).text.partition("<main")[2] or client.get(path).text

    assert (page.count("orcid.org"), page.count("github.com/ada")) == (1, 1)
    assert text_of(client.get("/cv.pdf")).count("ORCID") == 1


@pytest.mark.parametrize("ending", ["html", "pdf", "md", "txt", "tex", "json"])
def test_a_work_without_authors_names_its_editors(client, ending):
    book = make.publication("Notes on Engines", authors=[], type="book", publisher="Taylor")
    book.authorships.create(person=make.owner(name="Ada Lovelace"), role="editor", position=1)
    book.authorships.create(name="Charles Babbage", role="editor", position=2)

    response = client.get("/cv/" if ending == "html" else f"/cv.{ending}")

    text = text_of(response) if ending == "pdf" else re.sub(r"<[^>]*>|[*\\]|textbf|[{}]", "", response.text)
    names = "Edited by Ada Lovelace, Charles Babbage" if ending == "json" else "Ada Lovelace, Charles Babbage (eds.)"
    assert names in " ".join(text.split())


def test_the_word_for_editors_is_in_the_language_of_the_cv(client):
    owner = make.owner(name="Ada Lovelace")
    make.publication("Notes", authors=[], type="book").authorships.create(person=owner, role="editor", position=1)
    make.cv("Lebenslauf", language="de")

    assert "Ada Lovelace (Hrsg.). Notes." in client.get("/cv/lebenslauf.txt").text
    assert "(Hrsg.)" in client.get("/cv/lebenslauf/").text
