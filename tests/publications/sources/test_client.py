import socket
import time

import pytest

from publications.sources import Client, SourceError
from publications.sources.client import is_public
from tests.publications.sources.conftest import client_of, drip

INSIDE = [
    "http://127.0.0.1:8000/", "http://localhost/", "http://[::1]/", "http://169.254.169.254/latest/", "http://0.0.0.0/",
    "http://2130706433/", "http://0x7f.1/", "http://127.1/", "http://[::ffff:127.0.0.1]/", "http://[64:ff9b::7f00:1]/",
    "http://[fec0::1]/",
]  # fmt: skip
OK = (200, {}, {"title": "On Engines"})


def test_an_answer_is_read_and_the_request_names_its_sender(client, service):
    service.answers["/"] = OK

    answer = client.get("https://doi.org/10.1000/x", accept="application/json")

    assert answer.json() == {"title": "On Engines"}
    assert service.asked[0][0] == "/10.1000/x"
    assert service.asked[0][1]["User-Agent"] == "academic-site/0.1 (mailto:ada@example.org)"


def drip_of_headers(handler):
    """Headers without an end, each of which arrives in time."""
    handler.wfile.write(b"HTTP/1.1 200 OK\r\n")
    for number in range(40):
        handler.wfile.write(b"X-%d: y\r\n" % number)
        time.sleep(0.1)


@pytest.mark.parametrize("status", [429, 500, 503])
def test_a_request_to_a_busy_service_is_repeated(client, service, status):
    service.answers["/"] = [(status, {"Retry-After": "0"}, b""), OK]

    assert client.get("https://doi.org/x").json() == {"title": "On Engines"}
    assert len(service.asked) == 2


@pytest.mark.parametrize(
    ("answer", "sentence", "asked"),
    [
        ((500, {}, b""), "is busy or out of order (status 500). Try again later.", 3),
        ((404, {}, b""), "has no such record. Look for a typing error.", 1),
        ((403, {}, b""), "refused to answer (status 403).", 1),
        ((200, {}, b"x" * 6_000_000), "sent more than 5 MB, so its answer was not read.", 1),
        ((200, {"Content-Encoding": "gzip"}, b"\x1f\x8b"), "sent a compressed answer, which was not requested.", 1),
        ((302, {"Location": "/again"}, b""), "redirects without an end.", 6),
        (
            (302, {"Location": "file:///etc/passwd"}, b""),
            "is not a web address. It must start with https:// or http://.",
            1,
        ),
        ((200, {"Content-Length": "100"}, b"{"), "broke off its answer. Try again later.", 3),
    ],
)
def test_a_bad_answer_raises_an_error_with_a_sentence(client, service, answer, sentence, asked):
    service.answers["/"] = answer

    with pytest.raises(SourceError, match="127.0.0.1|file") as caught:
        client.get("https://doi.org/x")

    assert sentence in str(caught.value)
    assert len(service.asked) == asked


@pytest.mark.parametrize("answer", [drip([b"{", b" "] * 40, 0.05), drip_of_headers])
def test_an_answer_that_takes_too_long_raises_an_error(service, answer):
    service.answers["/"] = answer

    with client_of(service, deadline=1) as client, pytest.raises(SourceError) as caught:
        client.get("https://doi.org/x")

    assert "took longer than 1 seconds to answer. Try again later." in str(caught.value)
    assert len(service.asked) == 1


def test_an_answer_that_stops_is_requested_again(service):
    service.answers["/"] = drip([b""] * 2, 1)

    with client_of(service, timeout=0.5) as client, pytest.raises(SourceError, match="broke off its answer"):
        client.get("https://doi.org/x")

    assert len(service.asked) == 3


def test_an_endless_answer_is_not_read_to_the_end(client, service):
    sent = []

    def endless(handler):
        handler.send_response(200)
        handler.end_headers()
        for _ in range(800):
            handler.wfile.write(b"x" * 65536)
            sent.append(65536)

    service.answers["/"] = endless

    with pytest.raises(SourceError, match="more than 5 MB"):
        client.get("https://doi.org/x")

    assert sum(sent) < 50 * 2**20


