"""A client for online services: public addresses only, with limits on time and size, and with retries."""

import ipaddress
import json
import random
import socket
import threading
import time
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from importlib import import_module
from urllib.parse import quote, urlencode

from django.utils.functional import SimpleLazyObject

VERSION = "0.1"
REDIRECT_LIMIT = 5
RETRY_AFTER_LIMIT = 10  # seconds; longer waits that a service asks for are shortened
WEB_PORTS = {80, 443}  # the only ports below 1024 that requests may go to
GLOBAL_UNICAST, NAT64 = ipaddress.ip_network("2000::/3"), ipaddress.ip_network("64:ff9b::/96")
httpx = SimpleLazyObject(partial(import_module, "httpx"))  # imported at the first request, to save memory


class SourceError(Exception):
    """A request failed; the message is written for people. ``status`` is the HTTP status, None without an answer."""

    def __init__(self, message, status=None):
        super().__init__(message)
        self.status = status


class TemporaryError(SourceError):
    """Another try may succeed, after ``wait`` seconds if the service said so."""

    def __init__(self, message, status=None, wait=None):
        super().__init__(message, status)
        self.wait = wait


@dataclass(frozen=True)
class Answer:
    """``headers`` are those of the response, in lower case. ``is_unchanged``: the service sent no content (304)."""

    url: str
    content: bytes
    headers: dict = field(default_factory=dict)
    is_unchanged: bool = False

    @property
    def text(self):
        return self.content.decode("utf-8", errors="replace")

    def json(self):
        """Return the JSON object in the answer; raise SourceError if there is none."""
        try:
            found = json.loads(self.content)
        except (ValueError, RecursionError):
            found = None
        if not isinstance(found, dict):
            raise SourceError(f"{httpx.URL(self.url).host} did not answer with a record. Try again later.")
        return found


class Client:
    """Sends GET requests, and repeats those that fail for the moment.

    ``contact``, an e-mail address or the site's URL, is sent along. ``timeout`` limits each step of a request and
    ``deadline`` the whole, in seconds; ``largest`` limits the answer, in bytes; ``pause`` is the number of seconds
    before the second try. ``mirrors`` maps beginnings of URLs to replacements, and ``allow_private`` permits private
    addresses: both are for tests.
    """

    def __init__(
        self, contact="", *, timeout=5, deadline=20, largest=5 * 2**20, pause=1, mirrors=None, allow_private=False
    ):
        about = f"mailto:{contact}" if "@" in contact else f"+{contact}" if contact else ""
        agent = f"academic-site/{VERSION}" + (f" ({about})" if about else "")
        self._http = httpx.Client(
            # Compression would let a small answer grow beyond the limit.
            headers={"User-Agent": agent, "Accept-Encoding": "identity"},
            timeout=timeout,
            # A proxy from the environment would bypass the check of addresses.
            trust_env=False,
            # Connections belong to a host name, but httpx would reuse them by IP address.
            limits=httpx.Limits(max_keepalive_connections=0),
        )
        self.contact = contact
        self.deadline, self.largest, self.pause = deadline, largest, pause
        self.mirrors, self.allow_private = mirrors or {}, allow_private

    def __enter__(self):
        return self

    def __exit__(self, *exc):
        self._http.close()

    def email_as(self, parameter):
        """Return the query parameter with the contact's e-mail address, for services that ask for one."""
        return {parameter: self.contact} if "@" in self.contact else {}

    def get(self, url, *, accept="application/json", params=None, not_found="", headers=()):
        """Return the Answer; raise SourceError, with the message ``not_found`` if the service has no such record.

        ``headers`` are sent along, such as those of a conditional request.
        """
        if params:
            url += "?" + urlencode(params, quote_via=quote, safe="*:,")
        try:
            return self._retry(url, {"Accept": accept, **dict(headers)}, read=True)
        except SourceError as error:
            if error.status == 404 and not_found:
                raise SourceError(not_found, 404) from error
            raise

    def reach(self, url):
        """Raise SourceError, as ``get`` does, if the address does not answer. The content is not read."""
        self._retry(url, {"Accept": "*/*"}, read=False)

    def _retry(self, url, headers, *, read):
        for beginning, mirror in self.mirrors.items():
            if url.startswith(beginning):
                url = mirror + url.removeprefix(beginning)
        for pause in (self.pause, 2 * self.pause):
            try:
                return self._follow(url, headers, read=read)
            except TemporaryError as error:
                wait = pause if error.wait is None else error.wait
                time.sleep(wait + random.uniform(0, self.pause / 2))  # noqa: S311 (not for security)
        return self._follow(url, headers, read=read)

    def _follow(self, url, headers, *, read):
        """Request an address and follow redirects. Each redirect is checked like the first address."""
        until = time.monotonic() + self.deadline
        for _ in range(REDIRECT_LIMIT + 1):
            address = _web_address(url)
            with self._response(address, headers, until) as response:
                if response.status_code == 304:
                    return Answer(url, b"", dict(response.headers), is_unchanged=True)
                if not response.has_redirect_location:
                    _check_status(response, address.host)
                    content = self._read(response, address.host) if read else b""
                    return Answer(url, content, dict(response.headers))
                url = str(address.join(response.headers["Location"]))
        raise SourceError(f"{address.host} redirects without an end.")

    @contextmanager
    def _response(self, address, headers, until):
        host = address.host
        # Connects to the IP address that was checked: a second look-up of the name could give another one.
        pinned = address.copy_with(host=self._public_ip(address))
        headers = {"Host": address.netloc.decode("ascii"), **headers}
        try:
            with _cut_off(until) as trace:
                extensions = {"sni_hostname": host, "trace": trace}
                with self._http.stream("GET", pinned, headers=headers, extensions=extensions) as response:
                    yield response
        except (httpx.InvalidURL, httpx.TransportError, ValueError) as error:
            if time.monotonic() < until:
                message = f"{host} did not answer in time, or broke off its answer. Try again later."
                if isinstance(error, httpx.ConnectError):
                    message = f"{host} could not be reached. Check this machine's network, or try again later."
                raise TemporaryError(message) from error
        if time.monotonic() > until:
            raise SourceError(f"{host} took longer than {self.deadline} seconds to answer. Try again later.")

    def _public_ip(self, address):
        port = address.port or 443
        if port < 1024 and port not in WEB_PORTS and not self.allow_private:
            raise SourceError(f"{address.host} was not requested, because {port} is not a web port.")
        try:
            found = socket.getaddrinfo(address.host, port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError) as error:
            raise TemporaryError(
                f"{address.host} could not be found. Check the address and this machine's network, or try again later."
            ) from error
        ips = [entry[4][0].partition("%")[0] for entry in found]
        if not self.allow_private and not all(map(is_public, ips)):
            raise SourceError(f"{address.host} was not requested, because it is not on the public network.")
        return ips[0]

    def _read(self, response, host):
        if response.headers.get("Content-Encoding", "identity") != "identity":
            raise SourceError(f"{host} sent a compressed answer, which was not requested.")
        content = bytearray()
        for piece in response.iter_raw():
            content += piece
            if len(content) > self.largest:
                raise SourceError(f"{host} sent more than {self.largest // 2**20} MB, so its answer was not read.")
        return bytes(content)


