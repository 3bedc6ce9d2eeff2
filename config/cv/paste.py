"""A CV as texts to paste into the form of a funder, field by field."""

from dataclasses import dataclass

from config.cv.content import WorkEntry
from config.cv.facts import identity_of
from config.cv.layouts import layout_of
from config.text.plain import plain
from config.text.typesetting import from_html
from profiles.models import Activity
from profiles.models.activity import KINDS


@dataclass(frozen=True)
class Box:
    """A field of a form: its label, and the text to paste."""

    label: str
    text: str

    @property
    def is_long(self):
        return len(self.text) > 80


@dataclass(frozen=True)
class Fields:
    """The boxes below a heading, in one group for each record."""

    title: str
    groups: list[list[Box]]


def fields_of(document):
    """Return a list of Fields: those of the owner that the layout names, and those of each part."""
    identity = [Box(label, text) for label, text in identity_of(document, layout_of(document.cv)) if text]
    found = [Fields("Identifying information", [identity])] if identity else []
    for section in document.sections:
        groups = [_boxes(entry, number) for number, entry in enumerate(section.entries, 1)]
        text = section.text.strip() or ", ".join(section.names)
        found.append(Fields(section.title, [*([[Box("Text", text)]] if text else []), *groups]))
    return found


def _boxes(entry, number):
    if isinstance(entry, WorkEntry):
        return [Box(f"{number}. Citation", citation_of(entry))]
    row = entry.row
    if not isinstance(row, Activity):
        facts = (str(entry), entry.role, entry.where, entry.when, entry.details)
        return [Box(f"{number}. Entry", ", ".join(filter(None, facts)))]
    end = "present" if row.is_ongoing else row.end and row.end.display
    values = {
        f"{number}. {KINDS[row.kind].labels.get('title', 'Title')}": str(entry),
        "Institution": row.organisation,
        "Place": row.place,
        "Start": row.start and row.start.display,
        "End": end,
        "Details": entry.details,
        "Text": entry.text,
    }
    return [Box(label, text) for label, text in values.items() if text]


def citation_of(work):
    """Return a publication as one line of text: names, title, venue, identifier."""
    if work.citation:
        return "".join(run["text"] for run in from_html(work.citation))
    where = ", ".join(filter(None, (plain(work.venue), *work.facts)))
    sentences = (work.names_text, str(work), where, work.identifier, work.contribution)
    return " ".join(text if text.endswith((".", "?", "!")) else f"{text}." for text in sentences if text)
