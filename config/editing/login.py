"""Login to the admin: who may log in, how failed logins are throttled, and when a session ends.

django-axes counts the failures; its settings in config.settings name the functions of this module.
"""

import threading
import time
from datetime import UTC, datetime, timedelta

from axes.attempts import get_cool_off_threshold
from axes.models import AccessAttempt
from django.conf import settings
from django.contrib import admin
from django.contrib.auth.backends import ModelBackend
from django.contrib.auth.models import User
from django.contrib.auth.signals import user_logged_in
from django.contrib.auth.views import PasswordResetConfirmView
from django.db.models import Q, Sum
from django.dispatch import receiver
from django.shortcuts import render
from django.urls import reverse_lazy
from django.utils.cache import add_never_cache_headers

from config.editing.roles import may_log_in
from config.web.rate_limits import client_address, rate_limit_key

ADDRESS_LIMIT = 20  # failed logins from one address, whatever the accounts
SESSION_START = "session_start"  # session key: when the user logged in, in seconds since 1970
RENEWAL_STEP = timedelta(hours=1)  # a session is saved only when its expiry moves by more than this


class StaffBackend(ModelBackend):
    """Authenticates staff with a role, by user name or e-mail address: visitors have no accounts.

    Any other account gets the same answer as one that does not exist, and its sessions end.
    """

    # An Argon2 hash takes 100 MB: one at a time in each process.
    hashing = threading.Lock()

    def authenticate(self, request, username=None, password=None, **kwargs):
        with self.hashing:
            return super().authenticate(request, username=find_username(username), password=password, **kwargs)

    def user_can_authenticate(self, user):
        return super().user_can_authenticate(user) and may_log_in(user)


def find_username(text):
    """Return the user name of the only user with this user name or e-mail address, whatever its case; else the text."""
    found = User.objects.filter(Q(username__iexact=text) | Q(email__iexact=text)) if text else User.objects.none()
    names = list(found.values_list("username", flat=True)[:2])
    return text if text in names or len(names) != 1 else names[0]


def throttled_username(request, credentials=None):
    """Return the user name by which failed logins are counted, however it was typed."""
    text = (credentials or {}).get("username") or request.POST.get("username")
    return find_username(text)


class SetPassword(PasswordResetConfirmView):
    """The page where a user chooses a password, by a link that an owner has given them. Logs them in."""

    template_name = "admin/users/set_password.html"
    post_reset_login = True
    post_reset_login_backend = "config.editing.login.StaffBackend"
    success_url = reverse_lazy("admin:index")

    def get_user(self, uidb64):
        user = super().get_user(uidb64)
        return user if user and StaffBackend().user_can_authenticate(user) else None

    def get_context_data(self, **kwargs):
        return {**admin.site.each_context(self.request), **super().get_context_data(**kwargs)}


def throttled_address(request):
    """Return the address by which failed logins are counted: an IPv4 address, or the /64 network of an IPv6 one."""
    address = client_address(request)
    return (rate_limit_key(address) or address or "0.0.0.0").partition("/")[0]  # noqa: S104  (a key, not an interface)


def lockout_parameters(request, credentials=None):
    """Return what axes locks: an account for this address; after ADDRESS_LIMIT failures, the address altogether."""
    recent = AccessAttempt.objects.filter(
        ip_address=request.axes_ip_address, attempt_time__gte=get_cool_off_threshold(request)
    )
    failures = recent.aggregate(total=Sum("failures_since_start"))["total"] or 0
    return ["ip_address"] if failures >= ADDRESS_LIMIT else [["username", "ip_address"]]


def locked_out(request, response, credentials):
    """Return the 429 response for a locked login, with the waiting time."""
    if response.status_code != 429:  # admin/users/login_again.html shows the message itself
        context = {**admin.site.each_context(request), "title": "Too many failed logins"}
        response = render(request, "admin/users/locked.html", context, status=429)
    response.headers["Retry-After"] = str(int(settings.AXES_COOLOFF_TIME.total_seconds()))
    add_never_cache_headers(response)
    return response


@receiver(user_logged_in)
def start_session(sender, request, user, **kwargs):
    """Start the session's time limits. Also deletes all expired sessions, which nothing else does."""
    request.session.pop(SESSION_START, None)
    renew(request.session)
    request.session.clear_expired()


def renew(session):
    """Extend a session to SESSION_IDLE_DAYS from now, but no further than SESSION_MAX_DAYS after its start."""
    now, is_new = datetime.now(UTC), SESSION_START not in session
    start = datetime.fromtimestamp(session.setdefault(SESSION_START, int(time.time())), UTC)
    end = min(now + timedelta(days=settings.SESSION_IDLE_DAYS), start + timedelta(days=settings.SESSION_MAX_DAYS))
    if is_new or abs(end - session.get_expiry_date()) > RENEWAL_STEP:
        # A date: a number of seconds would start again at each change of the session.
        session.set_expiry(end)
