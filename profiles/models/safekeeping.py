import secrets

from django.db import models


def new_key():
    return secrets.token_hex(16)


class Safekeeping(models.Model):
    """That a backup of this site was made, or that one was put in its place.

    It is about this very database: a backup neither holds these rows, nor does restoring one change them.
    """

    class Kind(models.TextChoices):
        BACKUP = "backup", "Backup"
        RESTORE = "restore", "Restore"

    kind = models.CharField(max_length=10, choices=Kind)
    key = models.CharField(max_length=32, unique=True, default=new_key)
    file = models.CharField(max_length=255)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        default_permissions = ()
        indexes = [models.Index(fields=["-at"], name="profiles_safekeeping_latest")]

    def __str__(self):
        return f"{self.get_kind_display()}: {self.file}"
