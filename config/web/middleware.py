"""What every request goes through."""

import logging
import re
from urllib.parse import unquote_to_bytes

from django.core.exceptions import BadRequest
from django.http import HttpResponseNotAllowed
from django.middleware.gzip import GZipMiddleware
from django.shortcuts import render
from django.urls import resolve, reverse

from config.web.page_cache import is_compressible
from profiles.content.storage import StorageError, trouble

log = logging.getLogger(__name__)

POLICY = "; ".join(
    [
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",  # the admin's own icons are data: images
        "font-src 'self'",
        "connect-src 'self'",
        "manifest-src 'self'",
        "media-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    ]
)


# What is private to a visitor or costs money; pages here never ask for it. The rest would be bytes of every answer.
PERMISSIONS = ", ".join(
    f"{feature}=()"
    for feature in ("browsing-topics", "camera", "display-capture", "geolocation", "microphone", "payment", "usb")
)


def security_headers(get_response):
    """No inline script or style, nothing from elsewhere: whatever slips into a page cannot run, and nobody frames it.

    Pictures may be shown elsewhere, as feed readers and previews of links do; pages and files may not.
    """

    def middleware(request):
        response = get_response(request)
        is_picture = response.headers.get("Content-Type", "").startswith("image/")
        response.headers.setdefault("Content-Security-Policy", POLICY)
        response.headers.setdefault("Permissions-Policy", PERMISSIONS)
        response.headers.setdefault("Cross-Origin-Resource-Policy", "cross-origin" if is_picture else "same-origin")
        return response

    return middleware


def answer_probes(get_response):
    """Probes come by an address or a name of the network inside, which ALLOWED_HOSTS need not know.

    Nothing of the host is in what they are answered.
    """
    probes = (reverse("health"), reverse("alive"))

    def middleware(request):
        if request.path_info in probes:
            return resolve(request.path_info).func(request)
        return get_response(request)

    return middleware


# The letters that turn what follows them round (U+202A–202E, U+2066–2069). Scripts need none of them in names and
# titles; the joiners and marks that they do need (U+200C–200F, U+061C) stay.
OVERRIDES = re.compile(rb"\xe2(?:\x80[\xaa-\xae]|\x81[\xa6-\xa9])")
SHOWN = ("text/", "application/atom+xml", "application/ld+json")


def leave_out_overrides(get_response):
    """No letter of a name or a title turns round the rest of a page. Editors' forms and exports keep what was typed."""

    def middleware(request):
        response = get_response(request)
        is_shown = response.headers.get("Content-Type", "").startswith(SHOWN) and not response.streaming
        if is_shown and not request.path_info.startswith(reverse("admin:index")) and b"\xe2" in response.content:
            response.content = OVERRIDES.sub(b"", response.content)
        return response

    return middleware


METHODS = ("GET", "HEAD", "OPTIONS", "POST")


def refuse_other_methods(get_response):
    """No view takes another one; asked first, the protection of forms would tell such a client of a missing token."""

    def middleware(request):
        if request.method not in METHODS:
            return HttpResponseNotAllowed(METHODS)
        return get_response(request)

    return middleware


def refuse_broken_text(get_response):
    """A NUL byte or bad UTF-8 in an address is nobody's link: 400, before a database chokes on it."""

    def middleware(request):
        query = unquote_to_bytes(request.META.get("QUERY_STRING", "").replace("+", " "))
        try:
            text = request.path_info + query.decode()
        except UnicodeDecodeError as error:
            raise BadRequest("The address holds bytes that are not UTF-8.") from error
        if "\0" in text:
            raise BadRequest("The address holds a NUL byte.")
        return get_response(request)

    return middleware


def tell_that_nothing_can_be_kept(get_response):
    """503 while the store of uploaded files does not answer, 507 where the disk is full or closed: a sentence each."""

    def middleware(request):
        return get_response(request)

    def process_exception(request, exception):
        sentence = trouble(exception)
        if not sentence:
            return None
        log.error("%s (%s)", sentence, exception)
        is_away = isinstance(exception, StorageError)
        status = 503 if is_away else 507
        response = render(request, "507.html", {"trouble": sentence, "status": status}, status=status)
        if is_away:
            response.headers["Retry-After"] = "30"
        response.headers["Cache-Control"] = "no-store"
        return response

    middleware.process_exception = process_exception
    return middleware


class CompressPages(GZipMiddleware):
    """Compress what the page cache has not compressed, such as pages for editors.

    Files are left alone: clients ask for ranges of them, and most are compressed already.
    """

    def process_response(self, request, response):
        is_text = is_compressible(response.headers.get("Content-Type", ""))
        return super().process_response(request, response) if is_text and not response.streaming else response
