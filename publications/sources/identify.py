"""Recognises identifiers and URLs in pasted text."""

import re
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from stdnum import isbn

from publications.references.values.identifiers import ARXIV, DOI, DOI_IN_TEXT, ISBN, PMCID, PMID, bare_doi, doi_of_url

PATTERNS = {
    "doi": rf"({DOI})", "arxiv": rf"({ARXIV})", "pmcid": rf"({PMCID})", "isbn": rf"({ISBN})",
    "pmid": rf"({PMID})",
}  # fmt: skip


@dataclass(frozen=True)
class Identifier:
    """``kind`` is "doi", "arxiv", "pmid", "pmcid", "isbn" or "url"; ``value`` has no prefix."""

    kind: str
    value: str


def identify(text):
    """Return the Identifier in a text, in any of its usual forms; None if there is none."""
    text = text.strip().strip("<>").rstrip(".,;")
    if re.match(r"https?://", text, re.IGNORECASE):
        return _of_address(text)
    said, bare = re.match(r"(?:(doi|arxiv|pmid|pmcid|isbn(?:-1[03])?)\s*:?\s*)?(.*)", text, re.IGNORECASE).groups()
    said = (said or "").lower()[:5].rstrip("-1:")
    if re.match(r"(?!10\.)[\w-]+(?:\.[\w-]+)+/\S+$", text):
        return _of_address(f"https://{text}")
    for kind, pattern in PATTERNS.items():
        value = bare_doi(bare) if kind == "doi" else bare
        found = re.fullmatch(pattern, value, re.IGNORECASE) if said in ("", kind) else None
        # A short number is a PubMed ID only if the text says so.
        is_doubtful = (kind == "isbn" and not isbn.is_valid(bare)) or (kind == "pmid" and not said and len(bare) < 7)
        if found and not is_doubtful:
            return Identifier(kind, found[1].upper() if kind == "pmcid" else found[1])
    return None


def _of_address(text):
    try:
        parts = urlsplit(text)
    except ValueError:
        return None
    host, path = (parts.hostname or "").removeprefix("www."), unquote(parts.path)
    if host.endswith("arxiv.org"):
        found = re.search(rf"/(?:abs|pdf|html|format)/({ARXIV})", path, re.IGNORECASE)
        if found:
            return Identifier("arxiv", found[1])
    if host == "pubmed.ncbi.nlm.nih.gov" and (found := re.match(rf"/({PMID})", path)):
        return Identifier("pmid", found[1])
    if host.endswith("ncbi.nlm.nih.gov") and (found := re.search(rf"/({PMCID})", path, re.IGNORECASE)):
        return Identifier("pmcid", found[1].upper())
    if doi_of_url(text) or re.search(DOI_IN_TEXT, path):
        return Identifier("doi", bare_doi(text))
    return Identifier("url", text) if host else None
