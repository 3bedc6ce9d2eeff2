from datetime import date

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given, settings
from hypothesis import strategies as st

from profiles.content.dates import PartialDate, PartialDateField
from projects.models import Project

PRECISIONS = ["%Y", "%Y-%m", "%Y-%m-%d"]


def partial_dates(years=range(1000, 10_000)):
    days = st.dates(date(years.start, 1, 1), date(years.stop - 1, 12, 31))
    return st.builds(lambda day, precision: PartialDate(day.strftime(precision)), days, st.sampled_from(PRECISIONS))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2025", "2025"),
        ("2025-3", "2025-03"),
        ("2025/3/7", "2025-03-07"),
        ("2025.03.17", "2025-03-17"),
        (" 2025-03 ", "2025-03"),
        ("2024-02-29", "2024-02-29"),
    ],
)
def test_a_date_is_stored_as_iso_8601(text, expected):
    assert PartialDate(text) == expected


@pytest.mark.parametrize(
    "text", ["", "25", "2025-13", "2025-00", "2025-02-29", "17.3.2025", "0000", "２０２５", "2025-3-"]
)
def test_other_text_is_not_a_date(text):
    with pytest.raises(ValueError):  # noqa: PT011
        PartialDate(text)


@given(partial_dates())
def test_a_date_parses_to_itself(value):
    assert PartialDate(value) == value


@given(partial_dates())
def test_date_parts_are_the_known_ones(value):
    assert value.date_parts == [int(part) for part in value.split("-")]
    assert (value.year, value.day) == (value.date_parts[0], [*value.date_parts, None, None][2])


@given(partial_dates(), partial_dates())
def test_text_sorts_as_dates_do(one, other):
    assert (one < other) == (one.date_parts < other.date_parts)


@pytest.mark.parametrize(
    ("text", "expected"), [("2025", "2025"), ("2025-03", "March 2025"), ("2025-03-07", "7 March 2025")]
)
def test_a_date_is_displayed_in_words(text, expected):
    assert PartialDate(text).display == expected


def test_the_error_of_a_mistyped_date_says_what_to_write():
    with pytest.raises(ValidationError, match=r"“17\.3\.2025” is not a date. Write a year"):
        PartialDateField().to_python("17.3.2025")


@pytest.mark.django_db
@settings(max_examples=60, deadline=None)
@given(partial_dates(range(2019, 2022)), partial_dates(range(2019, 2022)))
def test_the_end_is_not_before_the_start(start, end):
    first_day = [*start.date_parts, 1, 1][:3]
    last_day = [*end.date_parts, *[12, 31][len(end.date_parts) - 1 :]]
    project = Project(name="Engine", start=start, end=end)

    try:
        project.validate_constraints()
        accepted = True
    except ValidationError:
        accepted = False

    assert accepted == (first_day <= last_day)
