"""So many searches, filters and files a minute for one address."""

import pytest

from config.web.rate_limits import RateLimit, subject_of
from tests import make

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def three_a_minute(settings):
    settings.RATE_LIMIT = 3


def ask(client, path="/search/?q=engines", address="203.0.113.7", **headers):
    return client.get(path, REMOTE_ADDR=address, headers=headers)


def test_the_fourth_search_of_a_minute_is_told_to_wait(client):
    assert [ask(client).status_code for _ in range(4)] == [200, 200, 200, 429]

    refused = ask(client, "/publications/?q=other")
    assert refused.status_code == 429
    assert refused.headers["Retry-After"] == "60"
    assert "More than 3 searches a minute" in refused.content.decode()


def test_another_address_and_plain_pages_go_on(client):
    for _ in range(5):
        ask(client)

    assert ask(client, address="203.0.113.8").status_code == 200
    assert ask(client, "/publications/").status_code == 200
    assert ask(client, "/healthz").status_code == 200


def test_exports_are_counted_and_the_admin_is_not(client, editor_client):
    make.publication()
    assert [ask(client, "/publications.bib").status_code for _ in range(4)] == [200, 200, 200, 429]

    admin = "/admin/publications/publication/?q=engines"
    assert {ask(editor_client, admin, address="203.0.113.9").status_code for _ in range(5)} == {200}


def test_this_machine_is_not_counted_since_it_may_be_a_proxy(client):
    assert {ask(client, address="127.0.0.1").status_code for _ in range(6)} == {200}


def test_behind_a_proxy_its_word_counts_and_not_the_clients(client, settings):
    settings.BEHIND_PROXY = True

    told = [
        ask(client, address="127.0.0.1", **{"X-Forwarded-For": f"198.51.100.{number}, 203.0.113.7"})
        for number in range(4)
    ]

    assert [answer.status_code for answer in told] == [200, 200, 200, 429]


def test_one_user_of_ipv6_is_one_network():
    assert subject_of("2001:db8::1") == subject_of("2001:db8::ffff:2") == "2001:db8::/64"
    assert subject_of("::1") is None
    assert subject_of("") is None


def test_ipv4_on_a_server_that_listens_on_ipv6_is_an_address_each(client):
    told = [ask(client, address=f"::ffff:203.0.113.{number}") for number in range(5)]

    assert {answer.status_code for answer in told} == {200}


def test_a_new_minute_begins_anew_and_few_addresses_are_remembered(monkeypatch):
    limit, minutes = RateLimit(None), [0]
    monkeypatch.setattr("config.web.rate_limits.time.monotonic", lambda: minutes[0] * 60)
    monkeypatch.setattr("config.web.rate_limits.MOST_ADDRESSES", 10)

    assert [limit.is_over("a") for _ in range(4)] == [False, False, False, True]
    minutes[0] = 1
    assert not limit.is_over("a")
    for number in range(50):
        limit.is_over(str(number))
    assert len(limit.counts) == 10


def test_zero_is_no_limit(client, settings):
    settings.RATE_LIMIT = 0

    assert {ask(client).status_code for _ in range(6)} == {200}
