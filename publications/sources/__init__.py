"""Records of works from the services that know them. All here needs the network; the client is an argument.

``fetch`` gives the Reference of one identifier or address; each module of ``SYNC`` has ``works(identifier, client)``,
which yields the References of one person's works.
"""

from publications.sources import arxiv, crossref, dblp, doi, openalex, openlibrary, orcid, page, pubmed
from publications.sources.client import Client, SourceError
from publications.sources.identify import identify

__all__ = ["SYNC", "Client", "SourceError", "fetch", "identify"]

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
    """The Reference of a DOI, arXiv, PubMed or ISBN number, or of the address of a paper's page.

    Raises SourceError with a sentence for people.
    """
    found = identify(text)
    if found is None:
        raise SourceError(
            f"“{text[:80]}” is neither a DOI, an arXiv, PubMed or ISBN number nor an address. Look for a typing error."
        )
    return _FETCHERS[found.kind](found.value, client)
