"""Reads the JSON-LD of pages."""

import json
import re

SCRIPT = re.compile(r'<script type="application/ld\+json">(.*?)</script>', re.DOTALL)


def graph(html):
    """Return the objects in the JSON-LD of a page."""
    (text,) = SCRIPT.findall(html)
    return json.loads(text)["@graph"]


def by_type(client, path):
    """Return {type: object} of the JSON-LD of the page at a path."""
    return {facts["@type"]: facts for facts in graph(client.get(path).text)}
