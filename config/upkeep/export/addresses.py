"""Where each page lies among the files of an export, and how a link leads from one to another.

Static hosts know paths alone: they serve ``index.html`` for a folder, and pass over the query. So the second page of a
list gets a path of its own, and a feed a file with an ending that tells what it is. Other queries stay in the
address: those of filters are for the script of the list, that of a picture tells browsers that it has changed.
"""

import posixpath
import re
from dataclasses import dataclass, field
from functools import lru_cache
from urllib.parse import parse_qs, unquote, urljoin, urlsplit

from django.urls import Resolver404, resolve

RELATIVE, ROOT, ABSOLUTE = LINKS = ("relative", "root", "absolute")
SCHEME = re.compile(r"[a-z][a-z0-9+.-]*:", re.IGNORECASE)


@lru_cache(maxsize=10_000)
def is_feed(path):
    """Whether a path of the site is that of a feed, and not of a thing that is called “feed”."""
    if not path.endswith("/feed/"):
        return False
    try:
        return resolve(unquote(path)).view_name.endswith("feed")
    except Resolver404:
        return False


def exported(address):
    """The address in an export of an address of the site; both begin with a slash, and may end with ``?`` and ``#``."""
    parts = urlsplit(address)
    path, query = parts.path, parse_qs(parts.query)
    number = next(iter(query.get("page", query.get("p", []))), "") if len(query) == 1 else ""
    if is_feed(path):
        path += "index.xml"
    elif re.fullmatch("[1-9][0-9]*", number, re.ASCII) and ("page" in query or path.endswith(".xml")):
        # The first page is the list itself, and so is the first part of a site map.
        stem, dot, ending = path.partition(".xml")
        further = f"{path}page/{number}/" if "page" in query else f"{stem}-{number}{dot}{ending}"
        path, parts = (path if number == "1" else further), parts._replace(query="")
    return parts._replace(path=path).geturl()


def file_of(address):
    """The name of the file of an exported address, from the folder of the export on."""
    name = unquote(urlsplit(address).path).removeprefix("/")
    return f"{name}index.html" if not name or name.endswith("/") else name


@dataclass(frozen=True)
class Place:
    """Where a page is: ``live`` is its address on the site (a path), ``path`` that in the export."""

    live: str
    path: str
    links: str = RELATIVE

    @classmethod
    def of(cls, address, links):
        return cls(urlsplit(address).path, urlsplit(exported(address)).path, links)


@dataclass(frozen=True)
class Addresses:
    """The addresses of an export that is going to lie at ``base`` ("https://ada.github.io/site", no slash at its end).

    ``instead`` gives the files that take the place of others: {address of the site: another one}.
    """

    base: str
    instead: dict = field(default_factory=dict)

    def own(self, value, live="/"):
        """The address on this site that a link on its page ``live`` leads to; None where it leads elsewhere."""
        if value.startswith(self.base) and value[len(self.base) :][:1] in ("", "/", "?", "#"):
            return "/" + value[len(self.base) :].removeprefix("/")
        if not value or value.startswith(("#", "//")) or SCHEME.match(value):
            return None
        found = urljoin(live, value)
        return self.instead.get(found, found)

    def link(self, value, place):
        """The link on a page of the export for that on the page of the site. What leads elsewhere stays as it is."""
        own = self.own(value, place.live)
        if own is None:
            return value
        target = exported(own)
        if place.links == ABSOLUTE or value.startswith(self.base):
            return self.base + target
        if place.links == ROOT:
            return urlsplit(self.base).path + target
        return relative(target, place.path)


def relative(target, page):
    """The link from one path to another, with the target's query and fragment."""
    path, tail = re.fullmatch("([^?#]*)(.*)", target, re.DOTALL).groups()
    found = posixpath.relpath(path, page.rpartition("/")[0] or "/")
    if path.endswith("/"):
        found += "/"
    # A colon in the first part would be read as the end of a scheme.
    return ("./" if ":" in found.partition("/")[0] else "") + found + tail
