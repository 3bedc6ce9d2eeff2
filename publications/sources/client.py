"""The one way to the network: public addresses only, with limits on time and size, and politely."""

import ipaddress
import json
import random
import socket
import threading
import time
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from importlib import import_module
from urllib.parse import quote, urlencode

from django.utils.functional import SimpleLazyObject

VERSION = "0.1"
MOST_REDIRECTS = 5
LONGEST_WAIT = 10  # seconds that a service may ask us to wait
SERVED_PORTS = {80, 443}  # of those below 1024; others are no web's
# A process takes its 6 MB, and each start its time, only once somebody is asked.
httpx = SimpleLazyObject(partial(import_module, "httpx"))
GLOBAL_UNICAST, NAT64 = ipaddress.ip_network("2000::/3"), ipaddress.ip_network("64:ff9b::/96")


class SourceError(Exception):
    """What went wrong, as a sentence for people. ``status`` is the HTTP status where there was one."""

    def __init__(self, message, status=None):
        super().__init__(message)
        self.status = status


@dataclass(frozen=True)
class Answer:
    url: str
    content: bytes
    media_type: str

    @property
    def text(self):
        return self.content.decode("utf-8", errors="replace")

    def json(self):
        """The answer as JSON; raises SourceError where it is none."""
        try:
            return json.loads(self.content)
        except (ValueError, RecursionError) as error:
            raise SourceError(f"{httpx.URL(self.url).host} did not answer with a record. Try again later.") from error


class Client:
    """Asks services, again after a while where they are busy.

    ``contact`` is told to them: an e-mail address or the site's. ``timeout`` is in seconds for each step, ``deadline``
    for a whole answer, ``largest`` in bytes, ``pause`` in seconds before the second try. ``mirrors`` maps beginnings
    of addresses to others that stand for them; ``allow_private`` lets them be on this machine.
    """

    tries = 3

    def __init__(
        self, contact="", *, timeout=5, deadline=20, largest=5 * 2**20, pause=1, mirrors=None, allow_private=False
    ):
        about = f"mailto:{contact}" if "@" in contact else f"+{contact}" if contact else ""
        agent = f"academic-site/{VERSION}" + (f" ({about})" if about else "")
        # Encodings would let a small answer grow large. What the environment says of proxies would lead round the
        # check of addresses.
        self._http = httpx.Client(
            headers={"User-Agent": agent, "Accept-Encoding": "identity"},
            timeout=timeout,
            trust_env=False,
            follow_redirects=False,
            # A connection is that of a name; httpx would keep it for its number, which other names may have.
            limits=httpx.Limits(max_keepalive_connections=0),
        )
        self.contact = contact
        self.deadline, self.largest, self.pause = deadline, largest, pause
        self.mirrors, self.allow_private = mirrors or {}, allow_private

    def __enter__(self):
        return self

    def __exit__(self, *exc):
        self._http.close()

    def get(self, url, *, accept="application/json", params=None):
        """The Answer of an address; raises SourceError for all that is no good answer."""
        if params:
            url += "?" + urlencode(params, quote_via=quote, safe="*:,")
        return self._ask(url, accept, read=True)

    def reach(self, url):
        """Whether an address answers well: raises SourceError as ``get`` does. Nothing of its content is read."""
        self._ask(url, "*/*", read=False)

    def _ask(self, url, accept, *, read):
        for beginning, mirror in self.mirrors.items():
            if url.startswith(beginning):
                url = mirror + url.removeprefix(beginning)
        for attempt in range(1, self.tries + 1):
            try:
                return self._follow(url, accept, read=read)
            except _Again as again:
                if attempt == self.tries:
                    raise SourceError(str(again), again.status) from again
                wait = again.wait if again.wait is not None else self.pause * 2 ** (attempt - 1)
                time.sleep(wait + random.uniform(0, self.pause / 2))  # noqa: S311 (spreads tries, keeps no secret)
        raise AssertionError

    def _follow(self, url, accept, *, read):
        until = time.monotonic() + self.deadline
        for _ in range(MOST_REDIRECTS + 1):
            address = _web_address(url)
            host = address.host
            response = self._send(address, accept, until)
            try:
                if response.has_redirect_location:
                    url = str(address.join(response.headers["Location"]))
                    continue
                self._check_status(response, host)
                content = self._read(response, host, until) if read else b""
            except (httpx.InvalidURL, httpx.TransportError, ValueError) as error:
                raise _Again(f"{host} broke off its answer. Try again later.") from error
            finally:
                response.close()
            return Answer(url, content, response.headers.get("Content-Type", "").partition(";")[0].strip().lower())
        raise SourceError(f"{httpx.URL(url).host} led from one address to the next without an end.")

    def _send(self, address, accept, until):
        """Ask the very address that was checked, under the name that it was looked up by."""
        ip = self._public_address(address)
        late = SourceError(f"{address.host} took longer than {self.deadline} seconds to answer. Try again later.")
        request = self._http.build_request(
            "GET",
            address.copy_with(host=ip),
            headers={"Host": address.netloc.decode("ascii"), "Accept": accept},
            extensions={"sni_hostname": address.host},
        )
        try:
            with _cut_off(request, until):
                return self._http.send(request, stream=True)
        except httpx.TimeoutException as error:
            raise _Again(f"{address.host} did not answer in time. Try again later.") from error
        except httpx.TransportError as error:
            if time.monotonic() > until:
                raise late from error
            raise _Again(f"{address.host} could not be reached. Check this machine's network, or try later.") from error

    def _public_address(self, address):
        port = address.port or 443
        if port < 1024 and port not in SERVED_PORTS and not self.allow_private:
            raise SourceError(f"{address.host} was not asked: port {port} is none of the web's.")
        try:
            found = socket.getaddrinfo(address.host, port, type=socket.SOCK_STREAM)
        except (OSError, UnicodeError) as error:
            raise _Again(
                f"{address.host} could not be found. Check the address and this machine's network, or try later."
            ) from error
        ips = [entry[4][0].partition("%")[0] for entry in found]
        if not self.allow_private and not all(map(is_public, ips)):
            raise SourceError(f"{address.host} is not on the public network, so it was not asked.")
        return ips[0]

    @staticmethod
    def _check_status(response, host):
        status = response.status_code
        if status in (404, 410):
            raise SourceError(f"{host} has no such record. Look for a typing error.", status)
        if status == 429 or status >= 500:
            wait = response.headers.get("Retry-After", "")
            busy = f"{host} is busy or out of order (it answered {status}). Try again later."
            raise _Again(busy, status, min(int(wait), LONGEST_WAIT) if wait.isdigit() else None)
        if status != 200:
            raise SourceError(f"{host} refused to answer (it said {status}).", status)

    def _read(self, response, host, until):
        if response.headers.get("Content-Encoding", "identity") != "identity":
            raise SourceError(f"{host} answered in a form that was not asked for.")
        content = bytearray()
        for piece in response.iter_raw():
            content += piece
            if len(content) > self.largest:
                raise SourceError(f"{host} sent more than {self.largest // 2**20} MB, so its answer was left unread.")
            if time.monotonic() > until:
                raise SourceError(f"{host} took longer than {self.deadline} seconds to answer. Try again later.")
        return bytes(content)


