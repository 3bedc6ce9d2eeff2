"""People: the owner of the site, co-authors, supervisors, students."""

from django.core.exceptions import ValidationError
from django.db import models, transaction
from django.db.models import F, Q
from django.urls import reverse
from pictures.models import PictureField
from pictures.validators import MinSizeValidator

from profiles.content.dates import PartialDateField, end_not_before_start
from profiles.content.identifiers import ORCIDField
from profiles.content.names import NameParts
from profiles.content.patterns import LONGEST_TEXT
from profiles.content.slugs import Slugged, SluggedQuerySet
from profiles.files.images import CENTRE, Pictured, image_path, validate_focus
from profiles.history import revisions
from profiles.models.named import Named
from profiles.models.tag import TaggedBase, tags_field
from profiles.search.queries import SearchableQuerySet
from profiles.signals import person_renamed


class PersonQuerySet(SluggedQuerySet, SearchableQuerySet):
    def published(self):
        """Filter people who have a page. The others are only names on publications."""
        return self.filter(is_public_page=True)

    def visible_to(self, user):
        return self.all() if user.is_staff else self.published()

    def owner(self):
        """Return the owner of the site, or None, with the look, the menu and the settings of the site."""
        return self.select_related("look", "menu", "site_settings").filter(is_owner=True).first()


@revisions.register("links", "relations", "affiliations", "taggedperson_set")
class Person(Named, Pictured, Slugged):
    picture_name = "photo"

    # Filled from the other record in a merge, if empty.
    MERGED_FIELDS = ("headline", "bio", "email", "orcid", "homepage")

    headline = models.CharField(
        max_length=200,
        blank=True,
        help_text="Position and institution in one line, for example “Professor, University of Examples”.",
    )
    bio = models.TextField("biography", max_length=LONGEST_TEXT, blank=True, help_text="In Markdown.")
    photo = PictureField(
        upload_to=image_path,
        max_length=255,
        blank=True,
        width_field="photo_width",
        height_field="photo_height",
        aspect_ratios=["1/1"],
        container_width=480,
        grid_columns=3,
        validators=[MinSizeValidator(480, 480)],
    )
    photo_width = models.PositiveIntegerField(null=True, blank=True, editable=False)
    photo_height = models.PositiveIntegerField(null=True, blank=True, editable=False)
    photo_focus = models.CharField(
        "focal point",
        max_length=7,
        blank=True,
        default=CENTRE,
        validators=[validate_focus],
        help_text="Click the face: it stays visible when the photo is cropped.",
    )
    photo_alt = models.CharField(
        "alternative text",
        max_length=200,
        blank=True,
        help_text="Describe the photo for people who cannot see it. If empty, it is the person’s name.",
    )
    email = models.EmailField("e-mail", blank=True)
    orcid = ORCIDField(
        "ORCID iD", blank=True, help_text="For example 0000-0002-1825-0097, or its address at orcid.org."
    )
    homepage = models.URLField(blank=True)
    citation_style = models.CharField(
        "preferred citation style",
        max_length=20,
        blank=True,
        choices=[
            (key, key.upper() if len(key) < 5 else key.title())
            for key in ("apa", "ieee", "chicago", "mla", "acm", "nature", "vancouver", "harvard")
        ],
        help_text="The style that “Cite” shows first. Only used for the site’s owner.",
    )
    is_owner = models.BooleanField(
        "owner of the site", default=False, help_text="This person is the site’s owner, shown on the home page."
    )
    is_public_page = models.BooleanField(
        "has a page",
        default=False,
        help_text="Gives the person a page under “People”. Without it, the name is shown without a link.",
    )
    tags = tags_field("profiles.TaggedPerson", verbose_name="research interests")
    updated_at = models.DateTimeField(auto_now=True)

    objects = PersonQuerySet.as_manager()

    class Meta:
        ordering = ["family", "given", "name"]
        verbose_name_plural = "people"
        default_permissions = ("add", "change", "delete", "view", "publish")
        constraints = [
            models.UniqueConstraint(
                fields=["is_owner"],
                condition=Q(is_owner=True),
                name="profiles_person_one_owner",
                violation_error_message="The site has an owner already. Untick that person first.",
            ),
            models.UniqueConstraint(
                fields=["orcid"],
                condition=~Q(orcid=""),
                name="profiles_person_orcid_once",
                violation_error_message="Another person has this ORCID iD.",
            ),
            models.CheckConstraint(
                condition=Q(photo="") | ~Q(photo_alt=""),
                name="profiles_person_photo_has_alt",
                violation_error_message="Say in “alternative text” what the photo shows.",
            ),
        ]

    def get_absolute_url(self):
        return reverse("profiles:person", args=[self.slug])

    def clean(self):
        if self.photo:
            former_name = Person.objects.filter(pk=self.pk).values_list("name", flat=True).first()
            if self.photo_alt in ("", former_name):
                self.photo_alt = self.name
        super().clean()

    def resolve_conflicts(self):
        warnings, others = super().resolve_conflicts(), Person.objects.exclude(pk=self.pk)
        if self.orcid and (other := others.filter(orcid=self.orcid).first()):
            self.orcid = ""
            warnings.append(f"The ORCID iD was left empty, because “{other}” has it now.")
        if self.is_owner and (other := others.filter(is_owner=True).first()):
            self.is_owner = False
            warnings.append(f"“{other}” is the owner of the site now and stays it.")
        return warnings

    @property
    def is_public(self):
        return self.is_public_page

    @property
    def chooser_detail(self):
        """What distinguishes people with the same name in the admin."""
        return self.headline or self.orcid

    @property
    def listed_links(self):
        """The links that pages list: all but the ORCID iD, which has its own field."""
        return [link for link in self.links.all() if link.kind != "orcid" or not self.orcid]

    def absorb(self, other):
        """Fill empty fields from a record that is merged into this one; its names become other spellings.

        Raise ValidationError if both have an ORCID iD.
        """
        if self.orcid and other.orcid:
            message = f"They have different ORCID iDs, {self.orcid} and {other.orcid}. Clear the wrong one first."
            raise ValidationError(message)
        if self.name == other.name and self.has_derived_parts:
            self.parts = other.parts
        for field in self.MERGED_FIELDS:
            if not getattr(self, field):
                setattr(self, field, getattr(other, field))
        if not self.photo and other.photo:
            # setattr would open the file to measure it.
            self.__dict__["photo"] = other.photo.name
            for field in ("photo_width", "photo_height", "photo_focus", "photo_alt"):
                setattr(self, field, getattr(other, field))
        for field in ("is_owner", "is_public_page"):
            setattr(self, field, getattr(self, field) or getattr(other, field))
        parts = "" if other.has_derived_parts else " ".join(filter(None, other.parts))
        spellings = [other.name, parts, *other.other_names.splitlines()]
        self.add_spellings(*(name for name in spellings if name != self.name))
        self.add_names_of_others(*other.names_of_others.splitlines())

    @transaction.atomic
    def save(self, *args, update_fields=None, **kwargs):
        """Save. If the name changes, its parts and the slug follow, unless an editor has set them.

        The slug follows each time, as long as it is the one made from the name before; the old address redirects.
        """
        before = None
        if update_fields is None or "name" in update_fields:
            before = type(self)._base_manager.filter(pk=self.pk).first() if self.pk else None
            self.follow_name(before)
            update_fields = update_fields and {*update_fields, *NameParts._fields, "other_names", "slug"}
        is_renamed = before is not None and before.name != self.name
        if is_renamed and self.slug == before.slug and before.has_derived_slug:
            self.slug = ""  # made again
        super().save(*args, update_fields=update_fields, **kwargs)
        if is_renamed:
            person_renamed.send(type(self), person=self, before=before)


