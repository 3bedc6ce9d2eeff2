"""How the site is served: by processes of gunicorn, in each of which waitress speaks with the clients.

gunicorn's own workers lend a thread to a client for as long as a request takes to come in and its answer to go out, so
a handful of slow clients leaves no thread to anybody else. waitress holds the clients of a process in one loop, and its
threads are given whole requests. gunicorn starts, watches and stops the processes.

An application may have a function ``at_hand``, which takes an environ and gives status, headers and body of an answer
for which there is nothing to wait, or None: such are sent by the loop itself.
"""

import ctypes
import gc
import logging
import os
import resource
import socket
import threading
import time
from contextlib import suppress
from tempfile import gettempdir
from weakref import WeakKeyDictionary

from django.conf import settings
from gunicorn.workers.base import Worker
from waitress import create_server, wasyncore
from waitress.channel import HTTPChannel
from waitress.parser import HTTPRequestParser, ParsingError
from waitress.task import ErrorTask, ThreadedTaskDispatcher, WSGITask
from waitress.utilities import BadRequest, Error, RequestEntityTooLarge

from profiles.content.storage import FULL

log = logging.getLogger(__name__)

HEAD_SECONDS = 20  # in which the line and the headers of a request have to be here
IDLE_SECONDS = 30  # without a byte of a body or of an answer, or between requests
CLIENTS = 900  # of a process at once, at most
SPARE_FILES = 124  # of a process, for the site itself
LINGER_SECONDS = 2  # without a byte of what is no longer wanted
HEAD_BYTES = 64 * 2**10
MOST_IN_ONE_PIECE = 8  # requests
ANYONES_BYTES = 64 * 2**10  # of a body that is not for the admin: no page for visitors reads one
LARGEST_AT_ONCE = 5  # bodies for the admin, as much as these have may come to a process at a time

M_TRIM_THRESHOLD, M_MMAP_THRESHOLD, M_ARENA_MAX = -1, -3, -8  # of malloc.h


class Answer(WSGITask):
    """Ends the connection only where nothing else tells the end of the answer (RFC 9112, 6.3): a 304 has no body, and
    one in chunks ends with an empty one."""

    def set_close_on_finish(self):
        has_end = self.version == "1.1" and (self.chunked_response or not self.has_body)
        asks_to = self.request.headers.get("CONNECTION", "").lower() == "close"
        if self.wrote_header or asks_to or not has_end:
            super().set_close_on_finish()

    def build_response_header(self):
        if self.channel.is_last_answer:
            super().set_close_on_finish()
        return super().build_response_header()

    def send(self, status, headers, body):
        """A whole answer, of which the headers tell the length, in one piece."""
        self.start()
        self.status, self.response_headers = status, list(headers)
        self.channel.write_soon(self.build_response_header() + body)

    def finish(self):
        if not self.wrote_header:
            self.write(b"")
        if self.request.command == "HEAD":
            self.chunked_response = False  # without a body there is no end of it
        super().finish()


class Refusal(ErrorTask):
    """What never reaches the site has no headers of its middleware."""

    def build_response_header(self):
        self.response_headers += [
            ("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'"),
            ("X-Content-Type-Options", "nosniff"),
        ]
        return super().build_response_header()


class InsufficientStorage(Error):  # noqa: N818  (as waitress names its own)
    code = 507
    reason = "Insufficient Storage"


class Request(HTTPRequestParser):
    """Refuses what waitress fails at or gathers without an end."""

    path = ""  # where there is none to read, a log may name it all the same

    def parse_header(self, header):
        try:
            super().parse_header(header)
        except ValueError as error:  # a number of thousands of digits, half an IPv6 address
            raise ParsingError("The request line or a header cannot be read.") from error
        if self.version == "1.1" and "HOST" not in self.headers:
            raise ParsingError("A Host header is missing.")
        if "close" in {word.strip() for word in self.headers.get("CONNECTION", "").lower().split(",")}:
            self.headers["CONNECTION"] = "close"  # the one word that waitress looks for

    @property
    def most_bytes(self):
        return editors_bytes() if f"/{settings.ADMIN_PATH}/" in self.path else ANYONES_BYTES

    def received(self, data):
        try:
            taken = super().received(data)
        except OSError as error:  # a body past half a MB lies in a temporary file
            log.error("The folder for temporary files (%s) cannot be written: %s", gettempdir(), error)
            self.error, self.completed = InsufficientStorage(FULL), True
            taken = len(data)
        if not self.error and max(self.content_length, self.body_bytes_received) > self.most_bytes:
            self.error, self.completed = RequestEntityTooLarge(f"More than {self.most_bytes} bytes."), True
        line = getattr(self.body_rcv, "control_line", b"") + getattr(self.body_rcv, "trailer", b"")
        if not self.completed and len(line) > HEAD_BYTES:
            self.error, self.completed = BadRequest("A line of the body's chunks does not end."), True
        if self.completed:
            self.expect_continue = False  # there is nothing to go on with
        return taken


