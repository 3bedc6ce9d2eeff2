from django.db import models


class LinkCheckQuerySet(models.QuerySet):
    def dead(self):
        return self.filter(dead_since__isnull=False)


class LinkCheck(models.Model):
    """What an address elsewhere answered when it was asked last."""

    url = models.CharField(max_length=1000, unique=True)
    checked_at = models.DateTimeField()
    dead_since = models.DateTimeField(null=True, help_text="When it first failed, of those that do so still.")
    error = models.CharField(max_length=300, blank=True)
    archive_url = models.CharField(max_length=1200, blank=True, help_text="A copy at the Internet Archive.")

    objects = LinkCheckQuerySet.as_manager()

    def __str__(self):
        return self.url
