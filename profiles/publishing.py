"""What is public: the one gate that every page, list and count of the site goes through."""

from types import SimpleNamespace

from django.db import models
from django.db.models.functions import Coalesce, Now
from django.utils import timezone

# For what serves the editors without a request, such as a command: it sees what they see.
EDITORS = SimpleNamespace(is_staff=True)


class PublishableQuerySet(models.QuerySet):
    def published(self):
        """What anyone may see at this moment. The database reads the clock, so the queryset never goes stale."""
        return self.filter(state=self.model.State.PUBLISHED, publish_at__lte=Now())

    def visible_to(self, user):
        """What this user may see: an editor everything, a visitor what is published."""
        return self.all() if user.is_staff else self.published()

    def publish(self):
        """Publish all rows; a moment that was set before (an embargo) is kept. Returns the number of rows."""
        return self.update(
            state=self.model.State.PUBLISHED, publish_at=Coalesce("publish_at", Now()), updated_at=timezone.now()
        )

    def unpublish(self):
        """Make drafts of all rows. Returns their number."""
        return self.update(state=self.model.State.DRAFT, updated_at=timezone.now())


class Publishable(models.Model):
    """Content that is a draft, published, or published from a moment on (``publish_at``)."""

    class State(models.TextChoices):
        DRAFT = "draft", "Draft"
        PUBLISHED = "published", "Published"

    state = models.CharField(
        max_length=10,
        choices=State,
        default=State.DRAFT,
        help_text="A draft is seen by editors only.",
    )
    publish_at = models.DateTimeField(
        "published from",
        null=True,
        blank=True,
        help_text="Empty: at once. A moment to come: it opens by itself then, for an embargo or a blind review.",
    )
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        abstract = True
        default_permissions = ("add", "change", "delete", "view", "publish")
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(state="published") | models.Q(publish_at__isnull=False),
                name="%(app_label)s_%(class)s_published_from",
            )
        ]
        indexes = [models.Index(fields=["state", "publish_at"], name="%(app_label)s_%(class)s_gate")]

    def save(self, *args, **kwargs):
        self._set_moment()
        super().save(*args, **kwargs)

    def clean(self):
        super().clean()
        self._set_moment()

    @property
    def is_public(self):
        return self.state == self.State.PUBLISHED and self.publish_at <= timezone.now()

    @property
    def is_scheduled(self):
        return self.state == self.State.PUBLISHED and self.publish_at > timezone.now()

    def _set_moment(self):
        if self.state == self.State.PUBLISHED and self.publish_at is None:
            # Whole seconds, so that a database clock a few milliseconds behind this one agrees at once.
            self.publish_at = timezone.now().replace(microsecond=0)
