"""What differs between two states of an object, in words that an editor understands."""

import re
from dataclasses import dataclass
from difflib import SequenceMatcher

from django.db import models
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.formats import date_format
from django.utils.text import capfirst

from profiles.history import revisions

LONGEST_DIFF = 6000  # words and spaces: a comparison of longer texts would take seconds
AROUND = 12  # words that are shown before and after what differs


@dataclass(frozen=True)
class Piece:
    """A piece of a text: "same", "added" or "removed"; "left out" stands for much that is the same."""

    kind: str
    text: str = ""


@dataclass(frozen=True)
class Change:
    """What happened to a field or to the rows of a relation. ``pieces`` are set for texts, ``lines`` for rows."""

    label: str
    before: str = ""
    after: str = ""
    pieces: tuple[Piece, ...] = ()
    lines: tuple[str, ...] = ()

    def __str__(self):
        """On one line, for a list: "Title", "Authors: added “Ada”"."""
        return f"{self.label}: {'; '.join(self.lines)}" if self.lines else self.label


def compare(before, after):
    """[Change] that leads from one State to another; either may be None, for what was not there."""
    if before is None or after is None:
        return []
    names = _Names()
    changes = list(_fields(before.root, after.root, names))
    model = after.root.model
    for name, child, back in revisions.follows(model):
        lines = tuple(_rows(before.rows.get(name, []), after.rows.get(name, []), child, back, names))
        if lines:
            changes.append(Change(_label_of_rows(name, child), lines=lines))
    return changes


def _label_of_rows(name, child):
    return "Tags" if hasattr(child, "tag_id") else capfirst(str(child._meta.verbose_name_plural))


def _fields(before, after, names):
    for one in revisions.fields_of(after.model):
        old, new = before.values.get(one.name), after.values.get(one.name)
        if one.primary_key or old == new or not one.editable:
            continue
        label = capfirst(str(one.verbose_name))
        old, new = names.shown(one, old), names.shown(one, new)
        if isinstance(one, models.TextField | models.CharField) and not one.choices and old and new:
            yield Change(label, old, new, tuple(pieces(old, new)))
        else:
            yield Change(label, old or "(empty)", new or "(empty)")


def _rows(before, after, child, back, names):
    old, new = ({row.pk: row for row in rows} for rows in (before, after))
    added, removed = [pk for pk in new if pk not in old], [pk for pk in old if pk not in new]
    for pk in added:
        yield f"added “{new[pk].title}”"
    for pk in removed:
        yield f"removed “{old[pk].title}”"
    kept = [pk for pk in new if pk in old]
    for pk in kept:
        for one in revisions.fields_of(child):
            was, is_ = old[pk].values.get(one.name), new[pk].values.get(one.name)
            if was != is_ and one.editable and one.name not in (back.name, "position"):
                shown = f"{names.shown(one, was) or '(empty)'} → {names.shown(one, is_) or '(empty)'}"
                yield f"“{new[pk].title}”, {one.verbose_name}: {shown}"
    if kept != [pk for pk in old if pk in new]:
        yield f"new order: {', '.join(row.title for row in after[:8])}{' …' if len(after) > 8 else ''}"


class _Names:
    """How values of fields are shown; what a foreign key refers to is looked up once."""

    def __init__(self):
        self._known = {}

    def shown(self, one, value):
        """The value of a field as text; "" for an empty one."""
        if one.many_to_many:
            return ", ".join(self._title(one.related_model, pk) for pk in value or ())
        if value in (None, ""):
            return ""
        if one.related_model:
            return self._title(one.related_model, value)
        if one.choices:
            return str(dict(one.flatchoices).get(value, value))
        return _text(one, value)

    def _title(self, model, pk):
        if (model, pk) not in self._known:
            item = model._base_manager.filter(pk=pk).first()
            self._known[model, pk] = str(item) if item else "(deleted since)"
        return self._known[model, pk]


def _text(one, value):
    match value:
        case bool():
            return "yes" if value else "no"
        case dict():
            return "; ".join(f"{name}: {item}" for name, item in sorted(value.items()))
    match one:
        case models.DateTimeField():
            return date_format(timezone.localtime(parse_datetime(value)), "j F Y, H:i")
        case models.FileField():
            return value.rsplit("/", 1)[-1]
    return str(value)


def pieces(before, after):
    """The Pieces of a text that was changed, by words, with what is far from any change left out."""
    old, new = _words(before), _words(after)
    if max(len(old), len(new)) > LONGEST_DIFF:
        yield Piece("removed", _short(before))
        yield Piece("added", _short(after))
        return
    steps = SequenceMatcher(None, old, new).get_opcodes()
    for number, (step, a, b, c, d) in enumerate(steps):
        if step != "equal":
            if a < b:
                yield Piece("removed", "".join(old[a:b]))
            if c < d:
                yield Piece("added", "".join(new[c:d]))
            continue
        head = AROUND * 2 if number else 0
        tail = AROUND * 2 if number < len(steps) - 1 else 0
        if b - a <= head + tail:
            yield Piece("same", "".join(old[a:b]))
            continue
        if head:
            yield Piece("same", "".join(old[a : a + head]))
        yield Piece("left out")
        if tail:
            yield Piece("same", "".join(old[b - tail : b]))


def _words(text):
    """Words and the space between them, as a list that joins to the text."""
    return re.findall(r"\s+|\w+|[^\w\s]", text)


def _short(text):
    return text if len(text) <= 600 else f"{text[:600]}…"
