"""The chart of publications per year and type, and the table with the same numbers."""

from collections import Counter
from dataclasses import dataclass
from functools import cached_property
from math import ceil

from publications.models import Publication

WIDTH, HEIGHT, FOOT = 640, 96, 16  # in units of the SVG; the labels of the years are in the foot
SIDE = 10  # room for the first and the last label
MAX_KINDS = 5  # types with their own colour; all others share one
MIN_YEARS, MAX_YEARS = 2, 60
MAX_COLUMN_WIDTH = 40
LABEL_WIDTH = 34
HEADROOM = 14


@dataclass(frozen=True)
class Chart:
    """``counts`` is {(year, type): number of works}; ``href`` returns the URL of the list of a year's works."""

    counts: dict
    href: object

    width, height = WIDTH, HEIGHT
    base = HEIGHT - FOOT

    @classmethod
    def of_filters(cls, filters, rows, path):
        """Return the chart of the works that all filters but the year leave, or None for fewer than two years.

        ``rows`` are (year or None, type, number of works); works without a date are not shown.
        """
        counts = {(year, type_): count for year, type_, count in rows if year and filters.type in ("", type_)}
        if len({year for year, _ in counts}) < MIN_YEARS:
            return None
        return cls(counts, lambda year: path + filters.query_string(year=None if filters.year == year else year))

    @cached_property
    def years(self):
        """All years from the first to the last, at most the last 60."""
        known = {year for year, _ in self.counts}
        return range(max(min(known), max(known) - MAX_YEARS + 1), max(known) + 1)

    @cached_property
    def types(self):
        """[(type, label, number of its colour)], the most frequent type first."""
        totals = Counter()
        for (year, type_), count in self.counts.items():
            if year in self.years:
                totals[type_] += count
        order = sorted(totals, key=lambda type_: (-totals[type_], type_))
        return [
            (type_, Publication.TYPE_LABELS.get(type_, type_), min(place, MAX_KINDS))
            for place, type_ in enumerate(order)
        ]

    def total(self, year):
        return sum(self.counts.get((year, type_), 0) for type_, _, _ in self.types)

    @cached_property
    def columns(self):
        """[{"year", "total", "x", "label", "bars"}] from left to right; "label" is empty where there is no room."""
        step = (WIDTH - 2 * SIDE) / len(self.years)
        years_per_label = ceil(len(self.years) * LABEL_WIDTH / WIDTH)
        last = self.years[-1]
        width = min(step * 0.8, MAX_COLUMN_WIDTH)
        columns = []
        for place, year in enumerate(self.years):
            middle = SIDE + step * (place + 0.5)
            label = "" if (last - year) % years_per_label else year
            bars = self._bars(year, middle - width / 2, width)
            column = {"year": year, "total": self.total(year), "x": round(middle, 1), "label": label, "bars": bars}
            columns.append(column)
        return columns

    @cached_property
    def scale(self):
        """Units of height per work."""
        return (self.base - HEADROOM) / max(map(self.total, self.years))

    def _bars(self, year, x, width):
        """Return [{"kind", "x", "y", "width", "height"}], a rectangle for each colour, from the base up."""
        counts = Counter()
        for type_, _, kind in self.types:
            counts[kind] += self.counts.get((year, type_), 0)
        bars, y = [], self.base
        for kind, count in counts.items():
            if count:
                height = count * self.scale
                y -= height
                box = {"x": x, "y": y, "width": width, "height": height}
                bars.append({"kind": kind, **{name: round(value, 1) for name, value in box.items()}})
        return bars

    @property
    def rows(self):
        """The same as a table, the newest year first: (year, URL, [number of each type], total)."""
        for year in reversed(self.years):
            if total := self.total(year):
                yield year, self.href(year), [self.counts.get((year, type_), 0) for type_, _, _ in self.types], total
