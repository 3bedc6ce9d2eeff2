"""The names on works: authors, editors and other contributors."""

from django.db import models, transaction
from django.db.models import Q
from django.utils import timezone

from profiles.content.patterns import COLLABORATION
from profiles.history import revisions
from profiles.models import Person
from profiles.search import indexing
from publications.models import record
from publications.models.visibility import AuthorshipQuerySet


@revisions.register()
class Authorship(models.Model):
    """One name on one work."""

    class Role(models.TextChoices):
        AUTHOR = "author", "Author"
        EDITOR = "editor", "Editor"
        TRANSLATOR = "translator", "Translator"
        COLLECTION_EDITOR = "collection-editor", "Series editor"
        CONTAINER_AUTHOR = "container-author", "Author of the book"
        CONTRIBUTOR = "contributor", "Contributor"

    # By column: the sign after a name, and what it means.
    SIGNS = {"equal_contribution": ("*", "Equal contribution"), "corresponding": ("†", "Corresponding author")}

    publication = models.ForeignKey("Publication", models.CASCADE, related_name="authorships")
    person = models.ForeignKey(Person, models.PROTECT, null=True, blank=True, related_name="authorships")
    role = models.CharField(max_length=20, choices=Role, default=Role.AUTHOR)
    position = models.PositiveSmallIntegerField("order")
    name = models.CharField(
        "as printed", max_length=200, blank=True, help_text="Only if it differs from the person’s name."
    )
    parts = models.JSONField(
        default=dict, blank=True, editable=False, help_text="The imported name, in the parts of CSL."
    )
    equal_contribution = models.BooleanField("equal contribution", default=False)
    corresponding = models.BooleanField(default=False)
    presenter = models.BooleanField(default=False)
    contribution = models.CharField(
        max_length=300,
        blank=True,
        help_text="For example “Designed the study and wrote the first draft”. Shown in CVs that ask for it.",
    )

    objects = AuthorshipQuerySet.as_manager()

    class Meta:
        ordering = ["role", "position"]
        verbose_name_plural = "authors and editors"
        constraints = [
            models.UniqueConstraint(
                fields=["publication", "role", "position"],
                name="publications_authorship_position_once",
                violation_error_message="Two authors of one role have the same place in the order.",
            ),
            models.CheckConstraint(
                condition=Q(person__isnull=False) | ~Q(name=""),
                name="publications_authorship_has_a_name",
                violation_error_message="Choose a person, or write the name as printed.",
            ),
        ]

    def __str__(self):
        return self.name or self.person.name

    @property
    def signs(self):
        """The signs after the name: "*†" if its person contributed equally, and is a corresponding author."""
        return "".join(sign for column, (sign, _) in self.SIGNS.items() if getattr(self, column))

    @property
    def remark(self):
        """What follows the name, as text: "*†", " (presenter)"."""
        return f"{self.signs} (presenter)" if self.presenter else self.signs

    @property
    def affiliations(self):
        """The affiliations of its person at the date of the work, or today if it has no date."""
        date = self.publication.issued or timezone.localdate().isoformat()
        return [one for one in self.person.affiliations.all() if one.includes(date)] if self.person else []

    @property
    def is_collaboration(self):
        return self.role == self.Role.CONTRIBUTOR and not self.person_id and bool(COLLABORATION.search(self.name))

    @property
    def family(self):
        """The name that a citation starts with."""
        name = self.as_name()
        return name.family or name.literal

    def as_name(self):
        """Return the Name, in the parts that citations need."""
        return record.name_of(self)

    def is_of(self, person):
        """Return whether this is the name of a person (or None), by link or by name."""
        if not person:
            return False
        return self.person_id == person.pk if self.person_id else self.name.casefold() in person.spellings

    def recover(self, title):
        """Fill in the name of a person who was deleted, when the row is restored."""
        if self.person_id is None:
            self.name = self.name or title

    @classmethod
    def legend(cls, authorships):
        """Return what the signs of authorships mean, as one line: "* Equal contribution. † Corresponding author."."""
        used = {sign for authorship in authorships for sign in authorship.signs}
        return " ".join(f"{sign} {meaning}." for sign, meaning in cls.SIGNS.values() if sign in used)

    @classmethod
    def users_of(cls, people):
        """Return the works that name one of these people."""
        rows = cls.objects.filter(person__in=people).select_related("publication").order_by("publication")
        return list(dict.fromkeys(row.publication for row in rows))

    @classmethod
    @transaction.atomic
    def detach(cls, person, user=None):
        """Turn the authorships of a person into plain names, as they are printed, and record that."""
        rows, works = list(cls.objects.filter(person=person).select_related("person")), cls.users_of([person])
        revisions.record_unsaved_changes(works)
        indexing.row_changed(person)
        for row in rows:
            row.parts = row.parts or record.parts_of(row.as_name())
            row.name, row.person = str(row), None
        cls.objects.bulk_update(rows, ["person", "name", "parts"], batch_size=100)
        revisions.record(works, user, f"“{person}” was turned into a plain name")
