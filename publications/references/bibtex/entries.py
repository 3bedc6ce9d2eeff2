"""Splits a BibTeX or BibLaTeX file into entries with fields in TeX. Resolves macros, ``#``, ``crossref`` and ``xdata``.

Real files contain errors, so an error affects one entry only, and each is reported as a Problem.
"""

import re
from contextlib import suppress
from dataclasses import dataclass, field

from publications.references.dates import MONTHS
from publications.references.reading import Problem, pieces

# An entry at the start of a line always ends the one before, so that a missing brace affects one entry only.
START = re.compile(r"^[ \t]*@[ \t]*[^\W\d][\w-]*[ \t]*[{(]", re.MULTILINE)
# A comment line, or the start of an entry anywhere outside of an entry.
COMMENT_OR_ENTRY = re.compile(r"^[ \t]*%.*|@[ \t]*([^\W\d][\w-]*)\s*([{(])", re.MULTILINE)
INHERITS = re.compile(r"(?:crossref|xdata)\s*=\s*(?:\{([^{}]*)\}|\"([^\"]*)\"|([^\s,{}\"]+))", re.IGNORECASE)
MARK = re.compile(r"\\.|[{}\"(),=]", re.DOTALL)
SPACE = re.compile(r"\s*")
SEPARATOR = re.compile(r"(?:[\s,]|%.*)*")
NAME = re.compile(r"([^={}\",\n]+?)\s*=\s*")
VALUE = re.compile(r"\s*(?:([{\"])|([^\s#{}\",=)]+)|)")
JOIN = re.compile(r"\s*#")
# A field inside a value, whose own brace or quote is not closed.
SWALLOWED = re.compile(r",\s*[a-zA-Z][\w-]*\s*=\s*[{\"\d]")
SWALLOWED_LINE = re.compile(r"[}\"\w]\s*,\s*\n\s*[a-zA-Z][\w-]*\s*=\s*[{\"\d]")
# Begins an @comment with changes to the entry after it, and names the field of Entry where they are stored.
CHANGES = "x-csl"
NOT_INHERITED = (
    CHANGES,
    "crossref", "xdata", "ids", "entryset", "related", "label", "options", "presort", "sortkey", "key", "xref",
)  # fmt: skip
# The name in the child of a field of the parent: BibLaTeX's manual, appendix B.
BOOK_PART = {"title": "booktitle", "subtitle": "booksubtitle", "titleaddon": "booktitleaddon", "author": "bookauthor"}
JOURNAL_PART = {"title": "journaltitle", "subtitle": "journalsubtitle"}
RENAMED = {
    **dict.fromkeys(
        ["inbook", "incollection", "inproceedings", "conference", "suppbook", "suppcollection", "bookinbook",
         "inreference"], BOOK_PART
    ),
    **dict.fromkeys(["article", "suppperiodical"], JOURNAL_PART),
}  # fmt: skip
MULTIVOLUME = {"title": "maintitle", "subtitle": "mainsubtitle", "titleaddon": "maintitleaddon"}


class UnclosedError(Exception):
    """A brace, quote or comma of an entry is missing."""


@dataclass
class Entry:
    """One entry: its type and the names of its fields in lower case; values are TeX without the outer braces."""

    number: int
    line: int
    type: str
    raw: str
    key: str = ""
    fields: dict[str, str] = field(default_factory=dict)
    warnings: list[tuple[str, str]] = field(default_factory=list)  # (message, name of the field)

    def warn(self, message, name=""):
        self.warnings.append((message, name))

    @property
    def problems(self):
        return [
            Problem(message, self.number, self.line, self.key, name, self.raw, lost=False)
            for message, name in self.warnings
        ]


