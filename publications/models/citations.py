from django.db import models

from publications.models.publication import Publication


class FormattedCitations(models.Model):
    """What pandoc made of a publication in each style, until what it depends on (``digest``) changes."""

    publication = models.OneToOneField(Publication, models.CASCADE, related_name="+")
    digest = models.CharField(max_length=32)
    citations = models.JSONField(default=list)

    def __str__(self):
        return f"Citations of {self.publication}"
