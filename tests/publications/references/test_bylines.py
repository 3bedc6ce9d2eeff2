"""A line of authors in any usual form."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from profiles.content.patterns import COLLABORATION
from publications.references.values.bylines import read_byline


def names(text):
    return [str(name) for name in read_byline(text)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Jiang, Yinsicheng and Yao Fu; Luo Mai", ["Yinsicheng Jiang", "Yao Fu", "Luo Mai"]),
        ("Jiang, Y., Fu, Y., & Mai, L.", ["Y. Jiang", "Y. Fu", "L. Mai"]),
        ("Jiang Y, Fu YX, Mai L", ["Y Jiang", "YX Fu", "L Mai"]),
        ("Ada Lovelace1,2*, Charles Babbage², and Luo Mai†", ["Ada Lovelace", "Charles Babbage", "Luo Mai"]),
        ("Ada Lovelace, Charles Babbage", ["Ada Lovelace", "Charles Babbage"]),
        ("García Márquez, Gabriel", ["Gabriel García Márquez"]),
        ("Jiang, Yinsicheng, Fu, Yao", ["Yinsicheng Jiang", "Yao Fu"]),
        ("van der Berg, Jan Pieter; Ludwig van Beethoven", ["Jan Pieter van der Berg", "Ludwig van Beethoven"]),
        ("King, Jr., Martin Luther", ["Martin Luther King, Jr."]),
        ("Lovelace, A. A., Jr., Babbage, C.", ["A. A. Lovelace, Jr.", "C. Babbage"]),
        ("By Ada Lovelace et al.", ["Ada Lovelace"]),
        ("Knuth, Donald E. and others", ["Donald E. Knuth"]),
        ("{The Engine Team} and Luo Mai", ["The Engine Team", "Luo Mai"]),
        ("王小明、李雷", ["王小明", "李雷"]),
        ("Lovelace, A.\nBabbage, C.\n", ["A. Lovelace", "C. Babbage"]),
        ("Ángel Y García & José de la Cruz", ["Ángel Y García", "José de la Cruz"]),
        ("Ada Lovelace (University of Turin), Luo Mai [2]", ["Ada Lovelace", "Luo Mai"]),
        (" ; , and . ", []),
        ("", []),
    ],
)
def test_names_are_read_in_their_order(text, expected):
    assert names(text) == expected


def test_an_orcid_id_stays_with_its_name():
    found = read_byline("Ada Lovelace (0000-0002-1825-0097), Luo Mai https://orcid.org/0000-0001-5109-3700; Yao Fu")

    assert [(str(name), name.orcid) for name in found] == [
        ("Ada Lovelace", "0000-0002-1825-0097"), ("Luo Mai", "0000-0001-5109-3700"), ("Yao Fu", ""),
    ]  # fmt: skip


word = (
    st.text("abcdefghijklmnoprstuvwxyzäéö", min_size=3, max_size=8)
    .filter(lambda w: w not in ("and", "und") and not COLLABORATION.search(w))
    .map(str.title)
)
people = st.lists(st.tuples(word, word), min_size=1, max_size=5)


@given(people)
@pytest.mark.parametrize(
    "written",
    [
        lambda people: " and ".join(f"{family}, {given}" for given, family in people),
        lambda people: "; ".join(f"{family}, {given}" for given, family in people),
        lambda people: "\n".join(f"{given} {family}" for given, family in people),
        lambda people: ", ".join(f"{given} {family}" for given, family in people),
        lambda people: ", ".join(f"{given} {family}" for given, family in people[:-1])
        + (" and " if len(people) > 1 else "") + " ".join(people[-1]),
    ],
    ids=["bibtex", "semicolons", "lines", "commas", "prose"],
)  # fmt: skip
def test_names_are_read_in_every_form(written, people):
    assert [(name.given, name.family) for name in read_byline(written(people))] == people


@given(st.text(max_size=200))
def test_any_text_can_be_read_as_names(text):
    assert all(str(name) for name in read_byline(text))
