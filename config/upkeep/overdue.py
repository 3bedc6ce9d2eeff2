"""The reminder to make a backup, on the admin's home page."""

from django.conf import settings
from django.contrib.auth import get_user_model
from django.db.models import Min
from django.utils import timezone

from profiles.models import BackupRecord

ADVICE = "Run “manage.py backup FOLDER --keep 14”, ideally every night from cron or a timer."


def overdue():
    """Return a message if the last backup is older than BACKUP_MAX_DAYS, else an empty string."""
    if not settings.BACKUP_MAX_DAYS:
        return ""
    last = BackupRecord.objects.order_by("-created_at").first()
    # A new site gets the same time for its first backup.
    since = last.created_at if last else get_user_model().objects.aggregate(first=Min("date_joined"))["first"]
    days = (timezone.now() - since).days if since else 0
    if days < settings.BACKUP_MAX_DAYS:
        return ""
    return f"The last backup was made {days} days ago. {ADVICE}" if last else f"There is no backup yet. {ADVICE}"