class Client(HTTPChannel):
    task_class = Answer
    error_task_class = Refusal
    parser_class = Request
    is_last_answer = False  # of all clients: the process ends
    lingers_since = None

    def handle_write(self):
        if self.close_when_flushed and self._flush_exception(self._flush_some)[1] is False:
            if self.total_outbufs_len or not self.connected:  # some is left, or the client is gone
                return
            self.linger()
        super().handle_write()

    def linger(self):
        """Say that nothing more comes, but take what does: closed at once, a connection of which something is unread
        is reset, and the answer lost with it (RFC 9112, 9.6)."""
        self.close_when_flushed = False
        try:
            self.socket.shutdown(socket.SHUT_WR)
        except OSError:
            self.will_close = True
        self.lingers_since = time.monotonic()

    def readable(self):
        return not self.will_close if self.lingers_since else super().readable()

    def received(self, data):
        if self.lingers_since:
            return False
        taken = super().received(data)
        self.forget_most_of_many()
        threads = self.server.task_dispatcher
        if threads.have_been_asked_by(self) and not self.is_answered_at_once():
            threads.answer(self)
        return taken

    def forget_most_of_many(self):
        """Of many requests in one piece, whose answers would fill the memory, the first are answered. Then the
        connection ends, and the client asks for the others anew (RFC 9112, 9.3.2)."""
        if len(self.requests) > MOST_IN_ONE_PIECE:
            for request in self.requests[MOST_IN_ONE_PIECE:]:
                request.close()
            del self.requests[MOST_IN_ONE_PIECE:]
            self.requests[-1].headers["CONNECTION"] = "close"

    def is_answered_at_once(self):
        """Whether all that it asks for is at hand, and has been answered."""
        while self.requests:
            answer = Answer(self, self.requests[0])
            at_hand = None if answer.request.error else self.server.application.at_hand(answer.get_environment())
            if at_hand is None:
                return False
            answer.send(*at_hand)
            self.current_outbuf_count = self.adj.outbuf_high_watermark  # the next answer has a buffer of its own
            answer.request.close()
            with self.requests_lock:
                self.requests.pop(0)
                if answer.close_on_finish:
                    self.close_when_flushed, self.requests = True, []
        self.handle_write()
        return True

    def held(self):
        """Bytes of bodies that are coming in, or wait for their answer."""
        return sum(request.body_bytes_received for request in (self.request, *self.requests) if request)


class Threads(ThreadedTaskDispatcher):
    """Answer what the loop, which makes them, has not at hand: to wake a thread takes longer than to send a page."""

    def __init__(self, count):
        super().__init__()
        self.loop, self.asked_by = threading.get_ident(), None
        self.set_thread_count(count)

    def add_task(self, client):
        if threading.get_ident() == self.loop:
            self.asked_by = client  # which holds its lock at this moment
        else:
            self.answer(client)

    def have_been_asked_by(self, client):
        is_it, self.asked_by = self.asked_by is client, None
        return is_it

    def answer(self, client):
        super().add_task(client)


