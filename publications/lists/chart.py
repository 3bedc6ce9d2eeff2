"""The chart of publications per year and type: bars in the filter of years, and after the first work on phones."""

from collections import Counter
from dataclasses import dataclass
from functools import cached_property

from publications.models import Publication

WIDTH = 100  # of the bar of the year with the most works
MAX_KINDS = 5  # types with their own colour; all others share one
MIN_YEARS = 2


@dataclass(frozen=True)
class Chart:
    """``counts`` is {(year, type): number of works}."""

    counts: dict

    @cached_property
    def totals(self):
        """{year: number of works}, the newest year first."""
        totals = Counter()
        for (year, _), count in sorted(self.counts.items(), reverse=True):
            totals[year] += count
        return totals

    @property
    def is_drawn(self):
        return len(self.totals) >= MIN_YEARS

    @cached_property
    def types(self):
        """[(type, label, number of its colour)], the most frequent type first."""
        totals = Counter()
        for (_, type_), count in self.counts.items():
            totals[type_] += count
        order = sorted(totals, key=lambda type_: (-totals[type_], type_))
        return [
            (type_, Publication.TYPE_LABELS.get(type_, type_), min(place, MAX_KINDS))
            for place, type_ in enumerate(order)
        ]

    def bars(self, year):
        """Return [{"kind", "x", "width"}], a rectangle for each colour, from the left."""
        counts = Counter()
        for type_, _, kind in self.types:
            counts[kind] += self.counts.get((year, type_), 0)
        bars, done = [], 0
        for kind, count in counts.items():
            if count:
                left, right = (round(number * WIDTH / max(self.totals.values())) for number in (done, done + count))
                bars.append({"kind": kind, "x": left, "width": right - left})
                done += count
        return bars

    def text(self, year):
        """Return the numbers behind the colours: "Journal article: 2, Book: 1"."""
        counts = ((label, self.counts.get((year, type_), 0)) for type_, label, _ in self.types)
        return ", ".join(f"{label}: {count}" for label, count in counts if count)
