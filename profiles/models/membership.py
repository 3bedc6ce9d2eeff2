"""Memberships: who belongs or belonged to the group, in which role, and whose student they are."""

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Exists, OuterRef, Prefetch, Q
from django.urls import reverse

from profiles.content.dates import PartialDateField, end_not_before_start
from profiles.content.patterns import LONGEST_TEXT
from profiles.content.publishing import Publishable, PublishableQuerySet
from profiles.history import revisions
from profiles.models.activity import ENDED_BUT_ONGOING
from profiles.models.cv import CVRecord
from profiles.models.person import Person


class MembershipQuerySet(PublishableQuerySet):
    def with_theses(self, user):
        """Join the people, and prefetch the theses that the user may see."""
        theses = self.model._meta.get_field("theses").related_model.objects
        rows = self.select_related("person").prefetch_related(Prefetch("theses", theses.visible_to(user)))
        return rows.annotate(has_linked_thesis=Exists(theses.filter(membership=OuterRef("pk"))))

    def for_listing(self, user):
        """Join and prefetch what a list of members shows."""
        return self.with_theses(user).prefetch_related("person__tags", "supervisors")

    def newest_first(self):
        """Sort by time, what is ongoing first."""
        return self.order_by("-is_ongoing", "-end", "-start", "pk")


@revisions.register()
class Membership(CVRecord, Publishable):
    """The time of a person in the group. That of a student names their supervisors, thesis and committee."""

    class Role(models.TextChoices):
        """The roles, in the order of their sections."""

        PRINCIPAL_INVESTIGATOR = "principal-investigator", "Principal investigator"
        FACULTY = "faculty", "Faculty"
        POSTDOC = "postdoc", "Postdoc"
        PHD_STUDENT = "phd-student", "PhD student"
        MASTERS_STUDENT = "masters-student", "Master’s student"
        UNDERGRADUATE = "undergraduate", "Undergraduate student"
        STAFF = "staff", "Staff"
        VISITOR = "visitor", "Visitor"
        OTHER = "other", "Other"

    person = models.ForeignKey(Person, models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=30, choices=Role)
    title = models.CharField(
        max_length=200, blank=True, help_text="Shown instead of the role, for example “Research software engineer”."
    )
    organisation = models.CharField(
        max_length=200, blank=True, help_text="Enter it if it is not that of the group, for example for a visitor."
    )
    start = PartialDateField(blank=True)
    end = PartialDateField(blank=True)
    is_ongoing = models.BooleanField("ongoing", default=False, help_text="Shown as “2023 – present”.")
    supervisors = models.ManyToManyField(Person, blank=True, related_name="supervised_memberships")
    committee = models.CharField(
        max_length=500, blank=True, help_text="The names, for example “Charles Babbage, Mary Somerville”."
    )
    thesis = models.CharField(
        max_length=300,
        blank=True,
        help_text="The title of the thesis. A thesis among the publications is shown instead.",
    )
    next_position = models.CharField(max_length=200, blank=True, help_text="For example “Postdoc, ETH Zürich”.")
    next_position_url = models.URLField("link to the next position", max_length=500, blank=True)
    url = models.URLField("link", max_length=500, blank=True)
    description = models.TextField(max_length=LONGEST_TEXT, blank=True, help_text="In Markdown.")
    position = models.PositiveSmallIntegerField(
        "order", default=0, help_text="Lower numbers come first within a section."
    )

    objects = MembershipQuerySet.as_manager()

    # In a merge of two people, a membership that agrees in all of these is dropped.
    MERGED_ONCE = ("person", "role", "title", "start", "end", "state")

    class Meta(Publishable.Meta):
        verbose_name = "member"
        verbose_name_plural = "members and students"
        ordering = ["position", "-is_ongoing", "-start", "pk"]
        constraints = [
            *Publishable.Meta.constraints,
            end_not_before_start("profiles_membership_end_not_before_start"),
            models.CheckConstraint(
                condition=Q(is_ongoing=False) | Q(end=""),
                name="profiles_membership_ongoing_has_no_end",
                violation_error_message=ENDED_BUT_ONGOING,
            ),
        ]

    def __str__(self):
        return f"{self.person} ({self.name_of_role})"

    def get_absolute_url(self):
        if self.person.is_public_page:
            return self.person.get_absolute_url()
        return f"{reverse('profiles:people')}#member-{self.pk}"

    def clean(self):
        super().clean()
        if self.is_ongoing and self.end:
            raise ValidationError({"end": ENDED_BUT_ONGOING})

    @property
    def name_of_role(self):
        return self.title or self.get_role_display()

    @property
    def headline(self):
        """The headline of a present member with a page, if it says more than the role."""
        is_shown = self.person.is_public_page and not self.is_former
        return self.person.headline if is_shown and self.person.headline != self.name_of_role else ""

    @property
    def last_date(self):
        """When it ended: the start, if that is its only date and it is not ongoing."""
        return self.end or ("" if self.is_ongoing else self.start)

    @property
    def is_former(self):
        """Whether the person has left, by the date of today: an alumnus from the day after the end."""
        return bool(self.last_date and self.last_date.is_past)

    @property
    def is_upcoming(self):
        """Whether the person has not arrived yet, by the date of today."""
        return bool(self.start and self.start.is_future)

    @property
    def thesis_publication(self):
        """The thesis among the publications, or None. For rows of ``with_theses()``: only one that the user may see."""
        return next((thesis.publication for thesis in self.theses.all()), None)

    @property
    def typed_thesis(self):
        """The title that was typed; "" if the thesis is among the publications, also while it is not public there."""
        return "" if self.has_linked_thesis else self.thesis
