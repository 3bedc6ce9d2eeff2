"""The formats, by the ending of a file. A new one is a module and a row."""

import io
import re
from dataclasses import replace

from publications.references import bibtex, csl, ris
from publications.references.reading import UNPRINTABLE, Blocks, Loaded, Problem, joined, opened

FORMATS = {"bib": bibtex, "ris": ris, "json": csl}
BY_MEDIA_TYPE = {module.media_type: ending for ending, module in FORMATS.items()}


def detect_ending(name):
    """The ending of a file's name where it is one of a format, or ""."""
    ending = name.rpartition(".")[2].lower()
    return {"bibtex": "bib", "biblatex": "bib", "csljson": "json"}.get(ending, ending if ending in FORMATS else "")


def detect(text):
    """The ending of the format that the text is in, or None."""
    if re.match(r"\s*[\[{]\s*[\"{\[\]}]", text):
        return "json"
    if re.search(r"^\s*TY {1,2}-", text, re.MULTILINE):
        return "ris"
    if re.search(r"@\s*[^\W\d][\w-]*\s*[{(]", text):
        return "bib"
    return None


def read(file, ending=""):
    """Read a file (binary, able to begin again) in the format of that ending, or in the one that it looks like.

    Yields Loaded after Loaded, each with all that a piece of the file has, so that memory does not grow with the file.
    Raises nothing for whatever the file holds.
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
        for part in FORMATS[found].read(blocks):
            yield replace(part, ending=found)


def loads(data, ending=""):
    """Read all of a text, or of the bytes of a file, at once. Returns Loaded."""
    data = data if isinstance(data, bytes) else UNPRINTABLE.sub("", data).encode()
    parts = list(read(io.BytesIO(data), ending))
    return replace(joined(parts), ending=parts[-1].ending)
