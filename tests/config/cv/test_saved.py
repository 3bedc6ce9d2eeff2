"""Saved CVs: what their parts select, and their pages and files."""

import io
import json
import re

import pypdf
import pytest
from django.utils import timezone
from lxml import html

from config.cv.content import document_of
from config.cv.words import words_of
from profiles.content.publishing import EDITORS
from profiles.feeds import VISITOR
from profiles.models import CV, CVPart, Person, PreviewLink, Tag
from publications.citations.stored import digest
from publications.models import FormattedCitations, Publication
from publications.numbering import GROUPS
from tests import make
from tests.rich_site import picture

pytestmark = pytest.mark.django_db


def text_of(response):
    assert response.headers["Content-Type"] == "application/pdf"
    pages = pypdf.PdfReader(io.BytesIO(response.content)).pages
    return " ".join("\n".join(page.extract_text() for page in pages).split())


def shown(user=VISITOR, **part):
    """Return the titles that a part shows, and what it leaves out."""
    cv = CV()
    owner = Person.objects.owner()
    (section,) = document_of(cv, [CVPart(cv=cv, **part)], owner, user).parts
    return [str(entry) for entry in section.entries], section.left_out


@pytest.fixture
def works():
    owner = make.owner()
    facts = {
        "Looms": {"issued": "2020", "tags": ["weaving"], "featured": True},
        "Mills": {"issued": "2022", "type": "paper-conference"},
        "Cards": {"issued": "2024", "tags": ["weaving"], "type": "paper-conference"},
        "Secret": {"issued": "2025", "state": "draft"},
    }
    return {title: make.publication(title, authors=[owner], **values) for title, values in facts.items()}


@pytest.mark.parametrize(
    ("selection", "titles", "left_out"),
    [
        ({}, ["Looms", "Cards", "Mills"], {}),  # under headings
        ({"numbering": "none"}, ["Cards", "Mills", "Looms"], {}),
        ({"types": ["C"]}, ["Cards", "Mills"], {"selection": 1}),
        ({"year_from": 2021, "year_to": 2023}, ["Mills"], {"selection": 2}),
        ({"only_selected": True}, ["Looms"], {"selection": 2}),
        ({"numbering": "none", "limit": 2}, ["Cards", "Mills"], {"limit": 1}),
        ({"types": ["C"], "limit": 1}, ["Cards"], {"selection": 1, "limit": 1}),
    ],
)
def test_a_part_shows_a_selection_and_counts_what_it_leaves_out(works, selection, titles, left_out):
    assert shown(kind="publications", **selection) == (titles, left_out)


def test_a_part_selects_by_tag(works):
    tag = Tag.objects.get(name="weaving")

    assert shown(kind="publications", tag=tag, numbering="none") == (["Cards", "Looms"], {"selection": 1})


def test_chosen_records_are_in_their_order_and_deleted_ones_drop_out(works):
    chosen = [works[title].pk for title in ("Mills", "Looms", "Cards")]
    works["Cards"].delete()

    assert shown(kind="publications", chosen=[*chosen, 999]) == (["Mills", "Looms"], {})


def test_what_is_not_in_cvs_is_in_none_and_counted(client, works):
    make.activity("Kept out", kind="award", not_in_cvs=True)
    make.talk("Also out", occasions=[{"start": "2024"}], not_in_cvs=True)
    Publication.objects.filter(title="Mills").update(not_in_cvs=True)

    assert shown(kind="publications", numbering="none") == (["Cards", "Looms"], {"hidden": 1})
    assert shown(kind="award") == ([], {"hidden": 1})
    assert shown(kind="talks") == ([], {"hidden": 1})
    for path in ("/cv/", "/cv.md", "/cv.json"):
        assert not [title for title in ("Mills", "Kept out", "Also out") if title in client.get(path).text]
    assert "Mills" not in text_of(client.get("/cv.pdf"))
    assert "[C1]" in client.get("/cv/").text  # “Cards”: a work that is not in CVs has no number


