"""The tags of RIS that mean something else in each type, as EndNote and Zotero write them."""

import pytest

from publications.references import Date, Name, Reference, ris

SILVA, DOE, LEE = (Name(family=family, given="Ana") for family in ("Silva", "Doe", "Lee"))


def record(type_, *lines):
    [found] = ris.loads("\n".join([f"TY  - {type_}", "TI  - Tides", *lines, "ER  - "])).references
    return found


@pytest.mark.parametrize(
    ("type_", "lines", "expected"),
    [
        ("JOUR", ["A1  - Silva, Ana", "AU  - Doe, Ana", "A1  - Lee, Ana"], {"author": (SILVA, DOE, LEE)}),
        ("JOUR", ["AU  - Silva, Ana; Doe, Ana"], {"author": (SILVA, DOE)}),
        ("EDBOOK", ["AU  - Silva, Ana", "A1  - Doe, Ana", "A2  - Lee, Ana"],
         {"editor": (SILVA, DOE), "collection_editor": (LEE,)}),
        ("BOOK", ["AU  - Silva, Ana", "A3  - Doe, Ana", "A4  - Lee, Ana"],
         {"author": (SILVA,), "editor": (DOE,), "translator": (LEE,)}),
        ("BOOK", ["A2  - Silva, Ana", "A2  - Doe, Ana"], {"editor": (SILVA, DOE), "collection_editor": ()}),
        ("BOOK", ["AU  - Silva, Ana", "A2  - Doe, Ana"], {"editor": (), "collection_editor": (DOE,)}),
        ("RPRT", ["A2  - Silva, Ana"], {"collection_editor": (SILVA,)}),
        ("SLIDE", ["A2  - Silva, Ana", "T2  - Sea Days", "CY  - Rome"],
         {"author": (SILVA,), "event_title": "Sea Days", "event_place": "Rome"}),
        ("DATA", ["A4  - Sea Fund,", "NV  - 17"], {"contributor": (Name(literal="Sea Fund"),), "number": "17"}),
        ("CONF", ["A2  - Silva, Ana", "A4  - Sea Fund,"],
         {"editor": (SILVA,), "contributor": (Name(literal="Sea Fund"),), "translator": ()}),
        ("BILL", ["A2  - Silva, Ana", "T2  - Sea Code"], {"editor": (), "container_title": "Sea Code"}),
        ("PAT", ["PB  - Acme", "SN  - 4,904", "M1  - 17/2001"], {"publisher": "Acme", "number": "4,904"}),
        ("CASE", ["A2  - Sea Reports", "SV  - 12-3"], {"container_title": "Sea Reports", "number": "12-3"}),
        ("RPRT", ["SN  - TR-1", "M1  - 7"], {"number": "TR-1"}), ("RPRT", ["M1  - 7"], {"number": "7"}),
        ("JOUR", ["M3  - https://doi.org/10.1002/a.1"], {"genre": "", "doi": "10.1002/a.1"}),
        ("JOUR", ["M1  - 4"], {"issue": "4"}), ("JOUR", ["UR  - PM:123"], {"pmid": "123", "url": ""}),
        ("COMP", ["ET  - 2.1", "VL  - 3rd"], {"edition": "3rd", "volume": ""}),
        ("THES", ["VL  - PhD", "M3  - Dissertation"], {"genre": "Dissertation"}),
        ("THES", ["VL  - PhD"], {"genre": "PhD"}),
        ("JOUR", ["SN  - 1234-5678; 9780306406157"], {"issn": "1234-5678", "isbn": "9780306406157"}),
        ("ICOMM", ["A2  - Silva, Ana"], {"type": "personal_communication", "editor": ()}),
    ],
)  # fmt: skip
def test_tags_are_read_by_the_type_of_work(type_, lines, expected):
    found = record(type_, *lines)

    assert {name: getattr(found, name) for name in expected} == expected
    assert ris.loads(ris.dumps([found])).references == [found]


@pytest.mark.parametrize(
    ("type_", "lines", "expected"),
    [
        ("THES", ["A3  - Silva, Ana", "T2  - Oceanography", "SP  - xii, 80 p."],
         {"advisor": [{"family": "Silva", "given": "Ana"}], "division": "Oceanography", "number-of-pages": "xii, 80"}),
        ("BOOK", ["SP  - 458", "T2  - Sea Series", "M1  - 5"],
         {"number-of-pages": "458", "collection-title": "Sea Series", "collection-number": "5"}),
        ("RPRT", ["SP  - 45", "NV  - 5", "T2  - Sea Series"],
         {"number-of-pages": "45", "collection-number": "5", "collection-title": "Sea Series"}),
        ("COMP", ["VL  - 3"], {"version": "3"}), ("COMP", ["ET  - 2.1", "VL  - 3rd"], {"version": "2.1"}),
        ("DATA", ["IS  - 2", "A2  - Silva, Ana"], {"version": "2", "producer": [{"family": "Silva", "given": "Ana"}]}),
        ("PAT", ["A2  - Patent Office", "ET  - G01N"], {"authority": "Patent Office", "et": "G01N"}),
        ("PCOMM", ["A2  - Silva, Ana"], {"recipient": [{"family": "Silva", "given": "Ana"}]}),
        ("JOUR", ["TA  - Silva, Ana", "TT  - Marés"], {"ta": "Silva, Ana", "tt": "Marés"}),
        ("JOUR", ["C2  - PMC123", "DP  - SeaBase", "H2  - QA 1", "ET  - 2014/12/03"],
         {"PMCID": "PMC123", "source": "SeaBase", "call-number": "QA 1",
          "available-date": {"date-parts": [[2014, 12, 3]]}}),
        ("JOUR", ["UR  - https://a.example.org", "https://b.example.org", "L1  - a.pdf", "b.pdf", "XX  - odd"],
         {"ur": "https://b.example.org", "l1": ["a.pdf", "b.pdf"], "xx": "odd"}),
        ("WEB", ["M1  - 2020/05/03"], {"accessed": {"date-parts": [[2020, 5, 3]]}, "ris-type": "WEB"}),
        ("JOUR", ["N1  - Tides", "RN  - Mine"], {"annote": "Mine"}),
    ],
)  # fmt: skip
def test_other_tags_are_stored_under_the_names_of_csl_or_their_own(type_, lines, expected):
    found = record(type_, *lines)

    assert found.extra == expected
    assert (found.page, found.editor, found.collection_editor, found.translator) == ("", (), (), ())
    assert ris.loads(ris.dumps([found])).references == [found]


