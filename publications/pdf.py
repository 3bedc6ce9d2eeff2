"""What a PDF says: its text for the search, and title, DOI and arXiv identifier of its first page.

A PDF may be made to eat all memory or to never end, so it is read by a process of its own, with limits:
``python -m publications.pdf FILE`` writes what it found as JSON.
"""

import json
import re
import subprocess
import sys
from collections import defaultdict
from dataclasses import asdict, dataclass
from pathlib import Path

from publications.references import identifiers

BASE = Path(__file__).resolve().parent.parent
SECONDS = 20
MEMORY = 1536 * 2**20
MOST_PAGES = 300
MOST_TEXT = 400_000
DOI = re.compile(rf"\b{identifiers.DOI_IN_TEXT}")
ARXIV = re.compile(rf"arXiv:\s*({identifiers.ARXIV})(?:\s*{identifiers.ARXIV_CLASS})?", re.IGNORECASE)
FILE_NAME = re.compile(r"\.(?:docx?|tex|dvi|indd)$|^untitled", re.IGNORECASE)  # what programs write as a title
A3 = 842 * 1191  # square points


@dataclass(frozen=True)
class Content:
    """What was found; "" for what was not. ``width`` and ``height`` are those of the first page, in points."""

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
        """What the form of its pages says: "slides" lie on their side, a "poster" is one large page."""
        if self.pages == 1 and self.width * self.height > A3 * 1.5:
            return "poster"
        return "slides" if self.width > self.height * 1.2 and self.pages > 1 else "pdf"


def read(path):
    """The Content of a PDF; an empty one where it cannot be read within the limits."""
    command = [sys.executable, "-m", "publications.pdf", str(path)]
    try:
        answer = subprocess.run(command, cwd=BASE, capture_output=True, timeout=SECONDS, check=True)  # noqa: S603
        return Content(**json.loads(answer.stdout))
    except (OSError, subprocess.SubprocessError, ValueError):
        return Content()


def found_in(first, lines):
    """Title, DOI and arXiv identifier of the text of a first page and of its ``lines``, (size, text) in order."""
    doi = DOI.search(first)
    arxiv = ARXIV.search(first)
    return {
        "title": _title(lines),
        "doi": doi[0].rstrip(".,;:)]") if doi else "",
        "arxiv_id": arxiv[1] if arxiv else "",
        "arxiv_class": (arxiv[2] or "") if arxiv else "",
    }


def _title(lines):
    """The first run of lines in the largest letters, which a title mostly is."""
    lines = [(size, " ".join(text.split())) for size, text in lines if not text.strip().lower().startswith("arxiv:")]
    lengths = defaultdict(int)
    for size, text in lines:
        lengths[size] += len(text)
    largest = next((size for size in sorted(lengths, reverse=True) if lengths[size] >= 8), None)
    taken = []
    for size, text in lines:
        if size == largest and text:
            taken.append(text)
        elif taken and text:
            break
    title = " ".join(taken)
    return re.sub(r"(\w)- (\w)", r"\1\2", title)[:500] if len(title) >= 8 else ""


def _limit():
    try:
        import resource  # noqa: PLC0415 (there is none on Windows)
    except ImportError:
        return
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))


def _read(path):
    from pypdf import PdfReader  # noqa: PLC0415 (only here, under the limits)

    reader = PdfReader(path)
    first = reader.pages[0]
    pieces = []

    def visit(text, _transformation, matrix, _font, size):
        if text.strip():
            pieces.append((round(size * abs(matrix[3] or matrix[1] or 1), 1), matrix[5], text))

    texts = [first.extract_text(visitor_text=visit)]
    for page in reader.pages[1:MOST_PAGES]:
        if sum(map(len, texts)) > MOST_TEXT:
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
    return Content(text=text[:MOST_TEXT], pages=len(reader.pages), width=width, height=height, **found)


if __name__ == "__main__":
    _limit()
    json.dump(asdict(_read(sys.argv[1])), sys.stdout)
