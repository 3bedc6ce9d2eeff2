"""Affiliations: the organisations that a person works or worked at, which papers print below the names."""

from django.db import models
from django.utils import timezone

from profiles.content.dates import PartialDateField, end_not_before_start
from profiles.content.identifiers import RORField
from profiles.history import revisions
from profiles.models.person import Person


@revisions.register()
class Affiliation(models.Model):
    """A person at an organisation. Without an end, it is ongoing."""

    person = models.ForeignKey(Person, models.CASCADE, related_name="affiliations")
    organisation = models.CharField(max_length=200, help_text="For example “University of Examples”.")
    department = models.CharField(max_length=200, blank=True, help_text="For example “Department of Computing”.")
    place = models.CharField(max_length=200, blank=True, help_text="For example “London, UK”.")
    ror = RORField("ROR ID", blank=True, help_text="The organisation’s ID at ror.org, such as 052gg0110.")
    start = PartialDateField(blank=True)
    end = PartialDateField(blank=True, help_text="Empty if it is ongoing.")
    position = models.PositiveSmallIntegerField("order", default=0, help_text="Of several at a time, the order.")

    # In a merge of two people, an affiliation that agrees in all of these is dropped.
    MERGED_ONCE = ("person", "organisation", "department", "start", "end")

    class Meta:
        ordering = ["position", "-start", "pk"]
        constraints = [end_not_before_start("profiles_affiliation_end_not_before_start")]

    def __str__(self):
        return self.text

    @property
    def text(self):
        """How papers print it: "Department of Computing, University of Examples, London, UK"."""
        return ", ".join(filter(None, (self.department, self.organisation, self.place)))

    @property
    def details(self):
        """The department and the place: "Department of Computing, London, UK"."""
        return ", ".join(filter(None, (self.department, self.place)))

    @property
    def ror_url(self):
        return f"https://ror.org/{self.ror}" if self.ror else ""

    @property
    def is_ongoing(self):
        return not self.end

    @property
    def is_current(self):
        """Whether it has begun and not ended, by the date of today."""
        return self.includes(timezone.localdate().isoformat())

    def includes(self, date):
        """Return whether a date in ISO 8601 lies in it. A year or month that overlaps with it does."""
        has_begun = self.start[: len(date)] <= date[: len(self.start)]
        return has_begun and (not self.end or self.end[: len(date)] >= date[: len(self.end)])
