"""Patterns of the identifiers of works, as texts to build regular expressions from, without prefix or URL.

The pattern of an ORCID iD is in ``profiles.content.patterns``.
"""

import re
from html import unescape
from urllib.parse import unquote

DOI_PREFIX = r"10\.[0-9]{4,9}(?:\.[0-9]{1,9}){0,5}/"
DOI = rf"{DOI_PREFIX}\S+"
# Old DOIs may contain "<" and ">", but in running text and in URLs these end the DOI.
DOI_IN_TEXT = rf"{DOI_PREFIX}[^\s\"<>{{}}|\\^`]+"
# The start of a URL that a DOI follows: of doi.org, of a library's proxy of it (doi-org.proxy.example.edu), and of the
# resolvers of publishers (doi.acm.org).
DOI_RESOLVER = re.compile(r"(?:https?://)?(?:www\.|dx[.-])?doi[.-][a-z0-9.-]+/(?:doi:)?(?=10\.)", re.IGNORECASE)
# What publishers add to a DOI in the URLs of their pages.
AFTER_DOI = re.compile(
    r"(?:/(?:full|abstract|pdf|epdf|meta|html|fulltext|references|summary)|\.pdf|\.full)+$", re.IGNORECASE
)
# What follows a DOI in the same field: a remark in brackets, or another DOI.
BESIDE_DOI = re.compile(rf"(?<![\s,;])(?:\s+\(|[\s,;]+(?:https?:|doi:|{DOI_PREFIX}))", re.IGNORECASE)
DOI_START = re.compile(rf"(?:(?<![\w.])|(?<=doi)){DOI_PREFIX}", re.IGNORECASE)
DOI_MACROS = {
    "less": "<", "lt": "<", "textless": "<", "greater": ">", "gt": ">", "textgreater": ">", "textunderscore": "_",
    "mathsemicolon": ";", "mathplus": "+", "backslash": "", "ensuremath": "", "url": "",
}  # fmt: skip
DOI_TEX = re.compile(rf"\\({'|'.join(DOI_MACROS)}) *|\\(?=[^a-z])|[{{}}$]")
ARXIV = r"(?:[0-9]{4}\.[0-9]{4,5}|[a-z-]+(?:\.[A-Z]{2})?/[0-9]{7})(?:v[0-9]+)?"  # "2412.07067v1", "hep-th/9901001"
ARXIV_ID = rf"(?P<id>{ARXIV})"
ARXIV_CLASS = r"\[(?P<class>[\w.-]+)\]"  # as in "arXiv:1706.03762 [cs.CL]"
ARXIV_DOI = re.compile(r"10\.48550/arxiv\.(.+)", re.IGNORECASE)
PMID = r"[1-9][0-9]{0,8}"
PMCID = r"PMC[0-9]{1,9}"
ISBN = r"[0-9][0-9 -]{8,15}[0-9Xx]"

ARXIV_MENTION = re.compile(rf"arxiv(?:\.org/(?:abs|pdf)/|:)\s*{ARXIV_ID}", re.IGNORECASE)
# A venue that is a preprint server: "arXiv preprint arXiv:1706.03762", "bioRxiv".
PREPRINT_SERVER = re.compile(
    r"(?:the\s+)?(?:arxiv|corr|biorxiv|medrxiv|chemrxiv|psyarxiv|osf preprints|ssrn|research square|preprints)\b",
    re.IGNORECASE,
)
# A venue that only says where on arXiv the work is: "CoRR", "arXiv e-prints, arXiv:1706.03762 [cs.CL]".
ARXIV_VENUE = re.compile(
    rf"(?:arxiv(?:\.org)?|corr)?(?:\s*(?:e-?prints?|preprint))?[\s,:]*(?:(?:arxiv:|abs/)\s*)*(?:{ARXIV_ID})?(?:\s*\[[\w.-]+\])?",
    re.IGNORECASE,
)


def bare_doi(text):
    """Return a DOI without the URL or "doi:" before it, and without TeX, entities and percent-encoding."""
    text = DOI_TEX.sub(lambda mark: DOI_MACROS.get(mark[1], ""), text) if "10." in text else text
    text = unquote(unescape(text)).strip()
    found = DOI_START.search(text)
    if not found:
        return text
    doi = BESIDE_DOI.split(text[found.start() :], maxsplit=1)[0].partition("\\")[0]
    # "#" is the check character of some SICIs; elsewhere it begins the fragment of a URL.
    if "://" in text[: found.start()] and not doi.endswith("-#"):
        doi = re.split(r"[?#]", doi, maxsplit=1)[0]
        doi = doi if DOI_RESOLVER.match(text) else AFTER_DOI.sub("", doi.rstrip("/"))
    doi = doi.rstrip(".,;:'\"/")
    opening = {")": "(", "]": "[", ">": "<"}.get(doi[-1:])
    return doi[:-1].rstrip(".,;") if opening and doi.count(opening) < doi.count(doi[-1]) else doi


def doi_of_url(url):
    """Return the bare DOI of a URL of a resolver, or ""."""
    return bare_doi(url) if DOI_RESOLVER.match(unquote(url)) else ""


def arxiv_id_of_doi(doi):
    """Return the arXiv identifier of a DOI such as 10.48550/arXiv.2412.07067, or ""."""
    found = ARXIV_DOI.fullmatch(doi)
    return found[1] if found else ""


def arxiv_id_in(*texts):
    """Return the arXiv identifier that the first of the texts to mention one names, or ""."""
    mentions = filter(None, map(ARXIV_MENTION.search, texts))
    return next((mention["id"] for mention in mentions), "")