def read(blocks):
    """Yield (entries, problems, number of entries with the lost ones) for each piece of a text, given in blocks.

    The blocks are iterated three times if entries inherit fields, because the parents may come last in the file.
    """
    wanted, parents = set(), {}
    for piece in pieces(blocks, START):
        for names in INHERITS.findall(piece):
            wanted.update(re.split(r"\s*,\s*", "".join(names).strip()))
    file = BibFile()
    for piece in pieces(blocks, START) if wanted else ():
        for entry in file.read(piece):
            if entry.key in wanted:
                parents.setdefault(entry.key, entry)
    file, keys = BibFile(), set()
    for piece in pieces(blocks, START):
        before, entries = file.number, file.read(piece)
        for entry in entries:
            if entry.key and entry.key in keys:
                entry.warn("Another entry of this file has the same citation key. Change one of them.")
            keys.add(entry.key)
            _inherit(entry, parents)
        found = [entry for entry in entries if entry.type != "xdata"]
        problems = [*file.problems, *(problem for entry in entries for problem in entry.problems)]
        yield found, problems, file.number - before - (len(entries) - len(found))


class BibFile:
    """Reads a file piece by piece. Macros and the counts of entries and lines continue from piece to piece."""

    def __init__(self):
        self.macros = {name: name for name in (*MONTHS, "true", "false")}  # jekyll-scholar's switches lack braces
        self.undefined = set()
        self.number, self.line = 0, 1
        self.comment = ""  # the last @comment, until the next entry
        self.problems = []  # of the last piece, without those of its entries

    def read(self, text):
        """Return the entries of the next piece."""
        self.problems, entries, position = [], [], 0
        first_line = self.line
        while found := COMMENT_OR_ENTRY.search(text, position):
            position = found.end()
            if not found[1]:
                continue
            type_, closing = found[1].lower(), "}" if found[2] == "{" else ")"
            self.line = first_line + text.count("\n", 0, found.start())
            if type_ in ("comment", "preamble", "string"):
                position = self._skip(text, found, type_, closing)
                self.comment = text[found.end() : position - 1] if type_ == "comment" else ""
            else:
                self.number += 1
                entry, position = self._entry(text, found, type_, closing)
                entries += [entry] if entry else []
                mark = f"{CHANGES} {entry.key} " if entry else ""
                if mark and self.comment.startswith(mark):
                    entry.fields[CHANGES] = self.comment.removeprefix(mark)
                self.comment = ""
        self.line = first_line + text.count("\n")
        return entries

    def _skip(self, text, found, type_, closing):
        """Return the end of an @comment or @preamble, or of an @string, whose macro is stored."""
        try:
            end = found.end()
            if type_ == "string" and (name := NAME.match(text, SEPARATOR.match(text, end).end())):
                self.macros[name[1].strip().lower()], end = self._value(text, name.end())
            return _find(text, end, closing) + 1
        except UnclosedError:
            message = f"This @{type_} is not closed. Add its last brace."
            self.problems.append(Problem(message, 0, self.line, text=text[found.start() :].strip(), lost=False))
            return len(text)

    def _entry(self, text, found, type_, closing):
        """Return (entry, end of the entry). The entry is None if it cannot be read."""
        start = found.end() - found.start()
        source = text[found.start() :]
        raw = source.rstrip()
        missing = raw.count("{") - raw.count("}")
        repaired = raw.rstrip(",") + f"\n{closing}" * missing if 0 < missing <= 2 else source
        for attempt in (source, repaired):
            entry = Entry(self.number, self.line, type_, raw)
            try:
                end = self._fields(entry, attempt, start, closing)
            except UnclosedError:
                continue
            if attempt is source:
                entry.raw = source[:end]
            elif any(map(SWALLOWED.search, entry.fields.values())):
                break
            else:
                entry.warn("The entry is not closed. It was read up to here; check its fields.")
            return entry, found.start() + end
        with suppress(UnclosedError):
            raw = source[: _find(source, start, closing) + 1]
        key = re.match(r"\s*([^,\s={}]*)\s*,", source[start:])
        names = re.findall(r"^\s*([a-zA-Z][\w-]*)\s*=", raw, re.MULTILINE)
        message = "A brace, quote or comma is missing, so the entry cannot be read. Correct its text."
        place = {"key": key[1] if key else "", "field": names[-1] if names else ""}
        self.problems.append(Problem(message, self.number, self.line, **place, text=raw))
        return None, found.start() + len(raw)

    def _fields(self, entry, text, position, closing):
        """Read the key and the fields of an entry from a position on. Return the end of the entry."""
        end = _find(text, position, f",={closing}")
        first = text[position:end].split()
        if text[end] != "=":
            entry.key, position = " ".join(first), end
        elif len(first) > 1:
            raise UnclosedError  # there is no comma after the key
        if not entry.key:
            entry.warn("The entry has no citation key. One is made when it is added.")
        name = ""
        while True:
            separator = SEPARATOR.match(text, position)
            position = separator.end()
            if re.sub("%.*", "", separator[0]).count(",") > 1:
                entry.warn("There are two commas in a row. Remove one.")
            if text.startswith(closing, position):
                return position + 1
            found = NAME.match(text, position)
            if found:
                position = self._field(entry, text, found)
                name, position = found[1].strip().lower(), SPACE.match(text, position).end()
            if text.startswith((",", "%", closing), position):
                continue
            if found and text[position : position + 1].isalpha() and NAME.match(text, position):
                entry.warn("The comma after this field is missing. It was read as if it were there.", name)
                continue
            start, position = position, _find(text, position, f",{closing}")
            message = (
                f"“{text[start:position].strip()[:60]}” is not part of a field and was ignored. Remove it or a brace."
            )
            entry.warn(message, name)

    def _field(self, entry, text, found):
        """Read the field whose name was found. Return its end."""
        name = found[1].strip().lower()
        value, end = self._value(text, found.end(), entry, name)
        if SWALLOWED_LINE.search(text, found.end(), end - 1):
            entry.warn("A brace or quote is not closed, so this field contains the fields after it. Close it.", name)
        if name in entry.fields:
            entry.warn("This field occurs twice in the entry. The first one was used; remove the other.", name)
        elif value:
            entry.fields[name] = value
        return end

    def _value(self, text, position, entry=None, name=""):
        """Return (TeX, end) of the value at a position, with its macros replaced and its parts joined."""
        parts = []
        while True:
            found = VALUE.match(text, position)
            position = found.end()
            if found[1]:
                end = _find(text, position, "}" if found[1] == "{" else '"')
                parts.append(text[position:end])
                position = end + 1
            elif found[2]:
                parts.append(self._macro(found[2], entry, name))
            join = JOIN.match(text, position)
            if not join:
                return "".join(parts).strip(), position
            position = join.end()

    def _macro(self, word, entry, name):
        """Return the text of a macro, or of a number or other word without braces."""
        lower = word.lower()
        # Volumes and pages such as "12a" or "1-9" often lack braces.
        if lower not in self.macros and not word[0].isdigit() and entry and lower not in self.undefined:
            self.undefined.add(lower)
            entry.warn(
                f"“{word}” is not a macro of this file. It was read as text; put it in braces or define it.", name
            )
        return self.macros.get(lower, word)


