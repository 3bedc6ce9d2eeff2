"""The syntax of blocks: lines in a Markdown text that pages replace by current content.

    {{ publications tag="kv-cache" year=2025 limit=5 }}

A block is a separate line. After its name come values with spaces between them: words ("selected") and options
("limit=5"). A value with spaces is in quotation marks, in which a backslash precedes a quotation mark or a backslash.
A gallery ends with "{{ /gallery }}"; its images are the lines between. This module reads blocks; config.pages.blocks
shows them.
"""

import re
from dataclasses import dataclass, replace

from django.core.exceptions import ValidationError

GALLERY = "gallery"
NAMES = ("publications", "list", "person", "project", "posts", "video", GALLERY)
NAME = re.compile(r"\s*(/?[A-Za-z][\w-]*)(?:\s+|$)")
VALUE = re.compile(r'(?:([A-Za-z_-]+)\s*=\s*)?(?:"((?:[^"\\]|\\.)*)"|“([^“”]*)”|([^\s"“”{}]+))(?:\s+|$)')
ESCAPED = re.compile(r"\\(.)")

MAX_PROBLEMS = 10  # that a form shows at once
checks = []  # functions of a text that return [(line, sentence)] about its blocks: config.editing.blocks adds one


@dataclass(frozen=True)
class Block:
    """A block as it is written. ``line`` is its number in the text, from 1 on; ``content`` is what a gallery has."""

    name: str
    source: str
    words: tuple[str, ...] = ()
    options: tuple[tuple[str, str], ...] = ()
    line: int = 0
    content: str = ""
    error: str = ""

    @property
    def is_gallery(self):
        return self.name == GALLERY


def read_line(line):
    """Return the Block of a line, or None if the line is not a block with a known name."""
    source = line.strip()
    inner = inside(source)
    name = NAME.match(inner)
    if name is None or name[1].removeprefix("/") not in NAMES:
        return None
    words, options, position = [], [], name.end()
    while position < len(inner):
        value = VALUE.match(inner, position)
        if value is None:
            rest = inner[position : position + 40].strip()
            error = f"“{rest}” cannot be read. Write options like limit=5, and values with spaces in quotation marks."
            return Block(name[1], source, error=error)
        key, quoted, typographic, bare = value.groups()
        text = ESCAPED.sub(r"\1", quoted) if quoted is not None else typographic if typographic is not None else bare
        if key:
            options.append((key, text.strip()))
        else:
            words.append(text.strip())
        position = value.end()
    return Block(name[1], source, tuple(words), tuple(options))


def inside(line):
    """Return what a line has between {{ and }}, or "" if it is not in these brackets."""
    line = line.strip()
    is_enclosed = len(line) >= 4 and line.startswith("{{") and line.endswith("}}")
    return line[2:-2].strip() if is_enclosed else ""


def read_block(lines, number):
    """Return (the Block that starts in a line, the number of lines that it has), or None. ``number`` counts from 0."""
    block = read_line(lines[number])
    if block is None:
        return None
    block, length = replace(block, line=number + 1), 1
    if block.name.startswith("/"):
        return replace(block, error=f"There is no {{{{ {block.name[1:]} }}}} before it."), 1
    if block.is_gallery:
        for end in range(number + 1, len(lines)):
            if (other := read_line(lines[end])) is not None:
                if other.name != f"/{GALLERY}":
                    break
                content = "\n".join(lines[number + 1 : end])
                return replace(block, content=content), end - number + 1
        block = replace(block, error="It has no end. Write {{ /gallery }} in a line after its last image.")
    return block, length


def without_blocks(text):
    """Return a text without the lines that are blocks, for the search index. The images of a gallery stay."""
    if "{{" not in text:
        return text
    return "\n".join(line for line in text.split("\n") if read_line(line) is None)


def validate(text, before=""):
    """Raise ValidationError with a sentence about each block that cannot be shown.

    Problems that the text had ``before`` are ignored: an editor can save it although the target of a block was deleted.
    """
    if text == before:
        return
    known = {sentence for check in checks for _, sentence in check(before)}
    new = [(line, sentence) for check in checks for line, sentence in check(text) if sentence not in known]
    if new:
        sentences = [f"Line {line}, {sentence}" if line else sentence for line, sentence in new[:MAX_PROBLEMS]]
        raise ValidationError(sentences)
