"""Runs the scheduled maintenance at every full hour, beside the server that quickstart starts.

A process without Django, which needs a tenth of the memory while it waits. It ends with the server, which holds the
other end of its standard input.
"""

import subprocess
import sys
import threading
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
FIRST = 10  # seconds after the start: what was missed while the server was off
HOUR = 3600


def main():
    ended = threading.Event()
    threading.Thread(target=wait_for_end, args=[ended], daemon=True).start()
    seconds = FIRST
    while not ended.wait(seconds):
        subprocess.run(
            [sys.executable, "manage.py", "run_maintenance"],
            cwd=ROOT, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, check=False,
        )  # fmt: skip
        seconds = HOUR - time.time() % HOUR + 1


def wait_for_end(ended):
    sys.stdin.buffer.read()
    ended.set()


if __name__ == "__main__":
    main()
