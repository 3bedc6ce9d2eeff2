"""What the benchmarks print: a table that reads well in a terminal and, as it is, in a README."""

import os
import platform
import re
import shlex
import sys
from dataclasses import dataclass
from statistics import median


def number(value):
    """Three digits that count."""
    if value >= 1_000:
        return f"{value:,.0f}"
    return f"{value:.0f}" if value >= 100 else f"{value:.3g}"


@dataclass(frozen=True)
class Ratios:
    """The ratios of the rounds, and whether their median is to be ``at_least`` or ``at_most`` something."""

    values: list[float]
    at_least: float | None = None
    at_most: float | None = None

    def __str__(self):
        ends = "" if len(self.values) == 1 else f" ({min(self.values):.2f}–{max(self.values):.2f})"
        return f"{median(self.values):.2f}{ends}"

    @property
    def goal(self):
        """The goal, and whether it is met."""
        middle = round(median(self.values), 2)
        if self.at_least is not None:
            return f"≥ {self.at_least:g}: {'met' if middle >= self.at_least else 'missed'}"
        if self.at_most is not None:
            return f"≤ {self.at_most:g}: {'met' if middle <= self.at_most else 'missed'}"
        return ""


def print_table(head, rows):
    """Rows of texts under a head of texts, all but the first column to the right."""
    widths = [max(map(len, column)) for column in zip(head, *rows, strict=True)]
    rule = ["-" * widths[0], *("-" * (width - 1) + ":" for width in widths[1:])]
    for row in (head, rule, *rows):
        cells = [row[0].ljust(widths[0]), *(cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True))]
        print("|", " | ".join(cells), "|")
    print()


def print_origin():
    """What made the table, and where."""
    command = shlex.join(["python", "-m", sys.modules["__main__"].__spec__.name, *sys.argv[1:]])
    command = re.sub(r"://[^@ ]*@", "://…@", command)  # a password is nothing to publish
    print(f"`{command}`, {os.cpu_count()} cores, Python {platform.python_version()}")
