"""Starts the web server: granian, on every system with the same options."""

import os
import socket
import subprocess
import sys
from pathlib import Path

from django.conf import settings
from django.urls import reverse

from config.upkeep import InstallationError

LOG_CONFIG = Path(__file__).resolve().parents[1] / "web" / "granian_log.json"
DEFAULT_PORT = 8000


def default_address():
    """Return (host, port) from PORT; a platform or container that sets it expects the server on all addresses."""
    port = os.environ.get("PORT")
    return ("0.0.0.0", int(port) if port.isdecimal() else 0) if port else ("127.0.0.1", DEFAULT_PORT)  # noqa: S104


def command(host, port, workers=None):
    """Return granian's command line; ``workers`` is the number of processes, by default that of WEB_CONCURRENCY.

    A thread is busy while a file is sent to a slow client, hence many; granian starts them on demand.
    """
    return [
        *(sys.executable, "-m", "granian", "--interface", "wsgi", "--http", "1", "--no-ws"),
        *("--host", host, "--port", str(port)),
        *("--workers", str(workers or os.environ.get("WEB_CONCURRENCY") or 2)),
        *("--blocking-threads", os.environ.get("THREADS") or "32"),
        *("--respawn-failed-workers", "--workers-kill-timeout", "30"),
        *("--log-level", "error", "--log-config", str(LOG_CONFIG)),
        "config.wsgi:application",
    ]


def check_port(host, port):
    """Raise InstallationError unless a server can listen at this address."""
    if not 0 < port < 2**16:
        raise InstallationError(f"{port} is not a port. Choose one between 1024 and 65535, such as --port 8001.")
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET) as listener:
        if os.name == "posix":
            # A port that was closed a moment ago is free. (On Windows the option would mean "share".)
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((host, port))
        except OSError as error:
            other = port + 1 if 1024 <= port < 2**16 - 1 else DEFAULT_PORT + 1
            message = f"Port {port} cannot be used ({error.strerror}). Choose another one: --port {other}"
            raise InstallationError(message) from error


def welcome(host, port):
    """Return the text that names the site's addresses."""
    local = f"http://{'127.0.0.1' if host == '0.0.0.0' else host}:{port}{settings.SITE_PATH}"  # noqa: S104
    address = settings.SITE_URL or local
    return f"\nYour site   {address}/\nThe admin   {address}{reverse('admin:index')}\nCtrl-C stops the server.\n"


def start_clock():
    """Start the process that runs the scheduled maintenance; it ends when this process does."""
    clock = subprocess.Popen(
        [sys.executable, "-m", "config.upkeep.maintenance.clock"],
        stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, start_new_session=True,
    )  # fmt: skip
    os.set_inheritable(clock.stdin.fileno(), True)  # stays open when granian replaces this process


def serve(host, port):
    """Run the server until it is stopped, in place of this process where the system can do that."""
    os.chdir(settings.BASE_DIR)
    start_clock()
    if os.name == "nt":
        raise SystemExit(subprocess.call(command(host, port)))  # noqa: S603
    os.execv(sys.executable, command(host, port))  # noqa: S606
