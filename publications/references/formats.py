"""The registry of formats, by file extension. A new format is a module and a row in FORMATS.

A module has ``label``, ``media_type`` and a writer; one without ``read`` is only exported.
"""

import io
import re
from dataclasses import replace

from publications.references import bibtex, csl, ris
from publications.references.reading import UNPRINTABLE, Blocks, Loaded, Problem, joined, opened

FORMATS = {"bib": bibtex, "ris": ris, "json": csl}
READABLE = {ending: module for ending, module in FORMATS.items() if hasattr(module, "read")}
BY_MEDIA_TYPE = {module.media_type: ending for ending, module in FORMATS.items()}


def detect_ending(name):
    """Return the extension of a file name if files of that format can be read, or ""."""
    ending = name.rpartition(".")[2].lower()
    return {"bibtex": "bib", "biblatex": "bib", "csljson": "json"}.get(ending, ending if ending in READABLE else "")


def detect(text):
    """Return the extension of the format of a text, or None."""
    if re.match(r"\s*[\[{]\s*[\"{\[\]}]", text):
        return "json"
    if re.search(r"^\s*TY {1,2}-", text, re.MULTILINE):
        return "ris"
    if re.search(r"@\s*[^\W\d][\w-]*\s*[{(]", text):
        return "bib"
    return None


def read(file, ending=""):
    """Read a seekable binary file in the format of an extension, or in the format that is detected.

    Yields a Loaded for each piece of the file, so that memory does not grow with the file. Never raises for the content
    of the file: entries that cannot be read are Problems of a Loaded.
    """
    with opened(file) as (text, problems):
        blocks = Blocks(text)
        head = next(iter(blocks), "")
        found = ending or detect(head)
        if found is None:
            message = "This is neither BibTeX, RIS nor CSL-JSON. Check that the whole of the entry was copied."
            lost = [Problem(message, text=head[:2000])] if head.strip() else []
            yield Loaded([], lost, len(lost))
            return
        yield Loaded([], problems, 0, found)
        for part in READABLE[found].read(blocks):
            yield replace(part, ending=found)


def loads(data, ending=""):
    """Read a text or the bytes of a file at once, and return one Loaded."""
    data = data if isinstance(data, bytes) else UNPRINTABLE.sub("", data).encode()
    parts = list(read(io.BytesIO(data), ending))
    return replace(joined(parts), ending=parts[-1].ending)
