from django.db import models


class BackupRecord(models.Model):
    """A backup that was made of this database. A restore keeps these rows, and no backup includes them."""

    file = models.CharField(max_length=255)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        default_permissions = ()

    def __str__(self):
        return self.file
