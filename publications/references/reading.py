"""What the readers of all formats share: the text of a file in blocks, and the result with its problems."""

import codecs
import io
import re
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import pairwise

from profiles.content.patterns import FORBIDDEN
from publications.references.reference import Reference

BLOCK = 2**18  # characters or bytes that are read from a file at once


@dataclass(frozen=True)
class Problem:
    """An error or a warning about an entry of a file.

    ``entry`` and ``line`` count from 1 over the whole file (0: unknown). ``message`` says what is wrong and what to do.
    ``text`` is the source of the entry. ``lost`` is true if the entry could not be imported.
    """

    message: str
    entry: int = 0
    line: int = 0
    key: str = ""
    field: str = ""
    text: str = ""
    lost: bool = True

    def __str__(self):
        """Return the message with its place: "Entry 12 (smith2020), line 340, field “pages”: …"."""
        place = [f"entry {self.entry}" + (f" ({self.key})" if self.key else "")] if self.entry else []
        place += [f"line {self.line}"] if self.line else []
        place += [f"field “{self.field}”"] if self.field else []
        where = ", ".join(place)
        return f"{where[:1].upper()}{where[1:]}: {self.message}" if where else self.message


@dataclass(frozen=True)
class Loaded:
    """What was read from a file or from a part of it.

    ``references`` are in the order of the file. ``entries`` is the number of entries, with those that were lost.
    ``ending`` is the file name extension of the format: "bib", "ris" or "json".
    """

    references: list[Reference] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    entries: int = 0
    ending: str = ""

    @property
    def lost(self):
        return [problem for problem in self.problems if problem.lost]


class FieldError(ValueError):
    """A field, named by the first argument, has a value that the format does not allow."""


def converted(name, function, value):
    """Return ``function(value)`` for a field; raise FieldError if the value has the wrong shape."""
    try:
        return function(value)
    except (AttributeError, KeyError, TypeError, ValueError, RecursionError) as error:
        raise FieldError(name) from error


def joined(parts):
    """Return one Loaded for all parts of a text."""
    whole, entries = Loaded(), 0
    for part in parts:
        whole.references.extend(part.references)
        whole.problems.extend(part.problems)
        entries += part.entries
    return Loaded(whole.references, whole.problems, entries)


class Blocks:
    """The text of a file, open in text mode, as an iterable of blocks. Each iteration starts at the beginning."""

    def __init__(self, file):
        self.file = file

    def __iter__(self):
        self.file.seek(0)
        while block := self.file.read(BLOCK):
            if text := FORBIDDEN.sub("", block):
                yield text


def pieces(blocks, start):
    """Yield the text of the blocks in pieces. Each piece begins at a match of ``start`` in a line."""
    text = ""
    for block in blocks:
        known = text.rfind("\n") + 1  # all complete lines but the first have been searched
        text += block
        places = [found.start() for found in start.finditer(text, known)]
        yield from (text[begin:end] for begin, end in pairwise([0, *places]) if end)
        text = text[places[-1] :] if places else text
    if text:
        yield text


@contextmanager
def opened(file):
    """Open a binary file as text. Yield the text file and a list of Problems with its encoding.

    The encoding is that of the byte order mark, UTF-8, the one that the file's first lines name, or Windows-1252.
    """
    encoding, problems = _encoding(file)
    file.seek(0)
    text = io.TextIOWrapper(file, encoding, errors="replace")  # five bytes are undefined in Windows-1252
    try:
        yield text, problems
    finally:
        text.detach()  # leaves the file open


def _encoding(file):
    """Return the encoding of a binary file, and a list of Problems."""
    head = file.read(1000)
    marks = {codecs.BOM_UTF8: "utf-8-sig", codecs.BOM_UTF16_LE: "utf-16", codecs.BOM_UTF16_BE: "utf-16"}
    named = re.search(rb"(?:coding|encoding)\s*[:=]\s*[\"']?([\w.-]+)", head, re.IGNORECASE)
    candidates = [
        *(name for mark, name in marks.items() if head.startswith(mark)),
        "utf-8",
        *([named[1].decode("ascii", "replace")] if named else []),
    ]
    for encoding in candidates:
        try:
            "%".encode(encoding)  # raises LookupError for codecs that are not text encodings, such as "hex"
            if not _undecodable_line(file, encoding):
                return encoding, []
        except (LookupError, ValueError):
            pass
    message = "The file is not in UTF-8. It was read as Windows-1252 (Latin-1): check letters with accents."
    return "cp1252", [Problem(message, line=_undecodable_line(file, "utf-8"), lost=False)]


def _undecodable_line(file, encoding):
    """Return the number of the first line that is not in the encoding, or 0."""
    file.seek(0)
    decoder, line = codecs.getincrementaldecoder(encoding)(), 1
    while True:
        block = file.read(BLOCK)
        try:
            decoder.decode(block, final=not block)
        except UnicodeDecodeError as error:
            return line + error.object.count(b"\n", 0, error.start)
        if not block:
            return 0
        line += block.count(b"\n")
