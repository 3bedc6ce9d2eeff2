"""Activities: the dated entries of an academic life (positions, awards, trips …), in one table.

KINDS says how the kinds differ. Each has a proxy model, so that the admin has a list for it.
"""

from dataclasses import dataclass, field

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q, Window
from django.db.models.functions import RowNumber
from django.urls import reverse
from django.utils import timezone

from profiles.content.dates import PartialDateField, end_not_before_start
from profiles.content.patterns import LONGEST_TEXT
from profiles.content.publishing import Publishable, PublishableQuerySet
from profiles.history import revisions
from profiles.models.cv import CVRecord
from profiles.models.person import Person
from profiles.models.tag import TaggedBase, tags_field
from profiles.places.located import Located, LocatedQuerySet
from profiles.search.queries import SearchableQuerySet

ENDED_BUT_ONGOING = "This has an end and is ongoing. Clear the end, or untick “ongoing”."


class ActivityQuerySet(LocatedQuerySet, PublishableQuerySet, SearchableQuerySet):
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
class Activity(Located, CVRecord, Publishable):
    class Kind(models.TextChoices):
        EDUCATION = "education", "Education"
        POSITION = "position", "Positions"
        AWARD = "award", "Awards"
        SERVICE = "service", "Service"
        MEMBERSHIP = "membership", "Memberships"
        TRAVEL = "travel", "Travel"

    # Kinds that are upcoming only until they begin. The others are upcoming until they end.
    LASTING = (Kind.EDUCATION, Kind.POSITION, Kind.SERVICE, Kind.MEMBERSHIP)
    KIND = ""  # of a proxy model

    person = models.ForeignKey(Person, models.CASCADE, related_name="activities")
    kind = models.CharField(max_length=20, choices=Kind)
    title = models.CharField(max_length=300, blank=True)
    role = models.CharField(max_length=200, blank=True)
    organisation = models.CharField(max_length=200, blank=True)
    thesis = models.CharField(max_length=300, blank=True, help_text="The title of the thesis.")
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
            *Located.Meta.constraints,
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
    def kind_label(self):
        """The name of its kind, for one of them: "Award"."""
        return self.get_kind_display().removesuffix("s")

    @property
    def is_upcoming(self):
        """Whether it is to come by the date of today, or still going on if its kind does not last for years.

        Dates are compared as text, so that the current year or month counts as begun.
        """
        last = self.start if self.kind in self.LASTING else self.end or self.start
        return last >= timezone.localdate().isoformat()

    @property
    def is_former(self):
        """Whether it is over, by the date of today."""
        last = self.end or ("" if self.is_ongoing else self.start)
        return bool(last and last.is_past)

    @property
    def where(self):
        """The organisation and the place. A trip without a title has its place as title."""
        return ", ".join(filter(None, (self.organisation, self.place if self.title else "")))

    @property
    def details(self):
        """The other facts of a kind."""
        return self.thesis and f"Thesis: {self.thesis}"


@revisions.register()
class TaggedActivity(TaggedBase):
    content_object = models.ForeignKey(Activity, models.CASCADE)


WHEN = ("start", "end")
PERIOD = ("start", "end", "is_ongoing")
WHERE = ("city", "country")
MORE = ("url", "description")


@dataclass(frozen=True)
class KindOptions:
    """The names of a kind of activity in the admin, the fields of its form in order, and their labels and help texts.

    Fields without a label or help text have those of the model.
    """

    verbose_name: str
    verbose_name_plural: str
    fields: list
    labels: dict = field(default_factory=dict)
    help_texts: dict = field(default_factory=dict)


Kind = Activity.Kind
KINDS = {
    Kind.EDUCATION: KindOptions(
        "education entry",
        "education entries",
        ["title", "organisation", PERIOD, WHERE, "thesis", *MORE],
        {"title": "Degree", "organisation": "Institution"},
        {"title": "For example “PhD” or “BSc Computer Science”."},
    ),
    Kind.POSITION: KindOptions(
        "position",
        "positions",
        ["title", "organisation", PERIOD, WHERE, *MORE],
        {"title": "Position", "organisation": "Institution"},
        {"title": "For example “Research associate”."},
    ),
    Kind.AWARD: KindOptions(
        "award",
        "awards",
        ["title", "organisation", "start", *MORE],
        {"title": "Award", "organisation": "Awarded by", "start": "Date"},
    ),
    Kind.SERVICE: KindOptions(
        "service entry",
        "service entries",
        ["title", "role", "organisation", PERIOD, *MORE],
        {"title": "Service to", "role": "Your role"},
        {
            "title": "The conference, journal or committee, for example “NeurIPS 2025”.",
            "role": "For example “Programme committee” or “Editor”.",
            "organisation": "For example the publisher or society.",
        },
    ),
    Kind.MEMBERSHIP: KindOptions(
        "society membership",
        "society memberships",
        ["title", "role", PERIOD, "url"],
        {"title": "Society or committee", "role": "Your role"},
        {"title": "For example “ACM”.", "role": "For example “Senior member”."},
    ),
    Kind.TRAVEL: KindOptions(
        "trip",
        "trips",
        [WHERE, "title", WHEN, *MORE],
        {"title": "Occasion"},
        {"title": "For example “Research visit”. Leave empty to show the place alone."},
    ),
}


class KindManager(models.Manager.from_queryset(ActivityQuerySet)):
    """The activities of the proxy model's kind."""

    def get_queryset(self):
        return super().get_queryset().filter(kind=self.model.KIND)


def proxy_of(kind):
    """Return a proxy model of Activity for a kind, named after it: AwardActivity for "award"."""
    names = {"verbose_name": KINDS[kind].verbose_name, "verbose_name_plural": KINDS[kind].verbose_name_plural}
    meta = {"proxy": True, **names}
    attributes = {"__module__": __name__, "KIND": kind, "objects": KindManager(), "Meta": type("Meta", (), meta)}
    return revisions.register("taggedactivity_set")(type(f"{kind.value.capitalize()}Activity", (Activity,), attributes))


ACTIVITY_MODELS = {kind: proxy_of(kind) for kind in KINDS}
