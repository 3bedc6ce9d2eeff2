"""A BibTeX or BibLaTeX file, piece by piece, as entries of TeX text: macros put in, joins made, inheritance followed.

bibtexparser splits the file; what it leaves is done here, each with the gap that it is for. It does not resolve ``#``,
macros or ``crossref``, drops types with a hyphen, and sees no error in a missing comma.
"""

import logging
import re
from bisect import bisect_right
from collections import Counter
from dataclasses import dataclass, field

from bibtexparser.model import (
    DuplicateBlockKeyBlock,
    DuplicateFieldKeyBlock,
    Entry,
    ImplicitComment,
    ParsingFailedBlock,
    String,
)
from bibtexparser.splitter import Splitter

from publications.references.dates import MONTHS
from publications.references.reading import Problem, pieces

# Each broken block is told as a Problem; the parser's own lines on standard error say less.
logging.getLogger("bibtexparser").setLevel(logging.CRITICAL)

START = re.compile(r"^[ \t]*@[ \t]*([^\W\d][\w-]*)\s*[{(]", re.MULTILINE)
# Where bibtexparser begins a new block, whatever came before, so that a file can be cut there.
CUT = re.compile(r"^[ \t]*@[^\W\d][\w-]*[ \t]*[{(]", re.MULTILINE)
INHERITS = re.compile(r"(?:crossref|xdata)\s*=\s*(?:\{([^{}]*)\}|\"([^\"]*)\"|([^\s,{}\"]+))", re.IGNORECASE)
NO_ENTRIES = {"comment", "preamble", "string"}
# A letter that no type of entry has, in place of the hyphen that bibtexparser does not take.
HYPHEN = "\u01c0"
# Others that stand for the @ of an entry in a comment, and for a key that is not there.
AT, NO_KEY = "\u01c1", "\u01c2"
KEYLESS = re.compile(
    r"^([ \t]*@[ \t]*(?!string\b)[^\W\d][\w-]*\s*\{\s*)(?=[a-zA-Z][\w-]*\s*=)", re.MULTILINE | re.IGNORECASE
)
# A value that swallowed the fields after it, since its own brace or quote is not closed.
SWALLOWED = re.compile(r"[}\"\w]\s*,\s*\n\s*[a-zA-Z][\w-]*\s*=\s*[{\"\d]")
PIECE = re.compile(r"\s*(?:(?P<brace>\{)|(?P<quote>\")|(?P<bare>[^\s#{}\",=]+))")
JOIN = re.compile(r"\s*#")
FAMILY = ("crossref", "xdata", "ids", "entryset", "related", "label", "options", "presort", "sortkey", "key", "xref")


@dataclass
class BibEntry:
    """One entry: its type and the names of its fields in lower case, values as TeX without their outer braces."""

    number: int
    line: int
    type: str
    key: str
    raw: str
    fields: dict[str, str] = field(default_factory=dict)

    def problem(self, message, name="", *, lost=False):
        return Problem(message, self.number, self.line, self.key, name, self.raw, lost)


def read(blocks):
    """Read the text of some blocks, which are gone through twice. Yields (entries, problems, count) of its pieces.

    ``count`` is the number of entries with the lost ones.
    """
    file = BibFile(_parents(blocks))
    for piece in pieces(blocks, CUT):
        yield file.read(piece)


def _parents(blocks):
    """{key: entry} of those entries that others of the file inherit from."""
    wanted, file, found = set(), BibFile(), {}
    for piece in pieces(blocks, CUT):
        lower = piece.lower()
        if "crossref" in lower or "xdata" in lower:
            for names in INHERITS.findall(piece):
                wanted.update(re.split(r"\s*,\s*", "".join(names).strip()))
    for piece in pieces(blocks, CUT) if wanted else ():
        for entry in file.read(piece, inherit=False)[0]:
            if entry.key in wanted:
                found.setdefault(entry.key, entry)
    return found