@pytest.mark.parametrize(
    ("type_", "lines", "page"),
    [
        ("BOOK", ["SP  - 12", "EP  - 15"], "12-15"), ("THES", ["SP  - 12--15"], "12-15"), ("RPRT", ["SP  - A3"], "A3"),
        ("JOUR", ["SP  - 7"], "7"), ("JOUR", ["C7  - e12"], "e12"),
    ],
)  # fmt: skip
def test_pages_of_a_part_are_no_number_of_pages(type_, lines, page):
    found = record(type_, *lines)

    assert (found.page, found.extra) == (page, {})


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (["KW  - tides", "moon", "sun"], ("tides", "moon", "sun")), (["KW  - tides; moon;"], ("tides", "moon")),
        (["KW  - tides, moon"], ("tides", "moon")),
        (["KW  - law, sea", "KW  - moon; sun"], ("law, sea", "moon", "sun")),
        (["KW  - tides", "%K moon"], ("tides", "moon")),
    ],
)  # fmt: skip
def test_several_keywords_under_one_tag_are_separated(lines, expected):
    assert record("JOUR", *lines).keyword == expected


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (["PY  - 2015", "DA  - May 3"], Date(((2015, 5, 3),))),
        (["DA  - Oct-Nov", "PY  - 2015"], Date(((2015, 10), (2015, 11)))),
        (["Y1  - 1900/01/01", "DA  - 1950/01/01"], Date(((1950, 1, 1),))),
        (["Y1  - 2015/october"], Date(((2015, 10),))),
        (["PY  - 2015/05/01/12:30"], Date(((2015, 5, 1),))), (["PY  - 2015///Spring"], Date(((2015,),), "1")),
        (["PY  - 2015", "DA  - 2014/12/03"], Date(((2015,),))), (["PY  - 0000"], Date()),
    ],
)  # fmt: skip
def test_the_date_is_read_from_all_tags(lines, expected):
    assert record("JOUR", *lines).issued == expected


def test_a_date_of_another_year_is_stored_under_its_tag():
    found = record("JOUR", "PY  - 2015", "DA  - 2014/12/03", "Y1  - 2015/02")

    assert (found.issued, found.extra) == (Date(((2015, 2),)), {"da": "2014/12/03"})


def test_entities_and_markup_become_characters_and_rich_text():
    found = record(
        "JOUR", "AU  - Garc&#237;a, M.", "T2  - Acids &amp;amp; Bases", "T1  - no", "AB  - &lt;p&gt;a &lt; b&lt;/p&gt;",
        "UR  - https://example.org/?a=1&amp;copy=2&copy=3", "ST  - CO<inf>2</inf> &lt;i&gt;in vitro&lt;/i&gt;",
    )  # fmt: skip

    assert found == Reference(
        type="article-journal", title="Tides", author=(Name(family="García", given="M."),), abstract="a < b",
        container_title="Acids & Bases", url="https://example.org/?a=1&copy=2&copy=3",
        extra={"title-short": "CO<sub>2</sub> <i>in vitro</i>", "t1": "no"},
    )  # fmt: skip


def test_a_short_title_stands_in_for_a_missing_title():
    assert ris.loads("TY  - JOUR\nST  - Tides\nER  - ").references == [Reference(type="article-journal", title="Tides")]


def test_the_notes_of_procite_become_tags():
    found = record(
        "BOOK", "N1  - Record ID: 7", "A1  - Silva, Ana", "VL  - 2nd", "IS  - 4", "N1  - Author, Subsidiary: Doe, Ana",
        "N1  - Series Title: Sea Series", "N1  - Series Volume ID: 5", "N1  - Call Number: QA 1", "N1  - Notes: Mine",
        "N1  - Medium Designator: print",
    )  # fmt: skip

    assert found == Reference(
        type="book", citation_key="7", title="Tides", author=(SILVA,), collection_editor=(DOE,), edition="2nd",
        volume="4", extra={
            "collection-title": "Sea Series", "collection-number": "5", "call-number": "QA 1",
            "annote": "Mine\n\nMedium Designator: print",
        },
    )  # fmt: skip
