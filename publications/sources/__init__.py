"""Records of works from online services.

``fetch`` returns the Reference of one identifier or URL. Each module in ``SYNC`` has ``works(identifier, client)``,
which yields the References of one person's works.
"""

from publications.sources import arxiv, crossref, dblp, doi, openalex, openlibrary, orcid, page, pubmed
from publications.sources.client import Client, SourceError
from publications.sources.identify import identify

SYNC = {"orcid": orcid, "openalex": openalex, "dblp": dblp, "crossref": crossref}
_FETCHERS = {
    "doi": doi.fetch,
    "arxiv": arxiv.fetch,
    "pmid": pubmed.fetch,
    "pmcid": pubmed.fetch,
    "isbn": openlibrary.fetch,
    "url": page.fetch,
}


def fetch(text, client):
    """Return the Reference of an identifier (see ``identify``) or of the URL of a paper; raise SourceError."""
    found = identify(text)
    if found is None:
        raise SourceError(
            f"“{text[:80]}” is neither a DOI, arXiv identifier, PubMed ID or ISBN nor a URL. Look for a typing error."
        )
    return _FETCHERS[found.kind](found.value, client)
