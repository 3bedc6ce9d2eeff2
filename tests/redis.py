"""Redis for tests."""

import os

import redis
from django.core.cache.backends.redis import RedisCache as DjangoRedisCache


class RedisCache(DjangoRedisCache):
    """Django's cache, which clears its own keys only: other tests may use the same server."""

    def clear(self):
        with redis.Redis.from_url(os.environ["CACHE_URL"]) as client:
            for key in client.scan_iter(self.make_and_validate_key("*"), count=1000):
                client.delete(key)
