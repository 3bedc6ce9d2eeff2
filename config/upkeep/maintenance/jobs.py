"""Jobs that take longer than a request may: backups and link checks.

Each job runs in its own process, which a restart of the server's workers does not stop, and only once at a time. Its
progress is stored in a file of the data folder, because each write to the database would empty the page cache.
"""

import json
import shutil
import subprocess
import sys
import sysconfig
import threading
import time
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from functools import partial

from django.conf import settings
from django.core.files import locks
from django.template.defaultfilters import filesizeformat

from config.upkeep import feeds, links
from config.upkeep.backups import ERRORS, create
from profiles.files.storage import storage_message
from profiles.models import FollowedFeed, Schedule
from publications.imports import inbox
from publications.sources import SourceError

STARTING = timedelta(seconds=60)  # a new process needs some of these until it holds its lock
INTERVAL = 0.5  # seconds between two reports of a job
INTERRUPTED = "It was interrupted. Start it again."


class AlreadyRunningError(Exception):
    """Another process runs the same job."""


@dataclass
class Status:
    """How far a job is, or how its last run has ended. ``outcome`` is "" while it runs, then "done" or "failed"."""

    began_at: datetime
    by: str = ""
    outcome: str = ""
    text: str = ""
    done: int = 0
    total: int = 0

    @property
    def is_running(self):
        return not self.outcome


def back_up(bar, by):
    folder = backup_folder()
    folder.mkdir(mode=0o700, exist_ok=True)
    backup = create.create_in(folder, bar, keep=Schedule.objects.current().keep, by=by)
    size = filesizeformat(backup.path.stat().st_size).replace("\xa0", " ")
    text = f"{backup.path.name}: {backup.rows} rows, {backup.files} files, {size}."
    return f"{text} Missing uploads: {', '.join(backup.missing)}." if backup.missing else text


def check_links(bar, by):
    with inbox.client() as client:
        tally = links.check(client, progress=partial(bar, desc="Links", unit=" hosts"))
    return f"{tally.alive} alive, {tally.dead} dead."


def read_feeds(bar, by):
    with inbox.client() as client:
        tally = feeds.check(client, list(FollowedFeed.objects.all()), progress=partial(bar, desc="Feeds"))
    return f"{tally.new} new suggestions, {tally.failed} feeds that cannot be read."


JOBS = {"backup": back_up, "links": check_links, "feeds": read_feeds}


def backup_folder():
    return settings.DATA_DIR / "backups"


def job_file(name):
    return settings.DATA_DIR / "jobs" / name


def status(name):
    """Return the Status of a job that has run or runs on this machine, else None."""
    try:
        facts = json.loads(job_file(f"{name}.json").read_text("utf-8"))
        found = Status(**facts | {"began_at": datetime.fromisoformat(facts["began_at"])})
    except (OSError, ValueError, TypeError, KeyError):
        return None
    if found.is_running and datetime.now(UTC) - found.began_at > STARTING and not is_locked(name):
        found.outcome, found.text = "failed", INTERRUPTED
    return found


def start(name, by):
    """Start a job in the background unless it runs. Raise OSError if nothing can be written.

    ``by`` is who starts it. The process writes its errors to the server's log.
    """
    current = status(name)
    if current and current.is_running:
        return
    _write(name, Status(datetime.now(UTC), by, text="Starting"))
    # Under uWSGI and mod_wsgi sys.executable is not Python.
    python = shutil.which("python", path=sysconfig.get_path("scripts")) or sys.executable
    process = subprocess.Popen(  # noqa: S603
        [python, "manage.py", "run_maintenance", name, f"--by={by}"],
        cwd=settings.BASE_DIR, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, start_new_session=True,
    )  # fmt: skip
    threading.Thread(target=process.wait, daemon=True).start()  # otherwise it stays as a zombie


def run(name, by):
    """Run a job in this process and return its Status. Raise AlreadyRunningError or OSError if it cannot begin."""
    with lock(name):
        progress = Progress(name, by)
        try:
            text = JOBS[name](progress.bar, by)
        except (*ERRORS, SourceError) as error:
            progress.end("failed", storage_message(error) or str(error).strip().partition("\n")[0])
        except BaseException:
            progress.end("failed", INTERRUPTED)
            raise
        else:
            progress.end("done", text)
        return progress.status


class Progress:
    """Writes how far a job is. ``bar`` is called as ``tqdm`` is."""

    def __init__(self, name, by):
        self.name, self.status, self.written_at = name, Status(datetime.now(UTC), by, text="Starting"), 0.0
        _write(name, self.status)

    def bar(self, items, *, desc, unit="", total=None):
        total = len(items) if total is None else total
        for number, item in enumerate(items):
            self.status.text = f"{desc}: {number} of {total}{unit}"
            self.status.done, self.status.total = number, total
            if time.monotonic() - self.written_at > INTERVAL:
                self.written_at = time.monotonic()
                with suppress(OSError):  # a full disk stops the job itself
                    _write(self.name, self.status)
            yield item

    def end(self, outcome, text):
        self.status.outcome, self.status.text = outcome, text
        with suppress(OSError):
            _write(self.name, self.status)


def _write(name, status):
    path = job_file(f"{name}.json")
    path.parent.mkdir(mode=0o700, exist_ok=True)
    part = path.with_suffix(".part")
    part.write_text(json.dumps(asdict(status), default=datetime.isoformat), "utf-8")
    part.replace(path)


@contextmanager
def lock(name):
    """Hold the lock of a job. It is released when the process ends, however it does."""
    path = job_file(f"{name}.lock")
    path.parent.mkdir(mode=0o700, exist_ok=True)
    with path.open("a") as file:
        for _ in range(10):  # is_locked() holds it for a moment
            if locks.lock(file, locks.LOCK_EX | locks.LOCK_NB):
                break
            time.sleep(0.1)
        else:
            raise AlreadyRunningError
        try:
            yield
        finally:
            locks.unlock(file)


def is_locked(name):
    try:
        with job_file(f"{name}.lock").open("a") as file:
            is_free = locks.lock(file, locks.LOCK_EX | locks.LOCK_NB)
            if is_free:
                locks.unlock(file)
            return not is_free
    except OSError:
        return False
