"""Dates in the shapes that programs and people give them."""

import pytest

from publications.references import Date
from publications.references.values.dates import date_from_csl, date_from_text


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2021-05-03", Date(((2021, 5, 3),))), ("2021-05-03T12:00:00Z", Date(((2021, 5, 3),))),
        ("May 2021", Date(((2021, 5),))), ("3 May 2021", Date(((2021, 5, 3),))), ("May 3, 2021", Date(((2021, 5, 3),))),
        ("3rd of May 2021", Date(((2021, 5, 3),))), ("2021 Sept. 3", Date(((2021, 9, 3),))),
        ("2015/october", Date(((2015, 10),))), ("2015/Oct/3/", Date(((2015, 10, 3),))),
        ("12/2015", Date(((2015, 12),))),
        ("3 März 2015", Date(((2015, 3, 3),))), ("août 2015", Date(((2015, 8),))), ("juin 2015", Date(((2015, 6),))),
        ("2015/Oktober/3", Date(((2015, 10, 3),))), ("dic. 2015", Date(((2015, 12),))),
        ("20210503", Date(((2021, 5, 3),))), ("3.5.2021", Date(((2021, 5, 3),))), ("17/5/2021", Date(((2021, 5, 17),))),
        ("5/17/2021", Date(((2021, 5, 17),))), ("03/05/2021", Date(((2021,),), literal="03/05/2021")),
        ("2015-16", Date(((2015,), (2016,)))), ("1998/99", Date(((1998,), (1999,)))),
        ("2021/2022", Date(((2021,), (2022,)))), ("2021–2022", Date(((2021,), (2022,)))),
        ("Oct-Nov 2015", Date(((2015, 10), (2015, 11)))), ("Dec 2015 – Jan 2016", Date(((2015, 12), (2016, 1)))),
        ("3-5 May 2021", Date(((2021, 5, 3), (2021, 5, 5)))),
        ("Winter 2015", Date(((2015,),), "4")), ("2015///Spring", Date(((2015,),), "1")),
        ("2019-21", Date(((2019,),), "1")),
        ("circa 1843", Date(((1843,),), circa=True)), ("1843~", Date(((1843,),), circa=True)),
        ("in press", Date(literal="in press")), ("accepted May 2021", Date(literal="accepted May 2021")),
        ("0000", Date()), ("", Date()),
    ],
)  # fmt: skip
def test_a_date_is_read_from_text(text, expected):
    assert date_from_text(text) == date_from_csl({"raw": text}) == expected


@pytest.mark.parametrize(
    "value",
    [
        {"date-parts": [[2021, 5]]}, {"date-parts": [["2021", "05"]]}, {"date-parts": [2021, 5]},
        {"date-parts": "2021-05"}, {"date-parts": [["2021-05"]]}, {"date-parts": [[2021.0, "May", None]]},
        {"year": 2021, "month": "5"}, [["2021", "5"]], [2021, 5], "2021-05", {"raw": "2021/05/"},
    ],
)  # fmt: skip
def test_a_date_of_csl_is_read_in_the_shapes_that_programs_give_it(value):
    assert date_from_csl(value) == Date(((2021, 5),))


@pytest.mark.parametrize("value", [None, "", {}, [], {"date-parts": [[None]]}, {"date-parts": [{}]}, {"raw": None}])
def test_a_date_without_a_year_is_empty(value):
    assert date_from_csl(value) == Date()
