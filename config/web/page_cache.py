"""Whole pages, kept for visitors for as long as the edition of the site lasts (see profiles/edition.py).

The middleware stands first, so a kept page is answered before anything else runs. It is kept in the memory of this
process, and for all processes in the cache of CACHE_URL where that is set. Whoever is signed in, a draft, a preview or
whatever says ``private`` or ``no-store`` never gets here.
"""

import gzip
import hashlib
import logging
import re
import time
from contextlib import suppress
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import NamedTuple
from urllib.parse import parse_qsl, urlencode

import brotli
import zstandard
from django.conf import settings
from django.contrib.messages.storage.cookie import CookieStorage
from django.core.cache import caches
from django.db import connection
from django.http import HttpResponse
from django.http.request import split_domain_port, validate_host
from django.http.response import ResponseHeaders
from django.urls import reverse
from django.utils.cache import has_vary_header, patch_cache_control, patch_vary_headers
from django.utils.http import http_date, parse_etags, parse_http_date_safe

from profiles import edition
from publications import citations

log = logging.getLogger(__name__)

# For a CDN or proxy in front: it asks again after a minute, and may answer with what it has while it does.
CACHE_CONTROL = "public, max-age=10, s-maxage=60, stale-while-revalidate=600"

# All that any view reads from a query; whatever else is in it (utm_source …) makes no other page.
PARAMETERS = ("author", "format", "id", "page", "q", "tag", "type", "v", "year")
# Of the list of publications, the queries of which each has one spelling, and is 404 where there is no such thing.
OWN_QUERY = re.compile(r"(?:author|tag)=[a-z0-9-]+|type=[a-z_-]+|page=[1-9][0-9]{0,5}|year=[1-9][0-9]{3}")

SMALLEST = 200  # bytes of a page from which on it is compressed
LARGEST = 2 * 2**20  # bytes of a page that is kept
COMPRESSIBLE = ("text/", "application/json", "application/xml", "image/svg+xml")
COMPRESSED = ("application/ld+json", "application/atom+xml", "application/linkset+json", "application/manifest+json")
CODINGS = {  # the best first
    "br": (lambda body: brotli.compress(body, quality=5), brotli.decompress),
    "zstd": (lambda body: zstandard.compress(body, 9), zstandard.decompress),
    "gzip": (lambda body: gzip.compress(body, 6, mtime=0), gzip.decompress),
}


@lru_cache(maxsize=256)
def coding_for(accepted):
    """The first of CODINGS that an Accept-Encoding header takes, or ""."""
    weights = {}
    for part in accepted.lower().split(","):
        name, _, rest = part.partition(";")
        weight = rest.strip().removeprefix("q=")
        try:
            weights[name.strip()] = float(weight) if rest else 1.0
        except ValueError:
            weights[name.strip()] = 0.0
    return next((coding for coding in CODINGS if weights.get(coding, weights.get("*", 0)) > 0), "")


def wants_html(accepted):
    """Whether an Accept header plainly asks for HTML, as browsers and simple clients do."""
    return accepted in ("", "*/*", "text/html") or accepted.startswith("text/html,")


