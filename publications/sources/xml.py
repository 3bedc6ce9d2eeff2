"""Reads XML from services."""

import re
from xml.etree import ElementTree as ET

from publications.sources.client import SourceError


def parsed(answer):
    """Return the root element of an Answer; raise SourceError if it is not XML, or declares entities."""
    # PubMed's answers name a DTD, which is harmless: only brackets can declare entities. UTF-16 would hide them.
    if re.search(rb"<!ENTITY|<!DOCTYPE[^>]*\[|\0", answer.content):
        raise SourceError("The answer contains more than a record, so it was not read.")
    try:
        return ET.fromstring(answer.content)  # noqa: S314 (see above)
    except ET.ParseError as error:
        raise SourceError("The service did not answer with a record. Try again later.") from error


def text_of(element, path="."):
    """Return the text of the first element at the path, on one line; "" if there is none."""
    found = element.find(path)
    return " ".join("".join(found.itertext()).split()) if found is not None else ""
