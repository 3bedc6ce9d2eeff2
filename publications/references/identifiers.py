"""Patterns of the identifiers of works, as texts to build regular expressions from, without prefix or URL.

The pattern of an ORCID iD is in ``profiles.content.patterns``.
"""

import re

DOI_PREFIX = r"10\.[0-9]{4,9}(?:\.[0-9]+)*/"
DOI = rf"{DOI_PREFIX}\S+"
# Old DOIs may contain "<" and ">", but in running text and in URLs these end the DOI.
DOI_IN_TEXT = rf"{DOI_PREFIX}[^\s\"<>{{}}|\\^`]+"
DOI_RESOLVER = r"(?:https?://)?(?:dx\.)?doi\.org/"
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
    """Return a DOI without the URL of a resolver or "doi:" before it."""
    return re.sub(r"^(?:doi|https?://\S*?)[\s:=/]*(?=10\.\d)", "", text, flags=re.IGNORECASE)


def arxiv_id_of_doi(doi):
    """Return the arXiv identifier of a DOI such as 10.48550/arXiv.2412.07067, or ""."""
    found = ARXIV_DOI.fullmatch(doi)
    return found[1] if found else ""


def arxiv_id_in(*texts):
    """Return the arXiv identifier that the first of the texts to mention one names, or ""."""
    mentions = filter(None, map(ARXIV_MENTION.search, texts))
    return next((mention["id"] for mention in mentions), "")
