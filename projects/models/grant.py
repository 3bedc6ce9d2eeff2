"""Grants: who funds the work of the people of the site, and what came of it."""

import re
from decimal import Decimal

from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator, RegexValidator
from django.db import models
from django.db.models import Q
from django.urls import reverse

from profiles.content.dates import PartialDateField, end_not_before_start
from profiles.content.patterns import LONGEST_TEXT
from profiles.content.publishing import Publishable, PublishableQuerySet
from profiles.content.slugs import Slugged, SluggedQuerySet
from profiles.history import revisions
from profiles.models import CVRecord, Person, Post, SearchIndex, TaggedBase, Talk, indexed, tags_field
from profiles.search.queries import SearchableQuerySet
from projects.funders import funder_named, validate_funder_id
from projects.models.project import Project
from publications.models import Publication

SYMBOLS = {"EUR": "€", "GBP": "£", "USD": "$"}
# Names that have an article in a sentence: "the Swiss National Science Foundation", but "Innovate UK".
WITH_ARTICLE = re.compile(
    r"\b(?:academy|administration|agency|association|commission|council|department|foundation|fund|institutes?|ministry|"
    r"office|service|society|trust|union|university of)\b",
    re.IGNORECASE,
)


class GrantQuerySet(PublishableQuerySet, SluggedQuerySet, SearchableQuerySet):
    def for_listing(self):
        """Prefetch what a list shows of each grant."""
        return self.prefetch_related("investigators__person")


