"""Talks, and the occasions on which each was given."""

from datetime import date, datetime, timedelta

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, OuterRef, Q, Subquery
from django.urls import reverse
from django.utils import timezone

from profiles.content.dates import (
    PartialDate,
    PartialDateField,
    display_period,
    end_not_before_start,
    end_of,
    start_of,
    validate_moment,
    validate_zone,
    zone_in,
    zone_named,
)
from profiles.content.patterns import LONGEST_TEXT
from profiles.content.publishing import Publishable, PublishableQuerySet, is_public
from profiles.content.slugs import Slugged, SluggedQuerySet
from profiles.history import revisions
from profiles.models.cv import CVRecord
from profiles.models.person import Person
from profiles.models.resource import ResourceBase
from profiles.models.tag import TaggedBase, tags_field
from profiles.places.located import Located, LocatedQuerySet
from profiles.search.queries import SearchableQuerySet

WHOLE_DATE = "A time needs the whole date, such as 2025-03-17. Enter it, or clear the time."
END_BEFORE_START = "The end lies before the start."


class TalkQuerySet(PublishableQuerySet, SluggedQuerySet, SearchableQuerySet):
    def for_listing(self):
        """Prefetch what a list shows of each talk."""
        return self.prefetch_related("occasions", "resources", "speakers")

    def for_results(self):
        return self.prefetch_related("occasions")

    def newest_first(self):
        """Order talks by their last occasion."""
        return self.annotate(last_start=last_start()).order_by(F("last_start").desc(nulls_last=True), "-pk")


@revisions.register("occasions", "resources", "taggedtalk_set")
class Talk(CVRecord, Publishable, Slugged):
    reserved_slugs = frozenset({"feed"})

    title = models.CharField(max_length=300)
    abstract = models.TextField(max_length=LONGEST_TEXT, blank=True, help_text="In Markdown.")
    speakers = models.ManyToManyField(Person, blank=True, related_name="talks")
    tags = tags_field("profiles.TaggedTalk")

    objects = TalkQuerySet.as_manager()

    class Meta(Publishable.Meta):
        ordering = ["title"]

    def __str__(self):
        return self.title

    def get_absolute_url(self):
        return reverse("profiles:talk", args=[self.slug])

    @property
    def shown_speakers(self):
        """The speakers, unless it is the owner of the site alone."""
        speakers = list(self.speakers.all())
        return [] if all(person.is_owner for person in speakers) else speakers

    # Of the occasions, which lists prefetch.

    @property
    def latest(self):
        """The newest occasion, or None."""
        return next(iter(self.occasions.all()), None)

    @property
    def upcoming(self):
        """The occasions that are not over, the soonest first."""
        return soonest_first(self.occasions.all())

    @property
    def given(self):
        """The other occasions, the newest first."""
        return [occasion for occasion in self.occasions.all() if not occasion.is_upcoming]


@revisions.register()
class TaggedTalk(TaggedBase):
    content_object = models.ForeignKey(Talk, models.CASCADE)


def site_time_zone():
    return settings.TIME_ZONE


class OccasionQuerySet(LocatedQuerySet):
    def published(self):
        """Filter the occasions of talks that visitors may see now."""
        return self.filter(is_public("talk"))

    def visible_to(self, user):
        return self.all() if user.is_staff else self.published()

    def with_talks(self):
        """Prefetch what an event says of its talk."""
        return self.select_related("talk").prefetch_related("talk__tags")

    def not_long_ago(self):
        """Leave out past years, so that few rows are compared with the clocks of their time zones."""
        year = str((timezone.now() - timedelta(days=1)).year)
        return self.filter(Q(start__gte=year) | Q(end__gte=year))

    def upcoming(self):
        """Return a list of what is not over now, the soonest first, each with its talk."""
        return soonest_first(self.not_long_ago().select_related("talk"))


def last_start():
    """Return the expression for the date of a talk's last occasion."""
    return Subquery(Occasion.objects.filter(talk=OuterRef("pk")).order_by("-start", "-pk").values("start")[:1])


def soonest_first(occasions):
    return sorted((one for one in occasions if one.is_upcoming), key=lambda one: one.begins_at)


