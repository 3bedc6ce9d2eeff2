"""How a file is read, piece by piece, and what that gives: what came in, and every problem with its place."""

import codecs
import io
import re
from contextlib import contextmanager
from dataclasses import dataclass, field

from publications.references.reference import Reference

# Control characters and halves of surrogate pairs, which neither databases nor XML take.
UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
BLOCK = 2**18  # characters, or bytes, of a file that are read at once


@dataclass(frozen=True)
class Problem:
    """Something that an editor should know of one entry.

    ``entry`` counts from 1 over all entries of the file, ``line`` over its lines (0: not known). ``message`` says what
    happened and what to do. ``text`` is the entry as it stood in the file, to be mended. ``lost`` tells that the
    entry did not come in; otherwise it did, and this is a warning.
    """

    message: str
    entry: int = 0
    line: int = 0
    key: str = ""
    field: str = ""
    text: str = ""
    lost: bool = True

    def __str__(self):
        """ "Entry 12 (smith2020), line 340, field “pages”: …" """
        place = [f"entry {self.entry}" + (f" ({self.key})" if self.key else "")] if self.entry else []
        place += [f"line {self.line}"] if self.line else []
        place += [f"field “{self.field}”"] if self.field else []
        where = ", ".join(place)
        return f"{where[:1].upper()}{where[1:]}: {self.message}" if where else self.message


@dataclass(frozen=True)
class Loaded:
    """``references`` in the order of the file; ``entries`` is how many the file has, the lost ones included.

    ``ending`` is that of the format ("bib", "ris", "json") that it was read in.
    """

    references: list[Reference] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    entries: int = 0
    ending: str = ""

    @property
    def lost(self):
        return [problem for problem in self.problems if problem.lost]


def joined(parts):
    """One Loaded of those of all parts of a text, in order."""
    whole, entries = Loaded(), 0
    for part in parts:
        whole.references.extend(part.references)
        whole.problems.extend(part.problems)
        entries += part.entries
    return Loaded(whole.references, whole.problems, entries)


class Blocks:
    """The text of a file (open for text, and able to begin again) in blocks, as often as it is gone through."""

    def __init__(self, file):
        self.file = file

    def __iter__(self):
        self.file.seek(0)
        while block := self.file.read(BLOCK):
            if text := UNPRINTABLE.sub("", block):
                yield text


def pieces(blocks, start):
    """The text of some blocks in pieces that begin where an entry does, which ``start`` (a pattern) matches."""
    text = ""
    for block in blocks:
        known = text.rfind("\n") + 1  # nothing begins before the last line, or the piece would have ended there
        text += block
        places = [found.start() for found in start.finditer(text, known)]
        if places:
            yield text[: places[-1]]
            text = text[places[-1] :]
    if text:
        yield text


@contextmanager
def opened(file):
    """(text, warnings) of a binary file, while it is read: a file of text, and a list of Problem.

    In this order: a byte-order mark, UTF-8, the encoding that the file's first lines name, Windows' cp1252, which
    holds Latin-1. Guessing libraries were wrong more often than this.
    """
    encoding, problems = _encoding(file)
    file.seek(0)
    # Five bytes have no letter in cp1252; of the other encodings all have been looked at.
    text = io.TextIOWrapper(file, encoding, errors="replace")
    try:
        yield text, problems
    finally:
        text.detach()  # or the file would be closed with it


def decode(data):
    """The text of a file's bytes and the warnings about it."""
    with opened(io.BytesIO(data)) as (text, problems):
        return text.read().removeprefix("\ufeff"), problems


def _encoding(file):
    head = file.read(1000)
    for mark, encoding in ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16")):
        if head.startswith(mark) and not _broken_line(file, encoding):
            return encoding, []
    line = _broken_line(file, "utf-8")
    if not line:
        return "utf-8", []
    cookie = re.search(rb"(?:coding|encoding)\s*[:=]\s*[\"']?([\w.-]+)", head, re.IGNORECASE)
    if cookie and cookie[1].lower() not in (b"utf-8", b"utf8"):
        named = cookie[1].decode("ascii", "replace")
        try:
            b"%".decode(named)  # raises LookupError, too, for what is no encoding of text
            if not _broken_line(file, named):
                return named, []
        except (LookupError, ValueError):
            pass
    message = "The file is not in UTF-8. It was read as Windows-1252 (Latin-1): look at letters with accents."
    return "cp1252", [Problem(message, line=line, lost=False)]


def _broken_line(file, encoding):
    """The first line with bytes that are none of the encoding, or 0."""
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
