"""What every request goes through."""

from urllib.parse import unquote_to_bytes

from django.core.exceptions import BadRequest
from django.middleware.gzip import GZipMiddleware

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


def content_security_policy(get_response):
    """No inline script or style, nothing from elsewhere: whatever slips into a page cannot run."""

    def middleware(request):
        response = get_response(request)
        response.headers.setdefault("Content-Security-Policy", POLICY)
        return response

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


class CompressPages(GZipMiddleware):
    """Pages go compressed; files do not, since parts of them may be asked for, and they are compressed mostly."""

    def process_response(self, request, response):
        return response if response.streaming else super().process_response(request, response)
