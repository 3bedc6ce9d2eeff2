"""What has come in and waits for an editor's word, and what each source said last of a publication."""

from django.conf import settings
from django.db import models
from django.urls import reverse

from publications.models.publication import Publication
from publications.references import Problem, Reference, csl


class ReferenceField(models.JSONField):
    """A Reference, kept as CSL-JSON; None where there is none."""

    def from_db_value(self, value, expression, connection):
        value = super().from_db_value(value, expression, connection)
        return value and csl.from_csl(value)

    def get_prep_value(self, value):
        return super().get_prep_value(csl.to_csl(value) if isinstance(value, Reference) else value)

    def to_python(self, value):
        return csl.from_csl(value) if isinstance(value, dict) else value

    def value_to_string(self, obj):
        return self.get_prep_value(self.value_from_object(obj))


class BatchQuerySet(models.QuerySet):
    def open(self):
        """The batches that have rows to decide on, or to mend, and how many (``waiting``)."""
        undecided = self.filter(rows__state__in=[Incoming.State.WAITING, Incoming.State.BROKEN])
        return undecided.annotate(waiting=models.Count("rows"))


class Batch(models.Model):
    """What came in together: a paste, a file, or all that one service ever suggested for a person."""

    source = models.CharField(max_length=20, help_text="The ending of a format (“bib”) or the name of a service.")
    label = models.CharField(max_length=200)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    is_inbox = models.BooleanField(default=False, help_text="Of a service, which is asked again and again.")

    objects = BatchQuerySet.as_manager()

    class Meta:
        ordering = ["-created_at", "-pk"]
        verbose_name_plural = "batches"
        constraints = [
            models.UniqueConstraint(
                fields=["source", "label"], condition=models.Q(is_inbox=True), name="publications_one_inbox_a_source"
            )
        ]

    def __str__(self):
        return self.label

    def get_absolute_url(self):
        return reverse("admin:publications_publication_review", args=[self.pk])

    def discard(self):
        """Forget what is not taken yet; of an inbox, what was dismissed stays known."""
        if self.is_inbox:
            self.rows.waiting().update(state=Incoming.State.DISMISSED)
        else:
            self.delete()

    def settle(self, pks, state):
        """Mark rows as decided on."""
        for start in range(0, len(pks), 500):
            self.rows.filter(pk__in=pks[start : start + 500]).update(state=state)

    def add(self, loaded):
        """Keep what was read (Loaded), each entry with its place, and each problem with its text."""
        rows = [
            Incoming(batch=self, number=number, reference=reference)
            for number, reference in enumerate(loaded.references, 1)
        ]
        rows += [
            Incoming(
                batch=self, number=problem.entry, line=problem.line, key=problem.key[:200], field=problem.field[:100],
                message=problem.message, text=problem.text,
                state=Incoming.State.BROKEN if problem.lost else Incoming.State.WARNING,
            )
            for problem in loaded.problems
        ]  # fmt: skip
        Incoming.objects.bulk_create(rows, batch_size=500)


class IncomingQuerySet(models.QuerySet):
    def waiting(self):
        return self.filter(state=Incoming.State.WAITING)

    def problems(self):
        return self.filter(state__in=[Incoming.State.BROKEN, Incoming.State.WARNING])


class Incoming(models.Model):
    """One entry that came in: a reference, or the text of one that could not be read, or a warning."""

    class State(models.TextChoices):
        WAITING = "waiting", "Waiting"
        TAKEN = "taken", "Taken"
        DISMISSED = "dismissed", "Dismissed"
        BROKEN = "broken", "Not readable"
        WARNING = "warning", "Warning"

    batch = models.ForeignKey(Batch, models.CASCADE, related_name="rows")
    number = models.PositiveIntegerField()
    reference = ReferenceField(null=True)
    fingerprint = models.CharField(max_length=64, blank=True, help_text="Of the work, in an inbox.")
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)
    message = models.TextField(blank=True)
    line = models.PositiveIntegerField(default=0)
    key = models.CharField(max_length=200, blank=True)
    field = models.CharField(max_length=100, blank=True)
    text = models.TextField(blank=True)

    objects = IncomingQuerySet.as_manager()

    class Meta:
        ordering = ["number", "pk"]
        verbose_name_plural = "incoming"
        indexes = [models.Index(fields=["batch", "state"], name="publications_incoming_waiting")]
        constraints = [
            models.UniqueConstraint(
                fields=["batch", "fingerprint"],
                condition=~models.Q(fingerprint=""),
                name="publications_suggested_once",
            )
        ]

    def __str__(self):
        return self.reference.title if self.reference else str(self.problem)

    @property
    def problem(self):
        lost = self.state == self.State.BROKEN
        return Problem(self.message, self.number, self.line, self.key, self.field, self.text, lost)


class Origin(models.Model):
    """What a source said of a publication when it was last taken in.

    Against it a change at the source is told from an edit by hand: what the source says as before is no news.
    """

    publication = models.ForeignKey(Publication, models.CASCADE, related_name="origins")
    source = models.CharField(max_length=20)
    reference = ReferenceField()
    taken_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["publication", "source"], name="publications_one_origin_a_source")
        ]

    def __str__(self):
        return f"{self.source}: {self.publication}"