def test_parts_of_other_kinds_select_by_year_and_type():
    make.owner()
    make.activity("Old", kind="position", start="2001", end="2004")
    make.activity("New", kind="position", start="2015", is_ongoing=True)
    make.talk("Opening", occasions=[{"start": "2024", "kind": "keynote"}, {"start": "2025", "kind": "invited"}])
    make.post("It runs", date="2023-05")

    assert shown(kind="position", year_from=2020) == (["New"], {"selection": 1})
    assert shown(kind="position", year_to=2003) == (["Old"], {"selection": 1})
    assert shown(kind="talks", types=["keynote"]) == (["Opening"], {"selection": 1})
    assert shown(kind="posts") == (["It runs"], {})


def test_visitors_get_no_drafts(client, works):
    make.cv(parts=[{"kind": "publications", "chosen": [work.pk for work in works.values()]}])

    for path in ("/cv/short-cv/", "/cv/short-cv.json", "/cv/short-cv.md"):
        assert "Cards" in client.get(path).text
        assert "Secret" not in client.get(path).text
    assert "Secret" not in text_of(client.get("/cv/short-cv.pdf"))
    assert shown(EDITORS, kind="publications", numbering="none")[0] == ["Secret", "Cards", "Mills", "Looms"]


def test_a_saved_cv_has_its_heading_texts_and_forms(client):
    owner = make.owner(name="Ada Lovelace", email="ada@example.org", homepage="https://ada.example", bio="I **weave**.")
    paper = make.publication(
        "On Engines", authors=["B One", "C Two", "D Three", "E Four", "F Five", owner], doi="10.1/x"
    )
    paper.authorships.filter(person=owner).update(contribution="Wrote the first draft", corresponding=True)
    make.cv(
        address="1 Mill Lane\nLondon",
        phone="+44 20 7946 0000",
        email="office@example.org",
        shows_homepage=False,
        parts=[
            "biography",
            {"kind": "text", "title": "Leadership", "text": "We *lead*.\n\n- one\n- two"},
            {"kind": "publications", "numbering": "stable", "is_short": True, "shows_contribution": True},
        ],
    )

    text, page = text_of(client.get("/cv/short-cv.pdf")), client.get("/cv/short-cv/").text
    resume = json.loads(client.get("/cv/short-cv.json").text)

    for shown_text in (text, page):
        for one in ("1 Mill Lane", "+44 20 7946 0000", "Leadership", "lead", "[1]", "Wrote the first draft"):
            assert one in shown_text
        assert "ada.example" not in shown_text
    assert "office@example.org" in text
    assert "ada@example.org" not in text
    assert "B One, C Two, D Three, Ada Lovelace† and 2 others. On Engines. 2025. doi:10.1/x. Contribution: " in text
    assert "† Corresponding author." in text
    assert "Page 1 of 1" in text
    assert resume["basics"]["email"] == "office@example.org"
    assert resume["basics"]["location"] == {"address": "1 Mill Lane\nLondon"}
    assert resume["basics"]["phone"] == "+44 20 7946 0000"
    assert resume["basics"]["summary"] == "I weave."
    assert "contribution" not in client.get("/cv/").text.lower()


def test_et_al_follows_the_names_of_the_short_form_without_a_blank(client):
    owner = make.owner()
    make.publication("On Engines", authors=[owner, "B One"], has_more_authors=True)
    make.publication("On Looms", authors=[owner, "B", "C", "D", "E", "F"], has_more_authors=True)
    make.cv(parts=[{"kind": "publications", "is_short": True}])

    page = " ".join(client.get("/cv/short-cv/").text.split())

    assert "B One, et al. </div>" in page
    assert "C and 3 others, et al. </div>" in page


