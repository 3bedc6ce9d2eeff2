"""Activities: the dated entries of an academic life (talks, positions, awards …), in one table.

Each kind has a proxy model, so that the admin has a list for it. KINDS defines how the kinds differ.
"""

from dataclasses import dataclass

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.urls import reverse

from profiles.content.dates import PartialDateField, end_not_before_start
from profiles.content.patterns import LONGEST_TEXT
from profiles.content.publishing import Publishable, PublishableQuerySet
from profiles.history import revisions
from profiles.models.person import Person
from profiles.models.tag import TaggedBase, tags_field
from profiles.search.queries import SearchableQuerySet

WHEN = ("start", "end")
WHERE = ("city", "country")
POINT = ("latitude", "longitude")
MORE = ("url", "description")


class ActivityQuerySet(PublishableQuerySet, SearchableQuerySet):
    pass


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

    # Kinds that go on until today if they have a start but no end. The others are events on their start.
    LASTING = (
        Kind.EDUCATION, Kind.POSITION, Kind.GRANT, Kind.TEACHING, Kind.SERVICE, Kind.SUPERVISION, Kind.MEMBERSHIP,
    )  # fmt: skip
    KIND = ""  # of a proxy model

    person = models.ForeignKey(Person, models.CASCADE, related_name="activities")
    kind = models.CharField(max_length=20, choices=Kind)
    title = models.CharField(max_length=300, blank=True)
    role = models.CharField(max_length=200, blank=True)
    organisation = models.CharField(max_length=200, blank=True)
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
    url = models.URLField("link", max_length=500, blank=True)
    description = models.TextField(max_length=LONGEST_TEXT, blank=True, help_text="In Markdown. Shown below the title.")
    position = models.PositiveSmallIntegerField(
        "order", default=0, help_text="Lower numbers come first; equal numbers are sorted by date, newest first."
    )
    tags = tags_field("profiles.TaggedActivity")

    objects = ActivityQuerySet.as_manager()

    class Meta(Publishable.Meta):
        ordering = ["position", "-start", "-pk"]
        verbose_name_plural = "activities"
        constraints = [
            *Publishable.Meta.constraints,
            end_not_before_start("profiles_activity_end_not_before_start"),
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

    @property
    def place(self):
        return ", ".join(part for part in (self.city, self.country) if part)

    @property
    def is_ongoing(self):
        return bool(self.start and not self.end and self.kind in self.LASTING)


@revisions.register()
class TaggedActivity(TaggedBase):
    content_object = models.ForeignKey(Activity, models.CASCADE)


@dataclass(frozen=True)
class KindOptions:
    """The names of a kind of activity in the admin, and the fields of its form, in order."""

    verbose_name: str
    verbose_name_plural: str
    fields: list


Kind = Activity.Kind
KINDS = {
    Kind.EDUCATION: KindOptions("education entry", "education entries", ["title", "organisation", WHEN, WHERE, *MORE]),
    Kind.POSITION: KindOptions("position", "positions", ["title", "organisation", WHEN, WHERE, *MORE]),
    Kind.AWARD: KindOptions("award", "awards", ["title", "organisation", "start", *MORE]),
    Kind.GRANT: KindOptions("grant", "grants", ["title", "role", "organisation", WHEN, *MORE]),
    Kind.TALK: KindOptions("talk", "talks", ["title", "role", "organisation", WHEN, WHERE, POINT, *MORE]),
    Kind.TEACHING: KindOptions("teaching entry", "teaching entries", ["title", "role", "organisation", WHEN, *MORE]),
    Kind.SERVICE: KindOptions("service entry", "service entries", ["title", "role", "organisation", WHEN, *MORE]),
    Kind.SUPERVISION: KindOptions("supervision", "supervisions", ["title", "role", "organisation", WHEN, *MORE]),
    Kind.MEMBERSHIP: KindOptions("membership", "memberships", ["title", "role", "organisation", WHEN, "url"]),
    Kind.TRAVEL: KindOptions("trip", "trips", [WHERE, POINT, "title", WHEN, *MORE]),
    Kind.NEWS: KindOptions("news item", "news items", ["title", "start", *MORE]),
}


class KindManager(models.Manager.from_queryset(ActivityQuerySet)):
    """The activities of the proxy model's kind."""

    def get_queryset(self):
        return super().get_queryset().filter(kind=self.model.KIND)


def proxy_of(kind):
    """Return a proxy model of Activity for a kind, named after it: Talk for "talk"."""
    names = {"verbose_name": KINDS[kind].verbose_name, "verbose_name_plural": KINDS[kind].verbose_name_plural}
    meta = {"proxy": True, **names}
    attributes = {"__module__": __name__, "KIND": kind, "objects": KindManager(), "Meta": type("Meta", (), meta)}
    return revisions.register("taggedactivity_set")(type(kind.value.capitalize(), (Activity,), attributes))


ACTIVITY_MODELS = {kind: proxy_of(kind) for kind in KINDS}
