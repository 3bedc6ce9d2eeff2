"""A cache of drawn pictures, in Django's default cache (CACHE_URL)."""

import logging

from django.core.cache import cache

TIMEOUT = 30 * 24 * 3600  # seconds

log = logging.getLogger(__name__)


def cached(key, draw):
    """Return the bytes cached under the key; if there are none, call ``draw`` and cache what it returns.

    An unreachable cache costs only the drawing.
    """
    picture = _call("get", key)
    if picture is None:
        picture = draw()
        _call("set", key, picture, TIMEOUT)
    return picture


def _call(method, *arguments):
    try:
        return getattr(cache, method)(*arguments)
    except Exception as error:  # noqa: BLE001 (each cache client has its own exceptions)
        log.warning("The cache (CACHE_URL) does not answer: %s", error)
        return None