def test_a_cv_in_german_has_german_titles_and_dates(client):
    owner = make.owner()
    make.activity("Professor", kind="position", start="2020-05", is_ongoing=True)
    make.publication("On Engines", authors=[owner], issued="2025-03")
    make.cv("Lebenslauf", language="de", parts=["position", "publications"])

    page, response = client.get("/cv/lebenslauf/").text, client.get("/cv/lebenslauf.pdf")

    for text in (page, text_of(response)):
        for one in ("Lebenslauf", "Beruflicher Werdegang", "Mai 2020 – heute", "Zeitschriftenartikel", "Professor"):
            assert one in text
    assert "März 2025" in text_of(response)
    assert pypdf.PdfReader(io.BytesIO(response.content)).trailer["/Root"]["/Lang"] == "de"
    assert '<article class="page narrow cv" lang="de">' in page


def make_record_with_fixed_words(**fields):
    owner = make.owner()
    make.publication(
        "On Engines", authors=[owner, "B One"], issued="2025-03-17", volume="7", page="1-29", status="accepted"
    )
    make.publication("On Notes", authors=[owner], type="book", issued="2024-10", page="312")
    make.activity("PhD", kind="education", start="2018-10-02", end="2022-05", thesis="On Cards")
    make.talk("On Looms", occasions=[{"start": "2024-05-03", "kind": "invited", "is_online": True}])
    make.membership("Grace Hopper", role="phd-student", supervisors=[owner], thesis="On Moths", start="2021-05")
    make.grant(people=[owner], other_people="Mary Somerville", status="submitted", start="2023-05")
    parts = ["publications", "education", "talks", "supervision", "grant"]
    return make.cv("CV", parts=parts, **fields)


@pytest.mark.parametrize("ending", ["/", ".pdf", ".txt", ".md"])
@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("de", ["17. März 2025", "S. 1–29", "312 S.", "angenommen", "Eingeladener Vortrag", "online", "Promotion",
                "Abschlussarbeit: On Moths", "2. Oktober 2018 – Mai 2022", "mit Mary Somerville", "eingereicht"]),
        ("es", ["17 de marzo de 2025", "pp. 1–29", "aceptado", "Conferencia invitada", "en línea", "Doctorado"]),
        ("zh-hans", ["2025年3月17日", "第 1–29 页", "312 页", "已录用", "特邀报告", "线上", "博士生", "论文：On Moths",
                     "合作者：Mary Somerville", "2021年5月 – 至今", "已提交"]),
    ],
)  # fmt: skip
def test_every_fixed_word_and_date_is_in_the_language_of_the_cv(client, language, words, ending):
    make_record_with_fixed_words(language=language)

    response = client.get(f"/cv/cv{ending}")

    text = text_of(response) if ending == ".pdf" else " ".join(response.text.split())
    # Lines of Chinese break between any two characters.
    assert [word for word in words if "".join(word.split()) not in "".join(text.split())] == []
    english = re.findall(
        "March|October|May |Accepted|Invited talk|PhD student|Thesis|Submitted|with Mary|Journal article|1–29 pp", text
    )
    assert english == []


def test_the_page_of_a_cv_in_german_has_the_links_and_badges_of_an_english_one(client):
    owner = make.owner()
    others = [make.person(f"Author {number}", homepage=f"https://example.org/{number}") for number in range(24)]
    work = make.publication(
        "On Engines", authors=[others[0], owner, *others[1:]], container_title="Journal of Engines",
        container_title_short="JoE", volume="7", page="1–29", license="CC-BY-4.0", status="accepted",
        award="Best paper",
    )  # fmt: skip
    work.resources.create(kind="pdf", url="https://example.org/engines.pdf", version="accepted")
    work.authorships.filter(position=1).update(equal_contribution=True, presenter=True)
    make.cv("Deutsch", language="de")
    make.cv("English")

    german, english = (
        html.fromstring(client.get(f"/cv/{name}/").text).get_element_by_id("publications")
        for name in ("deutsch", "english")
    )

    assert german.xpath(".//a/@href") == english.xpath(".//a/@href")
    assert "https://example.org/0" in german.xpath(".//a/@href")
    assert "25 Autorinnen und Autoren" in german.text_content()
    assert "Author 0* (Vortrag)" in german.text_content()
    assert set(german.xpath(".//sup/@aria-label")) == {"gleicher beitrag"}
    assert set(english.xpath(".//sup/@aria-label")) == {"equal contribution"}
    badges = [[one.text for one in page.find_class("badge")] for page in (german, english)]
    assert badges == [
        ["angenommen", "JoE", "Open Access", "Best paper"],
        ["Accepted", "JoE", "Open access", "Best paper"],
    ]


