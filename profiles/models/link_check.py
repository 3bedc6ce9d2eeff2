from django.db import models


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
