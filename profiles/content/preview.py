"""Preview links: secret addresses of content that is not public yet."""

import secrets

from django.apps import apps
from django.conf import settings
from django.db import models
from django.db.models.functions import Now
from django.urls import reverse


def new_token():
    return secrets.token_urlsafe(24)


class PreviewLinkQuerySet(models.QuerySet):
    def live(self):
        return self.filter(expires_at__gt=Now())

    def to(self, item):
        """Filter the links to an object."""
        return self.filter(model=item._meta.concrete_model._meta.label_lower, object_id=item.pk)


class PreviewLink(models.Model):
    """Shows one object to everybody who has the address, until it expires or an editor revokes it."""

    token = models.CharField(max_length=50, unique=True, default=new_token)
    model = models.CharField(max_length=100, help_text="Label of the model, such as “publications.publication”.")
    object_id = models.BigIntegerField()
    expires_at = models.DateTimeField()
    hides_authors = models.BooleanField(default=False)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    objects = PreviewLinkQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-pk"]
        indexes = [models.Index(fields=["model", "object_id"], name="profiles_previews_of")]

    def __str__(self):
        return self.get_absolute_url()

    def get_absolute_url(self):
        return reverse("preview", args=[self.token])

    @property
    def target(self):
        """The object, or None if it was deleted."""
        return apps.get_model(self.model)._base_manager.filter(pk=self.object_id).first()
