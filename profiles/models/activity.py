"""Activities: the dated entries of an academic life (talks, positions, awards …), in one table."""

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q, Window
from django.db.models.functions import RowNumber
from django.urls import reverse

from profiles.content.dates import PartialDateField, end_not_before_start
from profiles.content.patterns import LONGEST_TEXT
from profiles.content.publishing import Publishable, PublishableQuerySet
from profiles.history import revisions
from profiles.models.person import Person
from profiles.models.tag import TaggedBase, tags_field
from profiles.places import cities
from profiles.search.queries import SearchableQuerySet

ENDED_BUT_ONGOING = "This has an end and is ongoing. Clear the end, or untick “ongoing”."


class ActivityQuerySet(PublishableQuerySet, SearchableQuerySet):
    def located(self):
        """Filter activities with a point on the map."""
        return self.filter(latitude__isnull=False)

    def newest_of_each(self, numbers):
        """Return the first activities of each kind, as many as ``numbers`` says, as one list.

        What is ongoing comes first, then the newest.
        """
        by_kind = Window(RowNumber(), partition_by="kind", order_by=self.model._meta.ordering)
        chosen = Q(pk__in=[])
        for kind, number in numbers.items():
            chosen |= Q(kind=kind, place_in_kind__lte=number)
        rows = self.filter(kind__in=numbers).annotate(place_in_kind=by_kind).filter(chosen)
        return rows.order_by("-is_ongoing", "-start", "position", "-pk")


@revisions.register("taggedactivity_set")
class Activity(Publishable):
    class Kind(models.TextChoices):
        EDUCATION = "education", "Education"
        POSITION = "position", "Positions"
        AWARD = "award", "Awards"
        GRANT = "grant", "Grants"
        TALK = "talk", "Talks"
        TEACHING = "teaching", "Teaching"
        SERVICE = "service", "Service"
        SUPERVISION = "supervision", "Supervision"
        MEMBERSHIP = "membership", "Memberships"
        TRAVEL = "travel", "Travel"
        NEWS = "news", "News"

    # Kinds that are upcoming only until they begin. The others are upcoming until they end.
    LASTING = (
        Kind.EDUCATION, Kind.POSITION, Kind.GRANT, Kind.TEACHING, Kind.SERVICE, Kind.SUPERVISION, Kind.MEMBERSHIP,
    )  # fmt: skip
    KIND = ""  # of a proxy model

    person = models.ForeignKey(Person, models.CASCADE, related_name="activities")
    kind = models.CharField(max_length=20, choices=Kind)
    title = models.CharField(max_length=300, blank=True)
    role = models.CharField(max_length=200, blank=True)
    organisation = models.CharField(max_length=200, blank=True)
    event = models.CharField(max_length=200, blank=True, help_text="For example “NeurIPS 2025” or “Theory seminar”.")
    level = models.CharField(max_length=100, blank=True, help_text="For example “Undergraduate” or “MSc, second year”.")
    term = models.CharField(max_length=100, blank=True, help_text="For example “Autumn term 2025”.")
    thesis = models.CharField(max_length=300, blank=True, help_text="The title of the thesis.")
    amount = models.CharField(
        max_length=100,
        blank=True,
        help_text="With its currency, for example “£250,000”. Shown on the site: leave it empty to keep it private.",
    )
    co_investigators = models.CharField(
        "co-investigators", max_length=300, blank=True, help_text="For example “Charles Babbage, Mary Somerville”."
    )
    city = models.CharField(max_length=100, blank=True)
    country = models.CharField(max_length=100, blank=True)
    latitude = models.DecimalField(
        max_digits=7,
        decimal_places=5,
        null=True,
        blank=True,
        validators=[MinValueValidator(-90), MaxValueValidator(90)],
        help_text="In degrees, north positive, such as 45.07. With a longitude, the activity appears on the map.",
    )
    longitude = models.DecimalField(
        max_digits=8,
        decimal_places=5,
        null=True,
        blank=True,
        validators=[MinValueValidator(-180), MaxValueValidator(180)],
        help_text="In degrees, east positive, such as 7.69.",
    )
    start = PartialDateField(blank=True)
    end = PartialDateField(blank=True)
    is_ongoing = models.BooleanField("ongoing", default=False, help_text="Shown as “2023 – present”.")
    url = models.URLField("link", max_length=500, blank=True)
    description = models.TextField(max_length=LONGEST_TEXT, blank=True, help_text="In Markdown. Shown below the title.")
    position = models.PositiveSmallIntegerField(
        "order", default=0, help_text="Lower numbers come first; of equal ones, what is ongoing and then the newest."
    )
    tags = tags_field("profiles.TaggedActivity")

    objects = ActivityQuerySet.as_manager()

    class Meta(Publishable.Meta):
        ordering = ["position", "-is_ongoing", "-start", "-pk"]
        verbose_name_plural = "activities"
        constraints = [
            *Publishable.Meta.constraints,
            end_not_before_start("profiles_activity_end_not_before_start"),
            models.CheckConstraint(
                condition=Q(is_ongoing=False) | Q(end=""),
                name="profiles_activity_ongoing_has_no_end",
                violation_error_message=ENDED_BUT_ONGOING,
            ),
            models.CheckConstraint(
                condition=~Q(title="") | ~Q(city=""),
                name="profiles_activity_title_or_city",
                violation_error_message="Enter a title or a city.",
            ),
            models.CheckConstraint(
                condition=Q(latitude__isnull=True, longitude__isnull=True)
                | Q(
                    latitude__isnull=False,
                    longitude__isnull=False,
                    latitude__range=(-90, 90),
                    longitude__range=(-180, 180),
                ),
                name="profiles_activity_point_on_earth",
                violation_error_message="Enter both a latitude (−90 to 90) and a longitude (−180 to 180), or neither.",
            ),
        ]

    def __str__(self):
        return self.title or self.place

    def save(self, *args, **kwargs):
        self.kind = self.kind or self.KIND
        super().save(*args, **kwargs)

    def get_absolute_url(self):
        return f"{reverse('profiles:activities')}#activity-{self.pk}"

    def clean(self):
        super().clean()
        if self.is_ongoing and self.end:
            raise ValidationError({"end": ENDED_BUT_ONGOING})

    @property
    def place(self):
        return ", ".join(filter(None, dict.fromkeys((self.city, self.country))))  # "Singapore" once

    @property
    def heading(self):
        """The heading that a list by year shows it under."""
        return "Ongoing" if self.is_ongoing else self.start and self.start.year

    @property
    def where(self):
        """The event, the organisation and the place. A trip without a title has its place as title."""
        return ", ".join(filter(None, (self.event, self.organisation, self.place if self.title else "")))

    @property
    def details(self):
        """The other facts of a kind: "MSc · Autumn term 2025"."""
        thesis = self.thesis and f"Thesis: {self.thesis}"
        others = self.co_investigators and f"with {self.co_investigators}"
        return " · ".join(filter(None, (self.level, self.term, thesis, self.amount, others)))

    @property
    def point(self):
        """The coordinates, or None if they are unknown."""
        return None if self.latitude is None else (self.latitude, self.longitude)

    def locate(self):
        """Set the coordinates to those of the city. Return the Cities of that name, the one that was taken first."""
        found = cities.find(self.city, self.country)
        self.latitude, self.longitude = found[0].point if found else (None, None)
        return found


@revisions.register()
class TaggedActivity(TaggedBase):
    content_object = models.ForeignKey(Activity, models.CASCADE)
