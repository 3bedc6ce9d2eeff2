"""Dates as people write them in bibliographies."""

import re

from publications.references.csl import date_from_csl
from publications.references.reference import Date

MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
SEASONS = {"spring": "1", "summer": "2", "autumn": "3", "fall": "3", "winter": "4"}
YEARS = re.compile(
    r"\W*(c\.?|ca\.?|circa)?\W*(\d{4})(?:\s*[-–—/]+\s*(\d{4}))?[a-z]?([~?]?)\W*", re.IGNORECASE
)  # "2020", "2020a", "c. 1843", "2019/2020"


def date_of(year, month, day):
    """Return the Date of BibTeX's ``year``, ``month`` and ``day``: "2020", "17 May", ""; or "2020", "jul--aug", ""."""
    years = YEARS.fullmatch(year)
    if not years:
        whole = date_from_csl(year)
        return whole if whole.parts else Date(literal=" ".join(filter(None, (day, month, year))))
    circa = bool(years[1] or years[4])
    first = int(years[2])
    if years[3]:
        return Date(((first,), (int(years[3]),)), circa=circa)
    names = [number for word in re.findall(r"[^\W\d_]+", month) if (number := month_of(word))]
    numbers = [int(number) for number in re.findall(r"\d+", month)]
    months = names or [number for number in numbers if 1 <= number <= 12]
    days = [int(day)] if day.isdigit() else numbers if names else []
    days = [number for number in days if 1 <= number <= 31]
    if not months:
        return Date(((first,),), SEASONS.get(month.strip().lower(), ""), circa)
    start, end = [(first, months[place], *([days[place]] if days else [])) for place in (0, -1)]
    return Date((start, end) if end > start else (start,), circa=circa)


def month_of(word):
    """Return the number of a month from its English name or abbreviation, or None."""
    return MONTHS.index(word[:3].lower()) + 1 if word[:3].lower() in MONTHS else None
