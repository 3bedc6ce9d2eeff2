"""Whole pages, cached for visitors in the memory of each process until the content version changes.

``serve_from_cache`` wraps the WSGI application and answers before Django creates a request. The PageCache middleware
stores Django's responses to anonymous visitors. Every page in the cache has the last content version that this process
has seen, so nothing older is ever served, not even while the database is away.
"""

import gzip
import hashlib
import re
import threading
from collections import OrderedDict
from functools import lru_cache
from io import BytesIO

import brotli
from django.conf import settings
from django.contrib.messages.storage.cookie import CookieStorage
from django.core.handlers.wsgi import WSGIRequest
from django.http import HttpResponse, HttpResponseNotModified
from django.utils.cache import has_vary_header, patch_cache_control, patch_vary_headers
from django.utils.http import parse_etags

from config.web.content_version import content_version

# A CDN or proxy asks again after a minute, and may serve its copy until the answer arrives.
CACHE_CONTROL = "public, max-age=10, s-maxage=60, stale-while-revalidate=600"
FRAGMENT_SECONDS = 24 * 60 * 60

MIN_COMPRESSED = 200  # bytes
MAX_CACHED = 2 * 2**20  # bytes of one body
ENTRY_OVERHEAD = 2000  # bytes of headers and of Python's objects, roughly
COMPRESSIBLE = re.compile(r"text/|application/(?:[\w.-]+\+)?(?:json|xml)\b|image/svg\+xml")  # content types
ENCODINGS = {  # the preferred one first
    "br": lambda body: brotli.compress(body, quality=6),
    "gzip": lambda body: gzip.compress(body, 6, mtime=0),
}
ACCEPTED = re.compile(r"([\w*-]+)\s*(?:;\s*q=([01](?:\.\d*)?)\s*)?(?:,|$)")  # (encoding, weight)
KEY = "site.page_cache_key"  # in the environ of a request that may be answered with a cached page
# RFC 9110, 15.4.5; the last for scripts of other sites.
NOT_MODIFIED_HEADERS = ("Cache-Control", "Content-Location", "ETag", "Expires", "Vary", "Access-Control-Allow-Origin")


@lru_cache(maxsize=256)
def preferred_encoding(accept_encoding):
    """Return the first of ENCODINGS that an Accept-Encoding header allows, or ""."""
    weights = {name: float(weight or 1) for name, weight in ACCEPTED.findall(accept_encoding.lower())}
    return next((name for name in ENCODINGS if weights.get(name, weights.get("*"))), "")


def cookies_of(environ):
    """Return the cookies of a WSGI environ, as Django parses them."""
    # A copy, because creating a request changes its environ.
    return WSGIRequest({**environ, "wsgi.input": BytesIO()}).COOKIES if environ.get("HTTP_COOKIE") else {}


def is_anonymous(environ, cookies):
    """Return whether a request contains nothing that could identify somebody: no session, message or Authorization."""
    names = (settings.SESSION_COOKIE_NAME, CookieStorage.cookie_name)
    return "HTTP_AUTHORIZATION" not in environ and not any(name in cookies for name in names)


def is_private(response):
    """Return whether a response is for one client only, such as a preview."""
    return bool(re.search("private|no-store", response.headers.get("Cache-Control", "")))


def asks_for_html(environ):
    """Return whether a request prefers HTML to all other representations of a URL, as those of browsers do."""
    accept = environ.get("HTTP_ACCEPT", "")
    return accept in ("", "*/*", "text/html") or accept.startswith("text/html,")


def may_be_cached(environ, cookies):
    return environ["REQUEST_METHOD"] in ("GET", "HEAD") and is_anonymous(environ, cookies) and not settings.DEBUG


def cache_key(environ):
    """Return the scheme, host, path and query that a page depends on, as they were sent."""
    proxy_header = (settings.SECURE_PROXY_SSL_HEADER or ("",))[0]
    return (
        environ["wsgi.url_scheme"],
        environ.get(proxy_header),
        environ.get("HTTP_HOST") or environ["SERVER_NAME"],
        environ.get("SCRIPT_NAME", ""),
        environ["PATH_INFO"],
        environ.get("QUERY_STRING", ""),
    )


