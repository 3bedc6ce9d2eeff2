"""The health of the content: checks like Django's system checks, each a function that finds what to mend.

An app adds its own with ``register`` in a module ``findings``, which its AppConfig imports when it is ready.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice

SHOWN = 10  # findings of a check on the overview
MOST = 1_000  # and on its own page


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
    """``find`` yields Findings; it stops being asked when enough are shown. ``permission`` is who may mend them."""

    key: str
    title: str
    permission: str
    find: Callable[[], Iterator[Finding]]
    on_home: bool = False


@dataclass(frozen=True)
class Result:
    check: Check
    findings: list[Finding]
    has_more: bool


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


def run(user, only="", most=SHOWN, *, on_home=False):
    """[Result] of the checks that have something to tell this user; of one check alone where ``only`` is its key."""
    results = []
    for check in [_checks[only]] if only else _checks.values():
        if not user.has_perm(check.permission) or (on_home and not check.on_home):
            continue
        found = list(islice(check.find(), most + 1))
        if found:
            results.append(Result(check, found[:most], len(found) > most))
    return results


def is_known(key):
    return key in _checks
