"""Courses, the terms in which they were taught, and their materials."""

from datetime import MAXYEAR
from pathlib import PurePosixPath

from django.core.exceptions import ValidationError
from django.core.files import File
from django.db import models
from django.db.models import Exists, F, Max, OuterRef
from django.urls import reverse
from django.utils import timezone

from profiles.content.dates import PartialDate, PartialDateField, end_not_before_start
from profiles.content.patterns import LONGEST_TEXT
from profiles.content.publishing import Publishable, PublishableQuerySet
from profiles.content.slugs import Slugged, SluggedQuerySet, readable_name
from profiles.history import revisions
from profiles.models.cv import CVRecord
from profiles.models.person import Person
from profiles.models.resource import ResourceBase, as_title
from profiles.models.tag import TaggedBase, tags_field
from profiles.search.queries import SearchableQuerySet

EARLIEST, YEARS_AHEAD = 1900, 10  # years in which a term may start
TERM_MONTHS = 6  # a term without an end is over after so many months


class CourseQuerySet(PublishableQuerySet, SluggedQuerySet, SearchableQuerySet):
    def for_listing(self):
        """Load what a list shows; in the editor's order, and where that is equal, what was taught last comes first."""
        materials = Material.objects.filter(course=OuterRef("pk"))
        rows = self.annotate(has_materials=Exists(materials), last_start=Max("terms__start"))
        rows = rows.order_by("position", F("last_start").desc(nulls_last=True), "title")
        return rows.prefetch_related("instructors", "terms")


@revisions.register("terms", "resources", "taggedcourse_set")
class Course(CVRecord, Publishable, Slugged):
    title = models.CharField(max_length=300)
    code = models.CharField(max_length=40, blank=True, help_text="The number of the course, for example “INFR10079”.")
    organisation = models.CharField("institution", max_length=200, blank=True)
    level = models.CharField(max_length=100, blank=True, help_text="For example “Undergraduate” or “MSc, second year”.")
    url = models.URLField("link", max_length=500, blank=True)
    description = models.TextField(max_length=LONGEST_TEXT, blank=True, help_text="In Markdown.")
    syllabus = models.TextField(max_length=LONGEST_TEXT, blank=True, help_text="In Markdown.")
    instructors = models.ManyToManyField(Person, blank=True, related_name="courses")
    position = models.PositiveSmallIntegerField(
        "order", default=0, help_text="Lower numbers come first; of equal ones, what was taught last."
    )
    tags = tags_field("profiles.TaggedCourse")

    objects = CourseQuerySet.as_manager()

    class Meta(Publishable.Meta):
        ordering = ["position", "title"]

    def __str__(self):
        return self.title

    def get_absolute_url(self):
        return reverse("profiles:course", args=[self.slug])

    @property
    def latest(self):
        """The newest term, or None."""
        return next(iter(self.terms.all()), None)

    @property
    def earlier_terms(self):
        return self.terms.all()[1:]

    @property
    def where(self):
        """The number, institution and level in one line."""
        return " · ".join(filter(None, [self.code, self.organisation, self.level]))

    @property
    def is_current(self):
        """Whether a term is going on or to come."""
        return any(term.is_current for term in self.terms.all())

    @property
    def roles(self):
        """The roles of all terms, the newest first: "Lecturer, Teaching assistant"."""
        return ", ".join(dict.fromkeys(term.role for term in self.terms.all() if term.role))

    @property
    def named_instructors(self):
        """The instructors; none if the owner of the site teaches alone."""
        people = self.instructors.all()
        return [] if all(person.is_owner for person in people) else people

    @property
    def has_details(self):
        """Whether the page has more than the list shows. For rows of ``for_listing()``."""
        return bool(self.description or self.syllabus or self.has_materials)


@revisions.register()
class TaggedCourse(TaggedBase):
    content_object = models.ForeignKey(Course, models.CASCADE)


