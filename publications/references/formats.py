"""The formats, by the ending of a file. A new one is a module and a row."""

import re

from publications.references import bibtex, csl, ris
from publications.references.reading import UNPRINTABLE, Loaded, Problem, decode

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


def loads(data, ending="", *, progress=iter):
    """Read text, or the bytes of a file, in the format of that ending, or in the one it looks like.

    ``progress`` wraps the entries as tqdm does. Returns Loaded; raises nothing for whatever the text holds.
    """
    text, problems = decode(data) if isinstance(data, bytes) else (data.removeprefix("\ufeff"), [])
    text = UNPRINTABLE.sub("", text)
    found = ending or detect(text)
    if found is None:
        message = "This is neither BibTeX, RIS nor CSL-JSON. Check that the whole of the entry was copied."
        return Loaded([], [Problem(message, text=text[:2000])] if text.strip() else [], 1 if text.strip() else 0)
    loaded = FORMATS[found].loads(text, progress=progress)
    return Loaded(loaded.references, problems + loaded.problems, loaded.entries, found)
