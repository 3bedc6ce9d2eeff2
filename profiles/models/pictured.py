from django.core.exceptions import ValidationError
from django.db import models

from profiles.images import refocus


class Pictured(models.Model):
    """A model with a picture that needs a text in its place, and is cut around a focal point.

    ``picture_name`` is that of the PictureField; its text and focal point are the fields of that name with ``_alt``
    and ``_focus``.
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
        # What is kept was checked when it came, and its file may be gone since.
        kept = {self.picture_name} if self.picture and self.picture._committed else set()  # noqa: SLF001
        super().clean_fields({*(exclude or ()), *kept})

    def clean(self):
        super().clean()
        alt = f"{self.picture_name}_alt"
        if self.picture and not getattr(self, alt):
            raise ValidationError({alt: f"Say in “alternative text” what the {self.picture_name} shows."})

    def save(self, *args, **kwargs):
        refocus(self.picture, self.focus)
        super().save(*args, **kwargs)
