"""The full-text tables of the models of this app."""

from django.db import models

from profiles.models.activity import Activity
from profiles.models.course import Course
from profiles.models.page import Page
from profiles.models.person import Person
from profiles.models.post import Post
from profiles.models.tag import Tag
from profiles.models.talk import Talk
from profiles.search.queries import WordsField


class EmptyManager(models.Manager):
    """The default manager of an index, so that dumpdata leaves the index out."""

    def get_queryset(self):
        return super().get_queryset().none()


class SearchIndex(models.Model):
    """A full-text table, created by profiles/search/indexing.py.

    A subclass adds a field made by ``indexed()`` for the object that a row belongs to.
    """

    words = WordsField()

    dumped = EmptyManager()
    objects = models.Manager()

    class Meta:
        abstract = True
        managed = False
        default_permissions = ()

    def __str__(self):
        return f"{self._meta.db_table} {self.pk}"


def indexed(model):
    """Return the field of a SearchIndex for its object. In lookups, the index of an object is ``index``."""
    return models.OneToOneField(
        model,
        models.DO_NOTHING,  # profiles/search/indexing.py deletes the row
        primary_key=True,
        db_column="rowid",
        db_constraint=False,
        related_name="+",  # so that merging and history leave the index out
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


class PageIndex(SearchIndex):
    page = indexed(Page)

    class Meta(SearchIndex.Meta):
        db_table = "search_page"


class PostIndex(SearchIndex):
    post = indexed(Post)

    class Meta(SearchIndex.Meta):
        db_table = "search_post"


class TalkIndex(SearchIndex):
    talk = indexed(Talk)

    class Meta(SearchIndex.Meta):
        db_table = "search_talk"


class CourseIndex(SearchIndex):
    course = indexed(Course)

    class Meta(SearchIndex.Meta):
        db_table = "search_course"
