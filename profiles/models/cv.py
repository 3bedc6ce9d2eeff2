"""Saved CVs: which parts a CV has, in what order, and which records each part shows.

What a CV contains is made from these rows in config/cv. ``CVRecord`` is part of every model whose rows CVs list.
"""

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.urls import reverse

from profiles.content.patterns import LONGEST_TEXT
from profiles.content.publishing import Publishable, PublishableQuerySet
from profiles.content.slugs import Slugged, SluggedQuerySet
from profiles.history import revisions
from profiles.models.tag import Tag

YEAR = [MinValueValidator(1000), MaxValueValidator(9999)]


class CVRecord(models.Model):
    """A model whose rows can be in CVs."""

    not_in_cvs = models.BooleanField("not in CVs", default=False, help_text="Leaves it out of every CV.")

    class Meta:
        abstract = True


class CVQuerySet(PublishableQuerySet, SluggedQuerySet):
    def main(self, user):
        """Return the CV that /cv/ shows, if the user may see it, or None."""
        return self.visible_to(user).filter(is_main=True).prefetch_related("parts").first()


@revisions.register("parts")
class CV(Publishable, Slugged):
    """A saved CV of the site's owner."""

    class Language(models.TextChoices):
        """The languages of config/cv/words.toml."""

        ENGLISH = "en", "English"
        GERMAN = "de", "German"
        FRENCH = "fr", "French"
        SPANISH = "es", "Spanish"
        ITALIAN = "it", "Italian"
        PORTUGUESE = "pt", "Portuguese"
        DUTCH = "nl", "Dutch"
        CHINESE = "zh-hans", "Chinese (simplified)"

    class Paper(models.TextChoices):
        A4 = "a4", "A4"
        LETTER = "us-letter", "US letter"

    name = models.CharField(
        max_length=200, help_text="For example “Two-page CV”. Shown to editors, and in the address of the CV."
    )
    language = models.CharField(
        max_length=10,
        choices=Language,
        default=Language.ENGLISH,
        help_text="The language of titles and dates. Your own texts stay as they are.",
    )
    address = models.TextField(
        max_length=500, blank=True, help_text="Shown below your name, for example the address of your office."
    )
    phone = models.CharField(max_length=50, blank=True, help_text="For example “+44 131 650 1000”.")
    email = models.EmailField("e-mail", blank=True, help_text="Only if it differs from the one in your profile.")
    shows_homepage = models.BooleanField(
        "homepage and links", default=True, help_text="Shows the homepage and the links of your profile."
    )
    shows_photo = models.BooleanField("photo", default=False, help_text="Shows the photo of your profile.")
    paper = models.CharField("paper size", max_length=10, choices=Paper, default=Paper.A4)
    page_limit = models.PositiveSmallIntegerField(
        null=True,
        blank=True,
        validators=[MinValueValidator(1)],
        help_text="The preview says whether the PDF is longer. Nothing is cut.",
    )
    layout = models.CharField(
        max_length=50,
        blank=True,
        help_text="The preview lists what its rules ask for and this CV lacks. A change does not change the parts.",
    )
    is_main = models.BooleanField(
        "main CV",
        default=False,
        help_text="Shows this CV at /cv/, once it is published. Without a main CV, /cv/ shows all parts.",
    )

    objects = CVQuerySet.as_manager()

    class Meta(Publishable.Meta):
        verbose_name = "CV"
        verbose_name_plural = "CVs"
        ordering = ["name", "pk"]
        constraints = [
            *Publishable.Meta.constraints,
            models.UniqueConstraint(
                fields=["is_main"],
                condition=Q(is_main=True),
                name="profiles_cv_one_main",
                violation_error_message="Another CV is the main CV. Untick it there first.",
            ),
        ]

    def __str__(self):
        return self.name

    def get_absolute_url(self):
        return reverse("saved-cv", args=[self.slug])

    def resolve_conflicts(self):
        warnings, others = super().resolve_conflicts(), CV.objects.exclude(pk=self.pk)
        if self.is_main and (other := others.filter(is_main=True).first()):
            self.is_main = False
            warnings.append(f"“{self}” is not the main CV, because “{other}” is now.")
        return warnings


