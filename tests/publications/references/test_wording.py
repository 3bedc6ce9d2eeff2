"""Works that have not appeared, and lists of authors that end with "et al.", in every format."""

import json

import pytest

from publications.references import Date, Name, Reference, bibtex, csl, ris
from publications.references.formats import loads

LOW, SHA = Name(family="Low", given="Pia"), Name(family="Sha", given="Noam")
NOWHERE = Date()
IN_2027 = Date(((2027,),))


def read(text, ending):
    [reference] = loads(text, ending).references
    return reference


def from_bibtex(fields, type_="article"):
    return read(f"@{type_}{{low, author = {{Low, Pia}}, title = {{A}}, journal = {{B}}, {fields}}}", "bib")


def from_ris(*lines, type_="JOUR"):
    return read("\n".join([f"TY  - {type_}", "AU  - Low, Pia", "TI  - A", "JO  - B", *lines, "ER  - ", ""]), "ris")


def from_json(**fields):
    return read(json.dumps([{"id": "low", "type": "article-journal", "title": "A", **fields}]), "json")


@pytest.mark.parametrize(
    ("fields", "status", "issued"),
    [
        ("year = {in press}", "in press", NOWHERE),
        ("year = {{In Press}}", "in press", NOWHERE),
        ("year = {(to appear)}", "to appear", NOWHERE),
        (r"year = {{\em in press}}", "in press", NOWHERE),
        (r"year = 2027, note = {\textit{To appear}}", "to appear", IN_2027),
        ("year = {2027, in press}", "in press", IN_2027),
        ("year = {in press (2027)}", "in press", IN_2027),
        ("year = {May 2027, forthcoming}", "forthcoming", Date(((2027, 5),))),
        ("year = {To appear in 2027}", "to appear", IN_2027),
        ("year = {im Druck}", "im Druck", NOWHERE),
        ("date = {forthcoming}", "forthcoming", NOWHERE),
        ("year = 2027, note = {To appear.}", "to appear", IN_2027),
        ("year = 2027, note = {Manuscript under review}", "under review", IN_2027),
        ("year = 2027, volume = {in press}", "in press", IN_2027),
        ("year = 2027, howpublished = {Sous presse}", "Sous presse", IN_2027),
        ("year = 2027, pubstate = {inpress}", "in press", IN_2027),
        ("pubstate = {forthcoming}", "forthcoming", NOWHERE),
        ("year = 2027, type = {Article in Press}", "in press", IN_2027),
        ("year = 2027, month = {in press}", "in press", IN_2027),
        ("year = 2027, note = {Accepted, in press}", "accepted", IN_2027),
        ("year = {in press}, note = {In press}", "in press", NOWHERE),
        ("year = 2027, note = {Status: in press}", "in press", IN_2027),
        ("year = 2027, status = {in press}", "in press", IN_2027),
    ],
)
def test_bibtex_says_in_many_fields_that_a_work_has_not_appeared(fields, status, issued):
    assert from_bibtex(fields) == Reference(
        type="article-journal", citation_key="low", title="A", author=(LOW,), container_title="B", status=status,
        issued=issued,
    )  # fmt: skip


@pytest.mark.parametrize("fields", ["year = {n.d.}", "year = 2027, note = {Pressed flowers}", "year = {2027}"])
def test_other_words_are_no_status(fields):
    assert from_bibtex(fields).status == ""


@pytest.mark.parametrize(
    ("journal", "status"),
    [
        ("To appear in B", "to appear"), ("Submitted to B", "submitted"), ("B (in press)", "in press"),
        ("B, in press", "in press"), ("B [forthcoming]", "forthcoming"), ("B in Press", ""), ("Accepted Truths", ""),
    ],
)  # fmt: skip
def test_the_venue_says_it_too(journal, status):
    work = read(f"@article{{low, title = {{A}}, journal = {{{journal}}}, year = 2027}}", "bib")

    assert (work.container_title, work.status) == ("B" if status else journal, status)


def test_a_note_that_says_more_stays():
    work = from_bibtex("year = 2027, note = {Submitted to the Journal of Examples}", "unpublished")

    assert (work.status, work.note) == ("submitted", "Submitted to the Journal of Examples")