class Page:
    """A response with status 200 to an anonymous visitor: its headers, and its body in each requested encoding."""

    def __init__(self, response):
        is_text = bool(COMPRESSIBLE.match(response.headers.get("Content-Type", "")))
        self.is_compressible = is_text and len(response.content) >= MIN_COMPRESSED
        self.is_one_of_many = has_vary_header(response, "Accept")  # the URL has other representations
        if is_text:
            patch_vary_headers(response, ["Accept-Encoding"])
        response.headers.setdefault("Cache-Control", CACHE_CONTROL)
        # Weak, because the same page has different bytes in each encoding.
        response.headers.setdefault("ETag", f'W/"{hashlib.sha256(response.content).hexdigest()[:24]}"')
        self.etag = response.headers["ETag"].removeprefix("W/")
        self.headers = [item for item in response.headers.items() if item[0] != "Content-Length"]
        self.body = response.content
        self.encoded = {}  # {encoding: (headers, body)}

    @property
    def size(self):
        """The bytes of memory that the page needs in all its encodings, estimated high."""
        return len(self.body) * (2 if self.is_compressible else 1) + ENTRY_OVERHEAD

    def is_for(self, environ):
        """Return whether the page answers a request, which must ask for HTML if the URL has other representations."""
        return not self.is_one_of_many or asks_for_html(environ)

    def answer(self, environ):
        """Return status, headers and body: 304 Not Modified for a client that has the page."""
        known = environ.get("HTTP_IF_NONE_MATCH")
        if known and (known == "*" or self.etag in [etag.removeprefix("W/") for etag in parse_etags(known)]):
            return "304 Not Modified", [header for header in self.headers if header[0] in NOT_MODIFIED_HEADERS], b""
        encoding = preferred_encoding(environ.get("HTTP_ACCEPT_ENCODING", "")) if self.is_compressible else ""
        if encoding not in self.encoded:
            self.encoded[encoding] = self.encode(encoding)
        headers, body = self.encoded[encoding]
        return "200 OK", headers, b"" if environ["REQUEST_METHOD"] == "HEAD" else body

    def encode(self, encoding):
        body = ENCODINGS[encoding](self.body) if encoding else self.body
        headers = [*self.headers, ("Content-Length", str(len(body)))]
        return [*headers, ("Content-Encoding", encoding)] if encoding else headers, body


class Pages:
    """The pages of one content version, the least recently used dropped beyond PAGE_CACHE_MB."""

    def __init__(self):
        self.lock = threading.Lock()
        self.clear()

    def clear(self):
        self.version = ""
        self.pages = OrderedDict()  # {key: (Page, the size it was counted with)}
        self.size = 0

    def find(self, key):
        """Return the Page for a cache key, or None."""
        version = content_version.current() or content_version.last()
        with self.lock:
            if not version or version != self.version or key not in self.pages:
                return None
            self.pages.move_to_end(key)
            return self.pages[key][0]

    def store(self, key, version, page):
        """Store a page that was made in a content version, unless this process has seen a later one."""
        with self.lock:
            if version != content_version.last():
                return
            if version != self.version:
                self.clear()
                self.version = version
            size = page.size + sum(len(part) for part in key if part)
            self.size += size - self.pages.pop(key, (None, 0))[1]
            self.pages[key] = (page, size)
            while self.size > settings.PAGE_CACHE_MB * 2**20:
                self.size -= self.pages.popitem(last=False)[1][1]


pages = Pages()


def serve_from_cache(application):
    """Wrap a WSGI application: requests for pages in the cache are answered without it."""

    def serve(environ, start_response):
        if may_be_cached(environ, cookies_of(environ)):
            key = environ[KEY] = cache_key(environ)
            page = pages.find(key)
            if page and page.is_for(environ):
                status, headers, body = page.answer(environ)
                start_response(status, headers)
                return [body]
        return application(environ, start_response)

    return serve


class PageCache:
    """Middleware that stores visitors' pages. It sets two attributes of every request, for ``{% cache %}``:

    ``request.content_version`` is the content version, "" if nothing of the answer may be cached;
    ``request.fragment_seconds`` is how long a fragment may be cached, then 0.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        # Read before the page is rendered: a save during the rendering makes a new version.
        request.content_version = content_version.current() if may_be_cached(request.META, request.COOKIES) else ""
        request.fragment_seconds = FRAGMENT_SECONDS if request.content_version else 0
        response = self.get_response(request)
        if not is_anonymous(request.META, request.COOKIES):
            if "Cache-Control" not in response.headers:
                patch_cache_control(response, private=True, no_cache=True)
            return response
        if not (request.content_version and self.is_cacheable(request, response)):
            return response
        page = Page(response)
        key = request.META.get(KEY)
        if key and request.method == "GET" and len(response.content) <= MAX_CACHED and page.is_for(request.META):
            pages.store(key, request.content_version, page)
        status, headers, body = page.answer(request.META)
        if status.startswith("304"):
            return HttpResponseNotModified(headers=dict(headers))
        return HttpResponse(body, headers=dict(headers))

    def is_cacheable(self, request, response):
        user = getattr(request, "user", None)  # None: answered before Django knew who asks
        return (
            response.status_code == 200
            and not response.streaming
            and not response.cookies
            and not is_private(response)
            and user is not None
            and user.is_anonymous
        )
