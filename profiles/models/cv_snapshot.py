"""Snapshots of CVs: the files as they were sent on a day. They are made once, and never change."""

import secrets

from django.conf import settings
from django.db import models
from django.urls import reverse

from profiles.files.serving import digest
from profiles.models.cv import CV


def snapshot_path(file, filename):
    return f"cvsnapshot/{file.snapshot_id}/{secrets.token_urlsafe(8)}/{filename}"


class CVSnapshot(models.Model):
    """What a CV was on a day. It stays when the CV is deleted."""

    cv = models.ForeignKey(CV, models.SET_NULL, null=True, editable=False, verbose_name="CV", related_name="snapshots")
    cv_name = models.CharField("name of the CV", max_length=200, editable=False)
    note = models.CharField(
        max_length=200, blank=True, help_text="Whom you sent it to, for example “Sent to the SNSF, call 2026”."
    )
    made_at = models.DateTimeField("date", auto_now_add=True)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, editable=False, verbose_name="made by", related_name="+"
    )

    class Meta:
        verbose_name = "snapshot of a CV"
        verbose_name_plural = "snapshots of CVs"
        ordering = ["-made_at", "-pk"]
        default_permissions = ("view", "delete")

    def __str__(self):
        return f"{self.cv_name}: {self.note}" if self.note else self.cv_name


class CVSnapshotFile(models.Model):
    snapshot = models.ForeignKey(CVSnapshot, models.CASCADE, related_name="files")
    file = models.FileField(upload_to=snapshot_path, max_length=255)
    sha256 = models.CharField(max_length=64, editable=False)

    class Meta:
        verbose_name = "file"
        ordering = ["pk"]
        default_permissions = ()

    def __str__(self):
        return self.filename

    def save(self, *args, **kwargs):
        self.sha256 = self.sha256 or digest(self.file)
        super().save(*args, **kwargs)

    @property
    def filename(self):
        return self.file.name.rpartition("/")[2]

    def get_absolute_url(self):
        return reverse("admin:profiles_cvsnapshot_file", args=[self.pk])
