"""An S3-compatible server in a separate process, for tests of the media storage."""

import subprocess
import sys
from contextlib import contextmanager
from urllib.request import Request, urlopen


@contextmanager
def store():
    """Yield the port on 127.0.0.1 of an empty server, which is stopped afterwards."""
    command = [sys.executable, "-m", "moto.server", "--host", "127.0.0.1", "--port", "0"]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True) as server:
        try:
            line = next(line for line in server.stderr if "Running on http://127.0.0.1:" in line)
            yield int(line.rpartition(":")[2])
        finally:
            server.kill()


def make_bucket(port, name):
    """Create a bucket. Return its address for MEDIA_STORAGE_URL."""
    urlopen(Request(f"http://127.0.0.1:{port}/{name}", method="PUT"), timeout=10).close()
    return f"s3+http://key:secret@127.0.0.1:{port}/{name}?region=us-east-1"
