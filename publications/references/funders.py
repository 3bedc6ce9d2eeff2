"""The identifiers of the funders of a work.

``Reference.extra["funders"]`` is a list of dicts with ``name``, ``id`` (an address at ror.org, or one of the Crossref
Funder Registry) and ``awards``, the award numbers. Funders without an identifier are only in ``Reference.funding``.
"""

import re

NAME = "funders"
ROR = re.compile(r"\bror\.org/(0[a-z0-9]{8})\b", re.IGNORECASE)
CROSSREF = re.compile(r"\b10\.13039/([0-9]{6,15})\b")


def address_of(identifier):
    """Return the address of a funder's identifier in any spelling ("10.13039/100000001"), or ""."""
    if ror := ROR.search(identifier):
        return f"https://ror.org/{ror[1].lower()}"
    crossref = CROSSREF.search(identifier)
    return f"https://doi.org/10.13039/{crossref[1]}" if crossref else ""


def make(name, identifier, awards):
    """Return [the dict of a funder], or [] if its identifier is none."""
    address = address_of(str(identifier or ""))
    return [{"name": name, "id": address, "awards": list(map(str, awards))}] if address else []


def ids_of_awards(extra):
    """Return {award number: address of its funder} for ``extra``, whose value may be anything."""
    funders = extra.get(NAME)
    return {
        str(award): address
        for funder in (funders if isinstance(funders, list) else [])
        if isinstance(funder, dict) and (address := address_of(str(funder.get("id"))))
        for award in (funder["awards"] if isinstance(funder.get("awards"), list) else [])
    }
