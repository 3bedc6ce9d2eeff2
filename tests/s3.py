"""A store that speaks S3, as a process of its own, for tests that put files there."""

import subprocess
import sys
from contextlib import contextmanager
from urllib.request import Request, urlopen


@contextmanager
def store():
    """Yields the port on 127.0.0.1 of a store that is empty, and gone afterwards."""
    command = [sys.executable, "-m", "moto.server", "--host", "127.0.0.1", "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True) as server:
        try:
            line = next(line for line in server.stderr if "Running on http://127.0.0.1:" in line)
            yield int(line.rpartition(":")[2])
        finally:
            server.kill()


def make_bucket(port, name):
    """An empty bucket; its address, as MEDIA_STORAGE_URL takes it."""
    urlopen(Request(f"http://127.0.0.1:{port}/{name}", method="PUT"), timeout=10).close()
    return f"s3+http://key:secret@127.0.0.1:{port}/{name}?region=us-east-1"