@revisions.register()
class Occasion(Located):
    """A talk as it was given once. ``start`` and ``end`` are as precise as they are known.

    Times are wall times in ``time_zone``. Those that do not exist there, or exist twice, are refused. ``uid`` is the
    id that the event has in calendars, if it is not made from the primary key: that of the former activity.
    """

    class Kind(models.TextChoices):
        KEYNOTE = "keynote", "Keynote"
        INVITED = "invited", "Invited talk"
        CONTRIBUTED = "contributed", "Contributed talk"

    talk = models.ForeignKey(Talk, models.CASCADE, related_name="occasions")
    kind = models.CharField(max_length=20, blank=True, choices=Kind)
    label = models.CharField(
        max_length=200, blank=True, help_text="Shown instead of the kind, for example “Panel discussion”."
    )
    event = models.CharField(max_length=200, blank=True, help_text="For example “NeurIPS 2025” or “Theory seminar”.")
    organisation = models.CharField("host", max_length=200, blank=True, help_text="The institution that invited you.")
    is_online = models.BooleanField("online", default=False)
    start = PartialDateField("date", blank=True)
    start_time = models.TimeField("from", null=True, blank=True)
    end = PartialDateField("last day", blank=True, help_text="Leave empty if the talk ends on the same day.")
    end_time = models.TimeField("to", null=True, blank=True)
    time_zone = models.CharField(
        max_length=50,
        blank=True,
        default=site_time_zone,
        validators=[validate_zone],
        help_text="The times are those of a clock there, for example “Europe/London”.",
    )
    url = models.URLField("link", max_length=500, blank=True)
    uid = models.CharField(max_length=100, blank=True, editable=False)

    objects = OccasionQuerySet.as_manager()

    class Meta:
        ordering = ["-start", "-start_time", "-pk"]
        constraints = [
            *Located.Meta.constraints,
            end_not_before_start("profiles_occasion_end_not_before_start"),
        ]

    def __str__(self):
        return ", ".join(filter(None, [self.event, self.organisation, self.place])) or str(self.talk)

    def save(self, *args, **kwargs):
        self.time_zone = self.time_zone or site_time_zone()  # its times stay when the zone of the site changes
        super().save(*args, **kwargs)

    def get_absolute_url(self):
        return f"{self.talk.get_absolute_url()}#occasion-{self.pk}"

    def clean(self):
        super().clean()
        errors = {}
        for name, day in (("start_time", self.start), ("end_time", self.last)):
            clock = getattr(self, name)
            try:
                if clock is not None:
                    validate_time(day, clock, self.zone)
            except ValidationError as error:
                errors[name] = error
        if self.end_time is not None and self.start_time is None:
            errors.setdefault("start_time", "Enter when it starts, too, or clear the time at which it ends.")
        if not errors:
            errors = self.find_order_errors()
        if errors:
            raise ValidationError(errors)

    def find_order_errors(self):
        """Return {field: message} if the end lies before the start."""
        start, end = self.start, self.end
        if start and end and end[: len(start)] < start[: len(end)]:
            return {"end": f"{END_BEFORE_START} Swap the two, or clear this day."}
        if self.starts_at and self.ends_at and self.ends_at < self.starts_at:
            return {"end_time": f"{END_BEFORE_START} If it ends on another day, enter that as the last day."}
        return {}

    # Its time

    @property
    def zone(self):
        return zone_named(self.time_zone)

    @property
    def last(self):
        """Its last day, month or year."""
        return self.end or self.start

    @property
    def starts_at(self):
        """The moment at which it starts, or None if that is not known to the minute."""
        return self.get_moment(self.start, self.start_time)

    @property
    def ends_at(self):
        """The moment at which it ends, or None if that is not known to the minute."""
        return self.get_moment(self.last, self.end_time)

    def get_moment(self, day, clock):
        if not isinstance(day, PartialDate) or not day.day or clock is None:
            return None
        return datetime.combine(date(*day.date_parts), clock, zone_in(day.year, self.zone))

    @property
    def begins_at(self):
        """``starts_at``, or the first moment of its first day, month or year; None if it has no date."""
        return self.starts_at or (self.last and start_of(self.start or self.end, self.zone)) or None

    @property
    def over_at(self):
        """``ends_at``, or the last moment of its last day, month or year; None if it has no date."""
        return self.ends_at or (self.last and end_of(self.last, self.zone)) or None

    @property
    def is_upcoming(self):
        return self.over_at is not None and self.over_at > timezone.now()

    @property
    def is_over(self):
        return self.over_at is not None and not self.is_upcoming

    # As text, with the same names as an Activity has

    @property
    def title(self):
        return self.talk.title

    @property
    def heading(self):
        """The heading that a list by year shows it under."""
        return self.last and self.last.year

    @property
    def kind_label(self):
        return self.label or self.get_kind_display()

    @property
    def where(self):
        """The event, the host and the place."""
        online = "online" if self.is_online else ""
        where = ", ".join(filter(None, dict.fromkeys((self.event, self.organisation, self.place, online))))
        return "Online" if where == "online" else where

    @property
    def details(self):
        return self.kind_label

    @property
    def when(self):
        """Its date, with its times and their time zone: "3 May 2026, 14:00–15:00 (Europe/Rome)"."""
        start, end = self.start, self.end
        days = start.display if start else f"until {end.display}" if end else ""
        if start and end and end != start:
            first, last = ((clock and f", {clock:%H:%M}") or "" for clock in (self.start_time, self.end_time))
            timed = f"{start.display}{first} – {end.display}{last}"
            days = timed if first else display_period(start, end)
        elif self.start_time is not None:
            times = "–".join(f"{clock:%H:%M}" for clock in (self.start_time, self.end_time) if clock is not None)
            days = f"{days}, {times}"
        zone = self.zone.key.replace("_", " ")  # so that lines can break
        return f"{days} ({zone})" if self.start_time is not None else days

    @property
    def machine_start(self):
        """Its start in ISO 8601, with the offset from UTC if the time is known."""
        return self.starts_at.isoformat() if self.starts_at else str(self.start)

    @property
    def machine_end(self):
        """Its end in ISO 8601; "" if it is over on a day, or at a time of its only day, that is not known."""
        if self.ends_at:
            return self.ends_at.isoformat()
        if self.start_time is not None and self.last == self.start:
            return ""  # the day alone would be an end before the start
        return str(self.end or (self.start if self.start and self.start.day else ""))

    @property
    def calendar_uid(self):
        """What identifies its event in calendars, with the host of the site. Never change it."""
        return self.uid or f"occasion-{self.pk}"


def validate_time(day, clock, zone):
    """Raise ValidationError unless a time exists once on a day, which must be known."""
    if not isinstance(day, PartialDate) or not day.day:
        raise ValidationError(WHOLE_DATE)
    validate_moment(date(*day.date_parts), clock, zone)


@revisions.register()
class TalkResource(ResourceBase):
    talk = models.ForeignKey(Talk, models.CASCADE, related_name="resources")

    class Meta(ResourceBase.Meta):
        verbose_name = "resource"

    @property
    def subject(self):
        return self.talk
