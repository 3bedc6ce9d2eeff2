"""The file formats of a CV. To add one, write a function and add it to FORMATS: its addresses and links follow.

The addresses as Markdown are those of config/pages/representations.py, as of every page.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass

from config.cv.documents import as_docx, as_latex, as_markdown, as_text
from config.cv.json_resume import resume
from config.cv.pdf import as_pdf
from profiles.content.slugs import make_slug
from publications.citations import conversion
from publications.citations.conversion import DOCX


@dataclass(frozen=True)
class Format:
    """``write`` returns the bytes or text of a CVDocument; it gets the function that makes paths absolute URLs."""

    label: str
    title: str  # after "CV as"
    media_type: str
    write: Callable
    needs_pandoc: bool = False

    @property
    def is_available(self):
        return not self.needs_pandoc or conversion.pandoc() is not None


def as_json(cv, absolute):
    return json.dumps(resume(cv, absolute), ensure_ascii=False, indent=2)


# By file name extension.
FORMATS = {
    "pdf": Format("PDF", "a PDF", "application/pdf", as_pdf),
    "docx": Format("DOCX", "a Word document", DOCX, as_docx, needs_pandoc=True),
    "tex": Format("LaTeX", "LaTeX", "application/x-tex; charset=utf-8", as_latex, needs_pandoc=True),
    "md": Format("Markdown", "Markdown", "text/markdown; charset=utf-8", as_markdown),
    "txt": Format("Plain text", "plain text", "text/plain; charset=utf-8", as_text, needs_pandoc=True),
    "json": Format("JSON Resume", "JSON Resume", "application/json", as_json),
}


def available():
    """Return {extension: Format} of the formats that this installation can make."""
    return {ending: format_ for ending, format_ in FORMATS.items() if format_.is_available}


def file_name(cv, ending):
    """Return the name of the file of a CVDocument: "ada-lovelace-short-cv.pdf"."""
    name = make_slug(" ".join(filter(None, (cv.owner.name, cv.cv.name or "CV")))) or "CV"
    return f"{name}.{ending}"