def _check_status(response, host):
    status = response.status_code
    if status in (404, 410):
        raise SourceError(f"{host} has no such record. Look for a typing error.", status)
    if status == 429 or status >= 500:
        wait = response.headers.get("Retry-After", "")
        message = f"{host} is busy or out of order (status {status}). Try again later."
        raise TemporaryError(message, status, min(int(wait), RETRY_AFTER_LIMIT) if wait.isdigit() else None)
    if status != 200:
        raise SourceError(f"{host} refused to answer (status {status}).", status)


def _web_address(url):
    """Return the httpx.URL of a web address without user name; raise SourceError for anything else."""
    try:
        address = httpx.URL(url)
        is_web = address.scheme in ("http", "https") and address.host and not address.userinfo
        if is_web and (address.port or 0) < 2**16:
            return address
    except (httpx.InvalidURL, ValueError):
        pass
    raise SourceError(f"“{url[:80]}” is not a web address. It must start with https:// or http://.")


@contextmanager
def _cut_off(until):
    """Close the connection of a request at a moment of time.monotonic(); yield the ``trace`` extension for it.

    httpx has a time limit for each step of a request, but none for the whole.
    """
    sockets = []

    def trace(event, info):
        if event.endswith("connect_tcp.complete"):
            # A duplicate: TLS takes over the first handle.
            sockets.append(info["return_value"].get_extra_info("socket").dup())

    def close():
        for one in sockets:
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)

    timer = threading.Timer(max(until - time.monotonic(), 0), close)
    timer.daemon = True
    timer.start()
    try:
        yield trace
    finally:
        timer.cancel()
        for one in sockets:
            one.close()


def is_public(ip):
    """Return whether an IP address, and the IPv4 address embedded in it if any, is on the public network."""
    address = ipaddress.ip_address(ip)
    if address.version == 6:
        last = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
        inner = address.ipv4_mapped or address.sixtofour or (last if address in NAT64 else None)
        if inner:
            return is_public(str(inner))
        if address not in GLOBAL_UNICAST:
            return False
    return address.is_global and not address.is_multicast
