"""The content check: checks like Django's system checks, each a function that finds what to fix in the content.

An app registers its checks in a module ``findings``, which its AppConfig imports when it is ready.
"""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Limits:
    """How many findings of a check a page shows, and for how many seconds it looks for them."""

    findings: int
    seconds: float


DASHBOARD = Limits(3, 0.05)
OVERVIEW = Limits(10, 0.5)
SINGLE_CHECK = Limits(1_000, 20)


@dataclass(frozen=True)
class Finding:
    """A problem, as a sentence, and the URL of the form field that fixes it. A suggestion links to a remedy."""

    sentence: str
    url: str
    suggestion: str = ""
    suggestion_url: str = ""


@dataclass(frozen=True)
class Check:
    """``find`` yields Findings, and None after each part of the work without one, so that it can be stopped.

    Users with the ``permission`` see the check.
    """

    key: str
    title: str
    permission: str
    find: Callable[[], Iterator[Finding | None]]
    on_dashboard: bool = False

    def run(self, limits):
        """Return the Result within the Limits."""
        result, end = Result(self), time.monotonic() + limits.seconds
        for finding in self.find():
            if finding and len(result.findings) == limits.findings:
                result.has_more = True
                break
            if finding:
                result.findings.append(finding)
            if time.monotonic() > end:
                result.is_incomplete = True
                break
        return result


@dataclass
class Result:
    """The findings of a check, whether there are more, and whether it was stopped before it had looked everywhere."""

    check: Check
    findings: list[Finding] = field(default_factory=list)
    has_more: bool = False
    is_incomplete: bool = False


registered = {}  # {key: Check}


def register(key, title, *, permission, on_dashboard=False):
    """Decorator that registers a function without arguments, which yields Findings, as a Check.

    ``permission`` is the one needed to fix the findings ("publications.change_publication"). ``on_dashboard`` is for
    quick checks of what a finished site has.
    """

    def decorate(find):
        registered[key] = Check(key, title, permission, find, on_dashboard)
        return find

    return decorate


def run(user, only="", *, on_dashboard=False):
    """Return the Results that a user may see and that have findings or are incomplete. ``only`` is the key of a check.

    The dashboard leaves out incomplete Results without findings.
    """
    limits = DASHBOARD if on_dashboard else SINGLE_CHECK if only else OVERVIEW
    checks = [registered[only]] if only else registered.values()
    if on_dashboard:
        checks = [check for check in checks if check.on_dashboard]
    results = [check.run(limits) for check in checks if user.has_perm(check.permission)]
    return [one for one in results if one.findings or (one.is_incomplete and not on_dashboard)]
