"""The picture of publications per year by type: what is drawn, and the table that says the same."""

from dataclasses import dataclass
from functools import cached_property

from publications.models import Publication

WIDTH, HEIGHT, FOOT = 640, 96, 16  # units of the drawing; the years stand in the foot
SIDE = 10  # so that the first and last year are not cut
MOST_KINDS = 5  # told apart by colour; the rarer ones are one colour together
FEWEST_YEARS = 2
MOST_YEARS = 60  # as many columns as can be told apart
WIDEST = 40


@dataclass(frozen=True)
class Bar:
    """The works of a year and type: a rectangle in the units of the drawing."""

    x: float
    y: float
    width: float
    height: float
    kind: int


@dataclass(frozen=True)
class Column:
    """A year and its works; ``label`` is empty where it would touch the next."""

    year: int
    total: int
    x: float
    label: str
    bars: list[Bar]


@dataclass(frozen=True)
class Chart:
    """``counts`` is {(year, type): number of works}; works without a date are not drawn.

    ``href`` makes the address of the list of a year's works.
    """

    counts: dict
    href: object

    width, height = WIDTH, HEIGHT
    base = HEIGHT - FOOT

    @classmethod
    def of_filters(cls, filters, rows, path):
        """The chart of the works that the filters leave but for the year, or None where there is little to see."""
        counts = {(year, type_): count for year, type_, count in rows if year and filters.type in ("", type_)}
        if len({year for year, _ in counts}) < FEWEST_YEARS:
            return None
        return cls(counts, lambda year: path + filters.query_string(year=None if filters.year == year else year))

    @cached_property
    def years(self):
        """Every year from the first to the last, or the last of them."""
        known = {year for year, _ in self.counts}
        return range(max(min(known), max(known) - MOST_YEARS + 1), max(known) + 1)

    @cached_property
    def types(self):
        """(type, label, number of its colour), the most frequent first."""
        totals = {}
        for (year, type_), count in self.counts.items():
            if year in self.years:
                totals[type_] = totals.get(type_, 0) + count
        order = sorted(totals, key=lambda type_: (-totals[type_], type_))
        return [
            (type_, Publication.TYPE_LABELS.get(type_, type_), min(place, MOST_KINDS))
            for place, type_ in enumerate(order)
        ]

    def total(self, year):
        return sum(self.counts.get((year, type_), 0) for type_, _, _ in self.types)

    @cached_property
    def columns(self):
        """The Columns from left to right, each with its Bars from the ground up."""
        step = (WIDTH - 2 * SIDE) / len(self.years)
        wide = min(step * 0.8, WIDEST)
        scale = (self.base - 14) / max(self.total(year) for year in self.years)
        every = -(-len(self.years) * 34 // WIDTH)  # a label takes 34 units
        columns = []
        for place, year in enumerate(self.years):
            middle, y, bars = SIDE + step * (place + 0.5), float(self.base), []
            for type_, _, kind in self.types:
                height = self.counts.get((year, type_), 0) * scale
                if height:
                    y -= height
                    bars.append(Bar(round(middle - wide / 2, 1), round(y, 1), round(wide, 1), round(height, 1), kind))
            label = str(year) if (len(self.years) - 1 - place) % every == 0 else ""
            columns.append(Column(year, self.total(year), round(middle, 1), label, bars))
        return columns

    @property
    def rows(self):
        """The same as a table, the newest year first: (year, address, [number of each type], total)."""
        for year in reversed(self.years):
            if total := self.total(year):
                yield year, self.href(year), [self.counts.get((year, type_), 0) for type_, _, _ in self.types], total
