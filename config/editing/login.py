"""The editors' door: who comes in, how often a password may be guessed, and when whoever is in has to leave.

Guesses are counted by the account and the address they come from, by the address alone, and by the account alone. So
that nobody who guesses shuts an owner out, a browser from which somebody has signed in is told by a cookie, and has a
count of its own for that account ("device cookies", OWASP: Slow Down Online Guessing Attacks with Device Cookies).
What is counted is the same whether there is such an account or not.
"""

import logging
import secrets
import threading
import time
from datetime import UTC, datetime, timedelta

from axes.attempts import get_cool_off_threshold
from axes.handlers.database import AxesDatabaseHandler
from axes.models import AccessAttempt
from django.conf import settings
from django.contrib import admin
from django.contrib.auth.backends import ModelBackend
from django.contrib.auth.signals import user_logged_in
from django.core import signing
from django.db import transaction
from django.db.models import F, Sum
from django.dispatch import receiver
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import add_never_cache_headers

from config.web.rate_limits import client_address, rate_limit_key

log = logging.getLogger(__name__)

# Failures within settings.AXES_COOLOFF_TIME, of …
MOST_OF_BROWSER = 5  # an account, from a browser that has signed in to it
MOST_OF_PAIR = 5  # an account, from one address
MOST_OF_ADDRESS = 20  # all accounts, from one address
MOST_OF_ACCOUNT = 50  # an account, from all addresses

KNOWN = f"{'__Secure-' if settings.HTTPS else ''}known-browser"  # the cookie
KNOWN_FOR = timedelta(days=365)

BEGUN = "begun"  # in a session: when, in seconds since 1970
NOTED = timedelta(hours=1)  # a session's end is written anew when it would move by that


class Editors(ModelBackend):
    """Accounts that may enter the admin, which is all that there is to sign in to.

    An account that may not, or not any more, is answered as one that is not there, and its sessions are over.
    """

    # A hash takes 100 MB: a flood of guesses takes it once in a process.
    hashing = threading.Lock()

    def authenticate(self, request, username=None, password=None, **kwargs):
        with self.hashing:
            return super().authenticate(request, username=username, password=password, **kwargs)

    def user_can_authenticate(self, user):
        return super().user_can_authenticate(user) and user.is_staff


def address_of(request):
    """Whom to count for, as an address: that of the network for IPv6. Never empty, since NULLs are not unique."""
    address = client_address(request)
    return (rate_limit_key(address) or address or "0.0.0.0").partition("/")[0]  # noqa: S104  (nobody's address)


class Guesses(AxesDatabaseHandler):
    """Counts failed sign-ins in the table of axes. Of a request it keeps address, time and the name that was typed."""

    def get_failures(self, request, credentials=None):
        """How many of the limits are reached."""
        counts = self.counts(request, credentials["username"])
        return sum((rows.aggregate(sum=Sum("failures_since_start"))["sum"] or 0) >= most for rows, most in counts)

    def counts(self, request, username):
        recent = AccessAttempt.objects.filter(attempt_time__gte=get_cool_off_threshold(request))
        if browser := known_browser(request, username):
            return [(recent.filter(username=username, user_agent=browser), MOST_OF_BROWSER)]
        strange, address = recent.filter(user_agent=""), request.axes_ip_address
        return [
            (strange.filter(username=username, ip_address=address), MOST_OF_PAIR),
            (strange.filter(ip_address=address), MOST_OF_ADDRESS),
            (strange.filter(username=username), MOST_OF_ACCOUNT),
        ]

    def user_login_failed(self, sender, credentials, request=None, **kwargs):
        self.clean_expired_user_attempts(request)
        if request.axes_locked_out:
            return  # not counted, so that the wait ends
        username = credentials["username"]
        with transaction.atomic():
            attempt, _ = AccessAttempt.objects.get_or_create(
                username=username,
                ip_address=request.axes_ip_address,
                user_agent=known_browser(request, username),
                defaults={"failures_since_start": 0},
            )
            rows = AccessAttempt.objects.filter(pk=attempt.pk)
            rows.update(failures_since_start=F("failures_since_start") + 1, attempt_time=request.axes_attempt_time)
        if self.is_locked(request, credentials):
            request.axes_locked_out = True
            log.warning("Too many sign-ins failed: some have to wait for %s.", settings.AXES_COOLOFF_TIME)

    def user_logged_in(self, sender, request, user, **kwargs):
        self.clean_expired_user_attempts(request)
        # Nothing but their own: else whoever has an account clears the count of an address in between guesses.
        username = user.get_username()
        rows = AccessAttempt.objects.filter(username=username, ip_address=request.axes_ip_address)
        rows.filter(user_agent__in=["", known_browser(request, username)]).delete()

    def user_logged_out(self, sender, request, user, **kwargs):
        self.clean_expired_user_attempts(request)


def known_browser(request, username):
    """What tells the browser from others that have signed in to that account; "" where it never has."""
    try:
        return _signer(username).unsign(request.COOKIES.get(KNOWN, ""), max_age=KNOWN_FOR)
    except signing.BadSignature:
        return ""


def know_browser(response, user):
    """Have the browser known, from this answer on. The cookie does not tell whose it is."""
    response.set_cookie(
        KNOWN,
        _signer(user.get_username()).sign(secrets.token_urlsafe(12)),
        max_age=KNOWN_FOR,
        path=reverse("admin:index"),
        secure=settings.HTTPS,
        httponly=True,
        samesite="Lax",
    )


def _signer(username):
    return signing.TimestampSigner(salt=f"config.editing.login.known {username}")


def locked_out(request, response, credentials):
    """The answer to whoever has to wait."""
    if response.status_code != 429:  # the page that keeps what was typed tells of it itself
        context = {**admin.site.each_context(request), "title": "Please wait"}
        response = render(request, "admin/locked.html", context, status=429)
    response.headers["Retry-After"] = str(int(settings.AXES_COOLOFF_TIME.total_seconds()))
    add_never_cache_headers(response)
    return response


@receiver(user_logged_in)
def begin_session(sender, request, user, **kwargs):
    request.session[BEGUN] = int(time.time())
    renew(request.session)
    request.session.clear_expired()  # of everybody, which nothing else does


def renew(session):
    """Have the session end so many days from now, but never later than so many days after its begin."""
    now = datetime.now(UTC)
    begun = datetime.fromtimestamp(session.setdefault(BEGUN, int(time.time())), UTC)
    end = min(now + timedelta(days=settings.SESSION_IDLE_DAYS), begun + timedelta(days=settings.SESSION_MAX_DAYS))
    if "_session_expiry" not in session or abs(end - session.get_expiry_date()) > NOTED:
        # A moment, not a time span: that would begin anew with whatever else is written into the session.
        session.set_expiry(end)
