from django.db import models


class Edition(models.Model):
    """The one row that each change moves which a visitor could see; see profiles/edition.py."""

    moves_edition = False

    token = models.CharField(max_length=40)
    moved_at = models.DateTimeField()

    class Meta:
        default_permissions = ()

    def __str__(self):
        return self.token
