"""Middleware of the whole site: security headers, probes, odd requests, full disks, compression."""

import logging
import re
from urllib.parse import unquote_to_bytes

from django.core.exceptions import BadRequest
from django.http import HttpResponseNotAllowed
from django.middleware.gzip import GZipMiddleware
from django.shortcuts import render
from django.urls import get_script_prefix, resolve, reverse
from django.utils.functional import SimpleLazyObject

from config.web import database_file
from config.web.page_cache import COMPRESSIBLE, is_anonymous, is_private
from profiles.files.storage import StorageError, storage_message
from profiles.models import Look, Person, SiteSettings
from publications.references.formats import BY_MEDIA_TYPE

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


# For a page that other sites may embed: it sets ``request.is_embedded``.
EMBEDDED = POLICY.replace("frame-ancestors 'none'", "frame-ancestors *")


def policy_of(request):
    """Return the policy for a page: with frames from the sites whose videos it shows (config.pages.blocks), and with
    the script that counts visitors (config.templatetags.site).
    """
    policy = EMBEDDED if getattr(request, "is_embedded", False) else POLICY
    frames, counter = getattr(request, "frame_origins", ()), getattr(request, "analytics_origin", "")
    policy = re.sub("(script|connect)-src 'self'", rf"\g<0> {counter}", policy) if counter else policy
    return f"{policy}; frame-src {' '.join(sorted(frames))}" if frames else policy


# The features that concern a visitor's privacy or money. A longer list would only add bytes to every response.
PERMISSIONS = ", ".join(
    f"{feature}=()"
    for feature in ("browsing-topics", "camera", "display-capture", "geolocation", "microphone", "payment", "usb")
)


# Feeds, exports and descriptions, which scripts of other sites may read as every visitor gets them.
OPEN_TYPES = frozenset([
    *BY_MEDIA_TYPE, "application/atom+xml", "application/json", "application/ld+json", "application/linkset+json",
    "application/opensearchdescription+xml", "application/xml", "application/yaml", "text/calendar", "text/markdown",
    "text/plain", "text/x-bibliography",
])  # fmt: skip


def site_owner(get_response):
    """Set ``request.site_owner``, a Person or None, ``request.look`` and ``request.site_settings``.

    They are read from the database when one of them is used, in one query.
    """

    def middleware(request):
        request.site_owner = SimpleLazyObject(Person.objects.owner)
        request.look = SimpleLazyObject(lambda: getattr(request.site_owner, "look", None) or Look())
        request.site_settings = SimpleLazyObject(lambda: settings_of(request.site_owner))
        return get_response(request)

    return middleware


def settings_of(owner):
    """Return the SiteSettings of the site's owner, who may be None."""
    return getattr(owner, "site_settings", None) or SiteSettings(person=owner or None)


def security_headers(get_response):
    """Add the Content Security Policy and related headers: no inline script or style, no third parties, no frames.

    Feed readers and link previews may embed images, and scripts of any site may read what is of OPEN_TYPES, without
    credentials. Pages and other files may not be embedded. A page with the script of the statistics
    (``request.analytics_origin``) may load it, and send to its origin.
    """

    def middleware(request):
        response = get_response(request)
        type_ = response.headers.get("Content-Type", "").partition(";")[0]
        if type_ in OPEN_TYPES and not is_private(response) and is_anonymous(request.META, request.COOKIES):
            response.headers["Access-Control-Allow-Origin"] = "*"
        is_embedded = type_.startswith("image/") or "Access-Control-Allow-Origin" in response.headers
        response.headers.setdefault("Content-Security-Policy", policy_of(request))
        response.headers.setdefault("Permissions-Policy", PERMISSIONS)
        response.headers.setdefault("Cross-Origin-Resource-Policy", "cross-origin" if is_embedded else "same-origin")
        return response

    return middleware


def answer_probes(get_response):
    """Answer health probes before the host is checked: they use internal addresses that are not in ALLOWED_HOSTS."""
    probes = [f"/{reverse(name).removeprefix(get_script_prefix())}" for name in ("health", "alive")]

    def middleware(request):
        if request.path_info in probes:
            return resolve(request.path_info).func(request)
        return get_response(request)

    return middleware


# Bidirectional overrides and isolates (U+202A–202E, U+2066–2069), which reorder the text after them. No script needs
# them in names or titles; the joiners and marks that scripts do need (U+200C–200F, U+061C) stay.
BIDI_OVERRIDES = re.compile(rb"\xe2(?:\x80[\xaa-\xae]|\x81[\xa6-\xa9])")
DISPLAYED = ("text/", "application/atom+xml", "application/ld+json")


def remove_bidi_overrides(get_response):
    """Remove bidirectional overrides from public pages, so that a title cannot reorder the rest of a page.

    The admin's forms and the exports contain them as they were typed.
    """

    def middleware(request):
        response = get_response(request)
        is_displayed = response.headers.get("Content-Type", "").startswith(DISPLAYED) and not response.streaming
        if is_displayed and not request.path.startswith(reverse("admin:index")) and b"\xe2" in response.content:
            response.content = BIDI_OVERRIDES.sub(b"", response.content)
        return response

    return middleware


SAFE_METHODS = ("GET", "HEAD", "OPTIONS")
METHODS = (*SAFE_METHODS, "POST")


def reject_bad_requests(get_response):
    """Answer 405 to methods that no view accepts, and 400 to NUL bytes and invalid UTF-8, which databases refuse."""

    def middleware(request):
        if request.method not in METHODS:
            return HttpResponseNotAllowed(METHODS)
        query = unquote_to_bytes(request.META.get("QUERY_STRING", "").replace("+", " "))
        try:
            text = request.path_info + query.decode()
        except UnicodeDecodeError as error:
            raise BadRequest("The URL is not valid UTF-8.") from error
        if "\0" in text:
            raise BadRequest("The URL contains a NUL byte.")
        return get_response(request)

    return middleware


def refuse_lost_saves(get_response):
    """Answer 503 to a form that would be saved into a database file that is gone.

    Pages are still read from the open file. Where none is open, SQLite would create an empty one.
    """

    def refuse(problem):
        log.error("%s", problem)
        response = render(None, "500.html", {"storage_message": problem, "status": 503}, status=503)
        response.headers["Cache-Control"] = "no-store"
        return response

    def middleware(request):
        may_save = request.method not in SAFE_METHODS
        if (may_save or not database_file.is_open()) and (problem := database_file.problem()):
            return refuse(problem)
        response = get_response(request)
        if may_save and (problem := database_file.problem()):
            return refuse(problem)
        return response

    return middleware


def report_full_or_missing_storage(get_response):
    """Answer 503 while the file storage is unreachable, 507 if the disk is full or read-only, with a sentence."""

    def middleware(request):
        return get_response(request)

    def process_exception(request, exception):
        sentence = storage_message(exception)
        if not sentence:
            return None
        log.error("%s (%s)", sentence, exception)
        is_away = isinstance(exception, StorageError)
        status = 503 if is_away else 507
        response = render(request, "507.html", {"storage_message": sentence, "status": status}, status=status)
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
        is_text = COMPRESSIBLE.match(response.headers.get("Content-Type", ""))
        return super().process_response(request, response) if is_text and not response.streaming else response
