"""Files and links that belong to an object with a page: PDF, code, data, slides."""

import mimetypes
import re
import secrets
from itertools import chain, count
from pathlib import PurePosixPath
from urllib.parse import urlsplit

from django.core.validators import FileExtensionValidator
from django.db import models
from django.db.models import Q
from django.utils.text import capfirst

from profiles.content.slugs import readable_name
from profiles.content.websites import bare, website_of
from profiles.files.serving import digest

EXTENSIONS = [
    "pdf", "ps", "epub", "txt", "md", "bib", "csv", "tsv", "json", "zip", "gz", "xz", "bz2", "tar", "7z",
    "ppt", "pptx", "odp", "key", "doc", "docx", "odt", "xls", "xlsx", "ods", "ipynb", "py", "r", "jl",
    "jpg", "jpeg", "png", "gif", "webp", "avif", "mp4", "webm", "mp3", "ogg", "npz", "parquet", "h5",
]  # fmt: skip
PAPER, OTHER_FILE, OTHER_ADDRESS = "pdf", "supplement", "webpage"
BY_EXTENSION = {
    "pdf": PAPER,
    **dict.fromkeys(["ppt", "pptx", "odp", "key"], "slides"),
    **dict.fromkeys(["mp4", "webm"], "video"),
    **dict.fromkeys(["csv", "tsv", "npz", "parquet", "h5", "xls", "xlsx", "ods"], "data"),
    **dict.fromkeys(["py", "r", "jl", "ipynb"], "code"),
}
BY_WORD = [("slide", "slides"), ("talk", "slides"), ("poster", "poster"), ("suppl", "supplement")]
# Patterns of addresses without scheme and "www.", where the website alone does not say it.
BY_ADDRESS = [
    (r"arxiv\.org/pdf/|openreview\.net/pdf\b|aclanthology\.org/[^/]+\.pdf|dl\.acm\.org/doi/pdf/", PAPER),
    (r"huggingface\.co/(?:papers|blog)\b|kaggle\.com/competitions\b", OTHER_ADDRESS),
    (r"huggingface\.co/spaces/|[\w-]+\.(?:hf\.space|streamlit\.app)|colab\.research\.google\.com", "demo"),
    (r"kaggle\.com/code/|paperswithcode\.com|archive\.softwareheritage\.org|codeocean\.com|pypi\.org", "code"),
    (r"datadryad\.org|dataverse\.|[\w.-]*\.dataverse\.|data\.mendeley\.com|openneuro\.org", "data"),
    (r"(?:dx\.)?doi\.org/10\.(?:5281/zenodo|6084/m9\.figshare|5061/dryad|7910/dvn|17605/osf)", "data"),
    (r"docs\.google\.com/presentation/", "slides"),
    (r"(?:slideslive|videolectures)\.(?:com|net)|drive\.google\.com/.*\bvideo", "video"),
]


def resource_path(resource, filename):
    # Each file has its own folder, so that its name need not change. The folder is never served: a view next to the
    # page serves the files to everybody who may see the page.
    subject, name = resource.subject, PurePosixPath(readable_name(filename))
    others = {other.filename for other in subject.resources.exclude(pk=resource.pk).exclude(file="")}
    names = chain([name.name], (f"{name.stem}-{number}{name.suffix}" for number in count(2)))
    free = next(one for one in names if one not in others)
    return f"{subject._meta.model_name}/{subject.pk}/{secrets.token_urlsafe(8)}/{free}"


def as_title(filename):
    """Return the name of a file as a title: "week-1.pdf" is "Week 1"."""
    return capfirst(PurePosixPath(filename).stem.replace("_", " ").replace("-", " ").strip())