@dataclass
class Page:
    """A response that was made in an edition: its body in each coding that was asked for ("" as it is)."""

    headers: list[tuple[str, str]]
    etag: str
    last_modified: int  # seconds since 1970
    bodies: dict[str, bytes]
    is_compressible: bool
    is_html_alone: bool  # the address has other representations, which Accept chooses

    @classmethod
    def of(cls, response):
        kind = response.headers.get("Content-Type", "")
        return cls(
            headers=[item for item in response.headers.items() if item[0] not in ("ETag", "Content-Length")],
            etag=response.headers["ETag"].strip('"'),
            last_modified=parse_http_date_safe(response.headers["Last-Modified"]) or 0,
            bodies={"": response.content},
            is_compressible=is_compressible(kind) and len(response.content) >= SMALLEST,
            is_html_alone=has_vary_header(response, "Accept"),
        )

    @property
    def size(self):
        return sum(map(len, self.bodies.values())) + 2000

    def compress(self, coding):
        """Have the body in that coding; whether it was not there before."""
        if coding in self.bodies:
            return False
        have, body = next(iter(self.bodies.items()))
        plain = CODINGS[have][1](body) if have else body
        self.bodies[coding] = CODINGS[coding][0](plain) if coding else plain
        return True

    def answer(self, environ, coding):
        """Status, headers and body for a client that takes a coding which is there; a 304 if it has the page."""
        etag = f'"{self.etag}-{coding}"' if coding else f'"{self.etag}"'
        if is_known(environ, etag, self.last_modified):
            return NOT_MODIFIED, [*filter(is_for_304, self.headers), ("ETag", etag)], b""
        body = self.bodies[coding]
        headers = [*self.headers, ("ETag", etag), ("Content-Length", str(len(body)))]
        if coding:
            headers.append(("Content-Encoding", coding))
        return "200 OK", headers, b"" if environ["REQUEST_METHOD"] == "HEAD" else body


NOT_MODIFIED = "304 Not Modified"


def is_for_304(header):
    return header[0] in ("Cache-Control", "Vary", "Last-Modified", "Content-Location", "Expires")


def is_known(environ, etag, last_modified):
    """Whether the client has this already (RFC 9110, 13.2.2)."""
    known = environ.get("HTTP_IF_NONE_MATCH")
    if known is not None:
        return known == etag or not {"*", etag}.isdisjoint(tag.removeprefix("W/") for tag in parse_etags(known))
    since = environ.get("HTTP_IF_MODIFIED_SINCE")
    return since is not None and last_modified <= (parse_http_date_safe(since) or 0)


def is_compressible(content_type):
    return content_type.startswith(COMPRESSIBLE) or content_type.partition(";")[0] in COMPRESSED


