"""Splits a BibTeX or BibLaTeX file into entries with fields in TeX. Resolves macros, ``#``, ``crossref`` and ``xdata``.

Real files contain errors, so an error affects one entry only, and each is reported as a Problem.
"""

import re
from contextlib import suppress
from dataclasses import dataclass, field

from publications.references.reading import Problem, pieces
from publications.references.values.dates import MONTHS

# An entry at the start of a line always ends the one before, so that a missing brace affects one entry only.
TYPE = r"(?<!\w)@\s*(\w[\w.:+*/-]*)\s*([{(])"
START = re.compile(rf"^[ \t]*{TYPE}", re.MULTILINE)
# A comment line, or the start of an entry anywhere outside of an entry.
COMMENT_OR_ENTRY = re.compile(rf"^[ \t]*%.*|{TYPE}", re.MULTILINE)
INHERITS = re.compile(r"(?:crossref|xdata)\s*=\s*(?:\{([^{}]*)\}|\"([^\"]*)\"|([^\s,{}\"]+))", re.IGNORECASE)
MARK = re.compile(r"\\.|[{}\"(),=]", re.DOTALL)
SPACE = re.compile(r"\s*")
SEPARATOR = re.compile(r"(?:[\s,]|%.*)*")
NAME = re.compile(r"([^\s={}\",]+(?:[ \t]+[^\s={}\",]+)*)\s*=\s*")
VALUE = re.compile(r"\s*(?:([{\"])|([^\s#{}\",=)]+)|)")
JOIN = re.compile(r"\s*#")
# A field inside a value, whose own brace or quote is not closed.
SWALLOWED = re.compile(r",\s*[a-zA-Z][\w-]*\s*=\s*[{\"\d]")
SWALLOWED_LINE = re.compile(r"[}\"\w][ \t]*,[ \t]*\n\s*[a-zA-Z][\w-]*\s*=\s*[{\"\d]")
# Begins an @comment with changes to the entry after it, and names the field of Entry where they are stored.
CHANGES = "x-csl"
# Characters that macros may add to one value, and macros and parents to a file, besides three times its own text.
MOST_IN_VALUE, MOST_IN_FILE = 100_000, 3_000_000
MOST_PARENTS = 10  # from which one entry inherits
NOT_INHERITED = {
    CHANGES,
    "crossref", "xdata", "ids", "entryset", "related", "label", "options", "presort", "sortkey", "key", "xref",
}  # fmt: skip
# What describes the parent alone, although BibLaTeX inherits some of it.
OF_PARENT_ONLY = {
    "doi", "url", "urldate", "eprint", "eprinttype", "eprintclass", "archiveprefix", "primaryclass", "pmid", "pmcid",
    "pages", "pagetotal", "numpages", "abstract", "keywords", "note", "annote", "annotation", "shorttitle",
    "howpublished", "file", "pdf", "type", "entrysubtype",
}  # fmt: skip
# Fields that an entry does not inherit if it has one of them.
BOOK_TITLE, JOURNAL_TITLES = "booktitle", {"journal", "journaltitle"}
ALIKE = [{"date", "year", "month", "day"}, JOURNAL_TITLES]
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

    def problem(self, message, name):
        return Problem(message, self.number, self.line, self.key, name, self.raw, lost=False)

    @property
    def problems(self):
        return [self.problem(message, name) for message, name in dict.fromkeys(self.warnings)]


