"""The page of a publication."""

import re

import pytest

from tests import make

pytestmark = pytest.mark.django_db


def texts(pattern, page):
    return [" ".join(re.sub("<.*?>", "", found).split()) for found in re.findall(pattern, page, re.DOTALL)]


@pytest.mark.parametrize(
    ("length", "expected"), [(70, "<h1>"), (71, '<h1 class="long">'), (160, '<h1 class="long">'),
                             (161, '<h1 class="longest">')],
)  # fmt: skip
def test_the_size_of_the_title_depends_on_its_length(client, length, expected):
    make.publication("A" * length, slug="long")

    assert f"{expected}{'A' * length}</h1>" in client.get("/publications/long/").text


def test_the_markup_of_formulas_does_not_count(client):
    make.publication("On $" + r"\mathcal{O}" * 20 + "$", slug="maths")

    assert "<h1>On <math" in client.get("/publications/maths/").text


def test_one_line_says_where_and_when_it_appeared_and_the_details_do_not_repeat_it(client):
    make.publication(
        slug="engines", container_title="Journal of Engines", volume="12", issue="3", page="1-9", issued="2024-05",
        award="Best paper", citation_key="lovelace2024",
    )  # fmt: skip

    page = client.get("/publications/engines/").text

    assert texts(r'<p class="venue">(.*?)</p>', page) == ["Journal of Engines 12(3), pp. 1–9 · May 2024 Best paper"]
    assert texts("<dt>(.*?)</dt>", page) == ["Citation key"]


def test_the_links_are_buttons_and_none_is_there_twice(client):
    work = make.publication(slug="engines", doi="10.5555/a", arxiv_id="2401.00001", url="https://example.org/engines")
    work.resources.create(kind="code", url="https://example.org/code")
    work.resources.create(kind="pdf", label="Preprint", url="https://arxiv.org/abs/2401.00001")

    (buttons,) = re.findall(r'<ul class="links big">(.*?)</ul>', client.get("/publications/engines/").text, re.DOTALL)

    assert texts("<li>(.*?)</li>", buttons) == ["Code", "Preprint", "DOI", "Cite"]


def test_a_work_without_a_doi_has_a_button_to_the_publisher(client):
    make.publication(slug="engines", url="https://example.org/engines")

    (buttons,) = re.findall(r'<ul class="links big">(.*?)</ul>', client.get("/publications/engines/").text, re.DOTALL)
    assert texts("<li>(.*?)</li>", buttons) == ["Publisher’s page", "Cite"]


def test_all_versions_are_listed_from_the_oldest_to_the_newest(client):
    work = make.publication("Engines", slug="article", issued="2025", container_title="Journal of Engines")
    make.publication("Engines", slug="preprint", issued="2023-02", type="article", version_of=work)
    make.publication("Engines", slug="talk", issued="2024", type="paper-conference", version_of=work)
    make.publication("Engines", slug="hidden", issued="2022", version_of=work, state="draft")

    article, preprint = (client.get(f"/publications/{slug}/").text for slug in ("article", "preprint"))

    item = r"<li(?: aria-current=\"true\")?>\s*(<span class=\"when\">.*?)</li>"
    assert texts(item, article) == [
        "2023 Preprint", "2024 Conference paper", "2025 Journal article, this page",
    ]  # fmt: skip
    assert texts(item, preprint) == [
        "2023 Preprint, this page", "2024 Conference paper",
        "2025 Journal article, Journal of Engines — the main version",
    ]  # fmt: skip


def test_a_work_without_versions_has_no_list_of_them(client):
    make.publication(slug="engines")

    assert "<h2>Versions</h2>" not in client.get("/publications/engines/").text


def test_many_authors_are_folded_with_the_owner_shown(client):
    owner = make.owner(name="Ada Lovelace")
    make.publication(slug="engines", authors=[*(f"Author Nr{number}" for number in range(20)), owner])
    make.publication(slug="mills", authors=[f"Author Nr{number}" for number in range(20)])

    page = client.get("/publications/engines/").text

    assert texts(r'<span class="few">(.*?)</span>', page) == [
        "Author Nr0, Author Nr1, Author Nr2, Author Nr3, …, Ada Lovelace"
    ]
    assert "<summary>21 authors</summary>" in page
    assert "authors</summary>" not in client.get("/publications/mills/").text


def test_the_record_is_there_to_copy_as_bibtex_and_ris(client):
    make.publication(slug="engines", citation_key="lovelace2025")

    page = client.get("/publications/engines/").text

    assert re.findall(r'<input type="radio" name="style" id="style-(bib|ris)"', page) == ["bib", "ris"]
    assert "<code>@article{lovelace2025," in page
    assert "<code>TY  - JOUR" in page
    assert page.count(" checked>") == 1


def test_a_page_loads_the_font_of_formulas_early_if_it_has_one(client):
    make.publication("Texts", slug="texts", abstract="For $5.")
    make.publication("Sorting", slug="sorting", abstract="In $O(n)$.")

    preloads = [
        '<link rel="preload" href="/static/fonts/maths' in client.get(f"/publications/{slug}/").text
        for slug in ("texts", "sorting")
    ]
    assert preloads == [False, True]