def place_by_kind(subject, added):
    """Move resources that were added at the end of those of an object to the place of their kind.

    If an editor has put one between others, the order stays.
    """
    keys = {resource.pk for resource in added}
    rows = list(subject.resources.order_by("position", "pk"))
    order = [row for row in rows if row.pk not in keys]
    last = max((row.position for row in order), default=0)
    new = [row for row in rows if row.pk in keys]
    if any(0 < row.position < last for row in new):
        return
    for row in new:
        before = [index for index, other in enumerate(order) if other.place <= row.place]
        order.insert(before[-1] + 1 if before else 0, row)
    for position, row in enumerate(order, 1):
        if row.position != position:
            row.position = position
            row.save(update_fields=["position"])


class ResourceBase(models.Model):
    """A file or link. Subclasses define ``subject``, the object that it belongs to, whose ``resources`` they are."""

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

    kind = models.CharField(
        max_length=20,
        blank=True,
        choices=[("", "Automatic"), *Kind.choices],
        help_text="“Automatic” recognises it from the address or the file.",
    )
    label = models.CharField(max_length=100, blank=True, help_text="If empty, the kind is shown.")
    url = models.URLField("address", max_length=500, blank=True)
    file = models.FileField(
        upload_to=resource_path, max_length=255, blank=True, validators=[FileExtensionValidator(EXTENSIONS)]
    )
    sha256 = models.CharField(max_length=64, blank=True, editable=False, help_text="Hash of the file.")
    position = models.PositiveSmallIntegerField("order", default=0)

    class Meta:
        abstract = True
        ordering = ["position", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=(Q(url="") & ~Q(file="")) | (~Q(url="") & Q(file="")),
                name="%(app_label)s_%(class)s_url_or_file",
                violation_error_message="Enter either an address or a file, not both.",
            )
        ]

    def __str__(self):
        return self.label or self.get_kind_display()

    @property
    def is_open(self):
        """Whether visitors of the page see it now."""
        return True

    @property
    def icon(self):
        """The id of its icon in img/icons.svg."""
        icons = {kind: kind for kind in ("pdf", "code", "data", "slides", "video")}
        return (icons | {"poster": "slides"}).get(self.kind, "other")

    @property
    def place(self):
        """Its place among other kinds by default: PDFs come first."""
        return self.Kind.values.index(self.kind)

    def save(self, *args, **kwargs):
        self.kind = self.kind or (guess_kind(self.url) if self.url else guess_kind_of_file(self.filename))
        stored = type(self).objects.filter(pk=self.pk).values_list("file", flat=True).first() if self.pk else None
        if not self.file.closed:  # a new upload
            self.sha256 = digest(self.file)
        elif self.file.name != stored:
            self.sha256 = ""
        super().save(*args, **kwargs)

    @property
    def etag(self):
        """The digest of the file's content: the stored one, or for a row restored without it, calculated."""
        if self.sha256:
            return self.sha256
        with self.file.storage.open(self.file.name) as file:
            return digest(file)

    @property
    def media_type(self):
        return mimetypes.guess_type(self.filename)[0] or "application/octet-stream"

    @property
    def filename(self):
        return PurePosixPath(self.file.name).name

    @property
    def preview_href(self):
        """The URL relative to a preview."""
        return self.url or self.filename

    @property
    def href(self):
        return self.url or f"{self.subject.get_absolute_url()}{self.filename}"


def guess_kind(address):
    """Return the kind of resource at an address."""
    text = bare(address)
    if found := next((kind for pattern, kind in BY_ADDRESS if re.match(pattern, text, re.IGNORECASE)), ""):
        return found
    site = website_of(address)
    by_name = _by_name(urlsplit(address).path)
    # A file in a repository is code; but a PDF or slides are what they are.
    if by_name and not (site and site.holds == "code" and by_name == "data"):
        return by_name
    return (site and site.holds) or OTHER_ADDRESS


def guess_kind_of_file(name):
    """Return the kind of resource that a file is by its name."""
    return _by_name(name) or OTHER_FILE


def _by_name(name):
    path = PurePosixPath(name.lower())
    by_extension = BY_EXTENSION.get(path.suffix.removeprefix("."), "")
    by_word = next((kind for word, kind in BY_WORD if word in path.stem), "")
    return (by_word if path.suffix and by_extension != "video" else "") or by_extension
