"""Imports that await review, and what each source last said about a publication."""

from django.conf import settings
from django.db import models
from django.urls import reverse

from profiles.content.batches import batched
from publications.models.publication import Publication
from publications.references import Problem, Reference, csl


class ReferenceField(models.JSONField):
    """Stores a Reference as CSL-JSON."""

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
        """Filter batches with rows to review or to repair, and add their number (``waiting``)."""
        undecided = self.filter(rows__state__in=[Incoming.State.WAITING, Incoming.State.BROKEN])
        return undecided.annotate(waiting=models.Count("rows"))


class Batch(models.Model):
    """One import: a pasted text, a file, or everything that a service has found for a person (an inbox)."""

    source = models.CharField(max_length=20, help_text="A file extension (“bib”) or the name of a service.")
    label = models.CharField(max_length=200)
    created_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)
    is_inbox = models.BooleanField(default=False, help_text="Belongs to a service that is searched repeatedly.")

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
        """Discard what awaits review. An inbox remembers it, so that it is not suggested again."""
        if self.is_inbox:
            self.rows.waiting().update(state=Incoming.State.IGNORED)
        else:
            self.delete()

    def set_state(self, pks, state):
        for some in batched(pks, 500):
            self.rows.filter(pk__in=some).update(state=state)

    def add(self, loaded):
        """Store the references and problems of a Loaded."""
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
    """One entry of an import: a reference, the text of one that could not be read, or a warning."""

    class State(models.TextChoices):
        WAITING = "waiting", "Waiting"
        IMPORTED = "taken", "Imported"
        IGNORED = "dismissed", "Ignored"
        BROKEN = "broken", "Not readable"
        WARNING = "warning", "Warning"

    batch = models.ForeignKey(Batch, models.CASCADE, related_name="rows")
    number = models.PositiveIntegerField()
    reference = ReferenceField(null=True)
    fingerprint = models.CharField(max_length=64, blank=True, help_text="Hash that identifies a work in an inbox.")
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
    """What a source said about a publication at the last import.

    It distinguishes changes at the source from manual edits: a value that the source repeats is not a change.
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
