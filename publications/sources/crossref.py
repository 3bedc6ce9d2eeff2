"""Works by ORCID iD, from Crossref's REST API."""

from publications.references import csl
from publications.sources.client import SourceError

API = "https://api.crossref.org/works"
PER_PAGE = 200


def works(orcid, client):
    """Yield the References of the works with an ORCID iD; raise SourceError."""
    cursor = "*"
    while cursor:
        params = {"filter": f"orcid:{orcid}", "rows": PER_PAGE, "cursor": cursor, **client.email_as("mailto")}
        message = client.get(API, params=params).json().get("message")
        if not isinstance(message, dict) or not isinstance(message.get("items"), list):
            raise SourceError("Crossref did not answer with a list of works. Try again later.")
        yield from (csl.from_record(item) for item in message["items"] if isinstance(item, dict))
        cursor = message.get("next-cursor") if len(message["items"]) == PER_PAGE else None
