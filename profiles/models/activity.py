"""The dated lines of an academic life, in one table; each kind is a list of its own in the admin."""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.urls import reverse

from profiles.content.dates import PartialDateField, end_not_before_start
from profiles.content.publishing import Publishable, PublishableQuerySet
from profiles.history import revisions
from profiles.models.person import Person
from profiles.models.tag import TaggedBase, tags_field
from profiles.search.queries import SearchableQuerySet


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

    # A start without an end means "until today" for these, and one moment for the others.
    LASTING = (
        Kind.EDUCATION, Kind.POSITION, Kind.GRANT, Kind.TEACHING, Kind.SERVICE, Kind.SUPERVISION, Kind.MEMBERSHIP,
    )  # fmt: skip

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
        help_text="Degrees, north positive. With the longitude, it puts a point on the map.",
    )
    longitude = models.DecimalField(
        max_digits=8,
        decimal_places=5,
        null=True,
        blank=True,
        validators=[MinValueValidator(-180), MaxValueValidator(180)],
        help_text="Degrees, east positive.",
    )
    start = PartialDateField(blank=True)
    end = PartialDateField(blank=True)
    url = models.URLField("link", max_length=500, blank=True)
    description = models.TextField(blank=True, help_text="Markdown.")
    position = models.PositiveSmallIntegerField("order", default=0, help_text="Lower numbers first, then the newest.")
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
                violation_error_message="Give a title, or at least the city.",
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
                violation_error_message="Give both latitude (−90 to 90) and longitude (−180 to 180), or neither.",
            ),
        ]

    def __str__(self):
        return self.title or self.place

    def save(self, *args, **kwargs):
        self.kind = self.kind or getattr(self, "KIND", "")
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

    class Meta(TaggedBase.Meta):
        pass


class KindManager(models.Manager.from_queryset(ActivityQuerySet)):
    """The activities of the proxy's kind."""

    def get_queryset(self):
        return super().get_queryset().filter(kind=self.model.KIND)


@revisions.register("taggedactivity_set")
class Education(Activity):
    KIND = Activity.Kind.EDUCATION
    objects = KindManager()

    class Meta:
        proxy = True
        verbose_name_plural = "education"


@revisions.register("taggedactivity_set")
class Position(Activity):
    KIND = Activity.Kind.POSITION
    objects = KindManager()

    class Meta:
        proxy = True


@revisions.register("taggedactivity_set")
class Award(Activity):
    KIND = Activity.Kind.AWARD
    objects = KindManager()

    class Meta:
        proxy = True


@revisions.register("taggedactivity_set")
class Grant(Activity):
    KIND = Activity.Kind.GRANT
    objects = KindManager()

    class Meta:
        proxy = True


@revisions.register("taggedactivity_set")
class Talk(Activity):
    KIND = Activity.Kind.TALK
    objects = KindManager()

    class Meta:
        proxy = True


@revisions.register("taggedactivity_set")
class Teaching(Activity):
    KIND = Activity.Kind.TEACHING
    objects = KindManager()

    class Meta:
        proxy = True
        verbose_name_plural = "teaching"


@revisions.register("taggedactivity_set")
class Service(Activity):
    KIND = Activity.Kind.SERVICE
    objects = KindManager()

    class Meta:
        proxy = True
        verbose_name_plural = "service"


@revisions.register("taggedactivity_set")
class Supervision(Activity):
    KIND = Activity.Kind.SUPERVISION
    objects = KindManager()

    class Meta:
        proxy = True
        verbose_name_plural = "supervision"


@revisions.register("taggedactivity_set")
class Membership(Activity):
    KIND = Activity.Kind.MEMBERSHIP
    objects = KindManager()

    class Meta:
        proxy = True


@revisions.register("taggedactivity_set")
class Travel(Activity):
    KIND = Activity.Kind.TRAVEL
    objects = KindManager()

    class Meta:
        proxy = True
        verbose_name_plural = "travel"


@revisions.register("taggedactivity_set")
class News(Activity):
    KIND = Activity.Kind.NEWS
    objects = KindManager()

    class Meta:
        proxy = True
        verbose_name_plural = "news"
