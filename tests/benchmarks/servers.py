"""Servers on 127.0.0.1 for as long as they are measured, and what their processes take. Linux only: reads /proc."""

import os
import socket
import subprocess
import sys
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
TICKS = os.sysconf("SC_CLK_TCK")
AS_BROWSERS_DO = {"Accept-Encoding": "gzip, deflate, br, zstd"}


@dataclass
class Server:
    name: str
    port: int
    process: subprocess.Popen
    log: object

    def url(self, path):
        return f"http://127.0.0.1:{self.port}{path}"

    def fetch(self, path, headers=None, status=200):
        """The response to one request, with its ``body``; ends the program where it is another than expected."""
        connection = HTTPConnection("127.0.0.1", self.port, timeout=60)
        try:
            connection.request("GET", path, headers=headers or {})
            response = connection.getresponse()
            response.body = response.read()
        except (OSError, HTTPException) as error:
            self.log.seek(0)
            message = f"{self.name} does not answer ({error!r}).\n{self.log.read().decode(errors='replace')}"
            raise SystemExit(message) from error
        finally:
            connection.close()
        if response.status != status:
            raise SystemExit(f"{self.name} answers {path} with {response.status} in place of {status}.")
        return response

    def workers(self):
        pid = self.process.pid
        return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]

    def cpu(self):
        """Seconds that its processes have spent so far."""
        spent = 0
        for pid in (self.process.pid, *self.workers()):
            fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
            spent += int(fields[11]) + int(fields[12])  # in user mode and in the kernel
        return spent / TICKS

    def memory(self):
        """The most that a worker has taken so far, in MB (the peak of its resident set)."""
        statuses = [Path(f"/proc/{worker}/status").read_text() for worker in self.workers()]
        return max(int(status.partition("VmHWM:")[2].split()[0]) for status in statuses) / 1024


@contextmanager
def gunicorn(name, application, environment, *, worker_class, workers=2):
    """A Server, which listens at once and answers as soon as a worker is there; ended afterwards, whatever happens."""
    arguments = [
        f"--config={os.devnull}",  # alike on any machine
        f"--worker-class={worker_class}",
        "--threads=4",
        f"--workers={workers}",
        "--no-control-socket",
        "--log-level=warning",
    ]
    with tempfile.TemporaryFile() as log:
        with socket.create_server(("127.0.0.1", 0), backlog=2048) as listener:
            port, handle = listener.getsockname()[1], listener.fileno()
            process = subprocess.Popen(
                [sys.executable, "-m", "gunicorn", *arguments, f"--bind=fd://{handle}", application],
                cwd=ROOT, env=environment, pass_fds=[handle], stdout=log, stderr=log,
            )  # fmt: skip
        # From here on the port is that process's alone: when it fails, a request does too, instead of waiting.
        try:
            yield Server(name, port, process, log)
        finally:
            process.terminate()
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