def _web_address(url):
    """The address as httpx has it; raises SourceError for what is none of the web."""
    try:
        address = httpx.URL(url)
        is_web = address.scheme in ("http", "https") and address.host and (address.port or 0) < 2**16
        is_one = is_web and not address.userinfo
    except (httpx.InvalidURL, ValueError):
        is_one = False
    if not is_one:
        raise SourceError(f"“{url[:80]}” is no web address. It begins with https:// or http://.")
    return address


@contextmanager
def _cut_off(request, until):
    """Break the connection of a request off at a moment: each step has a time of its own, of all together has none."""
    sockets = []

    def note(event, info):
        if event.endswith("connect_tcp.complete"):
            # Another handle of it, which stays when TLS takes the first.
            sockets.append(info["return_value"].get_extra_info("socket").dup())

    def cut():
        for one in sockets:
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)

    request.extensions["trace"] = note
    timer = threading.Timer(max(until - time.monotonic(), 0), cut)
    timer.daemon = True
    timer.start()
    try:
        yield
    finally:
        timer.cancel()
        for one in sockets:
            one.close()


class _Again(Exception):  # noqa: N818 (a try that failed, not yet an error)
    """That another try may succeed, after ``wait`` seconds where the service said so."""

    def __init__(self, message, status=None, wait=None):
        super().__init__(message)
        self.status, self.wait = status, wait


def is_public(ip):
    """Whether an IP address is on the public network, and so is the IPv4 address that it stands for, if any."""
    address = ipaddress.ip_address(ip)
    if address.version == 6:
        last = ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
        inner = address.ipv4_mapped or address.sixtofour or (last if address in NAT64 else None)
        if inner:
            return is_public(str(inner))
        if address not in GLOBAL_UNICAST:
            return False
    return address.is_global and not address.is_multicast
