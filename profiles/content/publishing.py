"""What is public: the one gate that every page, list and count of the site goes through."""

from types import SimpleNamespace

from django.db import models
from django.db.models.functions import Coalesce, Now
from django.db.models.lookups import Exact
from django.utils import timezone

# For what serves the editors without a request, such as a command: it sees what they see.
EDITORS = SimpleNamespace(is_staff=True)


class Unsought(models.Func):
    """A column by which SQLite looks no rows up. Nearly all are published: it would read them by an index of that,
    in any order, and sort them."""

    template = "%(expressions)s"
    arity = 1

    def as_sqlite(self, compiler, connection, **context):
        return self.as_sql(compiler, connection, template="+%(expressions)s", **context)


def is_published(path=""):
    """The condition that rows, or what they refer to by a path, are no drafts: public now or from a moment to come."""
    return models.Q(Exact(Unsought(f"{path}__state" if path else "state"), Publishable.State.PUBLISHED))


def is_public(path=""):
    """The gate as a condition on rows, or on the one that they refer to by a path. The database reads the clock.

    Over a path to many it is right in ``filter`` alone: ``exclude`` would ask whether one of them is not public.
    """
    return is_published(path) & models.Q(**{f"{path}__publish_at__lte" if path else "publish_at__lte": Now()})


class PublishableQuerySet(models.QuerySet):
    def published(self):
        """What anyone may see at this moment, also where the queryset is kept: it holds no moment of its own."""
        return self.filter(is_public())

    def not_published(self):
        """All but ``published()``, as a union of what indexes lead to: few of many, so that they are soon counted."""
        every, published = self.order_by(), self.model.State.PUBLISHED
        # Whatever is not that state comes before or after it: a range of the index, as no “is not” is.
        drafts = every.filter(state__lt=published), every.filter(state__gt=published)
        return every.filter(publish_at__gt=Now()).union(*drafts)

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
    """Content that is a draft, published, or published from a moment on (``publish_at``).

    ``opens_by`` are the fields with moments at which something published shows more by itself, and which rows each is
    about.
    """

    opens_by = {"publish_at": models.Q()}

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
