"""Saved lists: a filter of the works, or works that an editor has chosen, under a name and an address."""

from django.core.exceptions import ValidationError
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.db.models.signals import pre_delete
from django.dispatch import receiver
from django.urls import reverse

from profiles.content.patterns import LONGEST_TEXT
from profiles.content.publishing import Publishable, PublishableQuerySet
from profiles.content.slugs import Slugged, SluggedQuerySet
from profiles.history import revisions
from profiles.models import Person, Tag
from publications.models.publication import Publication

YEAR = [MinValueValidator(1000), MaxValueValidator(9999)]
LONGEST_QUERY = 200


class SavedListQuerySet(PublishableQuerySet, SluggedQuerySet):
    pass


def check_types(types):
    """Raise ValidationError unless the value is a list of types of publications."""
    is_list = isinstance(types, list)
    unknown = [one for one in types if one not in list(Publication.TYPE_LABELS)] if is_list else [types]
    if unknown:
        raise ValidationError(f"“{str(unknown[0])[:40]}” is not a type of publication.")


@revisions.register("rows")
class SavedList(Publishable, Slugged):
    """A list of works: those that match all of its filters, with the chosen ones first."""

    class Grouping(models.TextChoices):
        YEAR = "year", "By year"
        TYPE = "type", "By type"
        NONE = "none", "No groups"

    name = models.CharField(max_length=200, help_text="The heading of its page, for example “Papers on compilers”.")
    description = models.TextField(max_length=LONGEST_TEXT, blank=True, help_text="In Markdown. Shown above the list.")
    tags = models.ManyToManyField(
        Tag, blank=True, related_name="saved_lists", help_text="Only works with all of these tags."
    )
    people = models.ManyToManyField(
        Person, blank=True, related_name="saved_lists", help_text="Only works that name at least one of these people."
    )
    types = models.JSONField(
        default=list, blank=True, validators=[check_types], help_text="Only works of these types. If none, of all."
    )
    year_from = models.PositiveSmallIntegerField(
        "from year", null=True, blank=True, validators=YEAR, help_text="Works without a date are then left out."
    )
    year_to = models.PositiveSmallIntegerField("to year", null=True, blank=True, validators=YEAR)
    query = models.CharField(
        "search text", max_length=LONGEST_QUERY, blank=True, help_text="Only works that a search for this finds."
    )
    selected_only = models.BooleanField(
        "selected works only", default=False, help_text="Only works that are selected for the home page."
    )
    chosen_only = models.BooleanField(
        "only the works chosen below",
        default=False,
        help_text="The filters above then have no effect. Otherwise the chosen works come first, then the others.",
    )
    citation_style = models.CharField(
        max_length=100, blank=True, help_text="How works are shown: as on the page “Publications”, or as citations."
    )
    grouping = models.CharField(max_length=5, choices=Grouping, default=Grouping.YEAR)
    # The names of tags and people of the filters that were deleted. Until an editor has decided what the list shows
    # without them, it shows nothing: without its only author, it would show all works.
    missing = models.JSONField(default=dict, blank=True, editable=False)

    objects = SavedListQuerySet.as_manager()

    class Meta(Publishable.Meta):
        ordering = ["name", "pk"]
        verbose_name = "list of publications"
        verbose_name_plural = "lists of publications"
        constraints = [
            *Publishable.Meta.constraints,
            models.CheckConstraint(
                condition=Q(year_from__isnull=True) | Q(year_to__isnull=True) | Q(year_to__gte=F("year_from")),
                name="publications_savedlist_years",
                violation_error_message="The last year is before the first one. Swap the two, or clear one.",
            ),
        ]

    def __str__(self):
        return self.name

    def get_absolute_url(self):
        return reverse("publications:list", args=[self.slug])

    @property
    def embed_address(self):
        return reverse("publications:list-embed", args=[self.slug])


@revisions.register()
class SavedListRow(models.Model):
    """A work that an editor has put on a list, at its place."""

    saved_list = models.ForeignKey(SavedList, models.CASCADE, related_name="rows")
    publication = models.ForeignKey(Publication, models.CASCADE, related_name="saved_list_rows")
    position = models.PositiveSmallIntegerField("order", default=0)

    class Meta:
        ordering = ["position", "pk"]
        verbose_name = "chosen work"
        constraints = [
            models.UniqueConstraint(
                fields=["saved_list", "publication"],
                name="publications_savedlistrow_once",
                violation_error_message="The list has this work already.",
            )
        ]

    def __str__(self):
        return str(self.publication)


@receiver(pre_delete, sender=Tag)
@receiver(pre_delete, sender=Person)
def note_missing(sender, instance, **kwargs):
    """Note in the lists that filter by a tag or person that it is deleted."""
    field = "tags" if sender is Tag else "people"
    for saved_list in instance.saved_lists.all():
        saved_list.missing = saved_list.missing | {field: [*saved_list.missing.get(field, ()), str(instance)]}
        saved_list.save()