@cache
def release():
    """What tells this code from another that would make other pages of the same content."""
    digest = hashlib.sha256(
        repr((settings.SITE_URL, settings.TIME_ZONE, settings.LANGUAGE_CODE, settings.STATIC_URL)).encode()
    )
    folders = ("config", "profiles", "projects", "publications", "templates")
    files = [path for folder in folders for path in (settings.BASE_DIR / folder).rglob("*") if path.is_file()]
    files = [path for path in files if path.suffix != ".pyc"]
    files += [Path(settings.STATIC_ROOT) / "staticfiles.json", *citations.own_styles()]
    for path in sorted(files):
        if path.exists():
            digest.update(path.name.encode() + hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()[:20]


class SharedPages:
    """The pages of all processes, in the cache of CACHE_URL. When that does not answer, it is left alone a while."""

    rest = 5  # seconds without asking a cache that failed
    keep = 24 * 60 * 60  # seconds

    def __init__(self):
        backend = settings.CACHES["default"]["BACKEND"].rpartition(".")[2]
        self.is_there = settings.PAGE_CACHE_MB > 0 and backend not in ("LocMemCache", "DummyCache")
        self.asked_again_at = 0.0

    def get(self, key, current):
        kept = self._ask("get", self._name(key))
        return kept[1] if kept and kept[0] == current.key else None

    def put(self, key, current, page):
        self._ask("set", self._name(key), (current.key, page), self.keep)

    def _name(self, key):
        return "page:" + hashlib.sha256(repr((release(), key)).encode()).hexdigest()

    def _ask(self, method, *arguments):
        if not self.is_there or time.monotonic() < self.asked_again_at:
            return None
        try:
            return getattr(caches["default"], method)(*arguments)
        except Exception as error:  # noqa: BLE001  (each client of a cache has errors of its own)
            self.asked_again_at = time.monotonic() + self.rest
            log.warning("The cache of CACHE_URL does not answer (%s); pages are made without it.", error)
            return None


class Key(NamedTuple):
    """What tells the pages apart. ``host`` is empty where SITE_URL settles it, ``query`` has what counts of it."""

    scheme: str
    host: str
    path: str
    query: str
    is_own: bool  # one of the site's own addresses, and not whatever somebody makes up


class Pages:
    """The pages that are kept. All of it reads a WSGI environ, so that it can answer before there is a request."""

    def __init__(self):
        # Addresses made up with other queries push out each other, not the site's own pages.
        self.own = edition.Memory(settings.PAGE_CACHE_MB * 2**20 * 3 // 4)
        self.others = edition.Memory(settings.PAGE_CACHE_MB * 2**20 // 4)
        self.shared = SharedPages()
        preview = reverse("preview", args=["token"]).removesuffix("token/")
        # Files and images have validators of their own.
        self.closed = (reverse("admin:index"), preview, reverse("health"), settings.STATIC_URL, settings.MEDIA_URL)
        self.list = reverse("publications:publications")
        self.proxy_header = (settings.SECURE_PROXY_SSL_HEADER or ("",))[0]
        self._key = lru_cache(maxsize=256)(self._new_key)
        self.own_cookies = (f"{settings.SESSION_COOKIE_NAME}=", f"{CookieStorage.cookie_name}=")

    def is_for_one(self, environ):
        """Whether the answer may be for this client alone: someone who is signed in, or is told something."""
        cookies = environ.get("HTTP_COOKIE", "")
        return "HTTP_AUTHORIZATION" in environ or any(name in cookies for name in self.own_cookies)

    def key_of(self, environ):
        """The Key of the page that is asked for, or None where nothing is to be kept."""
        scheme = environ["wsgi.url_scheme"]
        if self.proxy_header:
            scheme = environ.get(self.proxy_header, "")
        host = environ.get("HTTP_HOST") or environ["SERVER_NAME"]
        return self._key(environ["REQUEST_METHOD"], scheme, host, environ["PATH_INFO"], environ.get("QUERY_STRING", ""))

    def _new_key(self, method, scheme, host, path, query):
        domain, _ = split_domain_port(host)
        if (
            method not in ("GET", "HEAD")
            or path.startswith(self.closed)
            or not (domain and validate_host(domain, settings.ALLOWED_HOSTS))
            or settings.DEBUG
        ):
            return None
        pairs = parse_qsl(query, keep_blank_values=True, encoding="latin-1")
        pairs = sorted(pair for pair in pairs if pair[0] in PARAMETERS)
        query = urlencode(pairs, encoding="latin-1")
        is_own = not query or (path == self.list and OWN_QUERY.fullmatch(query) is not None)
        return Key(scheme, "" if settings.SITE_URL else host, path, query, is_own)

    def key_for_all(self, environ):
        """The Key of a page that is the same for all visitors, or None."""
        return None if self.is_for_one(environ) else self.key_of(environ)

    def memory_of(self, key):
        return self.own if key.is_own else self.others

    def answer(self, environ):
        """Status, headers and body without a page being made; None where it has to be."""
        key = self.key_for_all(environ)
        if key is None:
            return None
        memory = self.memory_of(key)
        try:
            current = edition.current()
        except edition.Unknown:
            # What was right last: nothing can have been saved since in a database that does not answer.
            page = memory.last(key)
            return page and self.answer_with(page, environ, memory, key, None)
        if current is None:
            return None
        page = memory.get(key, current)
        if page is None and memory is self.own:
            page = self.shared.get(key, current)
            if page:
                memory.put(key, current, page, page.size)
        if page is None:
            return self.unchanged(environ, key, current)
        return self.answer_with(page, environ, memory, key, current)

    def at_hand(self, environ):
        """The same where there is nothing to wait for: the page is in this process, and a file tells the edition."""
        key = self.key_for_all(environ) if connection.vendor == "sqlite" else None
        if key is None:
            return None
        memory = self.memory_of(key)
        try:
            current = edition.current()
        except edition.Unknown:
            return None
        page = current and memory.get(key, current)
        return page and self.answer_with(page, environ, memory, key, current)

    def answer_with(self, page, environ, memory, key, current):
        if page.is_html_alone and not wants_html(environ.get("HTTP_ACCEPT", "")):
            return None
        coding = coding_for(environ.get("HTTP_ACCEPT_ENCODING", "")) if page.is_compressible else ""
        if page.compress(coding) and current:
            memory.put(key, current, page, page.size)
        return page.answer(environ, coding)

    def unchanged(self, environ, key, current):
        """A 304 to who has this very page already, though it is not kept here (any more); or None."""
        known = environ.get("HTTP_IF_NONE_MATCH")
        if not known or not wants_html(environ.get("HTTP_ACCEPT", "")):
            return None
        etag, coding = self.etag(key, current), coding_for(environ.get("HTTP_ACCEPT_ENCODING", ""))
        for tag in (f'"{etag}-{coding}"', f'"{etag}"'):
            if tag in parse_etags(known):
                return NOT_MODIFIED, [("ETag", tag), ("Cache-Control", CACHE_CONTROL)], b""
        return None

    def etag(self, key, current):
        return hashlib.sha256(repr((release(), current.key, key)).encode()).hexdigest()[:24]

    def keep(self, environ, key, current, response):
        """Give a visitor's page its validators, keep it, and give the answer with it; or None where it is not one."""
        control = response.headers.get("Cache-Control", CACHE_CONTROL)
        if response.status_code != 200 or response.cookies or "no-store" in control or "private" in control:
            return None
        accept = environ.get("HTTP_ACCEPT", "")
        is_html = wants_html(accept)
        response.headers["Cache-Control"] = control
        response.headers.setdefault("Last-Modified", http_date(current.last_modified))
        response.headers.setdefault("ETag", f'"{self.etag(key if is_html else (*key, accept), current)}"')
        if response.streaming:
            return None
        if is_compressible(response.headers.get("Content-Type", "")):
            patch_vary_headers(response, ["Accept-Encoding"])
        page = Page.of(response)
        coding = coding_for(environ.get("HTTP_ACCEPT_ENCODING", "")) if page.is_compressible else ""
        page.compress(coding)
        page.bodies = {coding: page.bodies[coding]}
        is_whole = environ["REQUEST_METHOD"] == "GET" and len(response.content) <= LARGEST
        if is_whole and (is_html or not page.is_html_alone):
            memory = self.memory_of(key)
            memory.put(key, current, page, page.size)
            if memory is self.own:
                self.shared.put(key, current, page)
        return page.answer(environ, coding)


@cache
def pages():
    """The pages of this process."""
    return Pages()


KEEPS_PARTS_ALONE = "site.keeps_parts_alone"  # in an environ: the page itself is not for this site's visitors


class PageCache:
    """Middleware: answers visitors from what is kept, and keeps what it may.

    Sets ``request.edition``: an Edition where what is made may be kept for all visitors, else None. A view that sets it
    to None is not kept, nor are the parts that it makes from then on.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        request.edition = None
        environ = request.META
        if environ.get(KEEPS_PARTS_ALONE):
            request.edition = edition.current()
            return self.get_response(request)
        answer = pages().answer(environ)
        if answer:
            return as_response(*answer)
        if pages().is_for_one(environ):
            response = self.get_response(request)
            if "Cache-Control" not in response.headers:
                patch_cache_control(response, private=True, no_cache=True)
            return response
        key = pages().key_of(environ)
        with suppress(edition.Unknown):
            # Before anything is read for the page.
            request.edition = key and edition.current()
        had_one = request.edition is not None
        response = self.get_response(request)
        if had_one and request.edition is None:
            response.headers["Cache-Control"] = "no-store"
        answer = request.edition and pages().keep(environ, key, request.edition, response)
        return as_response(*answer) if answer else response


def as_response(status, headers, body):
    response = HttpResponse(body, status=int(status[:3]))
    response.headers = ResponseHeaders(dict(headers))
    return response


def answering_first(application):
    """The WSGI application with what is kept in front of it, before Django makes a request of an environ."""

    def with_pages(environ, start_response):
        answer = pages().answer(environ)
        if answer is None:
            return application(environ, start_response)
        status, headers, body = answer
        start_response(status, headers)
        return [body]

    with_pages.at_hand = lambda environ: pages().at_hand(environ)
    return with_pages
