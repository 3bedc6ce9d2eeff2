"""Shows editors the differences between two states of an object."""

import re
from dataclasses import dataclass
from difflib import SequenceMatcher

from django.db import models
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.formats import date_format
from django.utils.html import format_html, format_html_join
from django.utils.text import Truncator, capfirst

from profiles.history import revisions

WORDS = re.compile(r"\s+|\w+|[^\w\s]")  # also the spaces and marks between words
DIFF_LIMIT = 6000  # words and spaces: comparing longer texts takes seconds
CONTEXT = 24  # unchanged words and spaces shown before and after each difference
EXCERPT = 600  # characters shown of a text that is too long to compare


@dataclass(frozen=True)
class Change:
    """A change of a field, or of the rows of a relation, with a line for each row.

    ``diff`` marks what changed in a text, as HTML.
    """

    label: str
    before: str = ""
    after: str = ""
    diff: str = ""
    lines: tuple[str, ...] = ()

    def __str__(self):
        """Return the change on one line: "Title", "Authors: added “Ada”"."""
        return f"{self.label}: {'; '.join(self.lines)}" if self.lines else self.label


def compare(before, after):
    """Return the Changes from one State to another."""
    changes = list(_field_changes(before.root, after.root))
    for name, model, foreign_key in revisions.owned_relations(after.root.model):
        lines = tuple(_row_changes(before.rows.get(name, []), after.rows.get(name, []), model, foreign_key))
        if lines:
            label = "Tags" if hasattr(model, "tag_id") else capfirst(str(model._meta.verbose_name_plural))
            changes.append(Change(label, lines=lines))
    return changes


def _field_changes(before, after):
    for one in revisions.recorded_fields(after.model):
        old, new = before.values.get(one.name), after.values.get(one.name)
        if one.primary_key or _is_same(old, new) or not one.editable:
            continue
        label = capfirst(str(one.verbose_name))
        old, new = format_value(one, old), format_value(one, new)
        is_text = isinstance(one, models.TextField | models.CharField) and not one.choices
        yield Change(label, old or "(empty)", new or "(empty)", diff(old, new) if is_text and old and new else "")


def _is_same(old, new):
    """Return whether values are equal, besides the blank space around a text, which forms strip."""
    if isinstance(old, str) and isinstance(new, str):
        return old.strip() == new.strip()
    return old == new


def _row_changes(before, after, model, foreign_key):
    old, new = ({row.pk: row for row in rows} for rows in (before, after))
    yield from (f"added “{row.title}”" for pk, row in new.items() if pk not in old)
    yield from (f"removed “{row.title}”" for pk, row in old.items() if pk not in new)
    common = [pk for pk in new if pk in old]
    for pk in common:
        for one in revisions.recorded_fields(model):
            then, now = old[pk].values.get(one.name), new[pk].values.get(one.name)
            if then != now and one.editable and one.name not in (foreign_key.name, "position"):
                change = f"{format_value(one, then) or '(empty)'} → {format_value(one, now) or '(empty)'}"
                yield f"“{new[pk].title}”, {one.verbose_name}: {change}"
    if common != [pk for pk in old if pk in new]:
        yield f"new order: {', '.join(row.title for row in after[:8])}{' …' if len(after) > 8 else ''}"


def format_value(field, value):
    """Return a recorded value of a field as text, or "" if it is empty."""
    if field.many_to_many:
        return ", ".join(_title(field.related_model, pk) for pk in value or ())
    if value in (None, ""):
        return ""
    if field.related_model:
        return _title(field.related_model, value)
    if field.choices:
        return str(dict(field.flatchoices).get(value, value))
    return _format_plain(field, value)


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


def _title(model, pk):
    return str(model._base_manager.filter(pk=pk).first() or "(deleted)")


def diff(before, after):
    """Return a changed text as HTML, with each changed word marked. Passages far from any change are left out."""
    old, new = WORDS.findall(before), WORDS.findall(after)
    if max(len(old), len(new)) > DIFF_LIMIT:
        return format_html("<del>{}</del><ins>{}</ins>", *(Truncator(text).chars(EXCERPT) for text in (before, after)))
    parts, shown = [], 0
    for group in SequenceMatcher(None, old, new).get_grouped_opcodes(CONTEXT):
        if group[0][1] > shown:
            parts.append(" […] ")
        for step, a, b, c, d in group:
            if step == "equal":
                parts.append("".join(old[a:b]))
            if step in ("delete", "replace"):
                parts.append(format_html("<del>{}</del>", "".join(old[a:b])))
            if step in ("insert", "replace"):
                parts.append(format_html("<ins>{}</ins>", "".join(new[c:d])))
            shown = b
    if shown < len(old):
        parts.append(" […] ")
    return format_html_join("", "{}", ((part,) for part in parts))
