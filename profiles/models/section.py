from django.db import models
from django.urls import reverse

from profiles.content.patterns import LONGEST_TEXT
from profiles.content.publishing import Publishable, PublishableQuerySet
from profiles.content.slugs import make_slug
from profiles.history import revisions


@revisions.register()
class Section(Publishable):
    """A titled block of text on the home page ("Outside research")."""

    title = models.CharField(max_length=200)
    body = models.TextField(max_length=LONGEST_TEXT, help_text="In Markdown.")
    position = models.PositiveSmallIntegerField("order", default=0)

    objects = PublishableQuerySet.as_manager()

    class Meta(Publishable.Meta):
        ordering = ["position", "pk"]
        verbose_name = "section of the home page"
        verbose_name_plural = "sections of the home page"

    def __str__(self):
        return self.title

    def get_absolute_url(self):
        return f"{reverse('home')}#{self.anchor}"

    @property
    def anchor(self):
        return make_slug(self.title) or f"section-{self.pk}"