class BibFile:
    """What has to be known of a file from one piece of it to the next."""

    def __init__(self, parents=None):
        self.parents = parents or {}
        self.macros = {name: name for name in MONTHS}
        self.number = 0  # of entries that were met so far
        self._lines = 0  # that were read before this piece
        self._keys = set()
        self._undefined = set()

    def read(self, text, *, inherit=True):
        """(entries, problems, number of entries) of the next piece."""
        self.entries, self.problems, self._seen = [], [], []
        before = self.number
        for block in Splitter(_masked(text)).split().blocks:
            self._take(block)
        self._check_count(text)
        self._lines += text.count("\n")
        for_others = sum(entry.type == "xdata" for entry in self.entries)
        if inherit:
            self._inherit()
        return self.entries, self.problems, self.number - before - for_others

    def _take(self, block):
        raw = _unmasked(block.raw)
        self._seen.append(raw)
        line = self._lines + block.start_line + 1
        if isinstance(block, DuplicateBlockKeyBlock):
            # Told below, by key; the entry itself is whole.
            block = block.ignore_error_block
        if isinstance(block, String):
            self.macros[block.key.lower()] = self._resolved(block.value, None, block.key)
        elif isinstance(block, Entry):
            self._entry(block, raw, line)
        elif isinstance(block, DuplicateFieldKeyBlock):
            entry = self._entry(block.ignore_error_block, raw, line)
            self.problems.append(entry.problem("A field stands twice in this entry; the first was taken. Remove one."))
        elif isinstance(block, ParsingFailedBlock):
            self._failed(block, raw, line)
        elif isinstance(block, ImplicitComment):
            self._lost_in_comment(raw, line)

    def _entry(self, block, raw, line):
        self.number += 1
        type_ = _unmasked(block.entry_type).lower()
        entry = BibEntry(self.number, line, type_, " ".join(_unmasked(block.key).split()), raw)
        for found in block.fields:
            # Lines that begin with % are comments to biber, and part of the name to bibtexparser.
            lines = [part.strip() for part in found.key.split("\n") if part.strip()]
            name = lines[-1].lower() if lines else ""
            if name and not name.startswith("%") and name not in entry.fields:
                self._field(entry, name, found.value)
        if not entry.key:
            self.problems.append(entry.problem("The entry has no citation key. One is made when it is added."))
        self.entries.append(entry)
        return entry

    def _field(self, entry, name, value):
        text = self._resolved(value, entry, name)
        if "\n" in value and SWALLOWED.search(value.strip().strip("{}")):
            self.problems.append(
                entry.problem("A brace or quote is not closed, so the fields after it are in it. Close it.", name)
            )
        if text:
            entry.fields[name] = text

    def _resolved(self, value, entry, name):
        """The TeX of a value: strings without their delimiters, macros put in, joined where # says so."""
        pieces, position = [], 0
        while found := PIECE.match(value, position):
            position, piece = self._piece(value, found, entry, name)
            pieces.append(piece)
            join = JOIN.match(value, position)
            if not join:
                break
            position = join.end()
        rest = value[position:].strip()
        if rest and entry is not None:
            self._rest(entry, name, rest)
        return "".join(pieces).strip()

    def _rest(self, entry, name, rest):
        """What stands behind a value: the next field, where only the comma is missing."""
        following = re.match(r"([a-zA-Z][\w-]*)\s*=\s*(.*)", rest, re.DOTALL)
        if following and following[1].lower() not in entry.fields:
            message = "The comma after this field is missing; it was read as if it were there."
            self.problems.append(entry.problem(message, name))
            self._field(entry, following[1].lower(), following[2])
        else:
            message = f"“{rest[:60]}” stands behind the end of this field and was left out. Remove it or a brace."
            self.problems.append(entry.problem(message, name))

    def _piece(self, value, found, entry, name):
        """(end, text) of one piece of a value: braced, quoted, a number or a macro."""
        if found["bare"]:
            return found.end(), self._macro(found["bare"], entry, name)
        start = found.end()
        closing, depth = ("}", 1) if found["brace"] else ('"', 0)
        for mark in re.compile(r"\\[{}\"]|[{}\"]").finditer(value, start):
            # An escaped brace counts for BibTeX as any other.
            sign = mark[0][-1]
            if sign == '"' and closing == '"' and depth == 0 and len(mark[0]) == 1:
                return mark.end(), value[start : mark.start()]
            depth += {"{": 1, "}": -1}.get(sign, 0)
            if closing == "}" and depth == 0:
                return mark.end(), value[start : mark.end() - 1]
        return len(value), value[start:]

    def _macro(self, word, entry, name):
        if word.isdigit() or word.lower() in self.macros:
            return self.macros.get(word.lower(), word)
        # Numbers with a letter or a dash stand without braces in many files.
        if not word[0].isdigit() and entry is not None and word.lower() not in self._undefined:
            self._undefined.add(word.lower())
            message = f"“{word}” is no macro of this file; it was kept as text. Put braces round it, or define it."
            self.problems.append(entry.problem(message, name))
        return word

    def _failed(self, block, raw, line):
        """Mend what lacks only its end; tell what cannot be read."""
        raw = raw.rstrip()
        found = START.match(raw)
        if not found:
            return
        if found[1].lower() in NO_ENTRIES:
            message = f"This @{found[1].lower()} has no end. Close its brace."
            self.problems.append(Problem(message, 0, line, text=raw, lost=False))
            return
        for mended in _mended(raw):
            blocks = Splitter(_masked(mended)).split().blocks
            entry = blocks[0] if len(blocks) == 1 else None
            if isinstance(entry, DuplicateFieldKeyBlock):
                entry = entry.ignore_error_block
            if isinstance(entry, Entry) and not any(
                re.search(r",\s*[a-zA-Z][\w-]*\s*=\s*[{\"\d]", found.value) for found in entry.fields
            ):
                taken = self._entry(entry, raw, line)
                self.problems.append(taken.problem("The entry is not written as it should be; look at its fields."))
                return
        self.number += 1
        key = re.match(r"[^{(]*[{(]\s*([^,\s={}]*)\s*,", raw)
        name = _field_of(str(block.error), raw)
        message = "A brace, quote or comma is missing, so the entry cannot be read. Mend its text."
        self.problems.append(Problem(message, self.number, line, key[1] if key else "", name, raw))

    def _lost_in_comment(self, raw, line):
        """Entries that bibtexparser took for text between entries."""
        for found in START.finditer(raw):
            if found[1].lower() not in NO_ENTRIES:
                self.number += 1
                at = line + raw.count("\n", 0, found.start())
                message = "The entry is broken off, or its key or first comma is missing. Mend its text."
                self.problems.append(Problem(message, self.number, at, text=raw[found.start() :]))

    def _check_count(self, text):
        """Name the entries that a regular expression finds and the parser did not."""
        known = Counter(_head(found) for raw in self._seen for found in START.finditer(raw))
        lines = [match.start() for match in re.finditer("\n", text)]
        for found in START.finditer(text):
            head = _head(found)
            known[head] -= 1
            if known[head] < 0 and found[1].lower() not in NO_ENTRIES and not self._is_in_comment(text, found.start()):
                self.number += 1
                line = self._lines + bisect_right(lines, found.start()) + 1
                following = START.search(text, found.end())
                raw = text[found.start() : following.start() if following else len(text)].strip()
                message = "The entry could not be read. Mend its text."
                self.problems.append(Problem(message, self.number, line, text=raw))

    @staticmethod
    def _is_in_comment(text, position):
        """Whether the place is within the braces of an @comment."""
        opening = list(re.finditer(r"^[ \t]*@comment\s*\{", text[:position], re.MULTILINE | re.IGNORECASE))
        if not opening:
            return False
        between = text[opening[-1].end() : position]
        return between.count("{") + 1 > between.count("}")

    def _inherit(self):
        for entry in self.entries:
            if entry.key and entry.key in self._keys:
                message = "Another entry of this file has the same citation key. Give one of them another."
                self.problems.append(entry.problem(message))
            self._keys.add(entry.key)
        for entry in self.entries:
            _inherit_from(entry, self.parents, ())
        self.entries = [entry for entry in self.entries if entry.type != "xdata"]


