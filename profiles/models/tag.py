"""One vocabulary of tags for the whole site."""

import re
import unicodedata

from django.core.exceptions import ValidationError
from django.db import models
from django.urls import reverse
from taggit.managers import TaggableManager, _TaggableManager
from taggit.models import ItemBase, TagBase

from profiles.content.slugs import Slugged, SluggedQuerySet, make_slug
from profiles.history import revisions
from profiles.search.queries import SearchableQuerySet


def tag_key(name):
    """What two spellings of one tag have in common: "KV Cache", "kv-cache" and "KVCache" are the same."""
    return re.sub(r"[\s_‐‑–-]+", "", unicodedata.normalize("NFKC", name).casefold()) or name


class TagQuerySet(SluggedQuerySet, SearchableQuerySet):
    def named(self, name):
        """The tag of that name in any spelling, made if there is none."""
        name = " ".join(name.split())
        return self.get_or_create(key=tag_key(name), defaults={"name": name})[0]

    def all_named(self, names):
        """{key: tag} of many names in any spelling, in one query but for those that are made."""
        names = {tag_key(name): name for name in names}
        found = {}
        for start in range(0, len(names), 500):
            found |= self.filter(key__in=list(names)[start : start + 500]).in_bulk(field_name="key")
        return found | {key: self.named(name) for key, name in names.items() if key not in found}


@revisions.register()
class Tag(Slugged, TagBase):
    key = models.CharField(max_length=100, unique=True, editable=False)
    description = models.TextField(blank=True, help_text="Markdown. Shown at the top of the tag's page.")
    updated_at = models.DateTimeField(auto_now=True)

    objects = TagQuerySet.as_manager()

    class Meta:
        ordering = ["name"]

    def save(self, *args, **kwargs):
        self.key = tag_key(self.name)
        # Not through TagBase.save(), which numbers slugs in a way of its own.
        super().save(*args, **kwargs)

    def absorb(self, other):
        """Fill an empty description from a tag that is merged into this one."""
        self.description = self.description or other.description

    def get_absolute_url(self):
        return reverse("tag", args=[self.slug])

    def clean(self):
        super().clean()
        same = Tag.objects.filter(key=tag_key(self.name)).exclude(pk=self.pk).first()
        if same:
            message = f"There is such a tag already, spelt “{same.name}”. Use that one, or merge the two in the list."
            raise ValidationError({"name": message})


class Vocabulary(_TaggableManager):
    """taggit's manager, which finds a tag in any spelling, and has those of many objects in order as those of one."""

    def get_prefetch_querysets(self, instances, querysets=None):
        rows, *rest = super().get_prefetch_querysets(instances, querysets)
        return rows.order_by(f"{self.through.tag.field.related_query_name()}__pk"), *rest

    def _to_tag_model_instances(self, tags, tag_kwargs):
        tags = [Tag.objects.named(tag) if isinstance(tag, str) else tag for tag in tags]
        return super()._to_tag_model_instances(tags, tag_kwargs)

    def remove(self, *tags):
        keys = [tag_key(tag) for tag in tags if isinstance(tag, str)]
        names = [tag.name for tag in tags if not isinstance(tag, str)]
        super().remove(
            *Tag.objects.filter(models.Q(key__in=keys) | models.Q(name__in=names)).values_list("name", flat=True)
        )


class TaggedBase(ItemBase):
    """The row that ties a tag to an object; subclasses add ``content_object``."""

    tag = models.ForeignKey(Tag, models.CASCADE, related_name="%(class)s_items")

    class Meta:
        abstract = True
        constraints = [models.UniqueConstraint(fields=["tag", "content_object"], name="%(app_label)s_%(class)s_once")]

    def __str__(self):
        return self.tag.name

    def recover(self, title):
        """Stand for the tag of that title, whose own row is gone."""
        if self.tag_id is None:
            self.tag = Tag.objects.moved_from(make_slug(title)) or Tag.objects.named(title)


def tags_field(through, **kwargs):
    """The ``tags`` of a model; ``through`` is its subclass of TaggedBase."""
    field = TaggableManager(through=through, manager=Vocabulary, blank=True, **{"help_text": "", **kwargs})
    field.remote_field.field_name = "name"  # what the admin's autocomplete knows a tag by
    return field
