"""XML from the network."""

import re
from xml.etree import ElementTree as ET

from publications.sources.client import SourceError


def parsed(answer):
    """The root element of an Answer; raises SourceError where it is not XML, or declares entities of its own."""
    # PubMed names its DTD; entities are declared within brackets only. In UTF-16, where each letter has a NUL, this
    # would not be seen.
    if re.search(rb"<!ENTITY|<!DOCTYPE[^>]*\[|\0", answer.content):
        raise SourceError("The answer holds more than a record, so it was left unread.")
    try:
        return ET.fromstring(answer.content)  # noqa: S314 (see above)
    except ET.ParseError as error:
        raise SourceError("The service did not answer with a record. Try again later.") from error


def text_of(element, path="."):
    """All text within the first element at the path, on one line; "" where there is none."""
    found = element.find(path)
    return " ".join("".join(found.itertext()).split()) if found is not None else ""
