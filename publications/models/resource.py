"""Files and links of a publication: PDF, code, data, slides."""

from django.db import models
from django.utils import timezone

from profiles.history import revisions
from profiles.models import ResourceBase
from publications.models.publication import Publication
from publications.models.visibility import FullTextQuerySet, ResourceQuerySet


@revisions.register()
class Resource(ResourceBase):
    """A file or link, with its rights. Visitors see it from ``visible_from`` on, for example after an embargo."""

    class Version(models.TextChoices):
        """Versions of journal articles, as NISO RP-8 names them."""

        SUBMITTED = "submitted", "Submitted version"
        ACCEPTED = "accepted", "Accepted manuscript"
        PUBLISHED = "published", "Published version"

    # The versions that authors may usually share themselves ("green" open access).
    SHARED = (Version.SUBMITTED, Version.ACCEPTED)

    # The best first. A PDF without a version is usually the paper as it appeared.
    RANKS = [Version.PUBLISHED, "", Version.ACCEPTED, Version.SUBMITTED]

    opens_by = {"visible_from": models.Q()}

    publication = models.ForeignKey(Publication, models.CASCADE, related_name="resources")
    version = models.CharField(
        max_length=10,
        blank=True,
        choices=Version,
        help_text="Of a PDF of the paper: as it was submitted (the preprint), as it was accepted after review, or as "
        "the publisher printed it.",
    )
    license = models.CharField(
        "licence",
        max_length=40,
        blank=True,
        choices=Publication.LICENSE_CHOICES,
        help_text="What readers may do with this file. If empty, the licence of the publication applies.",
    )
    visible_from = models.DateTimeField(
        "visible from",
        null=True,
        blank=True,
        help_text="The end of an embargo: until then, only editors see this row. If empty, visitors see it, too.",
    )

    objects = ResourceQuerySet.as_manager()

    class Meta(ResourceBase.Meta):
        indexes = [
            models.Index(
                fields=["visible_from"],
                condition=models.Q(visible_from__isnull=False),
                name="publications_resource_embargo",
            )
        ]

    def __str__(self):
        is_named = self.label or self.version not in self.SHARED
        return super().__str__() if is_named else f"{super().__str__()} ({self.get_version_display().lower()})"

    @property
    def subject(self):
        return self.publication

    @property
    def is_open(self):
        return self.visible_from is None or self.visible_from <= timezone.now()

    @property
    def license_url(self):
        return Publication.LICENSES.get(self.license, "")


class FullText(models.Model):
    """The text of an uploaded PDF, for the search. ``sha256`` is the hash of the file."""

    resource = models.OneToOneField(Resource, models.CASCADE, related_name="full_text")
    sha256 = models.CharField(max_length=64)
    text = models.TextField()

    objects = FullTextQuerySet.as_manager()

    def __str__(self):
        return f"Text of {self.resource}"
