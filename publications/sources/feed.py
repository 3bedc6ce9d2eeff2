"""Reads feeds of other websites: Atom and RSS, as feedparser understands them."""

import io
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from html import unescape
from importlib import import_module
from urllib.parse import urlsplit
from xml.parsers import expat

import nh3
from django.utils.functional import SimpleLazyObject

from profiles.content.patterns import FORBIDDEN
from publications.sources.client import SourceError

ACCEPT = "application/atom+xml, application/rss+xml, application/xml;q=0.9, text/xml;q=0.9, */*;q=0.1"
ITEM_LIMIT = 100  # the newest ones
MALFORMED_LIMIT = 50_000  # bytes; the time to read what is no XML grows with the square of its length
MAX_DEPTH, MAX_ENTRIES = 100, 2000
MAX_ELEMENTS, MAX_ATTRIBUTES = 50_000, 100  # feedparser's time grows with the square of an element's attributes
HTML_LIMIT = 50_000  # characters of an entry that are read
REMOVED_WITH_CONTENT = {"script", "style", "svg", "math", "iframe", "object", "template"}
BLOCK = re.compile(r"<(?=/?(?:p|br|div|li|h[1-6]|tr|blockquote)\b)", re.IGNORECASE)
feedparser = SimpleLazyObject(partial(import_module, "feedparser"))  # imported when used, to save memory


@dataclass(frozen=True)
class Item:
    """An entry of a feed, as plain text. ``identifier`` is what its feed says that identifies it."""

    identifier: str
    title: str
    url: str
    moment: datetime | None
    summary: str


@dataclass(frozen=True)
class Feed:
    title: str
    items: list[Item]
    etag: str
    modified: str


def fetch(url, client, *, etag="", modified=""):
    """Return the Feed at an address, or None if it has not changed since these headers; raise SourceError."""
    headers = {"If-None-Match": etag, "If-Modified-Since": modified}
    answer = client.get(
        url,
        accept=ACCEPT,
        not_found="There is nothing at this address. Look for a typing error.",
        headers={name: value for name, value in headers.items() if value},
    )
    return None if answer.is_unchanged else read(answer)


def read(answer):
    """Return the Feed in an Answer; raise SourceError."""
    host = urlsplit(answer.url).hostname
    no_feed = SourceError(f"{host} did not answer with a feed. Enter the address of an Atom or RSS feed.")
    if re.search(rb"<!ENTITY", answer.content, re.IGNORECASE):
        raise SourceError(f"The feed of {host} declares entities, so it was not read.")
    if len(answer.content) > MALFORMED_LIMIT and not _is_plain_xml(answer.content):
        if re.search(rb"<(?:feed|rss|rdf:RDF)\b", answer.content[:2000]):
            raise SourceError(f"The feed of {host} is not well-formed XML, or is too large.")
        raise no_feed
    headers = {"content-type": answer.headers.get("content-type", ""), "content-location": answer.url}
    # As a stream: feedparser takes a text for the name of a file, if there is one.
    # Its own cleaning of HTML, which plain() does, is slow on hostile texts.
    found = feedparser.parse(
        io.BytesIO(answer.content), response_headers=headers, sanitize_html=False, resolve_relative_uris=False
    )
    if not found.get("version"):
        raise no_feed
    items = [item for entry in found.entries if (item := _item(entry))]
    newest = sorted(items, key=lambda item: item.moment or datetime.max.replace(tzinfo=UTC), reverse=True)
    return Feed(
        title=plain(found.feed.get("title", "")),
        items=newest[:ITEM_LIMIT],
        etag=answer.headers.get("etag", ""),
        modified=answer.headers.get("last-modified", ""),
    )


def _is_plain_xml(content):
    """Return whether a content is well-formed XML within the limits."""
    depth = elements = entries = 0

    def start(name, attributes):
        nonlocal depth, elements, entries
        depth, elements, entries = depth + 1, elements + 1, entries + (name in ("entry", "item"))
        is_large = depth > MAX_DEPTH or elements > MAX_ELEMENTS or entries > MAX_ENTRIES
        if is_large or len(attributes) > MAX_ATTRIBUTES:
            raise ValueError

    def end(name):
        nonlocal depth
        depth -= 1

    parser = expat.ParserCreate()
    parser.StartElementHandler, parser.EndElementHandler = start, end
    try:
        parser.Parse(content, True)
    except (expat.ExpatError, ValueError, LookupError):  # or an encoding that Python does not know
        return False
    return True


def _item(entry):
    """Return the Item of an entry of feedparser, or None for an empty one."""
    title, url = plain(entry.get("title", "")), entry.get("link", "")
    content = entry.get("summary") or next((part.get("value", "") for part in entry.get("content", [])), "")
    summary = plain(content)
    identifier = entry.get("id") or url or f"{title} {summary}"
    if not (title or summary):
        return None
    is_web = re.match("https?://", url) and len(url) <= 500
    return Item(identifier, title, url if is_web else "", _moment(entry), summary)


def _moment(entry):
    parsed = entry.get("published_parsed") or entry.get("updated_parsed")
    try:
        return datetime(*parsed[:6], tzinfo=UTC) if parsed else None
    except (ValueError, OverflowError):
        return None


def plain(html):
    """Return the text of HTML on one line."""
    text = nh3.clean(BLOCK.sub(" <", html[:HTML_LIMIT]), tags=set(), clean_content_tags=REMOVED_WITH_CONTENT)
    return " ".join(FORBIDDEN.sub("", unescape(text)).split())
