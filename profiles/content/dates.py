"""Dates and times: partial dates (a year, a month or a day), and wall times in IANA time zones.

A partial date is stored as ISO 8601 text ("2025", "2025-03", "2025-03-17"), which sorts correctly in every database.
"""

import calendar
import re
from datetime import UTC, date, datetime, time
from functools import cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models.functions import Left, Length
from django.db.models.lookups import GreaterThanOrEqual
from django.utils import dateformat, timezone
from django.utils.formats import get_format
from django.utils.translation import get_language

SHAPE = re.compile(r"(?P<year>\d{4})(?:[-/.](?P<month>\d{1,2})(?:[-/.](?P<day>\d{1,2}))?)?", re.ASCII)
REGIONS = (
    "Africa", "America", "Antarctica", "Arctic", "Asia", "Atlantic", "Australia", "Europe", "Indian", "Pacific",
)  # fmt: skip
YEARS = range(1900, 3000)  # near the limits of the calendar, some time zones fail


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
        """The date as "17 March 2025", "March 2025" or "2025", or as is usual in the active language."""
        parts = self.date_parts
        names = {2: "YEAR_MONTH_FORMAT", 3: "DATE_FORMAT"}
        shape = {1: "Y", 2: "F Y", 3: "j F Y"}[len(parts)] if is_english() else get_format(names.get(len(parts), "Y"))
        return dateformat.format(date(*parts, *[1] * (3 - len(parts))), shape)


def is_english():
    return (get_language() or "en").startswith("en")


def display_period(start, end):
    """Return two different PartialDates as "3–5 May 2026", "30 April – 2 May 2026" or "April 2025 – May 2026"."""
    if is_english() and len(start) == len(end) > len("2025") and start.year == end.year:
        if start.date_parts[1] == end.date_parts[1]:
            return f"{start.day}–{end.display}"
        return f"{start.display.rpartition(' ')[0]} – {end.display}"
    return f"{start.display} – {end.display}"


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


class PeriodConstraint(models.CheckConstraint):
    """A constraint on a start and an end, whose message stands at the end in forms."""

    def validate(self, *args, **kwargs):
        try:
            super().validate(*args, **kwargs)
        except ValidationError as error:
            raise ValidationError({"end": error}) from error

    def deconstruct(self):
        """Return it as Django's own, which is the same for the database, so that migrations need no other class."""
        _, arguments, keywords = super().deconstruct()
        return "django.db.models.CheckConstraint", arguments, keywords


def end_not_before_start(name):
    """Return the constraint that ``end`` is not before ``start``, compared as precisely as both are known.

    "2020" to "2020-05" and "2020-05" to "2020" are both right; "2020-05" to "2019" is not.
    """
    reached = GreaterThanOrEqual(Left("end", Length("start")), Left("start", Length("end")))
    return PeriodConstraint(
        condition=models.Q(start="") | models.Q(end="") | models.Q(reached),
        name=name,
        violation_error_message="The end lies before the start. Swap the two, or clear the end.",
    )


@cache
def zone_names():
    """Return the names of the time zones to choose from."""
    places = (name for name in available_timezones() if name.startswith(tuple(f"{region}/" for region in REGIONS)))
    return sorted({"UTC", settings.TIME_ZONE, *places})


def validate_zone(name):
    """Raise ValidationError unless the name is that of a time zone, or empty for the site's."""
    if name and name not in zone_names():
        message = "“%(name)s” is not a time zone. Choose one from the list, such as Europe/London."
        raise ValidationError(message, code="zone", params={"name": name})


def zone_named(name):
    """Return the ZoneInfo of that name, or of the site if there is none."""
    try:
        return ZoneInfo(name or settings.TIME_ZONE)
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo(settings.TIME_ZONE)


def validate_moment(day, clock, zone):
    """Raise ValidationError, which says what to enter, unless a wall time exists once on a day in a ZoneInfo."""
    if day.year not in YEARS:
        raise ValidationError(f"Enter a year between {YEARS.start} and {YEARS.stop - 1}, or clear the time.")
    first, second = (datetime.combine(day, clock, zone).replace(fold=fold) for fold in (0, 1))
    if first.utcoffset() < second.utcoffset():
        shown = first.astimezone(UTC).astimezone(zone)
        raise ValidationError(
            f"There is no {clock:%H:%M} on this day in {zone.key}, because the clocks go forward. "
            f"Enter {shown:%H:%M} if you mean the time after the change."
        )
    if first.utcoffset() > second.utcoffset():
        utc, later = first.astimezone(UTC), second.astimezone(UTC)
        raise ValidationError(
            f"{clock:%H:%M} happens twice on this day in {zone.key}, because the clocks go back. Choose the time zone "
            f"UTC, and enter {utc:%Y-%m-%d}, {utc:%H:%M} for the first or {later:%H:%M} for the second."
        )


def zone_in(year, zone):
    """Return a ZoneInfo, or UTC in a year in which some fail."""
    return zone if year in YEARS else UTC


def start_of(partial, zone):
    """Return the moment at which a PartialDate begins in a ZoneInfo."""
    parts = partial.date_parts
    return datetime.combine(date(*parts, *[1] * (3 - len(parts))), time.min, zone_in(partial.year, zone))


def end_of(partial, zone):
    """Return the last moment of a PartialDate in a ZoneInfo."""
    year, month, day = [*partial.date_parts, None, None][:3]
    month = month or 12
    last = date(year, month, day or calendar.monthrange(year, month)[1])
    return datetime.combine(last, time.max, zone_in(year, zone))
