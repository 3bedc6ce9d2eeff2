"""Records by DOI, with the content negotiation of Crossref, DataCite and mEDRA at doi.org."""

from urllib.parse import quote

from publications.references import csl

RESOLVER = "https://doi.org/"
ACCEPT = "application/vnd.citationstyles.csl+json"


def fetch(doi, client):
    """Return the Reference of a bare DOI; raise SourceError."""
    unknown = f"There is no DOI {doi}. Look for a typing error."
    answer = client.get(RESOLVER + quote(doi, safe="/:;()._-"), accept=ACCEPT, not_found=unknown)
    return csl.from_record({"DOI": doi, **answer.json()})
