"""Log formats and error mails without personal data: no addresses, queries, cookies or form contents.

Pure Python at import, because granian loads it before Django has its settings.
"""

import json
import logging
import os
import re
import time
import traceback
from copy import copy
from datetime import UTC, datetime

from profiles.content.patterns import CONTROL

PERSONAL = re.compile(
    r"""
    (?P<token>(?<=/preview/)[^/\s'"]+)  # opens a draft
    | (?P<query>(?<=[\w/%.-])\?[^\s'"]+)
    | (?P<mail>[\w.+-]+@[\w-]+(?:\.[\w-]+)+)
    | (?P<ipv4>(?<![\w.])\d{1,3}(?:\.\d{1,3}){3}(?!\.?\w))
    | (?P<ipv6>(?<![\w:.])(?:(?:[0-9a-f]{1,4}:){7}[0-9a-f]{1,4}|(?=[0-9a-f:]*::)[0-9a-f:]*[0-9a-f][0-9a-f:]*)(?![\w:]))
    """,
    re.VERBOSE | re.IGNORECASE,
)
DETAIL = re.compile(r"^(DETAIL: ).*$", re.MULTILINE)  # in errors of PostgreSQL; has the values of a row


def anonymize(text):
    """Remove IP and e-mail addresses, query strings and preview tokens from a text."""
    return DETAIL.sub(r"\1…", PERSONAL.sub("…", text))


def is_client_error(record):
    """Return whether a record is about a bad request: a wrong Host header, a forged cookie, an impossible address."""
    return record.name.startswith("django.security") or getattr(record, "status_code", 500) < 500


def without_trace(record):
    """Return the record, without the traceback if it is a client error: robots cause many of them."""
    if record.exc_info and is_client_error(record):
        record = copy(record)
        record.exc_info = record.exc_text = None
    return record


def formatter():
    """Return the formatter that LOG_FORMAT names: one line, or one JSON object a line."""
    return JSON() if os.environ.get("LOG_FORMAT") == "json" else Line()


class Line(logging.Formatter):
    """Formats a record as one line, with the traceback of an error below it."""

    def __init__(self):
        super().__init__("{asctime} {levelname} {name}: {message}", style="{")

    def format(self, record):
        return super().format(without_trace(record))

    def formatMessage(self, record):  # noqa: N802 (logging's name)
        # A client could use control characters to forge a line of the log.
        record.message = CONTROL.sub(lambda found: f"\\x{ord(found[0]):02x}", anonymize(record.message))
        return super().formatMessage(record)

    def formatException(self, ei):  # noqa: N802
        return anonymize(super().formatException(ei))


class JSON(Line):
    """Formats a record as one JSON object; ``method``, ``path`` and ``status`` are added for a request."""

    def format(self, record):
        fields = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": anonymize(record.getMessage()),
            **request_fields(record),
        }
        if (traced := without_trace(record)).exc_info:
            fields["traceback"] = self.formatException(traced.exc_info)
        return json.dumps(fields, ensure_ascii=False)


def request_fields(record):
    """Return the fields of a record's request that may be logged; an empty dict if it has no request."""
    request, fields = getattr(record, "request", None), {}
    if hasattr(request, "path"):
        fields = {"method": request.method, "path": anonymize(request.path)}
    fields |= {name: getattr(record, name) for name in ("method", "path", "seconds") if hasattr(record, name)}
    return fields | ({"status": record.status_code} if hasattr(record, "status_code") else {})


class Mail(logging.Handler):
    """Mails errors to ADMINS: each error once an hour, and at most ten mails an hour from one process.

    Django's own handler mails the whole request, with addresses and form contents.
    """

    hour = 60 * 60  # seconds
    max_per_hour = 10

    def __init__(self):
        super().__init__(logging.ERROR)
        self.setFormatter(Line())
        self.sent_at = {}  # {place of an error: when it was mailed}
        self.not_mailed = 0

    def emit(self, record):
        if is_client_error(record):
            return
        now = time.monotonic()
        self.sent_at = {place: moment for place, moment in self.sent_at.items() if now - moment < self.hour}
        place = str(traceback.extract_tb(record.exc_info[2])[-1:]) if record.exc_info else record.msg
        if place in self.sent_at or len(self.sent_at) == self.max_per_hour:
            self.not_mailed += 1
            return
        self.sent_at[place] = now
        try:
            self.send(record)
        except Exception:  # noqa: BLE001 (a failing mail server must not break the page)
            self.handleError(record)

    def send(self, record):
        from django.core.mail import mail_admins  # noqa: PLC0415 (needs the settings)

        error = record.exc_info[0].__name__ if record.exc_info else record.getMessage()
        subject = anonymize(f"{record.levelname}: {error}").splitlines()[0][:200]
        lines = [f"{name}: {value}" for name, value in request_fields(record).items()]
        lines += ["", self.format(record)]
        if self.not_mailed:
            lines += ["", f"{self.not_mailed} more errors were not mailed since the last mail; the log has them."]
            self.not_mailed = 0
        mail_admins(subject, "\n".join(lines).strip())


def log_requests(application):
    """Wrap a WSGI application so that each request is logged when its response begins (ACCESS_LOG)."""
    log = logging.getLogger("site.requests")

    def with_log(environ, start_response):
        began = time.monotonic()

        def start(status, *arguments):
            method, code = environ["REQUEST_METHOD"], int(status[:3])
            path = anonymize(environ["PATH_INFO"].encode("latin-1").decode("utf-8", "replace"))
            seconds = round(time.monotonic() - began, 4)
            fields = {"method": method, "path": path, "status_code": code, "seconds": seconds}
            log.info("%s %s %s in %s s", method, path, code, seconds, extra=fields)
            return start_response(status, *arguments)

        return application(environ, start)

    return with_log