@revisions.register("investigators", "taggedgrant_set")
class Grant(CVRecord, Publishable, Slugged):
    """A grant. Its amount is private unless ``amount_is_public``: public pages show ``public_amount`` only."""

    class Status(models.TextChoices):
        SUBMITTED = "submitted", "Submitted"
        HELD = "held", "Held"
        ENDED = "ended", "Ended"

    title = models.CharField(max_length=300)
    funder = models.CharField(
        max_length=200, blank=True, help_text="Choose one from the list, or type another. For example “ERC”."
    )
    funder_id = models.CharField(
        "identifier of the funder",
        max_length=100,
        blank=True,
        validators=[validate_funder_id],
        help_text="Its address at ror.org or in the Crossref Funder Registry, such as https://ror.org/00yjd3n13. "
        "Leave empty for a funder from the list.",
    )
    number = models.CharField(
        "award number",
        max_length=100,
        blank=True,
        help_text="For example “200021_123456”. When you save, publications whose funding names it are linked.",
    )
    status = models.CharField(
        max_length=20,
        choices=Status,
        default=Status.HELD,
        help_text="A held grant is listed as ended once its end is over. Visitors see a submitted proposal only if you "
        "publish it.",
    )
    people = models.ManyToManyField(Person, through="Investigator", related_name="grants")
    other_people = models.CharField(
        max_length=300,
        blank=True,
        help_text="Investigators without an entry among the people, for example “Charles Babbage, Mary Somerville”.",
    )
    start = PartialDateField(blank=True)
    end = PartialDateField(blank=True)
    amount = models.DecimalField(
        max_digits=14,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(0)],
        help_text="A number without the currency, for example 250000.",
    )
    currency = models.CharField(
        max_length=3,
        blank=True,
        validators=[RegexValidator(r"\A[A-Z]{3}\Z", "Enter the three letters of the currency, such as EUR.")],
        help_text="Its three letters, for example EUR.",
    )
    amount_is_public = models.BooleanField(
        "amount may be public",
        default=False,
        help_text="Shows the amount on the site and in the CV. Otherwise only editors see it.",
    )
    url = models.URLField("link", max_length=500, blank=True, help_text="For example its page at the funder.")
    description = models.TextField(max_length=LONGEST_TEXT, blank=True, help_text="In Markdown.")
    publications = models.ManyToManyField(Publication, blank=True, related_name="grants")
    projects = models.ManyToManyField(Project, blank=True, related_name="grants")
    talks = models.ManyToManyField(Talk, blank=True, related_name="grants")
    posts = models.ManyToManyField(Post, blank=True, related_name="grants", verbose_name="news")
    position = models.PositiveSmallIntegerField(
        "order", default=0, help_text="Lower numbers come first; of equal ones, what started last."
    )
    tags = tags_field("projects.TaggedGrant")

    objects = GrantQuerySet.as_manager()

    class Meta(Publishable.Meta):
        ordering = ["position", "-start", "-pk"]
        constraints = [
            *Publishable.Meta.constraints,
            end_not_before_start("projects_grant_end_not_before_start"),
        ]

    def __str__(self):
        return self.title

    def save(self, *args, **kwargs):
        if (known := funder_named(self.funder)) and not self.funder_id:
            self.funder, self.funder_id = known.name, known.url
        super().save(*args, **kwargs)

    def get_absolute_url(self):
        return reverse("projects:grant", args=[self.slug])

    def clean(self):
        super().clean()
        if self.amount is not None and not self.currency:
            raise ValidationError({"currency": "Enter the currency of the amount, such as EUR."})

    @property
    def is_submitted(self):
        return self.status == self.Status.SUBMITTED

    @property
    def is_ended(self):
        """Whether it is over, by its status or by the date of today."""
        return self.status == self.Status.ENDED or (self.status == self.Status.HELD and self.has_passed)

    @property
    def has_passed(self):
        return bool(self.end and self.end.is_past)

    @property
    def is_current(self):
        return not (self.is_submitted or self.is_ended)

    @property
    def is_ongoing(self):
        """Whether it is held without a known end: "2023 – present"."""
        return self.status == self.Status.HELD and bool(self.start) and not self.end

    @property
    def current_status(self):
        """Its status as a word, by the date of today: "Ended" once its end is over."""
        return self.Status.ENDED.label if self.is_ended else self.get_status_display()

    @property
    def status_label(self):
        """What a list says of it, where that is not plain from its dates."""
        return self.get_status_display() if self.is_submitted else ""

    @property
    def full_amount(self):
        """The amount with its currency, "£250,000" or "CHF 250,000", for editors only; see ``public_amount``."""
        if self.amount is None:
            return ""
        amount = Decimal(self.amount)
        number = f"{amount:,.2f}".removesuffix(".00")
        symbol = SYMBOLS.get(self.currency)
        return f"{symbol}{number}" if symbol else f"{self.currency} {number}"

    @property
    def public_amount(self):
        """The amount as visitors may see it: "" unless it may be public."""
        return self.full_amount if self.amount_is_public else ""

    @property
    def award(self):
        """The funder and the number: "Swiss National Science Foundation, 200021_123456"."""
        return ", ".join(filter(None, [self.funder, self.number]))

    @property
    def chooser_detail(self):
        """What distinguishes grants with the same title in choosers."""
        return self.award

    @property
    def acknowledgement(self):
        """A sentence for the publications that it supports."""
        if not (self.funder or self.number):
            return ""
        funder = self.funder.removeprefix("The ")
        name = f"the {funder}" if WITH_ARTICLE.search(funder) or funder != self.funder else funder
        grant = f"grant {self.number}" if self.number else ""
        by = f"{name} ({grant})" if name and grant else name or grant
        return f"This work was supported by {by}."

    def talks_for(self, user):
        """Return the talks that a user may see: those linked to it, and those about its publications."""
        works = self.publications.visible_to(user).with_authors_shown(user)  # a talk would name the authors
        about = Q(talk_publications__publication__in=works.values("pk"))
        return Talk.objects.visible_to(user).filter(Q(grants=self) | about).distinct()

    def role_of(self, person):
        """Return the role of a person in it, or "". Of prefetched rows."""
        return next((one.role for one in self.investigators.all() if one.person_id == person.pk), "")

    @property
    def team(self):
        """The names of its people, unless it is the owner of the site alone. Of prefetched rows."""
        people = [one.person for one in self.investigators.all()]
        return [] if all(person.is_owner for person in people) and not self.other_people else people


@revisions.register()
class TaggedGrant(TaggedBase):
    content_object = models.ForeignKey(Grant, models.CASCADE)


@revisions.register()
class Investigator(models.Model):
    """The role of a person in a grant."""

    grant = models.ForeignKey(Grant, models.CASCADE, related_name="investigators")
    person = models.ForeignKey(Person, models.CASCADE, related_name="investigations")
    role = models.CharField(
        max_length=100, blank=True, help_text="For example “Principal investigator” or “Co-investigator”."
    )
    position = models.PositiveSmallIntegerField("order", default=0)

    class Meta:
        ordering = ["position", "pk"]
        verbose_name = "person"
        verbose_name_plural = "people"
        constraints = [
            models.UniqueConstraint(
                fields=["grant", "person"],
                name="projects_investigator_once",
                violation_error_message="This person is on the grant already.",
            )
        ]

    def __str__(self):
        return self.person.name


class GrantIndex(SearchIndex):
    grant = indexed(Grant)

    class Meta(SearchIndex.Meta):
        db_table = "search_grant"