@pytest.mark.parametrize("language", CV.Language.values)
def test_each_language_has_all_words(language):
    words, english = words_of(language), words_of("en")

    assert words.keys() == english.keys()
    assert words["parts"].keys() == {kind.value for kind in CVPart.Kind}
    if language != "en":
        assert words["terms"].keys() == words_of("de")["terms"].keys()
        assert words["numbers"].keys() == {"pages", "number_of_pages", "article"}
    assert words["groups"].keys() == {letter for letter, *_ in GROUPS}
    assert all(words["parts"][kind] for kind in CVPart.Kind if kind != "text")


def test_every_pdf_is_tagged_and_says_that_it_is_accessible(client):
    make.owner()
    make.publication("On $x^2$", authors=[Person.objects.owner()])
    make.cv()

    for path in ("/cv.pdf", "/cv/short-cv.pdf"):
        pdf = pypdf.PdfReader(io.BytesIO(client.get(path).content))
        assert pdf.trailer["/Root"]["/MarkInfo"]["/Marked"]
        assert b"<pdfuaid:part>1</pdfuaid:part>" in pdf.trailer["/Root"]["/Metadata"].get_data()


HOSTILE = '#panic("out") = $x$ *a* @b <c> \\u{41} "] } #read("/etc/passwd") // 測試'


def test_no_field_of_a_cv_is_markup_of_the_pdf(client):
    owner = make.owner(name=f"Ada {HOSTILE}"[:200], headline=HOSTILE, bio=HOSTILE)
    paper = make.publication(HOSTILE, authors=[owner], container_title=HOSTILE, award=HOSTILE)
    paper.authorships.update(contribution=HOSTILE)
    make.talk(HOSTILE, occasions=[{"event": HOSTILE, "label": HOSTILE, "start": "2024"}])
    make.post(HOSTILE, summary=HOSTILE)
    kinds = [kind for kind in CVPart.Kind.values if kind != "publications"]
    make.cv(
        HOSTILE,
        slug="hostile",
        address=HOSTILE,
        phone=HOSTILE[:50],
        parts=[
            *({"kind": kind, "title": HOSTILE, "text": HOSTILE} for kind in kinds),
            {"kind": "publications", "title": HOSTILE, "text": HOSTILE, "shows_contribution": True},
        ],
    )

    text = text_of(client.get("/cv/hostile.pdf"))

    assert text.count('#panic("out")') > 30
    assert "root:" not in text


def test_a_draft_is_reached_by_its_preview_link_only(client, editor_client):
    make.owner()
    make.publication("On Engines", authors=[Person.objects.owner()])
    cv = make.cv(state="draft")
    link = PreviewLink.objects.create(
        model="profiles.cv", object_id=cv.pk, expires_at=timezone.now() + timezone.timedelta(days=1)
    )

    for path in ("/cv/short-cv/", "/cv/short-cv.pdf", "/cv/short-cv.json", "/cv/short-cv.md"):
        assert client.get(path).status_code == 404
    assert editor_client.get("/cv/short-cv/").status_code == 200
    page = client.get(link.get_absolute_url())
    assert "On Engines" in page.text
    assert page.headers["Cache-Control"] == "private, no-store"
    for ending in ("pdf", "md", "json"):
        address = f"{link.get_absolute_url()}cv.{ending}"
        assert f'href="{address}"' in page.text
        assert client.get(address).status_code == 200
    assert "/cv/short-cv.md" not in editor_client.get("/cv/short-cv/").text
    assert "On Engines" in client.get(f"{link.get_absolute_url()}cv.md").text
    for name in ("cv.exe", "cv", "x.pdf"):
        assert client.get(f"{link.get_absolute_url()}{name}").status_code == 404
    assert "/cv/short-cv/" not in client.get("/sitemap.xml").text


