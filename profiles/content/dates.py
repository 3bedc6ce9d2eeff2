"""Partial dates: a year, a year and month, or a full date.

A partial date is stored as ISO 8601 text ("2025", "2025-03", "2025-03-17"), which sorts correctly in every database.
"""

import re
from datetime import date

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models.functions import Left, Length
from django.db.models.lookups import GreaterThanOrEqual
from django.utils import dateformat, timezone

SHAPE = re.compile(r"(?P<year>\d{4})(?:[-/.](?P<month>\d{1,2})(?:[-/.](?P<day>\d{1,2}))?)?", re.ASCII)


class PartialDate(str):
    """The ISO 8601 text of a year, a month or a day.

    >>> PartialDate("2025-3")
    '2025-03'

    Raises ValueError for any other text ("2025-13", "17.3.2025").
    """

    __slots__ = ()

    def __new__(cls, text):
        match = SHAPE.fullmatch(str(text).strip())
        if not match:
            raise ValueError(f"“{text}” is not a date.")
        parts = [int(part) for part in match.groups() if part]
        date(*parts, *[1] * (3 - len(parts)))
        return super().__new__(cls, "-".join([f"{parts[0]:04}", *(f"{part:02}" for part in parts[1:])]))

    @property
    def date_parts(self):
        """CSL-JSON's date-parts: [year], [year, month] or [year, month, day]."""
        return [int(part) for part in self.split("-")]

    @property
    def year(self):
        return self.date_parts[0]

    @property
    def day(self):
        return self.date_parts[2] if len(self) > len("2025-03") else None

    @property
    def is_past(self):
        """Whether the whole year, month or day is over, in the time zone of the site."""
        return self < timezone.localdate().isoformat()[: len(self)]

    @property
    def is_future(self):
        """Whether the year, month or day has not begun, in the time zone of the site."""
        return self > timezone.localdate().isoformat()[: len(self)]

    @property
    def display(self):
        """The date as "17 March 2025", "March 2025" or "2025"."""
        parts = self.date_parts
        shape = {1: "Y", 2: "F Y", 3: "j F Y"}[len(parts)]
        return dateformat.format(date(*parts, *[1] * (3 - len(parts))), shape)


class PartialDateField(models.CharField):
    """Stores a PartialDate, or an empty string if the date is unknown."""

    description = "Year, year and month, or full date"

    def __init__(self, *args, **kwargs):
        kwargs.setdefault("max_length", len("2025-03-17"))
        kwargs.setdefault("help_text", "A year (2025), a month (2025-03) or a day (2025-03-17).")
        super().__init__(*args, **kwargs)

    def from_db_value(self, value, expression, connection):
        return PartialDate(value) if value else value

    def to_python(self, value):
        if not value or isinstance(value, PartialDate):
            return value or ""
        try:
            return PartialDate(value)
        except ValueError as error:
            message = "“%(value)s” is not a date. Write a year (2025), a month (2025-03) or a day (2025-03-17)."
            raise ValidationError(message, code="invalid", params={"value": value}) from error

    def get_prep_value(self, value):
        return str(self.to_python(super().get_prep_value(value)))

    def formfield(self, **kwargs):
        # Wider than the stored text, so that a mistyped date gets the error for dates and not "too long".
        return super().formfield(**{"max_length": 40, **kwargs})


def end_not_before_start(name):
    """Return the constraint that ``end`` is not before ``start``, compared as precisely as both are known.

    "2020" to "2020-05" and "2020-05" to "2020" are both right; "2020-05" to "2019" is not.
    """
    reached = GreaterThanOrEqual(Left("end", Length("start")), Left("start", Length("end")))
    return models.CheckConstraint(
        condition=models.Q(start="") | models.Q(end="") | models.Q(reached),
        name=name,
        violation_error_message="The end lies before the start. Swap the two, or clear the end.",
    )
