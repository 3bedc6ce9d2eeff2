"""RIS as publishers and reference managers write it."""

import pytest

from publications.references import Date, Name, Reference, ris


def read(text):
    [reference] = ris.loads(text).references
    return reference


def record(*lines, type_="JOUR"):
    return read("\n".join([f"TY  - {type_}", "TI  - On Engines", *lines, "ER  - "]))


def test_an_article_is_imported_field_by_field():
    found = record(
        "AU  - van Example, Ludwig", "AU  - King, Martin Luther, Jr.", "AU  - Engine Collaboration",
        "T2  - Journal of Engines",
        "J2  - J. Eng.", "VL  - 12", "IS  - 3", "SP  - 1", "EP  - 29", "PY  - 2024", "DA  - 2024/05/17",
        "DO  - https://doi.org/10.1000/e", "SN  - 1234-5678", "UR  - https://x.org", "KW  - one", "KW  - two",
        "AB  - First.", "Second.", "ID  - key", "LA  - en",
    )  # fmt: skip

    assert found == Reference(
        type="article-journal", citation_key="key", title="On Engines", container_title="Journal of Engines",
        author=(
            Name(family="Example", given="Ludwig", non_dropping_particle="van"),
            Name(family="King", given="Martin Luther", suffix="Jr."), Name(literal="Engine Collaboration"),
        ),
        container_title_short="J. Eng.", volume="12", issue="3", page="1-29", issued=Date(((2024, 5, 17),)),
        doi="10.1000/e", issn="1234-5678", url="https://x.org", keyword=("one", "two"), abstract="First.\nSecond.",
        language="en",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("PY  - 2024", ((2024,),)), ("PY  - 2024///", ((2024,),)), ("Y1  - 2024/05/17/", ((2024, 5, 17),)),
        ("Y1  - 2024/05//", ((2024, 5),)), ("DA  - 2024-05-17", ((2024, 5, 17),)),
        ("Y1  - 17 May 2024", ((2024, 5, 17),)),
        ("PY  - May 2024", ((2024, 5),)),
    ],
)  # fmt: skip
def test_dates_are_read_in_all_their_forms(line, expected):
    assert record(line).issued == Date(expected)


@pytest.mark.parametrize(
    ("tag", "type_"),
    [
        ("JOUR", "article-journal"), ("CONF", "paper-conference"), ("CPAPER", "paper-conference"), ("CHAP", "chapter"),
        ("BOOK", "book"), ("THES", "thesis"), ("RPRT", "report"), ("DATA", "dataset"), ("COMP", "software"),
        ("PAT", "patent"), ("ELEC", "webpage"), ("GEN", "document"), ("UNPB", "manuscript"), ("XXXX", "document"),
    ],
)  # fmt: skip
def test_each_type_is_a_type_of_csl_and_comes_back(tag, type_):
    found = record(type_=tag)

    assert found.type == type_
    assert ris.dumps([found]).startswith(f"TY  - {tag}\r\n")


@pytest.mark.parametrize(
    ("text", "found", "lost"),
    [
        ("TY  - BOOK\nTI  - A\nTY  - BOOK\nTI  - B\nER  - \n", ["A", "B"], 0),
        ("TI  - A\nER  - \n\nTY  - BOOK\nTI  - B\nER  -", ["B"], 1),
        ("TY - BOOK\nTI - A\nER -", ["A"], 0),
        ("Export of today\n\nTY  - BOOK\r\nTI  - A\r\nER  - \r\n", ["A"], 0),
        ("", [], 0),
    ],
)
def test_a_broken_record_does_not_affect_the_others(text, found, lost):
    loaded = ris.loads(text.replace("\r", ""))

    assert [reference.title for reference in loaded.references] == found
    assert len(loaded.lost) == lost
    assert loaded.entries == len(found) + lost


def test_an_unreadable_record_is_reported_with_its_text_and_line():
    [problem] = ris.loads("TY  - BOOK\nTI  - A\nER  - \n\nAU  - X\nTI  - B\nER  - \n").lost

    assert (problem.entry, problem.line, problem.field) == (2, 5, "TY")
    assert problem.text == "AU  - X\nTI  - B\nER  -"


def test_lines_end_with_crlf_and_ordinary_works_have_standard_tags_only():
    out = ris.dumps([Reference(type="book", title="A", author=(Name(family="Lovelace", given="Ada"),))])

    assert out == "TY  - BOOK\r\nAU  - Lovelace, Ada\r\nTI  - A\r\nER  - \r\n\r\n"
