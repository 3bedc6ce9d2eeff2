"""Dates as formats and people write them: CSL-JSON, BibTeX's fields, ISO 8601, EDTF, and English text."""

import re

from publications.references.reference import Date

MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
# The beginnings of names that differ from the English ones, in other languages.
OTHER_MONTHS = {
    "ene": 1, "gen": 1, "fév": 2, "fev": 2, "mär": 3, "maa": 3, "avr": 4, "abr": 4, "mai": 5, "mag": 5, "mei": 5,
    "juin": 6, "giu": 6, "juil": 7, "lug": 7, "aoû": 8, "aou": 8, "ago": 8, "set": 9, "okt": 10, "ott": 10, "out": 10,
    "déc": 12, "dez": 12, "dic": 12,
}  # fmt: skip
SEASONS = {"spring": "1", "summer": "2", "autumn": "3", "fall": "3", "winter": "4"}
YEARS = re.compile(
    r"\W*(c\.?|ca\.?|circa)?\W*(?!0000)(\d{4})(?:\s*[-–—/]+\s*(\d{4}))?[a-z]?([~?]?)\W*", re.IGNORECASE
)  # "2020", "2020a", "c. 1843", "2019/2020"
EDTF = re.compile(r"(\d{4})(?:[-/](\d\d?)(?:[-/](\d\d?))?)?(?:[T ][\d:.Z+-]*)?([~?%]?)")
SHORT_RANGE = re.compile(r"(\d\d)(\d\d)[-–/](1[3-9]|20|2[5-9]|[3-9]\d)")  # "2015-16", but not the season "2015-21"
MONTH_AND_YEAR = re.compile(r"(0?[1-9]|1[0-2])/(\d{4})")
WITHOUT_HYPHENS = re.compile(r"(\d{4})(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])")
YEAR_LAST = re.compile(r"([1-9]|[0-3]\d)([./])([1-9]|[0-3]\d)\2(\d{4})")
WORD = re.compile(r"[^\W\d_]+")
LONGEST = 100  # characters of a date; a longer text is not searched
FILLERS = {"st", "nd", "rd", "th", "of", "and", "to"}  # as in "3rd of May"


def date_of(year, month, day):
    """Return the Date of BibTeX's ``year``, ``month`` and ``day``: "2020", "17 May", ""; or "2020", "jul--aug", ""."""
    years = YEARS.fullmatch(year) if len(year) < LONGEST else None
    if not years:
        whole = date_from_text(year)
        return whole if whole.parts else Date(literal=" ".join(filter(None, (day, month, year))))
    circa = bool(years[1] or years[4])
    first = int(years[2])
    if years[3]:
        return Date(((first,), (int(years[3]),)), circa=circa)
    names = [number for word in WORD.findall(month) if (number := month_of(word))]
    numbers = [int(number) for number in re.findall(r"\d+", month)]
    months = names or [number for number in numbers if 1 <= number <= 12]
    days = [int(day)] if day.isdigit() else numbers if names else []
    days = [number for number in days if 1 <= number <= 31]
    if not months:
        return Date(((first,),), SEASONS.get(month.strip().lower(), ""), circa)
    start, end = [(first, months[place], *([days[place]] if days else [])) for place in (0, -1)]
    return Date((start, end) if end > start else (start,), circa=circa)


def month_of(word):
    """Return the number of a month from its name or abbreviation, or None."""
    word = word.lower()
    other = OTHER_MONTHS.get(word[:4]) or OTHER_MONTHS.get(word[:3])
    return other or (MONTHS.index(word[:3]) + 1 if word[:3] in MONTHS else None)


def date_from_csl(value):
    """Return the Date of a CSL-JSON date, in the shapes that programs give it, or of a text.

    A text that is not a date becomes the ``literal``.
    """
    if not isinstance(value, dict):
        value = {"date-parts": value} if isinstance(value, list) else {"raw": value}
    season, literal, raw = (str(value.get(name) or "").strip() for name in ("season", "literal", "raw"))
    circa = value.get("circa", False) not in (False, "", 0, "0", "false")
    parts = value.get("date-parts") or [value.get(name) for name in ("year", "month", "day")]
    if isinstance(parts, str):
        parts, raw = [], raw or parts  # "2021-05-03"
    parts = parts if isinstance(parts, list) else [parts]
    parts = parts if all(isinstance(part, list) for part in parts) else [parts]
    texts, parts = parts, [numbers for part in parts if (numbers := _numbers(part))][:2]
    if not (parts or literal or raw):
        raw = " ".join(str(text) for part in texts for text in part if text)
    if raw and not parts:
        found = date_from_text(raw)
        return Date(found.parts, season or found.season, circa or found.circa, literal or found.literal)
    return _date(parts, SEASONS.get(season.lower(), season), circa, literal)


