"""The tables of the search: which documents have changed, and the words of each (see profiles/search/queries.py)."""

from django.db import models

from profiles.models.activity import Activity
from profiles.models.person import Person
from profiles.models.tag import Tag
from profiles.search.queries import WordsField


class Stale(models.Model):
    """A change after which a document is to be written anew.

    Triggers of the database add the rows. One document may have several: whoever changes things never waits for a row
    that somebody else has added.
    """

    kind = models.CharField(max_length=20)
    object_id = models.BigIntegerField()

    class Meta:
        default_permissions = ()

    def __str__(self):
        return f"{self.kind} {self.object_id}"


class Nothing(models.Manager):
    """The first manager of an index, which dumpdata asks: the words are made from the objects again."""

    def get_queryset(self):
        return super().get_queryset().none()


class SearchIndex(models.Model):
    """A full-text table, which the database's own words make: no migration does.

    A subclass names the object that each row belongs to, by ``indexed()``.
    """

    words = WordsField()

    dumped = Nothing()
    objects = models.Manager()

    class Meta:
        abstract = True
        managed = False
        default_permissions = ()

    def __str__(self):
        return f"{self._meta.db_table} {self.pk}"


def indexed(model):
    """The field of a SearchIndex for its object; queries on the object know the index as ``index``."""
    return models.OneToOneField(
        model,
        models.DO_NOTHING,  # the row is dropped when the change is followed
        primary_key=True,
        db_column="rowid",
        db_constraint=False,
        related_name="+",  # nothing of the object's: it is not merged, compared or kept in its history
        related_query_name="index",
    )


class PersonIndex(SearchIndex):
    person = indexed(Person)

    class Meta(SearchIndex.Meta):
        db_table = "search_person"


class ActivityIndex(SearchIndex):
    activity = indexed(Activity)

    class Meta(SearchIndex.Meta):
        db_table = "search_activity"


class TagIndex(SearchIndex):
    tag = indexed(Tag)

    class Meta(SearchIndex.Meta):
        db_table = "search_tag"
