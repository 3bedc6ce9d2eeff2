"""The content check: checks like Django's system checks, each a function that finds what to fix in the content.

An app registers its checks in a module ``findings``, which its AppConfig imports when it is ready.
"""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from hashlib import blake2s

from django.conf import settings
from django.db import models
from django.urls import reverse


class Severity(models.TextChoices):
    """How serious the findings of a check are, most serious first."""

    ERROR = "error", "Errors"
    WARNING = "warning", "Warnings"
    HINT = "hint", "Hints"


class DismissedFinding(models.Model):
    """A finding that an editor wants to see no more. If the problem changes, so does its key, and it returns."""

    check_name = models.CharField(max_length=50)
    key = models.CharField(max_length=32, unique=True)
    dismissed_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    dismissed_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        default_permissions = ()

    def __str__(self):
        return f"{self.check_name}: {self.key}"


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

    def key(self, check):
        """Return what identifies the finding: a hash of the check's name, the form to open and the sentence."""
        form = self.url.removeprefix(reverse("admin:index")).partition("#")[0]  # the same if the admin moves
        return blake2s(f"{check.key}\0{form}\0{self.sentence}".encode(), digest_size=16).hexdigest()


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
    severity: Severity = Severity.WARNING

    def run(self, limits, dismissed):
        """Return the Result within the Limits. ``dismissed`` is {key: DismissedFinding}."""
        result, end = Result(self), time.monotonic() + limits.seconds
        for finding in self.find():
            key = finding and finding.key(self)
            if key in dismissed:
                result.dismissed.append((finding, dismissed[key]))
            elif finding and len(result.findings) == limits.findings:
                result.has_more = True
                break
            elif finding:
                result.findings.append(finding)
            if time.monotonic() > end:
                result.is_incomplete = True
                break
        return result


@dataclass
class Result:
    """The findings of a check, whether there are more, and whether it was stopped before it had looked everywhere.

    ``dismissed`` are pairs of a Finding and its DismissedFinding.
    """

    check: Check
    findings: list[Finding] = field(default_factory=list)
    dismissed: list[tuple[Finding, DismissedFinding]] = field(default_factory=list)
    has_more: bool = False
    is_incomplete: bool = False

    @property
    def keyed_findings(self):
        return [(finding.key(self.check), finding) for finding in self.findings]


registered = {}  # {key: Check}


def register(key, title, *, permission, on_dashboard=False, severity=Severity.WARNING):
    """Decorator that registers a function without arguments, which yields Findings, as a Check.

    ``permission`` is the one needed to fix the findings ("publications.change_publication"). ``on_dashboard`` is for
    quick checks of what a finished site has.
    """

    def decorate(find):
        registered[key] = Check(key, title, permission, find, on_dashboard, severity)
        return find

    return decorate


def run(user, only="", *, on_dashboard=False):
    """Return the Results that a user may see, the most severe first. ``only`` is the key of a check.

    Results without findings are left out, unless something was dismissed or the check is incomplete; the dashboard
    leaves these out, too.
    """
    limits = DASHBOARD if on_dashboard else SINGLE_CHECK if only else OVERVIEW
    checks = [registered[only]] if only else registered.values()
    checks = [check for check in checks if user.has_perm(check.permission) and (check.on_dashboard or not on_dashboard)]
    rows = DismissedFinding.objects.filter(check_name__in=[check.key for check in checks])
    dismissed = {row.key: row for row in rows.select_related("dismissed_by")}
    checks.sort(key=lambda check: list(Severity).index(check.severity))
    results = [check.run(limits, dismissed) for check in checks]
    return [one for one in results if one.findings or (not on_dashboard and (one.dismissed or one.is_incomplete))]