@revisions.register()
class TaggedPerson(TaggedBase):
    content_object = models.ForeignKey(Person, models.CASCADE)


@revisions.register()
class Relation(models.Model):
    """``related`` is the supervisor, a student or a collaborator of ``person``."""

    class Role(models.TextChoices):
        PRIMARY_SUPERVISOR = "primary-supervisor", "Primary supervisor"
        ASSISTANT_SUPERVISOR = "assistant-supervisor", "Assistant supervisor"
        STUDENT = "student", "Student"
        COLLABORATOR = "collaborator", "Collaborator"

    person = models.ForeignKey(Person, models.CASCADE, related_name="relations")
    role = models.CharField(max_length=30, choices=Role)
    related = models.ForeignKey(Person, models.CASCADE, related_name="inverse_relations")
    start = PartialDateField(blank=True)
    end = PartialDateField(blank=True)
    position = models.PositiveSmallIntegerField("order", default=0)

    class Meta:
        ordering = ["position", "pk"]
        constraints = [
            end_not_before_start("profiles_relation_end_not_before_start"),
            models.CheckConstraint(
                condition=~Q(person=F("related")),
                name="profiles_relation_between_two",
                violation_error_message="A person cannot be related to themselves. Choose someone else.",
            ),
            models.UniqueConstraint(
                fields=["person", "related", "role"],
                name="profiles_relation_once",
                violation_error_message="These two are related in this role already.",
            ),
        ]

    def __str__(self):
        return f"{self.related} ({self.get_role_display()})"

    @property
    def is_former(self):
        return bool(self.end and self.end.is_past)

    @property
    def inverse(self):
        """The role of ``person``: "Primary supervisor of"."""
        return f"{self.get_role_display()} of"
