"""A cache of drawn pictures, in Django's default cache (CACHE_URL)."""

import logging

from django.core.cache import cache

TIMEOUT = 30 * 24 * 3600  # seconds

log = logging.getLogger(__name__)


def cached(key, draw):
    """Return the picture cached under the key, or what ``draw`` returns, which is then cached."""
    try:
        return cache.get_or_set(key, draw, TIMEOUT)
    except Exception as error:  # noqa: BLE001 (each cache client has its own exceptions)
        log.warning("A picture was not cached: %s", error)
        return draw()
