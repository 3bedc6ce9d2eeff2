"""The differences between two states of an object, for editors."""

import re
from dataclasses import dataclass
from difflib import SequenceMatcher

from django.db import models
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.text import capfirst

from profiles.history import revisions

DIFF_LIMIT = 6000  # words and spaces: comparing longer texts takes seconds
CONTEXT_WORDS = 12  # shown before and after each difference
EXCERPT = 600  # characters shown of a text that is too long to compare


@dataclass(frozen=True)
class Piece:
    """A piece of a text: ``tag`` is "ins" if it was added, "del" if it was removed, "" if it is unchanged."""

    tag: str
    text: str

    def __html__(self):
        return format_html("<{0}>{1}</{0}>" if self.tag else "{1}", self.tag, self.text)


@dataclass(frozen=True)
class Change:
    """A change of a field, with ``pieces`` for a text, or of the rows of a relation, with a line for each."""

    label: str
    before: str = ""
    after: str = ""
    pieces: tuple[Piece, ...] = ()
    lines: tuple[str, ...] = ()

    @property
    def diff(self):
        """Return the pieces as HTML."""
        return format_html_join("", "{}", ((piece,) for piece in self.pieces))

    def __str__(self):
        """Return the change on one line: "Title", "Authors: added “Ada”"."""
        return f"{self.label}: {'; '.join(self.lines)}" if self.lines else self.label


def compare(before, after):
    """Return the Changes from one State to another. Either may be None if the object did not exist."""
    if before is None or after is None:
        return []
    values = ValueFormatter()
    changes = list(_field_changes(before.root, after.root, values))
    for name, model, foreign_key in revisions.owned_relations(after.root.model):
        lines = tuple(_row_changes(before.rows.get(name, []), after.rows.get(name, []), model, foreign_key, values))
        if lines:
            label = "Tags" if hasattr(model, "tag_id") else capfirst(str(model._meta.verbose_name_plural))
            changes.append(Change(label, lines=lines))
    return changes


def _field_changes(before, after, values):
    for one in revisions.recorded_fields(after.model):
        old, new = before.values.get(one.name), after.values.get(one.name)
        if one.primary_key or old == new or not one.editable:
            continue
        label = capfirst(str(one.verbose_name))
        old, new = values.format(one, old), values.format(one, new)
        if isinstance(one, models.TextField | models.CharField) and not one.choices and old and new:
            yield Change(label, old, new, tuple(diff(old, new)))
        else:
            yield Change(label, old or "(empty)", new or "(empty)")


def _row_changes(before, after, model, foreign_key, values):
    old, new = ({row.pk: row for row in rows} for rows in (before, after))
    for pk in new:
        if pk not in old:
            yield f"added “{new[pk].title}”"
    for pk in old:
        if pk not in new:
            yield f"removed “{old[pk].title}”"
    common = [pk for pk in new if pk in old]
    for pk in common:
        for one in revisions.recorded_fields(model):
            then, now = old[pk].values.get(one.name), new[pk].values.get(one.name)
            if then != now and one.editable and one.name not in (foreign_key.name, "position"):
                change = f"{values.format(one, then) or '(empty)'} → {values.format(one, now) or '(empty)'}"
                yield f"“{new[pk].title}”, {one.verbose_name}: {change}"
    if common != [pk for pk in old if pk in new]:
        yield f"new order: {', '.join(row.title for row in after[:8])}{' …' if len(after) > 8 else ''}"


class ValueFormatter:
    """Formats recorded values as text. Each related object is looked up once."""

    def __init__(self):
        self.titles = {}

    def format(self, field, value):
        """Return the value of a field as text, or "" if it is empty."""
        if field.many_to_many:
            return ", ".join(self.title(field.related_model, pk) for pk in value or ())
        if value in (None, ""):
            return ""
        if field.related_model:
            return self.title(field.related_model, value)
        if field.choices:
            return str(dict(field.flatchoices).get(value, value))
        return _format_plain(field, value)

    def title(self, model, pk):
        if (model, pk) not in self.titles:
            item = model._base_manager.filter(pk=pk).first()
            self.titles[model, pk] = str(item) if item else "(deleted)"
        return self.titles[model, pk]


def _format_plain(field, value):
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, dict):
        return "; ".join(f"{name}: {item}" for name, item in sorted(value.items()))
    if isinstance(field, models.DateTimeField):
        return date_format(timezone.localtime(parse_datetime(value)), "j F Y, H:i")
    if isinstance(field, models.FileField):
        return value.rsplit("/", 1)[-1]
    return str(value)


def diff(before, after):
    """Yield the Pieces of a changed text, word by word. Passages far from any change are omitted."""
    old, new = _words(before), _words(after)
    if max(len(old), len(new)) > DIFF_LIMIT:
        yield Piece("del", _excerpt(before))
        yield Piece("ins", _excerpt(after))
        return
    steps = SequenceMatcher(None, old, new).get_opcodes()
    for number, (step, a, b, c, d) in enumerate(steps):
        if step != "equal":
            if a < b:
                yield Piece("del", "".join(old[a:b]))
            if c < d:
                yield Piece("ins", "".join(new[c:d]))
            continue
        # Each word is followed by a space, which counts as a word here.
        head = CONTEXT_WORDS * 2 if number else 0
        tail = CONTEXT_WORDS * 2 if number < len(steps) - 1 else 0
        if b - a <= head + tail:
            yield Piece("", "".join(old[a:b]))
            continue
        if head:
            yield Piece("", "".join(old[a : a + head]))
        yield Piece("", " […] ")
        if tail:
            yield Piece("", "".join(old[b - tail : b]))


def _words(text):
    """Return the words and the spaces between them, in a list that joins to the text."""
    return re.findall(r"\s+|\w+|[^\w\s]", text)


def _excerpt(text):
    return text if len(text) <= EXCERPT else f"{text[:EXCERPT]}…"
