"""How much one address may ask for."""

import ipaddress
import threading
import time
from collections import OrderedDict

from django.conf import settings
from django.http import HttpResponse
from django.urls import reverse

MINUTE = 60  # seconds
MOST_ADDRESSES = 10_000  # that are remembered in a process
FILES = (".bib", ".ris", ".json", ".cff", ".pdf", ".ics", ".xml")


def client_address(request):
    """The address that a request comes from, "" where it is not known.

    Behind a proxy (BEHIND_PROXY) it is the last that X-Forwarded-For names: the proxy's own word, whatever the client
    wrote before it.
    """
    named = request.META.get("HTTP_X_FORWARDED_FOR" if settings.BEHIND_PROXY else "REMOTE_ADDR", "")
    try:
        address = ipaddress.ip_address(named.rpartition(",")[2].strip())
    except ValueError:
        return ""
    # A server that listens on IPv6 has IPv4 as ::ffff:203.0.113.7, all of it in one network.
    return str(getattr(address, "ipv4_mapped", None) or address)


def subject_of(address):
    """Whom to count for: one IPv4 address, or the network that one user of IPv6 has; None for whom not to count.

    This machine itself is left alone: it is a proxy that does not tell whom it asks for.
    """
    if not address:
        return None
    parsed = ipaddress.ip_address(address)
    if parsed.is_loopback:
        return None
    return str(ipaddress.ip_network((parsed, 64), strict=False)) if parsed.version == 6 else address


class RateLimit:
    """Middleware: what costs the site most (searches, filters, files that are made) so many times a minute.

    RATE_LIMIT is for each address and process; 0 turns it off. What is kept is answered before, and not counted.
    """

    def __init__(self, get_response):
        self.get_response = get_response
        self.counts = OrderedDict()  # {subject: [minute, requests in it]}
        self.lock = threading.Lock()
        self.free = (settings.STATIC_URL, settings.MEDIA_URL, reverse("admin:index"))

    def __call__(self, request):
        if settings.RATE_LIMIT and self.is_costly(request) and self.is_over(subject_of(client_address(request))):
            text = f"More than {settings.RATE_LIMIT} searches a minute came from your address. Please wait a minute.\n"
            headers = {"Retry-After": str(MINUTE), "Cache-Control": "no-store"}
            return HttpResponse(text, status=429, content_type="text/plain; charset=utf-8", headers=headers)
        return self.get_response(request)

    def is_costly(self, request):
        asks = request.META.get("QUERY_STRING") or request.path_info.endswith(FILES)
        return bool(asks) and not request.path_info.startswith(self.free)

    def is_over(self, subject):
        if subject is None:
            return False
        minute = time.monotonic() // MINUTE
        with self.lock:
            count = self.counts.pop(subject, None)
            if count is None or count[0] != minute:
                count = [minute, 0]
            count[1] += 1
            self.counts[subject] = count
            while len(self.counts) > MOST_ADDRESSES:
                self.counts.popitem(last=False)
        return count[1] > settings.RATE_LIMIT
