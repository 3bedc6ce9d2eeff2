"""Asks the site for its pages as someone who is not signed in."""

import sys
from io import BytesIO
from urllib.parse import unquote_to_bytes, urlsplit

from django.conf import settings
from django.core.handlers.base import BaseHandler
from django.core.handlers.wsgi import WSGIRequest


class Visitor(BaseHandler):
    """Sends requests through all that every request goes through, so that the pages are those which visitors see."""

    def __init__(self, base):
        """``base`` is the address that the requests seem to come to."""
        super().__init__()
        self.base = urlsplit(base)
        self.load_middleware()

    def get(self, address):
        """The response to an address of the site. Its status may be any; what went wrong is in the log."""
        path, _, query = address.partition("?")
        request = WSGIRequest({
            "REQUEST_METHOD": "GET",
            "SCRIPT_NAME": "",
            "PATH_INFO": unquote_to_bytes(path).decode("latin-1"),  # as WSGI wants it
            "QUERY_STRING": query,
            "HTTP_HOST": self.base.netloc,
            "SERVER_NAME": self.base.hostname,
            "SERVER_PORT": str(self.base.port or 443),
            "SERVER_PROTOCOL": "HTTP/1.1",
            "REMOTE_ADDR": "127.0.0.1",
            # A page made for other addresses than the site's own must not be kept for its visitors, and these are too
            # many to keep. What pages have in common is.
            "wsgi.url_scheme": "https" if settings.SECURE_SSL_REDIRECT else self.base.scheme,
            "wsgi.input": BytesIO(),
            "wsgi.errors": sys.stderr,
        })  # fmt: skip
        return self.get_response(request)
