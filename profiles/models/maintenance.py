"""The upkeep of the site: when it is backed up, its backups, and the links that were checked."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models


class ScheduleManager(models.Manager):
    def current(self):
        """Return the schedule, unsaved and with everything off if nobody has saved one."""
        return self.first() or self.model(pk=1)  # so that two saves at once make one row


class Schedule(models.Model):
    """When backups and link checks are due, and when the last ones began. There is at most one row."""

    class Every(models.TextChoices):
        OFF = "off", "Never"
        DAY = "day", "Every day"
        WEEK = "week", "Every Sunday"

    backup = models.CharField("back up", max_length=5, choices=Every, default=Every.OFF)
    links = models.CharField("check links", max_length=5, choices=Every, default=Every.OFF)
    feeds = models.CharField("read followed feeds", max_length=5, choices=Every, default=Every.OFF)
    hour = models.PositiveSmallIntegerField(
        "at", choices=[(hour, f"{hour:02}:00") for hour in range(24)], default=3,
        help_text="In the time zone of the site.",
    )  # fmt: skip
    keep = models.PositiveSmallIntegerField(
        "backups to keep", default=14, validators=[MinValueValidator(1), MaxValueValidator(1000)],
        help_text="Each new backup deletes older ones beyond this number.",
    )  # fmt: skip
    changed_at = models.DateTimeField(auto_now=True)
    backup_began_at = models.DateTimeField(null=True, editable=False)
    links_began_at = models.DateTimeField(null=True, editable=False)
    feeds_began_at = models.DateTimeField(null=True, editable=False)

    objects = ScheduleManager()

    class Meta:
        default_permissions = ()

    def __str__(self):
        return "Schedule"


class BackupRecord(models.Model):
    """A backup of this database. Backups leave these rows out, and restoring one does not change them."""

    file = models.CharField(max_length=255)
    created_at = models.DateTimeField(auto_now_add=True)
    created_by = models.CharField(max_length=150, blank=True, help_text="A user, “Schedule” or “Command line”.")

    class Meta:
        default_permissions = ()

    def __str__(self):
        return self.file


class LinkCheckQuerySet(models.QuerySet):
    def dead(self):
        return self.filter(dead_since__isnull=False)


class LinkCheck(models.Model):
    """The result of the last check of a link to another website."""

    url = models.CharField(max_length=1000, unique=True)
    checked_at = models.DateTimeField()
    dead_since = models.DateTimeField(null=True, help_text="When the link first failed, if it still does.")
    error = models.CharField(max_length=300, blank=True)
    archive_url = models.CharField(max_length=1200, blank=True, help_text="A copy in the Internet Archive.")

    objects = LinkCheckQuerySet.as_manager()

    def __str__(self):
        return self.url
