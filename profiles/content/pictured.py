from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from pictures.models import PictureField
from pictures.validators import MinSizeValidator

from profiles.content.images import CENTRE, refocus, validate_focus
from profiles.content.uploads import image_path


class Pictured(models.Model):
    """A model with a picture that has an alternative text and is cropped around a focal point.

    ``picture_name`` is the name of the PictureField. The names of the other two fields end with ``_alt`` and
    ``_focus``.
    """

    picture_name = "image"

    class Meta:
        abstract = True

    @property
    def picture(self):
        return getattr(self, self.picture_name)

    @property
    def focus(self):
        return getattr(self, f"{self.picture_name}_focus")

    def clean_fields(self, exclude=None):
        # Checks new uploads only: the file of a stored picture may be missing.
        stored = {self.picture_name} if self.picture and self.picture.closed else set()
        super().clean_fields({*(exclude or ()), *stored})

    def clean(self):
        super().clean()
        alt = f"{self.picture_name}_alt"
        if self.picture and not getattr(self, alt):
            raise ValidationError({alt: f"Say in “alternative text” what the {self.picture_name} shows."})

    def save(self, *args, **kwargs):
        refocus(self.picture, self.focus)
        super().save(*args, **kwargs)


class Illustrated(Pictured):
    """A model with an image in landscape format: small in lists, as wide as its own page."""

    image = PictureField(
        upload_to=image_path,
        max_length=255,
        blank=True,
        width_field="image_width",
        height_field="image_height",
        aspect_ratios=["16/9"],
        container_width=1200,
        grid_columns=3,
        validators=[MinSizeValidator(480, 270)],
    )
    image_width = models.PositiveIntegerField(null=True, blank=True, editable=False)
    image_height = models.PositiveIntegerField(null=True, blank=True, editable=False)
    image_focus = models.CharField(
        "focal point",
        max_length=7,
        blank=True,
        default=CENTRE,
        validators=[validate_focus],
        help_text="Click the most important point: it stays visible when the image is cropped.",
    )
    image_alt = models.CharField(
        "alternative text", max_length=200, blank=True, help_text="Describe the image for people who cannot see it."
    )

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                condition=Q(image="") | ~Q(image_alt=""),
                name="%(app_label)s_%(class)s_image_has_alt",
                violation_error_message="Say in “alternative text” what the image shows.",
            )
        ]