def _masked(text):
    """The text as bibtexparser takes it: no hyphen in types, a comma where a key is missing, comments out of sight."""
    text = START.sub(lambda match: match[0].replace("-", HYPHEN), text)
    text = re.sub(r"^[ \t]*%.*$", lambda match: match[0].replace("@", AT), text, flags=re.MULTILINE)
    return KEYLESS.sub(rf"\1{NO_KEY},", text)


def _unmasked(text):
    return text.replace(HYPHEN, "-").replace(AT, "@").replace(f"{NO_KEY},", "").replace(NO_KEY, "")


def _head(found):
    """The type and the key of an entry that START found."""
    return found[1].lower(), re.compile(r"[^,\n]*").match(found.string, found.end())[0].strip()


def _mended(raw):
    """Texts of an entry that lacks its last braces, or has a comma too many."""
    raw = raw.rstrip()
    open_braces = raw.count("{") - raw.count("}")
    if 0 < open_braces <= 2:
        yield raw.rstrip(",") + "\n}" * open_braces
    if re.search(r",\s*,", raw):
        yield re.sub(r",(\s*,)+", ",", raw)


def _field_of(error, raw):
    """The field that a message of bibtexparser is about, or else the last one that begins in the text."""
    named = re.search(r"entry key `([\w-]+)`", error)
    begun = re.findall(r"^\s*([a-zA-Z][\w-]*)\s*=", raw, re.MULTILINE)
    return named[1] if named else begun[-1] if begun else ""


