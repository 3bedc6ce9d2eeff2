"""Whether a backup is due."""

from django.conf import settings
from django.contrib.auth import get_user_model
from django.db.models import Min
from django.utils import timezone

from profiles.models import Safekeeping

ADVICE = "Run “manage.py backup FOLDER --keep 14”, best by a timer every night: the README tells how."


def overdue():
    """What to say and do where the last backup is older than BACKUP_MAX_DAYS, or nothing."""
    if not settings.BACKUP_MAX_DAYS:
        return ""
    last = Safekeeping.objects.filter(kind=Safekeeping.Kind.BACKUP).order_by("-at").first()
    # A site that was made lately need not have one yet.
    since = last.at if last else get_user_model().objects.aggregate(first=Min("date_joined"))["first"]
    days = (timezone.now() - since).days if since else 0
    if days < settings.BACKUP_MAX_DAYS:
        return ""
    return f"There has been no backup for {days} days. {ADVICE}" if last else f"There is no backup yet. {ADVICE}"
