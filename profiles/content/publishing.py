"""Publishing state: draft, published or scheduled. ``published()`` alone decides what visitors see."""

from types import SimpleNamespace

from django.conf import settings
from django.db import models
from django.db.models.functions import Coalesce, Now
from django.utils import timezone
from django.utils.formats import date_format

# A user who sees what editors see, for code without a request, such as a command.
EDITORS = SimpleNamespace(is_staff=True)

# The fields and values that make a row public, now or from a scheduled time on.
PUBLIC = {"state": "published", "is_public_page": True, "is_owner": True}


def changes_no_page(view):
    """Decorate a view of the admin that never changes what visitors see, and may wait for other services.

    The admin compares the public pages before and after all other POST requests of users who may not publish.
    """
    view.changes_no_page = True
    return view


def is_published(path=""):
    """Return the condition that a row, or the row at ``path``, is not a draft: public now or scheduled."""
    return models.Q(**{f"{path}__state" if path else "state": Publishable.State.PUBLISHED})


def is_public(path=""):
    """Return the condition that visitors may see a row, or the row at ``path``. The database reads the clock.

    Use it in ``exclude()`` only for paths to one row: across a many-to-many path Django negates each row separately.
    """
    return is_published(path) & models.Q(**{f"{path}__publish_at__lte" if path else "publish_at__lte": Now()})


def in_words(moment):
    """Return a moment in the site's time zone, with the name of the zone."""
    return f"{date_format(timezone.localtime(moment), 'j F Y, H:i')} ({settings.TIME_ZONE})"


class PublishableQuerySet(models.QuerySet):
    def published(self):
        """Return the rows that visitors may see now. Can be reused: the database reads the clock each time."""
        return self.filter(is_public())

    def visible_to(self, user):
        """Return the rows that the user may see: all of them for an editor, published ones for a visitor."""
        return self.all() if user.is_staff else self.published()

    def publish(self, moment=None):
        """Publish all rows at a moment, by default now, and return their number. A ``publish_at`` that is set stays."""
        # Whole seconds, as in ``_set_publish_at``.
        moment = (moment or timezone.now()).replace(microsecond=0)
        return self.update(
            state=self.model.State.PUBLISHED,
            publish_at=Coalesce("publish_at", models.Value(moment, models.DateTimeField())),
            updated_at=timezone.now(),
        )

    def unpublish(self):
        """Turn all rows into drafts and return their number."""
        return self.update(state=self.model.State.DRAFT, updated_at=timezone.now())


class Publishable(models.Model):
    """Content that is a draft, published, or scheduled: published from ``publish_at`` on.

    ``opens_by`` maps each date field that makes something public at its moment to the condition of its rows.
    """

    opens_by = {"publish_at": models.Q()}

    class State(models.TextChoices):
        DRAFT = "draft", "Draft"
        PUBLISHED = "published", "Published"

    state = models.CharField(
        max_length=10,
        choices=State,
        default=State.DRAFT,
        help_text="Only editors see drafts.",
    )
    publish_at = models.DateTimeField(
        "published from",
        null=True,
        blank=True,
        help_text="Leave empty to publish at once. A date in the future, such as the end of an embargo, schedules it.",
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
        self._set_publish_at()
        super().save(*args, **kwargs)

    def clean(self):
        self._set_publish_at()  # first: also for a form with another error, or its constraint would be one more
        super().clean()

    @property
    def is_public(self):
        return self.state == self.State.PUBLISHED and self.publish_at <= timezone.now()

    @property
    def is_scheduled(self):
        return self.state == self.State.PUBLISHED and self.publish_at > timezone.now()

    def _set_publish_at(self):
        if self.state == self.State.PUBLISHED and self.publish_at is None:
            # Whole seconds, so that it is not in the future for a database whose clock is slightly behind.
            self.publish_at = timezone.now().replace(microsecond=0)
