"""Rate limits: how many expensive requests one client may make a minute."""

import ipaddress
import threading
import time

from django.conf import settings
from django.http import HttpResponse
from django.urls import reverse

from config.web.page_cache import asks_for_html

MINUTE = 60  # seconds
MAX_CLIENTS = 10_000  # counted in each process
FILES = (".bib", ".ris", ".json", ".cff", ".pdf", ".ics", ".xml")


def client_address(request):
    """Return the IP address of a request's client, or "" if it is unknown.

    Behind a proxy (BEHIND_PROXY) it is the last one of X-Forwarded-For: the proxy wrote it, while the client may have
    written those before it.
    """
    named = request.META.get("HTTP_X_FORWARDED_FOR" if settings.BEHIND_PROXY else "REMOTE_ADDR", "")
    try:
        address = ipaddress.ip_address(named.rpartition(",")[2].strip())
    except ValueError:
        return ""
    # A server that listens on IPv6 sees IPv4 clients as ::ffff:203.0.113.7, which would share one /64.
    return str(getattr(address, "ipv4_mapped", None) or address)


def rate_limit_key(address):
    """Return the rate-limit key of a client: its IPv4 address or IPv6 /64; None if it is exempt.

    Loopback addresses are exempt: there a proxy forwards requests without naming their clients.
    """
    if not address:
        return None
    parsed = ipaddress.ip_address(address)
    if parsed.is_loopback:
        return None
    return str(ipaddress.ip_network((parsed, 64), strict=False)) if parsed.version == 6 else address


class RateLimit:
    """Middleware that limits searches, filters and generated files (RATE_LIMIT). Pages from the cache do not count."""

    def __init__(self, get_response):
        self.get_response = get_response
        self.minute, self.counts = 0, {}  # {client: number of requests in this minute}, the latest last
        self.lock = threading.Lock()
        self.exempt = (settings.STATIC_URL, settings.MEDIA_URL, reverse("admin:index"))

    def __call__(self, request):
        if settings.RATE_LIMIT and self.is_expensive(request) and self.is_over(rate_limit_key(client_address(request))):
            text = f"Too many requests: more than {settings.RATE_LIMIT} in a minute. Wait a minute and try again.\n"
            headers = {"Retry-After": str(MINUTE), "Cache-Control": "no-store"}
            return HttpResponse(text, status=429, content_type="text/plain; charset=utf-8", headers=headers)
        return self.get_response(request)

    def is_expensive(self, request):
        path = request.path
        # The address of a page answers with an export if the client asks for it.
        is_export = path.endswith(FILES) or (path.endswith("/") and not asks_for_html(request.META))
        is_dynamic = request.META.get("QUERY_STRING") or is_export
        return bool(is_dynamic) and not path.startswith(self.exempt)

    def is_over(self, key):
        if key is None:
            return False
        minute = time.monotonic() // MINUTE
        with self.lock:
            if minute != self.minute:
                self.minute, self.counts = minute, {}
            self.counts[key] = count = self.counts.pop(key, 0) + 1  # at the end, after the other clients
            if len(self.counts) > MAX_CLIENTS:
                del self.counts[next(iter(self.counts))]
        return count > settings.RATE_LIMIT
