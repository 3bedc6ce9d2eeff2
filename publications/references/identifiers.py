"""Patterns of identifiers, as text to build regular expressions from. The identifiers are bare: no prefix, no URL."""

import re

DOI_PREFIX = r"10\.[0-9]{4,9}(?:\.[0-9]+)*/"
DOI = rf"{DOI_PREFIX}\S+"
# Old DOIs may contain "<" and ">", but in running text and addresses these end the DOI.
DOI_IN_TEXT = rf"{DOI_PREFIX}[^\s\"<>{{}}|\\^`]+"
DOI_RESOLVER = r"(?:https?://)?(?:dx\.)?doi\.org/"
# The form since 2007 ("2412.07067") or the one before ("hep-th/9901001"), with or without a version.
ARXIV = r"(?:[0-9]{4}\.[0-9]{4,5}|[a-z-]+(?:\.[A-Z]{2})?/[0-9]{7})(?:v[0-9]+)?"
ARXIV_CLASS = r"\[(?P<class>[\w.-]+)\]"  # as in "arXiv:1706.03762 [cs.CL]"
ARXIV_DOI = re.compile(r"10\.48550/arxiv\.(.+)", re.IGNORECASE)
ARXIV_ID = rf"(?P<id>{ARXIV})"
PREPRINT_SERVER = re.compile(
    r"(?:the\s+)?(?:arxiv|corr|biorxiv|medrxiv|chemrxiv|psyarxiv|osf preprints|ssrn|research square|preprints)\b",
    re.IGNORECASE,
)
ARXIV_ONLY = re.compile(
    rf"(?:arxiv(?:\.org)?|corr)?(?:\s*(?:e-?prints?|preprint))?[\s,:]*(?:(?:arxiv:|abs/)\s*)*(?:{ARXIV_ID})?(?:\s*\[[\w.-]+\])?",
    re.IGNORECASE,
)
PMID = r"[1-9][0-9]{0,8}"
PMCID = r"PMC[0-9]{1,9}"
ISBN = r"[0-9][0-9 -]{8,15}[0-9Xx]"
ORCID = r"[0-9]{4}-[0-9]{4}-[0-9]{4}-[0-9]{3}[0-9X]"


def bare_doi(text):
    """Removes the resolver or "doi:" before a DOI."""
    return re.sub(r"^(?:doi|https?://\S*?)[\s:=/]*(?=10\.\d)", "", text, flags=re.IGNORECASE)
