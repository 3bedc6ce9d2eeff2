"""Whole addresses of the site's own pages."""

from django.conf import settings


def absolute(request, path):
    """The whole address of a path on this site: under SITE_URL where that is set, else where the request came to."""
    if settings.SITE_URL or request is None:
        return f"{settings.SITE_URL}{path}"
    return request.build_absolute_uri(path)
