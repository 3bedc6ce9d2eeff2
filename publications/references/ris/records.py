"""Splits RIS into records, with the liberties that programs take: other spaces, case, line breaks and order of tags."""

import re
from dataclasses import dataclass, field
from itertools import pairwise

from publications.references.ris import tables

ANY_CASE = re.compile(tables.TAG.pattern, re.IGNORECASE)
# Some services break lines with these characters, which other programs do not take for line breaks.
SEPARATORS = re.compile(r"\s?[\u2028\u2029]\s?")
# A program that wraps texts has lines of about this length, and none that is longer.
LONG_LINE, LONGEST_LINE = 65, 85


@dataclass
class Record:
    """One record: its lines, their tags and values as pairs, and the lines between it and the next record."""

    line: int
    lines: list = field(default_factory=list)
    pairs: list = field(default_factory=list)
    after: list = field(default_factory=list)
    is_closed: bool = False
    indent: str = ""
    pattern: re.Pattern = tables.TAG

    @property
    def has_type(self):
        return any(tag == "TY" for tag, *_ in self.pairs)

    @property
    def changes(self):
        """The JSON that our own files have after a record, or ""."""
        return next((line.removeprefix(tables.CHANGES) for line in self.after if line.startswith(tables.CHANGES)), "")

    def tag_in(self, line):
        """Return the match of the tag at the beginning of a line, or None."""
        if not self.is_closed:
            return self.pattern.match(line.removeprefix(self.indent))
        found = ANY_CASE.match(line.strip())
        return found if found and (found[1].isupper() or found[1].upper() == "TY") else None

    def add(self, line, found):
        """Add a line with the match of its tag, if it has one."""
        if self.is_closed:
            if not found:
                self.after.append(line)
            return
        self.lines.append(line)
        if found and found[1].upper() == "ER":
            self.is_closed = True
        elif found:
            self.pairs.append((found[1].upper(), [found[2]], len(self.lines) - 1))
        elif self.pairs:
            self.pairs[-1][1].append(line.strip())

    def finished(self):
        """Return this record with its values as texts, or two if another one without a type stands before its type."""
        place = next((place for place, (tag, *_) in enumerate(self.pairs) if tag == "TY"), 0)
        before, whole = self.pairs[:place], self.pairs[place:]
        if tables.ONCE & {tag for tag, *_ in before} & {tag for tag, *_ in whole}:
            start = whole[0][2]
            first = Record(self.line, self.lines[:start], before)
            second = Record(self.line + start, self.lines[start:], whole, self.after, self.is_closed)
            return [*first.finished(), *second.finished()]
        is_wrapped = max(map(len, self.lines), default=0) <= LONGEST_LINE
        pairs = [(tag, lines) for tag, lines, _ in (*whole[:1], *before, *whole[1:])]
        self.pairs = [(tag, value) for tag, lines in pairs for value in _values(tag, lines, is_wrapped)]
        return [self]


def records(blocks):
    """Yield the Records of a text, which is given in blocks. The first has only the lines before the first tag."""
    record = Record(0, is_closed=True)
    for number, line in enumerate(_lines(blocks), 1):
        found = record.tag_in(line)
        tag = found[1].upper() if found else ""
        if found and tag != "ER" if record.is_closed else tag == "TY" and record.has_type:
            yield from record.finished()
            indent = line[: len(line) - len(line.lstrip())]
            record = Record(number, indent=indent, pattern=tables.TAG if found[1].isupper() else ANY_CASE)
        record.add(line, found)
    yield from record.finished()


def _lines(blocks):
    """Yield the lines of a text in blocks, without white space at their end."""
    rest = []
    for block in blocks:
        first, *more = block.replace("\r\n", "\n").replace("\r", "\n").split("\n")
        rest.append(first)
        for line in more:
            yield _cleaned("".join(rest))
            rest = [line]
    yield _cleaned("".join(rest))


def _cleaned(line):
    return SEPARATORS.sub(" ", line).lstrip("\ufeff").rstrip()


def _values(tag, lines, is_wrapped):
    """Return the values in the lines of a tag."""
    if tag in tables.SEVERAL_VALUES:
        return lines
    if tag not in tables.SEVERAL_LINES:
        return [" ".join(" ".join(lines).split())]
    text = lines[:1]
    for before, line in pairwise(lines):
        text += [" " if is_wrapped and line and len(before) >= LONG_LINE else "\n", line]
    return ["".join(text).strip()]
