"""Rate limits of searches, filters and generated files: requests a minute for each client."""

import pytest

from config.web.rate_limits import RateLimit, rate_limit_key
from tests import make

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def three_a_minute(settings):
    settings.RATE_LIMIT = 3


def ask(client, path="/search/?q=engines", address="203.0.113.7", **headers):
    return client.get(path, REMOTE_ADDR=address, headers=headers)


def test_a_client_over_the_limit_gets_429_with_a_sentence(client):
    assert [ask(client).status_code for _ in range(4)] == [200, 200, 200, 429]

    refused = ask(client, "/publications/?q=other")
    assert refused.status_code == 429
    assert refused.headers["Retry-After"] == "60"
    assert "more than 3 in a minute" in refused.content.decode()


def test_other_clients_and_plain_pages_are_not_limited(client):
    for _ in range(5):
        ask(client)

    assert ask(client, address="203.0.113.8").status_code == 200
    assert ask(client, "/publications/").status_code == 200
    assert ask(client, "/healthz").status_code == 200


def test_exports_count_and_the_admin_does_not(client, editor_client):
    make.publication()
    assert [ask(client, "/publications.bib").status_code for _ in range(4)] == [200, 200, 200, 429]

    admin = "/admin/publications/publication/?q=engines"
    assert {ask(editor_client, admin, address="203.0.113.9").status_code for _ in range(5)} == {200}


def test_loopback_addresses_are_exempt(client):
    assert {ask(client, address="127.0.0.1").status_code for _ in range(6)} == {200}


def test_behind_a_proxy_the_last_forwarded_address_counts(client, settings):
    settings.BEHIND_PROXY = True

    answers = [
        ask(client, address="127.0.0.1", **{"X-Forwarded-For": f"198.51.100.{number}, 203.0.113.7"})
        for number in range(4)
    ]

    assert [answer.status_code for answer in answers] == [200, 200, 200, 429]


def test_ipv6_clients_are_counted_by_their_64_network():
    assert rate_limit_key("2001:db8::1") == rate_limit_key("2001:db8::ffff:2") == "2001:db8::/64"
    assert rate_limit_key("::1") is None
    assert rate_limit_key("") is None


def test_ipv4_mapped_addresses_are_counted_one_by_one(client):
    answers = [ask(client, address=f"::ffff:203.0.113.{number}") for number in range(5)]

    assert {answer.status_code for answer in answers} == {200}


def test_counts_restart_every_minute_and_memory_is_bounded(monkeypatch):
    limit, minutes = RateLimit(None), [0]
    monkeypatch.setattr("config.web.rate_limits.time.monotonic", lambda: minutes[0] * 60)
    monkeypatch.setattr("config.web.rate_limits.MAX_CLIENTS", 10)

    assert [limit.is_over("a") for _ in range(4)] == [False, False, False, True]
    minutes[0] = 1
    assert not limit.is_over("a")
    for number in range(50):
        limit.is_over(str(number))
    assert len(limit.counts) == 10


def test_zero_turns_the_limit_off(client, settings):
    settings.RATE_LIMIT = 0

    assert {ask(client).status_code for _ in range(6)} == {200}
