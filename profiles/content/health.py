"""The health of the content: checks like Django's system checks, each a function that finds what to mend.

An app adds its own with ``register`` in a module ``findings``, which its AppConfig imports when it is ready.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import nullcontext
from dataclasses import dataclass

from django.db import connection, transaction

SHOWN = 10  # findings of a check on the overview
MOST = 1_000  # and on its own page
SECONDS = 0.5  # that a check may look on the overview
MOST_SECONDS = 20  # and on its own page
SHOWN_ON_HOME = 3
SECONDS_ON_HOME = 0.05


@dataclass(frozen=True)
class Finding:
    """What is wrong, as a sentence, and the address of the very field that mends it.

    ``suggestion`` and ``suggestion_url`` name a remedy that is at hand elsewhere.
    """

    sentence: str
    url: str
    suggestion: str = ""
    suggestion_url: str = ""


@dataclass(frozen=True)
class Check:
    """``find`` yields Findings, and None where it has looked at much and found nothing, so that it can be stopped.

    It stops being asked when enough are shown, or when its time is up. ``permission`` is who may mend them.
    """

    key: str
    title: str
    permission: str
    find: Callable[[], Iterator[Finding | None]]
    on_home: bool = False

    def run(self, most, seconds):
        """The Result of looking for at most so many findings and so many seconds."""
        found, end = [], time.monotonic() + seconds
        with _streaming():
            for finding in self.find():
                if finding and len(found) == most:
                    return Result(self, found, has_more=True)
                found += [finding] if finding else []
                if time.monotonic() > end:
                    return Result(self, found, was_stopped=True)
        return Result(self, found)


@dataclass(frozen=True)
class Result:
    """What a check has found, whether there is more of it, and whether it was stopped before it had seen everything."""

    check: Check
    findings: list[Finding]
    has_more: bool = False
    was_stopped: bool = False


def _streaming():
    """Within a transaction PostgreSQL finds rows as they are read, and all of them first outside of one.

    SQLite does so anyway, and would wait for whoever writes.
    """
    return transaction.atomic() if connection.vendor == "postgresql" else nullcontext()


_checks = {}


def register(key, title, *, permission, on_home=False):
    """Decorator: make a check of a function without arguments that yields Findings.

    ``permission`` is that of those who can mend what it finds ("publications.change_publication"). ``on_home`` is for
    what is quick and belongs to a finished site.
    """

    def decorate(find):
        _checks[key] = Check(key, title, permission, find, on_home)
        return find

    return decorate


def run(user, only="", *, on_home=False):
    """[Result] of the checks that have something to tell this user; of one check alone where ``only`` is its key."""
    most, seconds = (MOST, MOST_SECONDS) if only else (SHOWN, SECONDS)
    if on_home:
        most, seconds = SHOWN_ON_HOME, SECONDS_ON_HOME
    checks = [check for check in ([_checks[only]] if only else _checks.values()) if user.has_perm(check.permission)]
    results = [check.run(most, seconds) for check in checks if check.on_home or not on_home]
    return [one for one in results if one.findings or (one.was_stopped and not on_home)]


def is_known(key):
    return key in _checks
