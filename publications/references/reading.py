"""What reading a file gives: what came in, and every problem with its place."""

import re
from dataclasses import dataclass, field

from publications.references.reference import Reference

# Control characters and halves of surrogate pairs, which neither databases nor XML take.
UNPRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")


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


def decode(data):
    """The text of a file and the warnings about it (a list of Problem).

    In this order: a byte-order mark, UTF-8, the encoding that the file's first lines name, Windows' cp1252, which
    holds Latin-1. Guessing libraries were wrong more often than this.
    """
    for mark, encoding in ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16")):
        if data.startswith(mark):
            try:
                return _plain_newlines(data.decode(encoding)), []
            except UnicodeDecodeError:
                break
    try:
        return _plain_newlines(data.decode("utf-8")), []
    except UnicodeDecodeError as error:
        broken = error
    cookie = re.search(rb"(?:coding|encoding)\s*[:=]\s*[\"']?([\w.-]+)", data[:1000], re.IGNORECASE)
    if cookie and cookie[1].lower() not in (b"utf-8", b"utf8"):
        try:
            return _plain_newlines(data.decode(cookie[1].decode("ascii"))), []
        except (LookupError, UnicodeDecodeError):
            pass
    line = data.count(b"\n", 0, broken.start) + 1
    message = "The file is not in UTF-8. It was read as Windows-1252 (Latin-1): look at letters with accents."
    # Five bytes have no letter in cp1252.
    return _plain_newlines(data.decode("cp1252", errors="replace")), [Problem(message, line=line, lost=False)]


def _plain_newlines(text):
    return text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n")
