"""Links that somebody typed."""

import pytest

from profiles.content.addresses import safe_url, true_host
from tests import make


@pytest.mark.parametrize("address", ["https://example.org/a", "HTTP://example.org", "mailto:ada@example.org"])
def test_web_and_mail_addresses_are_safe(address):
    assert safe_url(address) == address


@pytest.mark.parametrize(
    "address", ["javascript:alert(1)", " javascript:x", "\x01https://x", "data:text/html,x", "//example.org", "/a", ""]
)
def test_other_addresses_are_not_safe(address):
    assert safe_url(address) == ""


@pytest.mark.parametrize(
    ("address", "host"),
    [
        ("https://\u0430\u0440\u0440\u04cf\u0435.com/", "xn--80ak6aa92e.com"),
        ("https://p\u0430ypal.com/", "xn--pypal-4ve.com"),
        ("https://m\u00fcller.example/", ""),
        ("https://\u043f\u0440\u0430\u0432\u0438\u0442\u0435\u043b\u044c\u0441\u0442\u0432\u043e.\u0440\u0444/", ""),
        ("https://\u4f8b\u3048.jp/", ""),
        ("https://[::1", ""),
        (f"https://{'a' * 70}\u0430.com/", ""),
    ],
)
def test_a_host_that_looks_like_another_is_shown_in_ascii(address, host):
    assert true_host(address) == host


@pytest.mark.django_db
def test_external_links_have_a_rel_and_show_the_true_host(client):
    ada = make.owner(homepage="https://p\u0430ypal.com/", orcid="0000-0002-1825-0097")
    ada.links.create(kind="github", url="https://github.com/ada")
    ada.links.create(kind="email", url="mailto:second@example.org")
    make.activity(person=ada, url="https://example.org/talk")
    eve = make.person("Eve", homepage="https://eve.example/")
    make.publication(authors=[eve], doi="10.1000/1", featured=True)

    page = client.get("/").content.decode()

    for link in (
        'href="https://p\u0430ypal.com/" rel="me noopener" title="xn--pypal-4ve.com"',
        'href="https://orcid.org/0000-0002-1825-0097" rel="me noopener"',
        'href="https://github.com/ada" rel="me noopener"',
        'href="https://example.org/talk" rel="noopener"',
        'href="https://eve.example/" rel="external noopener"',
        'href="https://doi.org/10.1000/1" rel="noopener"',
    ):
        assert f"<a {link}>" in page
    assert "second@example.org" not in page
