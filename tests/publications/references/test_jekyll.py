"""The fields of al-folio, jekyll-scholar and Hugo's themes in BibTeX."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from publications.references import Reference, bibtex, csl, ris
from publications.references.formats import loads

CODE, PAGE = "https://code.example.org/engine", "https://example.org/engine"


def read(fields, authors="Lovelace, Ada"):
    entry = f"@article{{a, title = {{T}}, journal = {{J}}, author = {{{authors}}}, {fields}}}"
    return bibtex.loads(entry).references[0]


def extra(fields):
    return read(fields).extra


@pytest.mark.parametrize(
    "header", ["---\n---\n", "---\nlayout: bib\ntitle: Papers of @ada\n---\n\n", "\ufeff---\r\n---\r\n"]
)
def test_a_yaml_header_is_skipped_without_a_message(header):
    loaded = loads(f"{header}@book{{a, title = {{T}}}}".encode(), "bib")

    assert [reference.title for reference in loaded.references] == ["T"]
    assert (loaded.problems, loaded.entries) == ([], 1)


@pytest.mark.parametrize(
    ("field", "name"),
    [
        ("pdf", "pdf"), ("url_pdf", "pdf"), ("code", "code"), ("Code", "code"), ("github", "code"),
        ("url_code", "code"), ("slides", "slides"), ("url_slides", "slides"),
        ("video", "video"), ("url_video", "video"), ("talk", "talk"), ("poster", "poster"),
        ("url_poster", "poster"), ("demo", "demo"), ("data", "dataset"), ("dataset", "dataset"),
        ("url_dataset", "dataset"), ("blog", "blog"), ("supp", "supp"), ("supplement", "supp"), ("project", "project"),
        ("projectpage", "project"), ("project_page", "project"), ("url_project", "project"),
        ("code-link", "code"), ("videourl", "video"),
    ],
)  # fmt: skip
def test_an_address_becomes_a_link_under_al_folios_name(field, name):
    assert extra(f"{field} = {{{PAGE}}}") == {name: PAGE}


def test_several_links_of_a_kind_are_numbered_and_the_same_address_is_used_once():
    found = extra(f"code = {{{CODE}}}, github = {{{CODE}/2}}, url_code = {{{CODE}}}, slides1 = {{{PAGE}}}")

    assert found == {"code": CODE, "code2": f"{CODE}/2", "slides": PAGE}


@pytest.mark.parametrize(
    ("source", "address"),
    [
        (r"\url{https://example.org/~ada/a\_b\%20c}", "https://example.org/~ada/a_b%20c"),
        (r"\href{https://example.org/a\_b}{here}", "https://example.org/a_b"),
        ("[here](https://example.org/a_b)", "https://example.org/a_b"),
        ("<https://example.org/a_b>", "https://example.org/a_b"),
        ("github.com/ada/engine", "https://github.com/ada/engine"),
        ("www.example.org/engine", "https://www.example.org/engine"),
        ("https://example.org/my paper.pdf", "https://example.org/my%20paper.pdf"),
        ("HTTPS://example.org?a=b#c", "HTTPS://example.org?a=b#c"),
    ],
)
def test_an_address_may_contain_tex_or_lack_the_scheme(source, address):
    assert extra(f"code = {{{source}}}") == {"code": address}


@pytest.mark.parametrize(
    "value",
    [
        "paper.pdf", "/assets/paper.pdf", "assets/pdf/paper_2.pdf", "javascript:alert(1)", "data:text/html,engine",
        "https://", "https://example.org/" + "a" * 500, "ftp://example.org/a", "https://ada@example.org/",
        "https://example.org/<script>",
    ],
)  # fmt: skip
def test_a_value_that_is_no_web_address_keeps_its_field(value):
    assert extra(f"pdf = {{{value}}}") == {"pdf": value}


def test_a_file_and_an_address_of_one_kind_are_both_stored():
    found = extra(f"pdf = {{paper.pdf}}, url_pdf = {{{PAGE}}}, supplement = {{proof.pdf}}")

    assert found == {"pdf": "paper.pdf", "pdf2": PAGE, "bib-supplement": "proof.pdf"}


def test_text_in_a_field_for_links_stays_text():
    assert extra(r"media = {Radio \'Eireann}, supplement = {2}") == {"media": "Radio Éireann", "supplement": "2"}


@pytest.mark.parametrize(
    ("fields", "url", "links"),
    [
        (f"html = {{{PAGE}}}", PAGE, {}),
        (f"website = {{{PAGE}}}", PAGE, {}),
        (f"website = {{{PAGE}}}, html = {{{CODE}}}", CODE, {"website": PAGE}),
        (f"website = {{{PAGE}}}, html = {{{PAGE}}}", PAGE, {}),
        (f"html = {{{PAGE}}}, url = {{{CODE}}}", CODE, {"website": PAGE}),
        (f"html = {{{PAGE}}}, url = {{{PAGE}}}", PAGE, {}),
        (f"html = {{paper.html}}, website = {{{PAGE}}}", PAGE, {"html": "paper.html"}),
    ],
)
def test_html_or_the_website_is_the_url_if_there_is_no_other(fields, url, links):
    reference = read(fields)

    assert (reference.url, reference.extra) == (url, links)


@pytest.mark.parametrize(
    ("value", "arxiv_id"),
    [
        ("2301.00001", "2301.00001"), ("2301.00001v2", "2301.00001v2"), ("arXiv:2301.00001", "2301.00001"),
        ("https://arxiv.org/abs/2301.00001", "2301.00001"), ("http://arxiv.org/pdf/2301.00001v3.pdf", "2301.00001v3"),
        ("hep-th/9901001", "hep-th/9901001"),
    ],
)  # fmt: skip
def test_arxiv_is_the_identifier(value, arxiv_id):
    reference = read(f"arxiv = {{{value}}}")

    assert (reference.arxiv_id, reference.extra) == (arxiv_id, {})


def test_arxiv_does_not_replace_another_eprint():
    reference = read("eprint = {2402.00002}, archiveprefix = {arXiv}, arxiv = {2301.00001}")

    assert (reference.arxiv_id, reference.extra) == ("2402.00002", {"arxiv": "2301.00001"})


@pytest.mark.parametrize("value", ["29456894", "PMID: 29456894", "https://pubmed.ncbi.nlm.nih.gov/29456894/"])
def test_pmid_is_the_number(value):
    assert read(f"pmid = {{{value}}}").pmid == "29456894"


def test_a_hal_identifier_is_a_link():
    assert extra("hal = {hal-01234567v2}") == {"hal": "https://hal.science/hal-01234567v2"}


def test_abbr_is_the_abbreviated_venue():
    assert read("abbr = {{ICML}}").container_title_short == "ICML"


@pytest.mark.parametrize(("value", "is_selected"), [("true", True), ("True", True), ("yes", True), ("false", False)])
def test_a_work_may_be_selected(value, is_selected):
    assert extra(f"selected = {{{value}}}") == ({"selected": "true"} if is_selected else {})


def test_switches_need_no_braces():
    loaded = bibtex.loads("@misc{a, title = {T}, selected = true, bibtex_show = false}")

    assert loaded.problems == []
    assert loaded.references[0].extra == {"selected": "true", "bibtex_show": "false"}


def test_a_badge_is_not_the_size_of_a_picture():
    assert extra("dimensions = {true}") == {"bib-dimensions": "true"}
    assert extra("dimensions = {30 x 20 cm}") == {"dimensions": "30 x 20 cm"}


@pytest.mark.parametrize(
    "authors",
    [
        "Lovelace*, Ada* and Babbage, Charles",
        "Lovelace, Ada* and Babbage, Charles",
        "Ada Lovelace* and Charles Babbage",
        "Ada Lovelace * and Charles Babbage",
        r"Lovelace, Ada\textsuperscript{*} and Babbage, Charles",
        "Lovelace, Ada$^{*}$ and Babbage, Charles",
        r"Lovelace$^\ast$, Ada and Babbage, Charles",
        "*Ada Lovelace and Charles Babbage",
    ],
)
def test_an_asterisk_at_a_name_means_equal_contribution(authors):
    reference = read("", authors)

    assert list(map(str, reference.author)) == ["Ada Lovelace", "Charles Babbage"]
    assert reference.extra == {"equal-contribution": "Ada Lovelace"}


@pytest.mark.parametrize(
    ("annotation", "expected"),
    [
        ("* Equal contribution", {"equal-contribution": "Ada", "author-marks": "Charles †"}),
        ("* Equal contribution<br>† Corresponding author", {"equal-contribution": "Ada", "corresponding": "Charles"}),
        ("†Equal contribution. *Presenting author.", {"presenter": "Ada", "equal-contribution": "Charles"}),
        (r"$^\dagger$ Joint first authors", {"equal-contribution": "Ada; Charles"}),
        ("These authors contributed equally", {"equal-contribution": "Ada; Charles"}),
        ("* Deceased", {"author-marks": "Ada *; Charles †"}),
    ],
)
def test_the_annotation_says_what_a_mark_means(annotation, expected):
    found = read(f"annotation = {{{annotation}}}", "Ada* and Charles†").extra

    assert {name: value for name, value in found.items() if name != "annote"} == expected


def test_superscripts_of_affiliations_are_removed_from_names():
    reference = read("", r"Lovelace, Ada$^{1,2}$ and Babbage¹, Charles and Taylor, Richard\textsuperscript{\dag}")

    assert list(map(str, reference.author)) == ["Ada Lovelace", "Charles Babbage", "Richard Taylor"]
    assert reference.extra == {"author-marks": "Ada Lovelace 1; Ada Lovelace 2; Charles Babbage 1; Richard Taylor †"}


def test_marks_and_annotations_of_any_length_are_read_in_linear_time():
    hostile = "$^" * 20_000

    assert read(f"annotation = {{* {hostile}}}", "Ada" + "*," * 5_000 + "x").author


LINKED = st.fixed_dictionaries(
    {},
    optional={
        "pdf": st.sampled_from([PAGE, "paper.pdf", "assets/a_b~c.pdf"]),
        "code": st.sampled_from([CODE, "https://example.org/a_b?c=%20--#~", "javascript:a"]),
        "code2": st.just(f"{CODE}/2"),
        "talk": st.just(PAGE),
        "selected": st.just("true"),
        "award": st.just("Test of *Time* & more"),
        "award_name": st.just("Time"),
        "equal-contribution": st.just("Ada Lovelace"),
        "bib-dimensions": st.just("true"),
        "preview": st.just("a_b.gif"),
    },
)


@settings(max_examples=50, deadline=None)
@given(LINKED)
@pytest.mark.parametrize("module", [bibtex, ris, csl])
def test_the_fields_come_back_from_every_format(module, found):
    references = [Reference(title="On Engines", author=read("").author, extra=found)]

    assert loads(module.dumps(references), {bibtex: "bib", ris: "ris", csl: "json"}[module]).references == references
