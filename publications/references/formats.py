"""The registry of formats. To add a format, write a module and add it to FORMATS.

A module has a ``label``, and:

- ``write``, ``dumps`` and ``media_type`` if it exports a list of References as a file, with the key in FORMATS as the
  file name extension; ``dumps`` or ``tags`` of a single Reference otherwise. Files are ``complete`` (the same
  References are imported from them) or have only what the format has a field for, since other programs show the rest;
- ``read`` and ``loads`` if it can be imported.
"""

import io
import re
from dataclasses import replace

from profiles.content.patterns import FORBIDDEN
from publications.references import bibtex, cff, coins, csl, highwire, ris
from publications.references.reading import Blocks, Loaded, Problem, joined, opened

FORMATS = {"bib": bibtex, "ris": ris, "json": csl, "cff": cff, "coins": coins, "highwire": highwire}
EXPORTS = {ending: module for ending, module in FORMATS.items() if hasattr(module, "write")}
IMPORTS = {ending: module for ending, module in FORMATS.items() if hasattr(module, "read")}
BEGINNINGS = {
    "json": r"\A\s*[\[{]\s*[\"{\[\]}]",
    "ris": r"(?mi)^[ \t\ufeff]*TY[ \t\u00a0]{1,3}-",
    "bib": r"@\s*[^\W\d][\w-]*\s*[{(]",
}
BY_MEDIA_TYPE = {module.media_type: ending for ending, module in EXPORTS.items()}


def detect_ending(name):
    """Return the extension of a file name if files of that format can be imported, or ""."""
    ending = name.rpartition(".")[2].lower()
    return {"bibtex": "bib", "biblatex": "bib", "csljson": "json"}.get(ending, ending if ending in IMPORTS else "")


def detect(text):
    """Return the extension of the format of a text, or None."""
    return next((ending for ending, pattern in BEGINNINGS.items() if re.search(pattern, text)), None)


def read(file, ending=""):
    """Read a seekable binary file in the format of an extension, or in the format that is detected.

    Yield a Loaded for each part of the file. Raise no error for the content of the file: entries that cannot be read
    are Problems of a Loaded.
    """
    with opened(file) as (text, problems):
        blocks = Blocks(text)
        head = next(iter(blocks), "")
        found = ending or detect(head)
        if found is None:
            message = "This is neither BibTeX, RIS nor CSL-JSON. Check that the whole entry was copied."
            lost = [Problem(message, text=head[:2000])] if head.strip() else []
            yield Loaded([], lost, len(lost))
            return
        yield Loaded([], problems, 0, found)
        for part in IMPORTS[found].read(blocks):
            yield replace(part, ending=found)


def loads(data, ending=""):
    """Read a text or the bytes of a file, and return one Loaded."""
    data = data if isinstance(data, bytes) else FORBIDDEN.sub("", data).encode()
    parts = list(read(io.BytesIO(data), ending))
    return replace(joined(parts), ending=parts[-1].ending)