# What a field of the parent is called in the child: BibLaTeX's manual, appendix B.
_BOOK_PART = {"title": "booktitle", "subtitle": "booksubtitle", "titleaddon": "booktitleaddon", "author": "bookauthor"}
_RENAMED = {
    **dict.fromkeys(
        ["inbook", "incollection", "inproceedings", "conference", "suppbook", "suppcollection", "bookinbook",
         "inreference"], _BOOK_PART
    ),
    "article": {"title": "journaltitle", "subtitle": "journalsubtitle"},
    "suppperiodical": {"title": "journaltitle", "subtitle": "journalsubtitle"},
}  # fmt: skip
_MULTIVOLUME = {"title": "maintitle", "subtitle": "mainsubtitle", "titleaddon": "maintitleaddon"}


def _inherit_from(entry, by_key, seen):
    """Give an entry what it lacks from those that its ``xdata`` and ``crossref`` name, and they from theirs."""
    if entry.key in seen:
        return
    found = []
    for name in ("xdata", "crossref"):
        for key in re.split(r"\s*,\s*", entry.fields.get(name, "")):
            parent = by_key.get(key)
            if parent is None or parent.key == entry.key:
                continue
            found.append(name)
            _inherit_from(parent, by_key, (*seen, entry.key))
            renamed = _MULTIVOLUME if parent.type.startswith("mv") else _RENAMED.get(entry.type, {})
            if name == "xdata":
                renamed = {}
            for field_name, value in parent.fields.items():
                if field_name not in FAMILY:
                    target = renamed.get(field_name, field_name)
                    if not (target == "booktitle" and "booktitle" in parent.fields and field_name != "booktitle"):
                        entry.fields.setdefault(target, value)
            if name == "crossref" and entry.type == "inbook" and "author" in parent.fields:
                entry.fields.setdefault("author", parent.fields["author"])
    for name in found:
        # All that it gave is here now.
        entry.fields.pop(name, None)
