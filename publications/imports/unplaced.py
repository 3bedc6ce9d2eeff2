"""The fields of an imported Reference that have no place on the page of its publication.

They are stored in ``extra``, which editors see in the admin and in their exports.
"""

import re
from typing import NamedTuple

from publications.imports.differences import as_text
from publications.models import Publication, record
from publications.references.bibtex.marks import are_explained, meanings
from publications.references.reference import FIELD_NAMES
from publications.references.values import links

UPLOAD = "Upload the file in the publication’s form."
UPLOAD_PICTURE = "Upload the picture in the publication’s form."
NO_ADDRESS = (
    f"Not linked: enter an address with https:// and at most {links.LONGEST} characters in the publication’s form."
)
MARK_AUTHORS = "Select what this says of the authors in the publication’s form."
ONLY_EDITORS = "Stored with the publication. Only editors see it."
# What only concerns another program: al-folio's display, the bookkeeping of reference managers and databases, LaTeX.
UNLISTED = re.compile(
    r"bibtex_show|dimensions|altmetric|google_scholar_id|bdsk-.*|date-(?:added|modified)|timestamp"
    r"|(?:creation|modification)date|bib(?:url|source)|ads(?:url|note)"
    r"|options|ids|key|label|shorthand|presort|(?:sort|index|related).*|langidopts|hyphenation|xref|crossref|entryset"
)
PATH = re.compile(r"(?![a-z][a-z0-9+.-]+:).*\.[a-z0-9]{2,5}", re.IGNORECASE | re.DOTALL)


class Unplaced(NamedTuple):
    """A field without a place: its name in the file, its value as text, and what an editor can do."""

    name: str
    value: str
    advice: str


def unplaced(reference):
    """Return a list of Unplaced, sorted by name. What citations and visitors' exports contain has a place."""
    columns = record.columns_of(Publication, reference)
    placed = set(reference.for_visitors().extra) - {"award", "award_name"}
    placed |= {
        name for name in ("award", "award_name") if record.plain_award(reference.extra, name) == columns["award"]
    }
    placed |= {"award_name"} if columns["award"] else set()
    placed |= {"annote"} if are_explained(reference.extra) else set()
    # Under the name of a column, ``extra`` has the value that did not fit: only "" has lost it.
    placed |= {name for name, column in FIELD_NAMES.items() if columns.get(column, True)}
    left = {name: value for name, value in columns["extra"].items() if name not in placed}
    fields = {{"annote": "annotation"}.get(name, name.removeprefix("bib-")): value for name, value in left.items()}
    return [
        Unplaced(name, as_text(value), _advice(name, str(value)))
        for name, value in sorted(fields.items())
        if not UNLISTED.fullmatch(name)
    ]


def _advice(name, value):
    if name == "author-marks" or (name == "annotation" and any(meanings(value).values())):
        return MARK_AUTHORS
    if name == "preview":
        return UPLOAD_PICTURE
    if links.name_of(name):
        return UPLOAD if PATH.fullmatch(value) else NO_ADDRESS
    return UPLOAD if re.fullmatch(r"file|local-?(?:url|file)|l[1-4]", name) else ONLY_EDITORS
