"""What is logged, and how faults are told by mail: never who asked, from where, or what for.

Pure Python, since gunicorn logs by it before there are settings.
"""

import json
import logging
import re
import threading
import time
from copy import copy
from datetime import UTC, datetime

PERSONAL = re.compile(
    r"""
    (?P<token>(?<=/preview/)[^/\s'"]+)  # whoever has it sees a draft
    | (?P<query>(?<=[\w/%.-])\?[^\s'"]+)
    | (?P<mail>[\w.+-]+@[\w-]+(?:\.[\w-]+)+)
    | (?P<ipv4>(?<![\w.])\d{1,3}(?:\.\d{1,3}){3}(?!\.?\w))
    | (?P<ipv6>(?<![\w:.])(?:(?:[0-9a-f]{1,4}:){7}[0-9a-f]{1,4}|(?=[0-9a-f:]*::)[0-9a-f:]*[0-9a-f][0-9a-f:]*)(?![\w:]))
    """,
    re.VERBOSE | re.IGNORECASE,
)
DETAIL = re.compile(r"^(DETAIL: ).*$", re.MULTILINE)  # PostgreSQL's, with the values of a row
CONTROL = re.compile(r"[\x00-\x1f\x7f]")  # with which whoever asks could forge a line


def discreet(text):
    """A text without addresses of the internet or of people, queries, and secret parts of paths."""
    return DETAIL.sub(r"\1…", PERSONAL.sub("…", text))


def is_askers_fault(record):
    """Whether a record is about a wrong Host header, a forged cookie, an address that cannot be."""
    return record.name.startswith("django.security") or getattr(record, "status_code", 500) < 500


def without_trace(record):
    """The record, but with no traceback of what is the asker's fault: robots send a lot of that."""
    if record.exc_info and is_askers_fault(record):
        record = copy(record)
        record.exc_info = record.exc_text = None
    return record


class Line(logging.Formatter):
    """One line, and the traceback of a fault below it."""

    def __init__(self):
        super().__init__("{asctime} {levelname} {name}: {message}", style="{")

    def format(self, record):
        return super().format(without_trace(record))

    def formatMessage(self, record):  # noqa: N802 (logging's name)
        record.message = CONTROL.sub(lambda found: f"\\x{ord(found[0]):02x}", discreet(record.message))
        return super().formatMessage(record)

    def formatException(self, ei):  # noqa: N802
        return discreet(super().formatException(ei))


class JSON(Line):
    """One object a line; ``method``, ``path`` and ``status`` where the record is about a request."""

    def format(self, record):
        facts = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname,
            "logger": record.name,
            "message": discreet(record.getMessage()),
            **about_request(record),
        }
        if (traced := without_trace(record)).exc_info:
            facts["traceback"] = self.formatException(traced.exc_info)
        return json.dumps(facts, ensure_ascii=False)


def about_request(record):
    """What may be told of the request that a record is about. Without one: nothing."""
    request, facts = getattr(record, "request", None), {}
    if hasattr(request, "path"):
        facts = {"method": request.method, "path": discreet(request.path)}
    facts |= {name: getattr(record, name) for name in ("method", "path", "seconds") if hasattr(record, name)}
    return facts | ({"status": record.status_code} if hasattr(record, "status_code") else {})


class Mail(logging.Handler):
    """Faults by mail to ADMINS: each once an hour, and few of them, whatever a loop or a robot does.

    Django's own handler sends the whole request along, with addresses and what was typed into a form.
    """

    hour = 60 * 60  # seconds
    most = 10  # mails an hour, by one process

    def __init__(self):
        super().__init__(logging.ERROR)
        self.setFormatter(Line())
        self.sent, self.withheld = {}, 0  # {fault: when}
        self.mutex = threading.Lock()

    def emit(self, record):
        if is_askers_fault(record):
            return
        try:
            if self.is_due(self.fault_of(record)):
                self.send(record)
        except Exception:  # noqa: BLE001 (a fault of the mail must not become one of the page)
            self.handleError(record)

    def fault_of(self, record):
        """What makes two records the same fault: where it was raised, or what was logged."""
        trace = record.exc_info[2] if record.exc_info else None
        while trace and trace.tb_next:
            trace = trace.tb_next
        place = (trace.tb_frame.f_code.co_filename, trace.tb_lineno) if trace else record.msg
        return record.name, place

    def is_due(self, fault):
        now = time.monotonic()
        with self.mutex:
            self.sent = {key: at for key, at in self.sent.items() if now - at < self.hour}
            is_due = fault not in self.sent and len(self.sent) < self.most
            if is_due:
                self.sent[fault] = now
            else:
                self.withheld += 1
            return is_due

    def send(self, record):
        from django.core.mail import mail_admins  # noqa: PLC0415 (needs the settings)

        with self.mutex:
            withheld, self.withheld = self.withheld, 0
        error = record.exc_info[0].__name__ if record.exc_info else ""
        subject = discreet(f"{record.levelname}: {error or record.getMessage()}").splitlines()[0][:200]
        facts = [f"{name}: {value}" for name, value in about_request(record).items()]
        more = [f"{withheld} more were not sent since the last mail; the log has them."] if withheld else []
        mail_admins(subject, "\n\n".join(["\n".join(facts), self.format(record), *more]).strip())


def each_request(application):
    """The WSGI application, logging each request when its answer begins (ACCESS_LOG)."""
    log = logging.getLogger("site.requests")

    def with_log(environ, start_response):
        began = time.monotonic()

        def start(status, *arguments):
            method, code = environ["REQUEST_METHOD"], int(status[:3])
            path = discreet(environ["PATH_INFO"].encode("latin-1").decode("utf-8", "replace"))
            seconds = round(time.monotonic() - began, 4)
            facts = {"method": method, "path": path, "status_code": code, "seconds": seconds}
            log.info("%s %s %s in %s s", method, path, code, seconds, extra=facts)
            return start_response(status, *arguments)

        return application(environ, start)

    return with_log
