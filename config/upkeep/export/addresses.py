"""Where the pages of the site are in an export.

Static hosts ignore the query of an address and serve ``index.html`` for a folder. So the pages of a list, also as
Markdown, and the parts of a sitemap get separate paths, and a feed gets a file name whose extension gives its type.
"""

import re
from functools import lru_cache
from urllib.parse import unquote, urlsplit

from django.urls import Resolver404, resolve


@lru_cache(maxsize=10_000)
def exported(address):
    """Return the address in an export of an address on the site. Both start with a slash."""
    parts = urlsplit(address)
    path, query = parts.path, parts.query
    if page := re.fullmatch("(?:page|p)=([0-9]+)", query):
        stem, dot, extension = path.rpartition(".")
        if page[1] != "1":
            path = f"{stem}-{page[1]}.{extension}" if dot else f"{path}page/{page[1]}/"
        query = ""
    elif is_feed(path):
        path += "index.xml"
    return parts._replace(path=path, query=query).geturl()


def is_feed(path):
    """Return whether a path is that of a feed, and not, for example, the page of a tag named “feed”."""
    try:
        return path.endswith("/feed/") and resolve(unquote(path)).view_name.endswith("feed")
    except Resolver404:
        return False


def file_of(address):
    """Return the name of the file for an address in an export, relative to the folder of the export."""
    name = unquote(urlsplit(address).path).removeprefix("/")
    return f"{name}index.html" if not name or name.endswith("/") else name


def crawled(address):
    """Return the address to request for a link: without its fragment, and without the queries of filters."""
    path, _, query = urlsplit(address)._replace(fragment="").geturl().partition("?")
    return f"{path}?{query}" if re.fullmatch("(page|p|v)=[^&]+", query) else path
