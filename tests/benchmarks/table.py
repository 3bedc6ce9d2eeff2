"""Prints the results of benchmarks as Markdown tables."""

import os
import platform
import re
import shlex
import sys
from dataclasses import dataclass
from statistics import median


def number(value):
    """Return a number with three significant digits."""
    if value >= 1_000:
        return f"{value:,.0f}"
    return f"{value:.0f}" if value >= 100 else f"{value:.3g}"


@dataclass(frozen=True)
class Ratios:
    """The ratios of the rounds, with a goal for their median: ``at_least`` or ``at_most`` a value."""

    values: list[float]
    at_least: float | None = None
    at_most: float | None = None

    def __str__(self):
        ends = "" if len(self.values) == 1 else f" ({min(self.values):.2f}–{max(self.values):.2f})"
        return f"{median(self.values):.2f}{ends}"

    @property
    def goal(self):
        """Return the goal and whether it is met."""
        middle = round(median(self.values), 2)
        if self.at_least is not None:
            return f"≥ {self.at_least:g}: {'met' if middle >= self.at_least else 'missed'}"
        if self.at_most is not None:
            return f"≤ {self.at_most:g}: {'met' if middle <= self.at_most else 'missed'}"
        return ""


def print_table(head, rows):
    """Print a header and rows of texts; all columns but the first are right-aligned."""
    widths = [max(map(len, column)) for column in zip(head, *rows, strict=True)]
    rule = ["-" * widths[0], *("-" * (width - 1) + ":" for width in widths[1:])]
    for row in (head, rule, *rows):
        cells = [row[0].ljust(widths[0]), *(cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True))]
        print("|", " | ".join(cells), "|")
    print()


def print_origin():
    """Print the command, and the machine that it ran on."""
    command = shlex.join(["python", "-m", sys.modules["__main__"].__spec__.name, *sys.argv[1:]])
    command = re.sub(r"://[^@ ]*@", "://…@", command)  # leaves out a password
    print(f"`{command}`, {os.cpu_count()} cores, Python {platform.python_version()}")
