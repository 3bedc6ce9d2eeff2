"""The cache of CACHE_URL: how the setting is read, and the site while the cache is unreachable."""

import json
import socket

import pytest
from django.contrib.auth import SESSION_KEY

from tests import make
from tests.config.test_settings import PRODUCTION, manage

CODE = "import json; from django.conf import settings; print(json.dumps(settings.CACHES['default']))"
OTHER = {"SECRET_KEY": PRODUCTION["SECRET_KEY"][::-1]}


def cache_of(folder, address, **environment):
    done = manage(
        "shell", "--no-imports", "-c", CODE, **{**PRODUCTION, **environment}, DATA_DIR=str(folder), CACHE_URL=address
    )
    return json.loads(done.stdout)


@pytest.mark.parametrize(
    ("address", "backend", "location", "options"),
    [
        (
            "redis://127.0.0.1:6379/0", "redis.RedisCache", "redis://127.0.0.1:6379/0",
            {"socket_connect_timeout": 0.25, "socket_timeout": 0.25},
        ),
        (
            "rediss://:secret@cache.example.org/1?socket_timeout=2", "redis.RedisCache",
            "rediss://:secret@cache.example.org/1", {"socket_connect_timeout": 0.25, "socket_timeout": 2},
        ),
        ("pylibmc://127.0.0.1:11211", "memcached.PyLibMCCache", "127.0.0.1:11211", None),
        ("filecache:///var/cache/site", "filebased.FileBasedCache", "/var/cache/site", None),
    ],
)  # fmt: skip
def test_the_address_sets_the_backend_and_short_timeouts_for_redis(tmp_path, address, backend, location, options):
    cache = cache_of(tmp_path, address)

    assert cache["BACKEND"] == f"django.core.cache.backends.{backend}"
    assert (cache["LOCATION"], cache.get("OPTIONS")) == (location, options)


def test_sites_that_share_a_cache_use_different_keys(tmp_path):
    address = "redis://127.0.0.1:6379/0"
    one, again = cache_of(tmp_path, address), cache_of(tmp_path, address)
    other = cache_of(tmp_path, address, **OTHER)

    assert one["KEY_PREFIX"] == again["KEY_PREFIX"] != other["KEY_PREFIX"]


@pytest.fixture(params=["gone", "silent"])
def unreachable_cache(request, settings):
    with socket.socket() as server:
        server.bind(("127.0.0.1", 0))
        if request.param == "silent":
            server.listen()
        settings.CACHES = {
            **settings.CACHES,
            "default": {
                "BACKEND": "django.core.cache.backends.redis.RedisCache",
                "LOCATION": f"redis://127.0.0.1:{server.getsockname()[1]}/0",
                "OPTIONS": {"socket_connect_timeout": 0.25, "socket_timeout": 0.25},
            },
        }
        yield


@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("unreachable_cache")
def test_an_unreachable_cache_breaks_nothing(client, editor):
    make.owner()
    make.publication("On Engines")

    for address in (
        "/", "/publications/", "/publications/on-engines/", "/icon/48.png", "/card/publications/on-engines.png",
        "/search/?q=engines", "/feed/", "/sitemap.xml", "/healthz",
    ):  # fmt: skip
        assert client.get(address).status_code == 200

    signed_in = {"username": "editor", "password": "the editor's password"}
    assert client.post("/admin/login/?next=/admin/", signed_in).status_code == 302
    assert client.get("/admin/").status_code == 200
    assert client.session[SESSION_KEY] == str(editor.pk)