@revisions.register()
class Term(models.Model):
    """A course as it was taught once, or each year for some years."""

    course = models.ForeignKey(Course, models.CASCADE, related_name="terms")
    name = models.CharField("term", max_length=100, blank=True, help_text="For example “Autumn”.")
    start = PartialDateField("year", blank=True, help_text="A year (2025), or the first month (2025-09) or day.")
    end = PartialDateField(
        blank=True, help_text="Leave empty if it ends in the same year. A year (2026), a month (2026-02) or a day."
    )
    role = models.CharField(max_length=200, blank=True, help_text="For example “Lecturer” or “Teaching assistant”.")
    students = models.PositiveIntegerField("number of students", null=True, blank=True)
    url = models.URLField("link", max_length=500, blank=True)

    class Meta:
        ordering = ["-start", "-pk"]
        constraints = [end_not_before_start("profiles_term_end_not_before_start")]

    def __str__(self):
        is_named = bool(self.years) and self.years[: len("2025")] in self.name
        return " ".join(filter(None, [self.name, "" if is_named else self.years])) or "Term"

    def clean(self):
        super().clean()
        latest = timezone.localdate().year + YEARS_AHEAD
        for name in ("start", "end"):
            moment = getattr(self, name)
            if isinstance(moment, PartialDate) and not EARLIEST <= moment.year <= latest:
                raise ValidationError({name: f"Enter a year between {EARLIEST} and {latest}."})

    @property
    def years(self):
        """The years of the term: "2025", "2025–26"; "" if unknown, or refused by the form that shows the term again."""
        first, last = (f"{date.year:04}" if isinstance(date, PartialDate) else "" for date in (self.start, self.end))
        if not (first and last) or first == last:
            return first or last
        return f"{first}–{last[2:] if first[:2] == last[:2] else last}"

    def a_year_later(self):
        """Return an unsaved copy, a year later."""
        start, end = (
            moment and PartialDate("-".join([f"{min(moment.year + 1, MAXYEAR):04}", *moment.split("-")[1:2]]))
            for moment in (self.start, self.end)
        )
        years = sorted({moment.year for moment in (self.start, self.end) if moment}, reverse=True)
        name = self.name
        for year in years:
            name = name.replace(str(year), str(year + 1))
        return Term(course=self.course, name=name, start=start, end=end, role=self.role)

    @property
    def facts(self):
        """The role and the number of students: "Lecturer · 120 students"."""
        number = self.students
        students = "" if number is None else "1 student" if number == 1 else f"{number:,} students"
        return " · ".join(filter(None, [self.role, students]))

    @property
    def is_current(self):
        """Whether the term is going on or to come. It ends with its year if only that is known."""
        last = self.end or self.start
        if self.end or len(last) <= len("2025"):
            return bool(last) and not last.is_past
        year, month = last.date_parts[:2]
        today = timezone.localdate()
        return 12 * (year - today.year) + month + TERM_MONTHS > today.month


@revisions.register()
class Material(ResourceBase):
    """A file or link of a course, or of one of its terms."""

    course = models.ForeignKey(Course, models.CASCADE, related_name="resources")
    term = models.ForeignKey(
        Term, models.SET_NULL, null=True, blank=True, related_name="materials", help_text="Leave empty for all terms."
    )
    size = models.PositiveBigIntegerField("size of the file", null=True, editable=False, help_text="In bytes.")

    class Meta(ResourceBase.Meta):
        verbose_name = "material"

    def __str__(self):
        if self.label or not self.file:
            return super().__str__()
        return as_title(self.filename) or super().__str__()

    def save(self, *args, **kwargs):
        is_upload = bool(self.file) and not self.file.closed
        chosen = readable_name(self.file.name) if is_upload else ""
        if is_upload or not self.file:
            self.size = self.file.size if self.file else None
        super().save(*args, **kwargs)
        if chosen and not self.label and self.filename != chosen:
            # The number that distinguishes the file from that of another term is not part of its title.
            self.label = as_title(chosen)[: self._meta.get_field("label").max_length]
            super().save(update_fields=["label"])

    def copy_to(self, term):
        """Add this file or link to another term of the course, and return it. None if its file is missing."""
        label = self.label or (str(self) if self.file else "")
        copy = Material(course=self.course, term=term, kind=self.kind, label=label, url=self.url)
        copy.position = self.position
        if self.url:
            copy.save()
            return copy
        try:
            with self.file.storage.open(self.file.name) as file:
                copy.file = File(file, name=self.filename)
                copy.save()
        except FileNotFoundError:  # the content check reports it
            return None
        return copy

    @property
    def subject(self):
        return self.course

    @property
    def format(self):
        """The type of the file, such as "PDF", or the kind of a link whose name does not say it."""
        if self.file:
            return PurePosixPath(self.filename).suffix.removeprefix(".").upper()
        says_kind = not self.label or self.label.lower() == self.get_kind_display().lower()
        return "" if says_kind or self.kind == self.Kind.WEBPAGE else self.get_kind_display()
