"""Records of RIS with the spaces, case, line breaks and order of tags that programs write."""

import pytest

from publications.references.formats import loads

TIDES = "TY  - JOUR\nTI  - Tides\nPY  - 2001\nER  - \n"


def titles(text, ending="ris"):
    loaded = loads(text, ending)
    return [reference.title for reference in loaded.references], loaded.problems


@pytest.mark.parametrize(
    "text",
    [
        "TY - JOUR\nTI - Tides\nPY - 2001\nER -\n", "TY\t-\tJOUR\nTI\t-\tTides\nPY\t-\t2001\nER\t-",
        "ty  - jour\nti  - Tides\npy  - 2001\ner  - \n", "TY  -JOUR\nTI  -Tides\nPY  -2001\nER  -\n",
        "\ufeff" + TIDES, TIDES.replace("\n", "\r"), TIDES.replace("\n", "\r\n"), TIDES.replace("\n", "\n\n"),
        "".join(f"   {line}\n" for line in TIDES.splitlines()),
        "TI  - Tides\nPY  - 2001\nTY  - JOUR\nER  - \n", "ID  - 7\nTY  - JOUR\nTI  - Tides\nPY  - 2001\nER  - \n",
    ],
)  # fmt: skip
@pytest.mark.parametrize("ending", ["ris", ""])
def test_a_record_is_read_whole_in_any_spelling(text, ending):
    loaded = loads(text, ending)

    assert [(found.type, found.title, found.year) for found in loaded.references] == [
        ("article-journal", "Tides", 2001)
    ]
    assert loaded.problems == []


def test_the_lines_before_a_type_belong_to_each_record():
    text = "ID  - a\nTY  - JOUR\nTI  - A\nER  - \n\nID  - b\nTY  - BOOK\nTI  - B\nER  - \n"

    assert [(found.citation_key, found.title) for found in loads(text).references] == [("a", "A"), ("b", "B")]


def test_a_record_without_a_type_is_refused_whole_and_does_not_mix_with_the_next():
    found, [problem] = titles("AU  - Silva, Ana\nTI  - Lost\n" + TIDES)

    assert found == ["Tides"]
    assert (problem.lost, problem.entry, problem.line, problem.field) == (True, 1, 1, "TY")
    assert problem.text == "AU  - Silva, Ana\nTI  - Lost"


def test_lines_before_the_first_record_are_reported_once():
    found, [problem] = titles("Provider: Tide Press\nContent: text\n\n" + TIDES)

    assert found == ["Tides"]
    assert (problem.lost, problem.text) == (False, "Provider: Tide Press\nContent: text")


def test_a_record_without_an_end_is_read_and_reported():
    found, problems = titles("TY  - JOUR\nTI  - A\n\n" + TIDES)

    assert found == ["A", "Tides"]
    assert [(problem.entry, problem.field, problem.lost) for problem in problems] == [(1, "ER", False)]


def test_wrapped_lines_of_a_text_are_joined_and_short_ones_are_kept():
    words = "tides rise and fall with the moon and the sun in all of the seas of the world"
    wrapped = f"TY  - JOUR\nTI  - On\nTides\nAB  - {words}\n{words}\nEnd.\n\nSecond\nparagraph.\nER  - \n"
    [found] = loads(wrapped).references

    assert (found.title, found.abstract) == ("On Tides", f"{words} {words} End.\n\nSecond\nparagraph.")


def test_several_links_in_a_line_are_several_and_a_doi_has_no_other_meaning():
    [found] = loads(
        "TY  - JOUR\nTI  - A\nM3  - 10.1000/a\nM3  - Review\nUR  - https://a.example/?b;c; https://b.example/\nER  - "
    ).references

    assert (found.url, found.extra) == ("https://a.example/?b;c", {"ur": "https://b.example/"})
    assert (found.doi, found.genre) == ("10.1000/a", "Review")


def test_separators_of_unicode_break_no_lines_and_a_second_mark_of_byte_order_is_ignored():
    assert titles(f"{TIDES}\ufeffTY  - BOOK\nTI  - Sea\u2028and sun\nER  - ")[0] == ["Tides", "Sea and sun"]


@pytest.mark.parametrize(
    "text",
    [
        "TY  - JOUR\nTI  - " + "x " * 500_000, "TY  - JOUR\nAB  - x\n" + "y\n" * 200_000, "\n" * 200_000 + TIDES,
        "TY  - JOUR\nKW  - " + "x;" * 200_000, "TY  - JOUR\nPY  - " + "/" * 300_000,
        "TY  - JOUR\nSP  - " + "- " * 300_000,
    ],
    ids=["line", "lines", "blank", "keywords", "date", "pages"],
)  # fmt: skip
def test_hostile_text_is_read_in_linear_time(text):
    assert len(loads(text).references) == 1
