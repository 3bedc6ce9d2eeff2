"""Dates as people and programs write them in bibliographies."""

import re

from publications.references.csl import date_from_csl
from publications.references.reference import Date

MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
SEASONS = {"spring": "1", "summer": "2", "autumn": "3", "fall": "3", "winter": "4"}


def edtf(text):
    """A BibLaTeX date as CSL's date-variable: ISO 8601 with ranges, seasons (21 to 24), and ~ or ? for circa."""
    ends = [end.strip() for end in text.split("/")]
    parts, circa, season = [], False, ""
    for end in ends:
        found = re.fullmatch(r"(\d{4})(?:-(\d\d?)(?:-(\d\d?))?)?(?:T[\d:.Z+-]*)?([~?%]?)", end)
        if not found:
            break
        numbers = [int(part) for part in found.groups()[:3] if part]
        if len(numbers) > 1 and 21 <= numbers[1] <= 24:
            season, numbers = str(numbers[1] - 20), numbers[:1]
        parts.append(numbers)
        circa = circa or bool(found[4])
    if len(parts) != len(ends) or len(parts) > 2:
        return {"raw": text}
    return {"date-parts": parts, "circa": circa, "season": season}


def date_of(year, month, day):
    """The Date that the fields ``year``, ``month`` and ``day`` say, as people write them."""
    years = re.fullmatch(
        r"\W*(c\.?|ca\.?|circa)?\W*(\d{4})(?:\s*[-–—/]+\s*(\d{4}))?[a-z]?([~?]?)\W*", year, re.IGNORECASE
    )
    if not years:
        whole = date_from_csl(edtf(year)) if year else Date()
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
    if months and days:
        parts = [(first, months[0], days[0]), (first, months[-1], days[-1])]
    elif months:
        parts = [(first, months[0]), (first, months[-1])]
    else:
        parts = [(first,)]
    season = "" if months else SEASONS.get(month.strip().lower(), "")
    return Date(tuple(parts if parts[-1] > parts[0] else parts[:1]), season=season, circa=circa)


def month_of(word):
    return MONTHS.index(word[:3].lower()) + 1 if word[:3].lower() in MONTHS else None
