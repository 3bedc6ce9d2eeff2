"""Starts servers on 127.0.0.1 and measures what their processes use. Linux only: reads /proc."""

import os
import signal
import subprocess
import tempfile
import time
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from pathlib import Path

from config.upkeep.server import command
from tests.running import free_port

ROOT = Path(__file__).resolve().parents[2]
TICKS = os.sysconf("SC_CLK_TCK")
AS_BROWSERS_DO = {"Accept-Encoding": "gzip, deflate, br"}


@dataclass
class Server:
    name: str
    port: int
    process: subprocess.Popen
    log: object

    def url(self, path):
        return f"http://127.0.0.1:{self.port}{path}"

    def fetch(self, path, headers=None, status=200):
        """Return the response to one request, with its ``body``; exit if it is not the expected one."""
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
        """Return the seconds of CPU that its processes have used."""
        spent = 0
        for pid in (self.process.pid, *self.workers()):
            fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
            spent += int(fields[11]) + int(fields[12])  # in user mode and in the kernel
        return spent / TICKS

    def memory(self):
        """Return the peak memory of a worker in MB (its resident set)."""
        statuses = [Path(f"/proc/{worker}/status").read_text() for worker in self.workers()]
        return max(int(status.partition("VmHWM:")[2].split()[0]) for status in statuses) / 1024

    def wait(self):
        """Wait until it answers, whatever the status."""
        while self.process.poll() is None:
            connection = HTTPConnection("127.0.0.1", self.port)
            with suppress(OSError, HTTPException), closing(connection):
                connection.request("GET", "/0")
                connection.getresponse().read()
                return
            time.sleep(0.01)


@contextmanager
def granian(name, application, environment, *, workers=2):
    """Yield a Server that answers; it is stopped afterwards, whatever happens."""
    port = free_port()
    arguments = [*command("127.0.0.1", port, workers)[:-1], application]
    with tempfile.TemporaryFile() as log:
        process = subprocess.Popen(arguments, cwd=ROOT, env=environment, stdout=log, stderr=log, start_new_session=True)
        try:
            server = Server(name, port, process, log)
            server.wait()
            yield server
        finally:
            process.terminate()
            with suppress(subprocess.TimeoutExpired):
                process.wait(10)
            with suppress(ProcessLookupError):  # granian leaves a worker that it was still starting
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()
