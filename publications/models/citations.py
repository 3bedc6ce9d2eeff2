from django.db import models

from publications.models.publication import Publication


class FormattedCitations(models.Model):
    """A publication's citations in every style.

    Publications under blind review have two rows: one with authors, one without.
    """

    publication = models.ForeignKey(Publication, models.CASCADE, related_name="+")
    digest = models.CharField(max_length=32, help_text="Hash of the record that was formatted.")
    styles = models.CharField(max_length=32, help_text="Hash of the styles that were available.")
    citations = models.JSONField(default=list)

    class Meta:
        verbose_name_plural = "formatted citations"
        constraints = [
            models.UniqueConstraint(fields=["publication", "digest"], name="publications_citations_once_per_record")
        ]

    def __str__(self):
        return f"Citations of {self.publication}"