def date_to_csl(date):
    """Return a Date as a CSL-JSON date."""
    parts = [list(numbers) for numbers in date.parts]
    found = {"date-parts": parts, "season": date.season, "circa": date.circa, "literal": date.literal}
    return {name: value for name, value in found.items() if value}


def date_from_text(text):
    """Return the Date of a text: "2021-05-03", EDTF ("2019-21", "1843~", "2010/2011"), "3 May 2021", "Winter 2015" …

    A text that is not a date becomes the ``literal``.
    """
    text = " ".join(text.split()).rstrip("/ ")
    if len(text) > LONGEST or not text.strip("0/- "):
        return Date(literal=text.strip("0/- "))
    return _numeric(text) or _in_words(text) or (date_of(text, "", "") if YEARS.fullmatch(text) else Date(literal=text))


def _numeric(text):
    """Return the Date of a text in numbers, or None."""
    for ends in (text.split("/"), [text]):  # "2010/2011" is a range, "2010/05/17" is a date
        found = [EDTF.fullmatch(end.strip()) for end in ends]
        if not SHORT_RANGE.fullmatch(text) and all(found) and len(found) <= 2:
            parts = [_numbers(match.groups()[:3]) for match in found]
            if all(parts):
                return _date(parts, circa=any(match[4] for match in found))
    if (short := SHORT_RANGE.fullmatch(text)) and short[2] < short[3]:
        return Date(((int(short[1] + short[2]),), (int(short[1] + short[3]),)))
    if found := MONTH_AND_YEAR.fullmatch(text):
        return Date(((int(found[2]), int(found[1])),))
    if found := WITHOUT_HYPHENS.fullmatch(text):
        return Date((_numbers(found.groups()),))
    return _day_first_or_last(text)


def _day_first_or_last(text):
    """Return the Date of "17.5.2021", "17/5/2021" or "5/17/2021", or None. In "3/5/2021" only the year is known."""
    found = YEAR_LAST.fullmatch(text)
    if not found:
        return None
    day, month, year = int(found[1]), int(found[3]), int(found[4])
    if month > 12 and found[2] == "/":
        day, month = month, day
    if month > 12 or day > 31 or 0 in (day, month):
        return None
    is_known = found[2] == "." or day > 12 or day == month
    return Date(((year, month, day),)) if is_known else Date(((year,),), literal=text)


def _in_words(text):
    """Return the Date of a text with a year and months or a season in words, or of a range of two; or None."""
    years = set(re.findall(r"\b\d{4}\b", text))
    if len(years) == 1:
        [year] = years
        rest = text.replace(year, " ").strip(" ,./-")
        words = {word.lower() for word in WORD.findall(rest)} - FILLERS
        if words and all(word in SEASONS or month_of(word) for word in words):
            return date_of(year, rest, "")
    ends = re.split(r"\s+(?:-|to)\s+|\s*(?:[–—/]|--)\s*", text)
    if len(ends) == len(years) == 2:
        start, end = map(date_from_text, ends)
        if len(start.parts) == len(end.parts) == 1:
            return Date(start.parts + end.parts)
    return None


def _date(parts, season="", circa=False, literal=""):
    """Return a Date. Months above 12 are seasons: 13 to 16 in CSL, and 21 to 24 in EDTF."""
    for place, numbers in enumerate(parts):
        if len(numbers) > 1 and numbers[1] > 12:
            season = season or str((numbers[1] - 13) % 4 + 1 if numbers[1] < 21 else numbers[1] - 20)
            parts[place] = numbers[:1]
    return Date(tuple(parts), season, circa, literal)


def _numbers(parts):
    """Return (year, month, day), up to the first part that no calendar has. Months go up to EDTF's season 24."""
    parts = str(parts[0]).split("-") if len(parts) == 1 else parts
    numbers = []
    for part, limit in zip(parts, (9999, 24, 31), strict=False):
        text = str(part).strip().removesuffix(".0")
        text = str(month_of(text) or "") if numbers and text.isalpha() else text
        if not re.fullmatch(r"\d{1,4}", text, re.ASCII) or not 0 < int(text) <= limit:
            break
        numbers.append(int(text))
    return tuple(numbers)
