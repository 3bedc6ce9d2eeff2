"""The layouts of funders and universities: which parts a CV has, in what order, and what their rules ask for.

A layout is a file in config/cv/layouts/. To add one, add a file; the admin offers it. Its keys:

- ``label``, ``funder``, ``source`` (the URL of the rules), ``date`` (of the rules as read) and ``note`` (what an editor
  must check in the call);
- fields of the CV: ``language``, ``paper``, ``page_limit``, ``shows_homepage``, ``shows_photo``;
- ``requires``: facts about the owner, of ``OWNER_FACTS``; ``identity``: those that are fields of the funder's form;
- ``groups.<name>`` with a ``label`` and ``words`` or ``characters``: the limit of the texts of several parts together;
- ``parts``: fields of a CVPart (``kind``, ``title``, ``types``, ``limit`` …), a ``prompt`` for its text, a limit in
  ``words`` or ``characters``, the largest number of records (``most``), its ``group``, and what it ``requires``, of
  ``PART_FACTS``.

A part of a CV belongs to the part of its layout with the same kind and title.
"""

import datetime
import tomllib
from dataclasses import dataclass, field, fields
from functools import cache
from pathlib import Path

FOLDER = Path(__file__).with_name("layouts")
OWNER_FACTS = {
    "name": "Name",
    "orcid": "ORCID iD",
    "email": "E-mail address",
    "position": "Position title",
    "organisation": "Organisation and location",
}
PART_FACTS = {
    "text", "records", "chosen", "start", "end", "months", "current", "organisation", "place", "doi", "contribution",
}  # fmt: skip


@dataclass(frozen=True)
class TextLimit:
    """How long a text, or the texts of a group of parts, may be."""

    label: str = ""
    words: int = 0
    characters: int = 0


@dataclass(frozen=True, kw_only=True)
class LayoutPart:
    """A part of a layout. The fields up to ``shows_contribution`` are those of a CVPart."""

    kind: str
    title: str = ""
    text: str = ""
    types: list[str] = field(default_factory=list)
    only_selected: bool = False
    limit: int | None = None
    is_short: bool = False
    citation_style: str = ""
    numbering: str = "type"
    shows_totals: bool = False
    shows_contribution: bool = False
    prompt: str = ""
    words: int = 0
    characters: int = 0
    most: int = 0
    group: str = ""
    requires: list[str] = field(default_factory=list)

    NOT_OF_PARTS = ("prompt", "words", "characters", "most", "group", "requires")

    @property
    def values(self):
        """{field of a CVPart: value}."""
        names = [one.name for one in fields(self) if one.name not in self.NOT_OF_PARTS]
        return {name: getattr(self, name) for name in names}


@dataclass(frozen=True, kw_only=True)
class Layout:
    name: str
    label: str
    funder: str
    source: str
    date: datetime.date
    note: str
    parts: list[LayoutPart]
    language: str = "en"
    paper: str = "a4"
    page_limit: int | None = None
    shows_homepage: bool = True
    shows_photo: bool = False
    requires: list[str] = field(default_factory=list)
    identity: list[str] = field(default_factory=list)
    groups: dict[str, TextLimit] = field(default_factory=dict)

    CV_FIELDS = ("language", "paper", "page_limit", "shows_homepage", "shows_photo")

    @property
    def values(self):
        """{field of a CV: value}."""
        return {"name": self.label, "layout": self.name} | {name: getattr(self, name) for name in self.CV_FIELDS}

    @property
    def part_values(self):
        """A dict of fields for each CVPart."""
        return [{"position": place} | part.values for place, part in enumerate(self.parts, 1)]

    def part_for(self, part):
        """Return the LayoutPart of a CVPart, or None."""
        return next((one for one in self.parts if (one.kind, one.title) == (part.kind, part.title)), None)


def read(path):
    """Return the Layout of a file. An unknown key raises TypeError."""
    data = tomllib.loads(path.read_text("utf-8"))
    data["parts"] = [LayoutPart(**part) for part in data["parts"]]
    data["groups"] = {name: TextLimit(**limit) for name, limit in data.get("groups", {}).items()}
    return Layout(name=path.stem, **data)


@cache
def layouts():
    """Return {name: Layout}, in the order of their labels."""
    found = [read(path) for path in FOLDER.glob("*.toml")]
    return {layout.name: layout for layout in sorted(found, key=lambda layout: layout.label)}


def layout_of(cv):
    """Return the Layout of a CV, or None."""
    return layouts().get(cv.layout)


def layout_choices():
    return [("", "None"), *((layout.name, layout.label) for layout in layouts().values())]
