"""Pictures that the site draws, kept in the cache of CACHE_URL. One that does not answer costs the drawing alone."""

import logging

from django.core.cache import cache

SECONDS = 30 * 24 * 3600

log = logging.getLogger(__name__)


def kept(key, draw):
    """The bytes that are kept under the key; made by ``draw`` where there are none."""
    found = _asked("get", key)
    if found is None:
        found = draw()
        _asked("set", key, found, SECONDS)
    return found


def _asked(method, *arguments):
    try:
        return getattr(cache, method)(*arguments)
    except Exception as error:  # noqa: BLE001 (each client of a cache has errors of its own)
        log.warning("The cache of CACHE_URL does not answer (%s).", error)
        return None