def _find(text, start, delimiters):
    """Return the position of the first of the delimiters outside of braces. Raise UnclosedError if there is none."""
    depth = 0
    for mark in MARK.finditer(text, start):
        if depth == 0 and mark[0] in delimiters:
            return mark.start()
        depth = max(0, depth + {"{": 1, "}": -1}.get(mark[0], 0))
    raise UnclosedError


def _inherit(entry, parents, seen=()):
    """Add the fields that an entry lacks from the entries that its ``xdata`` and ``crossref`` name, and from theirs."""
    if entry.key in seen:
        return
    for name in ("xdata", "crossref"):
        for key in re.split(r"\s*,\s*", entry.fields.get(name, "")):
            parent = parents.get(key)
            if parent is None or parent.key == entry.key:
                continue
            _inherit(parent, parents, (*seen, entry.key))
            renamed = MULTIVOLUME if parent.type.startswith("mv") else RENAMED.get(entry.type, {})
            if name == "xdata":
                renamed = {}
            for field_name, value in parent.fields.items():
                target = renamed.get(field_name, field_name)
                has_own_booktitle = target == "booktitle" != field_name and "booktitle" in parent.fields
                if field_name not in NOT_INHERITED and not has_own_booktitle:
                    entry.fields.setdefault(target, value)
            if name == "crossref" and entry.type == "inbook" and "author" in parent.fields:
                entry.fields.setdefault("author", parent.fields["author"])
            entry.fields.pop(name, None)