def test_a_published_cv_is_in_the_sitemap_and_a_former_address_leads_to_it(client):
    make.owner()
    cv = make.cv()
    cv.slug = "two-pages"
    cv.save()

    assert "/cv/two-pages/" in client.get("/sitemap.xml").text
    for ending in ("/", ".pdf", ".json"):
        response = client.get(f"/cv/short-cv{ending}")
        assert (response.status_code, response.headers["Location"]) == (301, f"/cv/two-pages{ending}")


def test_without_an_owner_there_is_no_saved_cv(client):
    make.cv()

    for path in ("/cv/short-cv/", "/cv/short-cv.pdf"):
        assert client.get(path).status_code == 404


@pytest.mark.parametrize(("state", "is_shown"), [("published", True), ("draft", False)])
def test_the_main_cv_is_at_the_usual_address_once_it_is_published(client, state, is_shown):
    make.owner()
    make.activity("Prize", kind="award")
    make.cv(is_main=True, state=state, parts=[{"kind": "text", "title": "Only this", "text": "Short."}])

    for page in (client.get("/cv/").text, text_of(client.get("/cv.pdf"))):
        assert ("Only this" in page) is is_shown
        assert ("Prize" in page) is not is_shown
    assert json.loads(client.get("/cv.json").text)["meta"]["canonical"] == "http://testserver/cv.json"


@pytest.mark.parametrize("count", [1, 3])
def test_the_number_of_queries_does_not_grow_with_the_parts(client, works, django_assert_num_queries, count):
    tag = Tag.objects.get(name="weaving")
    make.cv(parts=[{"kind": "publications", "numbering": "stable"}] * count + ["award", "talks"] * count)
    client.get("/cv/short-cv.pdf")

    with django_assert_num_queries(14):
        assert client.get("/cv/short-cv.pdf").status_code == 200
    assert tag


def test_a_part_can_have_a_citation_style(client, works):
    for title in ("Looms", "Mills"):
        work = Publication.objects.with_references(VISITOR).get(title=title)
        citation = {"key": "apa", "label": "APA", "html": f"Lovelace, A. <em>{title} quarterly</em>.", "text": ""}
        outdated = title == "Mills"
        FormattedCitations.objects.create(
            publication=work,
            digest="of an earlier state" if outdated else digest(work.as_reference()),
            citations=[citation],
        )
    make.cv(parts=[{"kind": "publications", "citation_style": "apa", "numbering": "none"}])

    for text in (client.get("/cv/short-cv/").text, text_of(client.get("/cv/short-cv.pdf"))):
        assert "Looms quarterly" in text
        assert "Mills quarterly" not in text
        assert "Mills" in text
    assert "<em>Looms quarterly</em>" in client.get("/cv/short-cv/").text


def test_the_photo_is_shown_where_it_is_chosen(client, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    make.owner(photo=picture(900, 900, "#d9c9b4", "#5b3a29"), photo_alt="Ada at her desk")
    make.cv(shows_photo=True, parts=["interests"])
    make.cv("Plain", parts=["interests"])

    shown, plain = (
        pypdf.PdfReader(io.BytesIO(client.get(f"/cv/{name}.pdf").content)) for name in ("short-cv", "plain")
    )

    assert (len(shown.pages[0].images), len(plain.pages[0].images)) == (1, 0)
    assert 'alt="Ada at her desk"' in client.get("/cv/short-cv/").text
    assert 'alt="Ada at her desk"' not in client.get("/cv/plain/").text
    assert "image" in json.loads(client.get("/cv/short-cv.json").text)["basics"]
    assert "image" not in json.loads(client.get("/cv/plain.json").text)["basics"]


def test_a_site_with_only_a_main_cv_has_the_cv_in_its_menu(client):
    make.owner()

    assert '<a href="/cv/">CV</a>' not in client.get("/search/").text
    make.cv(is_main=True)
    assert ">CV</a>" in client.get("/search/").text