def read(blocks):
    """Yield (entries, problems, number of entries with the lost ones) for each piece of a text, given in blocks.

    The blocks are iterated three times if entries inherit fields, because the parents may come last in the file.
    """
    wanted, parents = set(), {}
    for piece in pieces(blocks, START):
        for names in INHERITS.findall(piece):
            wanted.update(_keys("".join(names)))
    file = BibFile()
    for piece in pieces(blocks, START) if wanted else ():
        for entry in file.read(piece):
            if entry.key.lower() in wanted:
                parents.setdefault(entry.key.lower(), entry)
    file, keys = BibFile(), set()
    for piece in pieces(blocks, START):
        before, entries = file.number, file.read(piece)
        for entry in entries:
            if entry.key and entry.key in keys:
                entry.warn("Another entry of this file has the same citation key. Change one of them.")
            keys.add(entry.key)
            file.add_inherited(entry, _inherited(entry, parents, entry, [entry.key.lower()]))
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
        self.allowance = MOST_IN_FILE
        self.problems = []  # of the last piece, without those of its entries

    def read(self, text):
        """Return the entries of the next piece."""
        self.problems, entries, position, counted = [], [], 0, 0
        self.allowance += 3 * len(text)
        while found := COMMENT_OR_ENTRY.search(text, position):
            position = found.end()
            if not found[1]:
                continue
            type_, closing = found[1].lower(), "}" if found[2] == "{" else ")"
            self.line += text.count("\n", counted, found.start())
            counted = found.start()
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
        self.line += text.count("\n", counted)
        return entries

    def _skip(self, text, found, type_, closing):
        """Return the end of an @comment or @preamble, or of an @string, whose macro is stored."""
        try:
            end = found.end()
            if type_ == "string" and (name := NAME.match(text, SEPARATOR.match(text, end).end())):
                self.macros[name[1].lower()], end = self._value(text, name.end(), self)
            return _find(text, end, closing) + 1
        except UnclosedError:
            message = f"This @{type_} has an entry in it or is not closed. What follows was read. Add its last brace."
            self.problems.append(Problem(message, 0, self.line, text=text[found.start() :].strip(), lost=False))
            return len(text)

    def _entry(self, text, found, type_, closing):
        """Return (entry, end of the entry). The entry is None if it cannot be read."""
        entry = Entry(self.number, self.line, type_, "")
        with suppress(UnclosedError):
            end = self._fields(entry, text, found.end(), closing)
            entry.raw = text[found.start() : end]
            return entry, end
        source = text[found.start() :]
        start, raw = found.end() - found.start(), source.rstrip()
        missing = raw.count("{") - raw.count("}")
        if missing in (0, 1, 2) and (missing or closing == ")"):
            entry = Entry(self.number, self.line, type_, raw)
            with suppress(UnclosedError):
                self._fields(entry, raw.rstrip(",") + "\n}" * (missing - (closing == "}")) + closing, start, closing)
                if not any(map(SWALLOWED.search, entry.fields.values())):
                    entry.warn("The entry is not closed. It was read up to here; check its fields.")
                    return entry, len(text)
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
                name, position = found[1].lower(), SPACE.match(text, position).end()
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
        name = found[1].lower()
        value, end = self._value(text, found.end(), entry, name)
        if SWALLOWED_LINE.search(text, found.end(), end - 1):
            entry.warn("A brace or quote is not closed, so this field contains the fields after it. Close it.", name)
        if name in entry.fields:
            entry.warn("This field occurs twice in the entry. The first one was used; remove the other.", name)
        elif value.strip():
            entry.fields[name] = value.strip()
        return end

    def warn(self, message, name=""):
        """Report a warning about an @string."""
        self.problems.append(Problem(message, 0, self.line, field=name, lost=False))

    def _value(self, text, position, owner, name=""):
        """Return (TeX, end) of the value at a position, with its macros replaced and its parts joined.

        The value belongs to an ``owner``, an Entry or the file, which gets the warnings.
        """
        parts, length = [], 0
        while True:
            found = VALUE.match(text, position)
            position = found.end()
            if found[1]:
                end = _find(text, position, "}" if found[1] == "{" else '"')
                parts.append(text[position:end])
                position = end + 1
            elif found[2]:
                part = self._macro(found[2], owner, name)
                if length + len(part) <= MOST_IN_VALUE and len(part) <= self.allowance:
                    parts.append(part)
                    length += len(part)
                    self.allowance -= len(part)
                else:
                    owner.warn(
                        f"Macros may add {MOST_IN_VALUE:,} characters to one value and {MOST_IN_FILE:,} to a file,"
                        f" so “{found[2]}” was left out. Shorten it.", name
                    )  # fmt: skip
            join = JOIN.match(text, position)
            if not join:
                return "".join(parts), position
            position = join.end()

    def add_inherited(self, entry, complete):
        """Give an entry its complete fields, with those that it inherits."""
        self.allowance -= sum(len(value) for name, value in complete.items() if name not in entry.fields)
        if self.allowance > 0:
            entry.fields = complete
        else:
            entry.warn(
                f"Parents may add {MOST_IN_FILE:,} characters to a file, so nothing was inherited. Shorten them."
            )

    def _macro(self, word, owner, name):
        """Return the text of a macro, or of a number or other word without braces."""
        lower = word.lower()
        # Volumes and pages such as "12a" or "1-9" often lack braces.
        if lower not in self.macros and not word[0].isdigit() and owner is not self and lower not in self.undefined:
            self.undefined.add(lower)
            owner.warn(
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


def _keys(names):
    """Return the citation keys in the value of ``crossref`` or ``xdata``. BibTeX ignores their case."""
    return [name.strip().lower() for name in names.split(",")]


def _inherited(entry, parents, child, seen):
    """Return the fields of an entry and those that it lacks, from the entries that ``xdata`` and ``crossref`` name.

    They inherit in turn. ``child`` is the entry that all this is for, which gets the warnings.
    """
    fields = dict(entry.fields)
    for name in ("xdata", "crossref"):
        for key in _keys(fields[name]) if name in fields else ():
            parent = parents.get(key)
            if parent is None:
                child.warn(f"There is no entry “{key}” in this file, so nothing was taken from it. Add it.", name)
            elif key not in seen and len(seen) > MOST_PARENTS:
                child.warn(f"Fields are taken from at most {MOST_PARENTS} other entries, so not from “{key}”.", name)
                break
            elif key not in seen:
                seen.append(key)
                above = _inherited(parent, parents, child, seen)
                _add(fields, above if name == "xdata" else _for_child(entry.type, parent.type, above))
                fields.pop(name, None)
    return fields


def _for_child(type_, parent_type, above):
    """Return the fields of a parent that make sense in a child that refers to it, under their names in the child."""
    is_part, is_whole = type_ in RENAMED, parent_type not in RENAMED
    renamed = MULTIVOLUME if parent_type.startswith("mv") else RENAMED.get(type_, {})
    containers = JOURNAL_TITLES if renamed is JOURNAL_PART else {BOOK_TITLE}
    containers = containers if is_whole else {BOOK_TITLE, *JOURNAL_TITLES}
    lost = OF_PARENT_ONLY | (set() if is_part else {"isbn"}) | ({"author"} if is_part and not is_whole else set())
    if is_part and renamed is not MULTIVOLUME and not containers.isdisjoint(above):
        lost |= MULTIVOLUME.keys()  # the titles of another paper, not of what it is in
    found = {renamed.get(name, name): value for name, value in above.items() if name not in lost}
    if type_ == "inbook" and is_whole and "author" in above:
        found["author"] = above["author"]
    return found


def _add(fields, others):
    """Add the fields that are missing."""
    present = {name for names in ALIKE if names & fields.keys() for name in names}
    for name, value in others.items():
        if name not in NOT_INHERITED and name not in present:
            fields.setdefault(name, value)