class Waitress(Worker):
    """A worker class of gunicorn, which heeds its settings threads, backlog and graceful_timeout."""

    def run(self):
        keep_no_freed_memory()
        gc.collect()
        gc.freeze()  # what has been loaded stays: to look through the rest alone takes less time, and is done sooner
        self.channels = {}  # {file: the listener, a client or what wakes the loop}
        dispatcher = Threads(self.cfg.threads)
        most = most_clients()
        application = without_bodies_for_head(self.wsgi)
        application.at_hand = getattr(self.wsgi, "at_hand", lambda environ: None)
        for listener in self.sockets:  # one by one, since waitress takes Unix sockets and addresses apart alone
            server = create_server(
                application,
                map=self.channels,
                sockets=[listener.sock],
                _dispatcher=dispatcher,
                backlog=self.cfg.backlog,
                connection_limit=most,
                channel_timeout=IDLE_SECONDS,
                cleanup_interval=1,
                max_request_header_size=HEAD_BYTES,
                max_request_body_size=editors_bytes() + 1,
                # An answer waits for its client in memory, past a MB in a temporary file, and not in its thread.
                outbuf_high_watermark=2**30,
                clear_untrusted_proxy_headers=False,  # BEHIND_PROXY says whether they are believed
                server_name=settings.SITE_HOST or "localhost",  # for HTTP/1.0 without a Host
                ident="",
            )
            server.channel_class = Client
        self.heads = WeakKeyDictionary()  # {request of which the headers are coming in: since when}
        self.takers = WeakKeyDictionary()  # {client that has not taken all of an answer: since when}
        self.looks_again_at = 0
        while self.alive and os.getppid() == self.ppid:
            self.step()
        for channel in self.channels.values():
            channel.accepting = False
        Client.is_last_answer = True
        # A request may be on its way already over a connection that was kept.
        now = time.monotonic()
        waits_until, ends_at = now + min(1, self.cfg.graceful_timeout), now + self.cfg.graceful_timeout
        while now < ends_at and (any(map(is_served, self.clients())) or (now < waits_until and self.clients())):
            self.step(seconds=0.1)
            now = time.monotonic()
        dispatcher.shutdown()

    def step(self, seconds=1):
        """Do what there is to do for the clients, or wait so long for one of them."""
        wasyncore.loop(timeout=seconds, use_poll=True, map=self.channels, count=1)
        now = time.monotonic()
        if now >= self.looks_again_at:
            self.looks_again_at = now + 1
            self.notify()
            self.cut_slow_ones(now)
            self.cut_late_ones()

    def clients(self):
        return [channel for channel in self.channels.values() if isinstance(channel, Client)]

    def cut_slow_ones(self, now):
        """Those that waitress does not: of which a byte comes now and then, and who take nothing of a long answer."""
        for client in self.clients():
            if self.is_done_with(client, now) or self.is_slow_to_ask(client, now) or self.is_slow_to_take(client, now):
                client.handle_close()  # waitress would wait until it takes something

    def cut_late_ones(self):
        """Those that came last of many who send large bodies, until the others have room."""
        clients = sorted(self.clients(), key=lambda client: client.creation_time, reverse=True)
        too_many = sum(client.held() for client in clients) - LARGEST_AT_ONCE * editors_bytes()
        for client in clients:
            if too_many > 0 and client.request and client.held():
                too_many -= client.held()
                client.handle_close()

    def is_done_with(self, client, now):
        silent = time.time() - client.last_activity > LINGER_SECONDS
        return client.lingers_since and (silent or now - client.lingers_since > IDLE_SECONDS)

    def is_slow_to_ask(self, client, now):
        request = client.request
        # Not a second request, while the answer to the first is on its way.
        is_coming = request is not None and not request.headers_finished and not client.requests
        return is_coming and now - self.heads.setdefault(request, now) > HEAD_SECONDS

    def is_slow_to_take(self, client, now):
        if not client.total_outbufs_len:
            self.takers.pop(client, None)
            return False
        # Both, since the answer itself may have been long in the making.
        return now - self.takers.setdefault(client, now) > IDLE_SECONDS < time.time() - client.last_activity


def keep_no_freed_memory():
    """glibc would keep it for each thread by itself, and ever more once some has been taken for a large page."""
    with suppress(AttributeError):  # not glibc
        mallopt = ctypes.CDLL(None).mallopt
        for option, value in ((M_ARENA_MAX, 1), (M_TRIM_THRESHOLD, 2**17), (M_MMAP_THRESHOLD, 2**17)):
            mallopt(option, value)


def editors_bytes():
    """The most that a body for the admin has: more than a form takes, which tells by a sentence of too large a file."""
    return (2 * settings.UPLOAD_MAX_MB + 20) * 2**20


def without_bodies_for_head(application):
    """waitress would send them, and the client take them for the next answer."""

    def answer(environ, start_response):
        body = application(environ, start_response)
        if environ["REQUEST_METHOD"] != "HEAD":
            return body
        getattr(body, "close", bool)()
        return []

    return answer


def most_clients():
    """How many a process has files for: each takes one for its connection, and one for a large body or answer."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    with suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
        soft = hard
    if soft == resource.RLIM_INFINITY:
        return CLIENTS
    return max(10, min(CLIENTS, (soft - SPARE_FILES) // 2))


def is_served(client):
    """Whether a request of it is being answered, or its body is coming in."""
    is_coming = client.request and client.request.headers_finished
    return client.requests or client.total_outbufs_len or client.lingers_since or is_coming