def test_a_remark_on_a_dated_preprint_is_no_status():
    work = read("@misc{a, title = {A}, year = 2020, eprint = {2001.00001}, note = {Under review}}", "bib")

    assert (work.type, work.status, work.note) == ("article", "", "Under review")


def test_not_applicable_is_no_value():
    early = from_bibtex("volume = {n/a}, number = {N/A}, pages = {e12}")

    assert (early.volume, early.issue, early.page) == ("", "", "e12")
    assert from_ris("VL  - n/a", "IS  - n/a", "SP  - n/a") == from_ris()
    assert from_bibtex("doi = {N/A}") == from_bibtex("") == from_bibtex("doi = {n/a}, volume = {n/a}")


def test_ahead_of_print_is_no_volume():
    early = from_ris("PY  - 2027", "VL  - ahead-of-print", "IS  - ahead-of-print")

    assert (early.volume, early.issue, early.status) == ("", "", "ahead of print")
    assert from_json(volume="Online first", issue="n/a") == from_json(status="online first")


def test_ris_has_a_type_for_articles_in_press():
    assert (from_ris("PY  - 2027", type_="INPR").status, from_ris("PY  - 2027").status) == ("in press", "")
    assert from_ris("PY  - to appear", type_="INPR").status == "to appear"
    assert from_ris("PY  - 2027", "DA  - 2027///forthcoming").status == "forthcoming"
    work = Reference(type="article-journal", title="A", status="in press", issued=IN_2027)
    assert ris.dumps([work]).startswith("TY  - INPR\r\n")
    assert ris.loads(ris.dumps([work])).references == [work]


@pytest.mark.parametrize(
    "fields",
    [
        {"status": "in press"}, {"issued": {"date-parts": [["in press"]]}}, {"issued": {"season": "in press"}},
        {"issued": {"literal": "in press"}}, {"issued": {"raw": "in press"}},
        {"issued": "in press"},
    ],
)  # fmt: skip
def test_csl_json_has_a_status_or_words_for_a_date(fields):
    work = from_json(**fields)

    assert (work.status, work.issued) == ("in press", NOWHERE)


@pytest.mark.parametrize("format_", [bibtex, ris, csl])
@pytest.mark.parametrize("status", ["in press", "to appear", "im Druck"])
def test_an_undated_work_is_the_same_after_an_export_and_an_import(format_, status):
    work = Reference(type="article-journal", citation_key="low", title="A", author=(LOW,), container_title="B",
                     status=status)  # fmt: skip
    text = format_.dumps([work])

    assert "x-csl" not in text
    assert format_.loads(text).references == [work]


def test_bibtex_prints_the_words_instead_of_a_year_and_as_the_note_of_an_unpublished_work():
    article = Reference(type="article-journal", title="A", container_title="B", status="in press")
    manuscript = Reference(type="manuscript", title="A", status="under review", issued=IN_2027)

    assert "\n  year = {in press},\n" in bibtex.dumps([article])
    assert "@unpublished{" in bibtex.dumps([manuscript])
    assert "\n  note = {under review},\n" in bibtex.dumps([manuscript])


PIA = {"family": "Low", "given": "Pia"}


@pytest.mark.parametrize(
    "work",
    [
        read("@article{a, author = {Low, Pia and Sha, Noam and others}, title = {A}}", "bib"),
        read("@article{a, author = {Low, Pia and Sha, Noam and many others}, title = {A}}", "bib"),
        from_ris("AU  - Sha, Noam", "AU  - et al."),
        from_ris("AU  - Sha, Noam", "AU  - 等"),
        from_ris("AU  - Sha, Noam, et al."),
        from_ris("AU  - Sha, Noam et al."),
        from_json(author=[PIA, {"family": "Sha", "given": "Noam"}, {"literal": "others"}]),
        from_json(author=[PIA, {"family": "Sha", "given": "Noam"}, {"family": "et al."}]),
    ],
)
def test_no_author_is_called_others(work):
    assert (work.author, work.extra["et-al"]) == ((LOW, SHA), ["author"])
