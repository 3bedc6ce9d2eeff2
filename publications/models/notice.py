"""Notices about a publication that appeared after it: retractions, corrections and expressions of concern."""

from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower

from profiles.content.dates import PartialDateField
from profiles.content.patterns import LONGEST_TEXT
from profiles.history import revisions
from publications.identifiers import DOIField
from publications.models.publication import Publication
from publications.references import notices


@revisions.register()
class Notice(models.Model):
    """A notice. A work with a notice of retraction has the status "Retracted": saving either sees to it."""

    class Kind(models.TextChoices):
        RETRACTION = "retraction", "Retraction"
        CONCERN = "concern", "Expression of concern"
        CORRECTION = "correction", "Correction"

    publication = models.ForeignKey(Publication, models.CASCADE, related_name="notices")
    kind = models.CharField(max_length=20, choices=Kind, default=Kind.CORRECTION)
    date = PartialDateField(blank=True)
    doi = DOIField("DOI of the notice")
    url = models.URLField("address", max_length=500, blank=True, help_text="If the notice has no DOI.")
    text = models.TextField(max_length=LONGEST_TEXT, blank=True, help_text="What was wrong, in Markdown.")

    class Meta:
        ordering = ["date", "pk"]
        verbose_name = "correction or retraction"
        verbose_name_plural = "corrections and retractions"
        constraints = [
            models.UniqueConstraint(
                "publication",
                "kind",
                Lower("doi"),
                condition=~Q(doi=""),
                name="publications_notice_doi_once",
                violation_error_message="The publication has this notice already. Remove one of the two.",
            ),
            models.UniqueConstraint(
                fields=["publication", "kind", "date", "url"],
                condition=Q(doi=""),
                name="publications_notice_once",
                violation_error_message="The publication has this notice already. Remove one of the two.",
            ),
        ]

    def __str__(self):
        return f"{self.get_kind_display()}, {self.date.display}" if self.date else self.get_kind_display()

    @property
    def label(self):
        """What is said of the work: "Corrected"."""
        return notices.LABELS[self.kind]

    @property
    def address(self):
        return f"https://doi.org/{self.doi}" if self.doi else self.url

    @property
    def key(self):
        """What no other notice of the publication has."""
        return (self.kind, self.doi.lower()) if self.doi else (self.kind, self.date, self.url)

    def save(self, *args, **kwargs):
        super().save(*args, **kwargs)
        if self.kind == self.Kind.RETRACTION and self.publication.status != Publication.Status.RETRACTED:
            self.publication.status = Publication.Status.RETRACTED
            self.publication.save()
