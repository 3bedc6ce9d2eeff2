from django.db import models


class BackupRecord(models.Model):
    """A backup of this database. Backups leave these rows out, and restoring one does not change them."""

    file = models.CharField(max_length=255)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        default_permissions = ()

    def __str__(self):
        return self.file
