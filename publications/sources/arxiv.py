"""Preprints by arXiv identifier, from arXiv's Atom API."""

import re

from publications.references.csl import date_from_csl
from publications.references.reference import Reference
from publications.references.values.names import parse_name
from publications.sources.client import SourceError
from publications.sources.xml import parsed, text_of

API = "https://export.arxiv.org/api/query"
ATOM, ARXIV = "{http://www.w3.org/2005/Atom}", "{http://arxiv.org/schemas/atom}"


def fetch(arxiv_id, client):
    """Return the Reference of an arXiv identifier, old or new, with or without a version; raise SourceError."""
    answer = client.get(API, accept="application/atom+xml", params={"id_list": arxiv_id, "max_results": 1})
    entry = parsed(answer).find(f"{ATOM}entry")
    # For an unknown identifier, the API returns no entry, or one that describes an error.
    if entry is None or "/api/errors" in text_of(entry, f"{ATOM}id") or entry.find(f"{ATOM}author") is None:
        raise SourceError(f"arXiv has no {arxiv_id}. Look for a typing error.", 404)
    category = entry.find(f"{ARXIV}primary_category")
    return Reference(
        type="article",
        title=text_of(entry, f"{ATOM}title"),
        author=tuple(parse_name(text_of(author, f"{ATOM}name")) for author in entry.findall(f"{ATOM}author")),
        issued=date_from_csl({"raw": text_of(entry, f"{ATOM}published")[:10]}),
        abstract=text_of(entry, f"{ATOM}summary"),
        arxiv_id=re.sub(r"^.*/abs/", "", text_of(entry, f"{ATOM}id")) if "v" in arxiv_id else arxiv_id,
        arxiv_class=category.get("term", "") if category is not None else "",
        doi=text_of(entry, f"{ARXIV}doi"),
        extra={name: value for name, value in (("comment", text_of(entry, f"{ARXIV}comment")),
                                               ("journal-ref", text_of(entry, f"{ARXIV}journal_ref"))) if value},
    )  # fmt: skip