def part_kinds():
    """Return the choices of kinds. As a function, they are not part of the migrations."""
    return CVPart.Kind.choices


@revisions.register()
class CVPart(models.Model):
    """A part of a CV: its title, which records it shows, and in what form."""

    class Kind(models.TextChoices):
        """The kinds, in the order of a CV that shows all of them. The first two have no records."""

        TEXT = "text", "Free text"
        BIOGRAPHY = "biography", "Biography"
        INTERESTS = "interests", "Research interests"
        EDUCATION = "education", "Education"
        POSITION = "position", "Positions"
        ROLES = "roles", "Roles in the group"
        PUBLICATIONS = "publications", "Publications"
        PROJECTS = "projects", "Projects"
        AWARD = "award", "Awards"
        GRANT = "grant", "Grants"
        TALKS = "talks", "Talks"
        TEACHING = "teaching", "Teaching"
        SUPERVISION = "supervision", "Supervision"
        SERVICE = "service", "Service"
        MEMBERSHIP = "membership", "Memberships"
        POSTS = "posts", "News"

    class Numbering(models.TextChoices):
        TYPE = "type", "By type, under headings: J1, C1"
        STABLE = "stable", "One number for each work: 12"
        NONE = "none", "None"

    cv = models.ForeignKey(CV, models.CASCADE, related_name="parts")
    kind = models.CharField(max_length=30, choices=part_kinds)
    title = models.CharField(max_length=200, blank=True, help_text="If empty, the usual title in the CV’s language.")
    text = models.TextField(
        max_length=LONGEST_TEXT, blank=True, help_text="In Markdown. Shown below the title; for a biography, instead."
    )
    tag = models.ForeignKey(
        Tag, models.PROTECT, null=True, blank=True, related_name="cv_parts", help_text="Only records with this tag."
    )
    types = models.JSONField(
        default=list, blank=True, help_text="Only these types, such as journal articles or keynotes."
    )
    year_from = models.PositiveSmallIntegerField("from year", null=True, blank=True, validators=YEAR)
    year_to = models.PositiveSmallIntegerField("to year", null=True, blank=True, validators=YEAR)
    only_selected = models.BooleanField(
        default=False, help_text="Only publications or projects that are selected for the home page."
    )
    chosen = models.JSONField(
        default=list, blank=True, help_text="Only these records, in this order: a list of primary keys."
    )
    limit = models.PositiveSmallIntegerField(
        "at most", null=True, blank=True, validators=[MinValueValidator(1)], help_text="The first ones are shown."
    )
    is_short = models.BooleanField(
        "short form", default=False, help_text="Without descriptions and details; of many authors, the first and you."
    )
    citation_style = models.CharField(max_length=100, blank=True)
    shows_contribution = models.BooleanField(
        "own contributions", default=False, help_text="Shows what you entered as your contribution to each work."
    )
    numbering = models.CharField(max_length=10, choices=Numbering, default=Numbering.TYPE)
    shows_totals = models.BooleanField(
        "totals", default=False, help_text="Shows the number of records behind the title and each heading."
    )
    position = models.PositiveSmallIntegerField("order", default=0)

    class Meta:
        verbose_name = "part"
        ordering = ["position", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(year_from__isnull=True) | Q(year_to__isnull=True) | Q(year_to__gte=F("year_from")),
                name="profiles_cvpart_years_in_order",
                violation_error_message="The last year is before the first one.",
            ),
        ]

    def __str__(self):
        return self.title or self.get_kind_display()

    def clean(self):
        super().clean()
        # The texts of a layout are written one after the other; its checks say which are missing.
        if self.kind == self.Kind.TEXT and not self.text and not self.cv.layout:
            raise ValidationError({"text": "Enter a text."})
