"""The works that publishers have registered at Crossref with somebody's ORCID iD."""

from publications.sources.client import SourceError
from publications.sources.doi import reference_of

API = "https://api.crossref.org/works"
AT_ONCE = 200


def works(orcid, client):
    """Yield the References of the works of an ORCID iD; raises SourceError."""
    cursor = "*"
    while cursor:
        params = {"filter": f"orcid:{orcid}", "rows": AT_ONCE, "cursor": cursor}
        if "@" in client.contact:
            params["mailto"] = client.contact
        answer = client.get(API, params=params).json()
        message = answer.get("message") if isinstance(answer, dict) else None
        if not isinstance(message, dict) or not isinstance(message.get("items"), list):
            raise SourceError("Crossref did not answer with a list of works. Try again later.")
        yield from (reference_of(item) for item in message["items"] if isinstance(item, dict))
        cursor = message.get("next-cursor") if len(message["items"]) == AT_ONCE else None
