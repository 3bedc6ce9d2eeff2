"""What comes with a work: its PDF, code, data, slides."""

from pathlib import PurePosixPath

from django.core.validators import FileExtensionValidator
from django.db import models
from django.db.models import Q

from profiles import history
from profiles.uploads import readable_name
from publications.models.publication import Publication

EXTENSIONS = [
    "pdf", "ps", "epub", "txt", "md", "bib", "csv", "tsv", "json", "zip", "gz", "xz", "bz2", "tar", "7z",
    "ppt", "pptx", "odp", "key", "doc", "docx", "odt", "xls", "xlsx", "ods", "ipynb", "py", "r", "jl",
    "jpg", "jpeg", "png", "gif", "webp", "avif", "mp4", "webm", "mp3", "ogg", "npz", "parquet", "h5",
]  # fmt: skip


def resource_path(resource, filename):
    # One folder for each publication or project, where the storage tells two files of one name apart. Never
    # served as such: the view beside the page hands files out, to whoever may see the page.
    return f"{resource.subject._meta.model_name}/{resource.subject.pk}/{readable_name(filename)}"


class ResourceBase(models.Model):
    class Kind(models.TextChoices):
        PDF = "pdf", "PDF"
        CODE = "code", "Code"
        DATA = "data", "Data"
        SLIDES = "slides", "Slides"
        POSTER = "poster", "Poster"
        VIDEO = "video", "Video"
        DEMO = "demo", "Demo"
        SUPPLEMENT = "supplement", "Supplement"
        PRESS = "press", "Press"
        WEBPAGE = "webpage", "Web page"

    kind = models.CharField(max_length=20, choices=Kind)
    label = models.CharField(max_length=100, blank=True, help_text="Empty: the name of the kind.")
    url = models.URLField("address", max_length=500, blank=True)
    file = models.FileField(
        upload_to=resource_path, max_length=255, blank=True, validators=[FileExtensionValidator(EXTENSIONS)]
    )
    position = models.PositiveSmallIntegerField("order", default=0)

    class Meta:
        abstract = True
        ordering = ["position", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=(Q(url="") & ~Q(file="")) | (~Q(url="") & Q(file="")),
                name="%(app_label)s_%(class)s_url_or_file",
                violation_error_message="Give either an address or a file: one of them, and not both.",
            )
        ]

    def __str__(self):
        return self.label or self.get_kind_display()

    @property
    def subject(self):
        """The publication or project that the resource belongs to."""
        raise NotImplementedError

    @property
    def filename(self):
        return PurePosixPath(self.file.name).name

    @property
    def href(self):
        return self.url or f"{self.subject.get_absolute_url()}{self.filename}"


@history.register()
class Resource(ResourceBase):
    publication = models.ForeignKey(Publication, models.CASCADE, related_name="resources")

    class Meta(ResourceBase.Meta):
        pass

    @property
    def subject(self):
        return self.publication
