"""Reads PDFs: the text for the search, and the title, DOI and arXiv identifier on the first page.

A malicious PDF could use up all memory or time, so that a separate process with limits reads it:
``python -m publications.files.pdf FILE`` writes the content as JSON.
"""

import json
import re
import subprocess
import sys
from collections import defaultdict
from dataclasses import asdict, dataclass
from itertools import groupby
from operator import itemgetter
from pathlib import Path

from publications.references.values import identifiers

BASE = Path(__file__).resolve().parents[2]
SECONDS = 20
MEMORY = 1536 * 2**20
PAGE_LIMIT = 300
TEXT_LIMIT = 400_000
DOI = re.compile(rf"\b{identifiers.DOI_IN_TEXT}")
ARXIV = re.compile(rf"arXiv:\s*({identifiers.ARXIV})(?:\s*{identifiers.ARXIV_CLASS})?", re.IGNORECASE)
FILE_NAME = re.compile(r"\.(?:docx?|tex|dvi|indd)$|^untitled", re.IGNORECASE)  # not a title, though in its place
A3 = 842 * 1191  # square points


@dataclass(frozen=True)
class Content:
    """The content of a PDF. ``width`` and ``height`` are those of the first page, in points."""

    text: str = ""
    title: str = ""
    doi: str = ""
    arxiv_id: str = ""
    arxiv_class: str = ""
    pages: int = 0
    width: float = 0
    height: float = 0

    @property
    def kind(self):
        """The kind of resource by page size: "slides" are landscape, a "poster" is one large page, or else "pdf"."""
        if self.pages == 1 and self.width * self.height > A3 * 1.5:
            return "poster"
        return "slides" if self.width > self.height * 1.2 and self.pages > 1 else "pdf"


def read(path):
    """Return the Content of a PDF, empty if it cannot be read within the limits."""
    command = [sys.executable, "-m", "publications.files.pdf", str(path)]
    try:
        answer = subprocess.run(command, cwd=BASE, capture_output=True, timeout=SECONDS, check=True)  # noqa: S603
        return Content(**json.loads(answer.stdout))
    except (OSError, subprocess.SubprocessError, ValueError):
        return Content()


def found_in(first, lines):
    """Return the title, DOI and arXiv identifier on a first page, of its text and its lines, [(size, text)]."""
    doi = DOI.search(first)
    arxiv = ARXIV.search(first)
    return {
        "title": _title(lines),
        "doi": identifiers.bare_doi(doi[0]) if doi else "",
        "arxiv_id": arxiv[1] if arxiv else "",
        "arxiv_class": (arxiv[2] or "") if arxiv else "",
    }


def _title(lines):
    """Return the first lines in the largest font, usually the title; "" if they are too short."""
    lines = [(size, " ".join(text.split())) for size, text in lines if not text.strip().lower().startswith("arxiv:")]
    lengths = defaultdict(int)
    for size, text in lines:
        lengths[size] += len(text)
    largest = next((size for size in sorted(lengths, reverse=True) if lengths[size] >= 8), None)
    lines = [(size == largest, text) for size, text in lines if text]
    runs = (texts for is_largest, texts in groupby(lines, key=itemgetter(0)) if is_largest)
    title = " ".join(text for _, text in next(runs, ()))
    return re.sub(r"(\w)- (\w)", r"\1\2", title)[:500] if len(title) >= 8 else ""


def _limit():
    try:
        import resource  # noqa: PLC0415 (not available on Windows)
    except ImportError:
        return
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))


def _read(path):
    from pypdf import PdfReader  # noqa: PLC0415 (only within the limits)

    reader = PdfReader(path)
    first = reader.pages[0]
    pieces = []

    def visit(text, _transformation, matrix, _font, size):
        if text.strip():
            pieces.append((round(size * abs(matrix[3] or matrix[1] or 1), 1), matrix[5], text))

    texts = [first.extract_text(visitor_text=visit)]
    for page in reader.pages[1:PAGE_LIMIT]:
        if sum(map(len, texts)) > TEXT_LIMIT:
            break
        texts.append(page.extract_text())
    text = "\n".join(texts).encode("utf-8", "replace").decode().replace("\0", "")
    lines = [(size, text) for size, _, text in pieces]
    title = str((reader.metadata and reader.metadata.title) or "").strip()
    found = found_in(texts[0], lines)
    if not found["title"] and len(title) >= 8 and not FILE_NAME.search(title):
        found["title"] = title[:500]
    width, height = float(first.mediabox.width), float(first.mediabox.height)
    if first.rotation % 180:
        width, height = height, width
    return Content(text=text[:TEXT_LIMIT], pages=len(reader.pages), width=width, height=height, **found)


if __name__ == "__main__":
    _limit()
    json.dump(asdict(_read(sys.argv[1])), sys.stdout)
