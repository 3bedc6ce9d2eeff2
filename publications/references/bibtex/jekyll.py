"""The fields of al-folio and jekyll-scholar, and those of Hugo's themes, which start with "url_".

They are read into ``extra``: links under the names in ``links.NAMES``, and ``selected`` as "true".
"""

import re

from publications.references.bibtex.fields import verbatim
from publications.references.extra import EXTRA_TEXTS
from publications.references.values import links
from publications.references.values.identifiers import ARXIV_CLASS, ARXIV_ID, PMID

TRUE, FALSE = {"true", "yes", "1"}, {"false", "no", "0"}
ARXIV = re.compile(
    rf"(?:https?://(?:www\.)?arxiv\.org/\w+/|arxiv:\s*)?{ARXIV_ID}(?:\.pdf)?(?:\s*{ARXIV_CLASS})?", re.IGNORECASE
)
PUBMED = re.compile(rf"(?:https?://\S+/|pmid:?\s*)?({PMID})/?", re.IGNORECASE)
HAL = re.compile(r"[a-z]+-[0-9]{6,}(?:v[0-9]+)?")
# TeX's, Markdown's and HTML's ways of writing a link.
WRAPPED = re.compile(r"\\href\{([^{}]+)\}.*|\[[^\]]*\]\(([^()]+)\)|<([^<>]+)>")
ADDRESS_OR_PATH = re.compile(r"\S*[./:]\S*")
WITHOUT_SCHEME = re.compile(r"(?:www\.|git(?:hub|lab)\.com/|youtu\.be/|youtube\.com/)", re.IGNORECASE)


def take_fields(left):
    """Take the links and switches out of the fields of an entry (name: TeX), and return what belongs in ``extra``.

    ``html`` or ``website`` becomes the entry's ``url``, and ``arxiv`` its ``eprint``, unless it has one.
    """
    arxiv = ARXIV.fullmatch(verbatim(left.get("arxiv", "")))
    if arxiv and verbatim(left.setdefault("eprint", arxiv["id"])) == arxiv["id"]:
        left |= {"primaryclass": arxiv["class"]} if arxiv["class"] else {}
        del left["arxiv"]
    if pubmed := PUBMED.fullmatch(verbatim(left.get("pmid", ""))):
        left["pmid"] = pubmed[1]
    extra = _take_links(left)
    selected = verbatim(left.get("selected", "")).lower()
    if selected in TRUE | FALSE:
        del left["selected"]
        extra |= {"selected": "true"} if selected in TRUE else {}
    if verbatim(left.get("dimensions", "")).lower() in TRUE | FALSE:
        left["bib-dimensions"] = left.pop("dimensions")  # a badge, not CSL's size of a picture
    return extra


def _take_links(left):
    found = {name: _address(name, verbatim(source)) for name, source in left.items() if links.name_of(name)}
    found = {name: value for name, value in found.items() if ADDRESS_OR_PATH.fullmatch(value) and left.pop(name)}
    addresses = {name: value for name, value in found.items() if links.is_address(value)}
    # The names of files keep their fields, but "supplement" means a number in CSL.
    extra = {f"bib-{name}" if name in EXTRA_TEXTS else name: found[name] for name in found if name not in addresses}
    has_url = "url" in left or any(r"\url" in left.get(name, "") for name in ("howpublished", "note"))
    pages = [addresses[name] for name in ("html", "website") if name in addresses]
    if pages and not has_url:
        left["url"] = pages[0]
    known = set(pages) & {verbatim(left.get("url", ""))}
    for name, address in addresses.items():
        if address not in known:
            links.add(extra, links.name_of(name), address)
            known.add(address)
    return extra


def _address(name, value):
    """Return the web address that al-folio and browsers make of a value, or the value."""
    value = WRAPPED.sub(r"\1\2\3", value) if WRAPPED.fullmatch(value) else value
    if value[:4].lower() == "http" and value.count("://") == 1:
        return value.replace(" ", "%20")
    if WITHOUT_SCHEME.match(value):
        return f"https://{value}"
    return f"https://hal.science/{value}" if name == "hal" and HAL.fullmatch(value) else value