def test_an_answer_that_is_not_json_raises_an_error(client, service):
    service.answers["/"] = (200, {}, b"<html>")

    with pytest.raises(SourceError, match="did not answer with a record"):
        client.get("https://doi.org/x").json()


@pytest.mark.parametrize("url", INSIDE)
def test_private_addresses_are_not_requested(url):
    with Client(pause=0) as client, pytest.raises(SourceError, match="it is not on the public network"):
        client.get(url)


@pytest.mark.parametrize("url", ["http://10.0.0.1/admin", *INSIDE])
def test_a_redirect_into_the_private_network_is_not_followed(service, monkeypatch, url):
    service.answers["/"] = (302, {"Location": url}, b"")
    client = Client(pause=0)
    # The service itself is on this machine, so only the redirect is checked.
    checked = client._public_ip
    monkeypatch.setattr(client, "_public_ip", lambda url: "127.0.0.1" if str(url) == service.url else checked(url))

    with pytest.raises(SourceError, match="it is not on the public network"):
        client.get(service.url)
    assert len(service.asked) == 1


@pytest.mark.parametrize(
    "url",
    ["file:///etc/passwd", "ftp://example.org/", "gopher://example.org/", "//example.org/", "http://", "http://[::1",
     "http://0177.0.0.1/", "http://xn--a/", "http://a\0b/", "http://a:99999999/", "http://ada:secret@example.org/"],
)  # fmt: skip
@pytest.mark.parametrize("method", ["get", "reach"])
def test_only_web_addresses_are_accepted(url, method):
    with Client(pause=0) as client, pytest.raises(SourceError, match="is not a web address"):
        getattr(client, method)(url)


@pytest.mark.parametrize("port", [22, 25, 53, 139, 445])
def test_ports_of_other_services_are_not_requested(port):
    with Client(pause=0) as client, pytest.raises(SourceError, match=f"{port} is not a web port"):
        client.get(f"http://1.1.1.1:{port}/")


def test_the_checked_ip_address_is_requested_even_if_the_name_changes_its_address(service, monkeypatch):
    looked_up, real = [], socket.getaddrinfo

    def rebinding(host, *arguments, **options):
        if host != "rebinding.example":
            return real(host, *arguments, **options)
        looked_up.append(host)
        return real("127.0.0.1" if len(looked_up) == 1 else "127.0.0.2", *arguments, **options)

    monkeypatch.setattr(socket, "getaddrinfo", rebinding)
    monkeypatch.setattr("publications.sources.client.is_public", lambda ip: ip == "127.0.0.1")
    service.answers["/"] = OK

    with Client(pause=0) as client:
        client.get(service.url.replace("127.0.0.1", "rebinding.example"))

    assert looked_up == ["rebinding.example"]
    assert service.asked[0][1]["Host"].startswith("rebinding.example:")


def test_a_name_with_one_private_ip_address_is_not_requested(monkeypatch):
    found = [(2, 1, 6, "", ("1.1.1.1", 443)), (2, 1, 6, "", ("10.0.0.1", 443))]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *arguments, **options: found)

    with Client(pause=0) as client, pytest.raises(SourceError, match="it is not on the public network"):
        client.get("https://example.org/")


@pytest.mark.parametrize(
    ("ip", "public"),
    [
        ("93.184.216.34", True),
        ("2606:4700::1111", True),
        ("10.0.0.1", False),
        ("::ffff:10.0.0.1", False),
        ("64:ff9b::7f00:1", False),
        ("2002:7f00:1::", False),
        ("224.0.0.1", False),
        ("100.64.0.1", False),
        ("0.0.0.0", False),
        ("169.254.169.254", False),
        ("::ffff:1.1.1.1", True),
        ("64:ff9b::101:101", True),
        ("::127.0.0.1", False),
        ("::ffff:0:127.0.0.1", False),
        ("64:ff9b:1::7f00:1", False),
        ("fec0::1", False),
        ("fe80::1", False),
        ("fd00::1", False),
        ("2001:0:7f00:1::1", False),
    ],
)
def test_ip_addresses_are_public_or_not(ip, public):
    assert is_public(ip) is public


def test_a_machine_that_does_not_exist_raises_an_error():
    client = Client(pause=0, allow_private=True)

    with client, pytest.raises(SourceError, match="could not be reached"):
        client.get("http://127.0.0.1:9/")
