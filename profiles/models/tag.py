"""Tags, which all kinds of content share."""

import re
import unicodedata
from itertools import count

from django.core.exceptions import ValidationError
from django.db import models
from django.urls import reverse
from taggit.managers import TaggableManager, _TaggableManager
from taggit.models import ItemBase, TagBase

from profiles.content.batches import batched
from profiles.content.patterns import LONGEST_TEXT
from profiles.content.slugs import Slugged, SluggedQuerySet, make_slug
from profiles.history import revisions
from profiles.search.queries import SearchableQuerySet
from profiles.search.words import APOSTROPHES


def tag_key(name):
    """Return the key that all spellings of a tag share: "KV Cache", "kv-cache" and "KVCache" are the same tag.

    So are "Alzheimer’s" and "Alzheimer's".
    """
    key = unicodedata.normalize("NFKC", name).casefold().translate(APOSTROPHES)
    return re.sub(r"[\s_‐‑–-]+", "", key) or name


class TagQuerySet(SluggedQuerySet, SearchableQuerySet):
    def named(self, name):
        """Return the tag with this name in any spelling; create it if there is none."""
        name = " ".join(name.split())
        return self.spelt(name) or self.get_or_create(key=tag_key(name), defaults={"name": name})[0]

    def all_named(self, names):
        """Return {key: tag} for many names in any spelling. Create the missing ones."""
        names = {tag_key(name): name for name in names}
        found = {}
        for keys in batched(names, 500):
            found |= self.filter(key__in=keys).in_bulk(field_name="key")
        others = {} if found.keys() >= names.keys() else self.by_other_spelling()
        return {key: found.get(key) or others.get(key) or self.named(name) for key, name in names.items()}

    def spelt(self, name):
        """Return the tag with this name or other spelling, or None."""
        key = tag_key(name)
        return self.filter(key=key).first() or self.by_other_spelling().get(key)

    def by_other_spelling(self):
        """Return {key: tag} of the other spellings of all tags."""
        return {tag_key(name): tag for tag in self.exclude(other_names="") for name in tag.other_names.splitlines()}


@revisions.register()
class Tag(Slugged, TagBase):
    key = models.CharField(max_length=100, unique=True, editable=False)
    other_names = models.TextField(
        "other spellings",
        max_length=LONGEST_TEXT,
        blank=True,
        help_text="One per line, for example “ML”. Imports and forms use this tag for them.",
    )
    description = models.TextField(
        max_length=LONGEST_TEXT, blank=True, help_text="In Markdown. Shown at the top of the tag's page."
    )
    updated_at = models.DateTimeField(auto_now=True)

    objects = TagQuerySet.as_manager()

    class Meta:
        ordering = ["name"]

    def save(self, *args, **kwargs):
        self.key = tag_key(self.name)
        former = Tag.objects.filter(pk=self.pk).values_list("name", flat=True)
        self.set_spellings([*self.other_names.splitlines(), *former])
        super().save(*args, **kwargs)

    def absorb(self, other):
        """Fill an empty description from a tag that is merged into this one; its names become other spellings."""
        self.description = self.description or other.description
        self.set_spellings([*self.other_names.splitlines(), other.name, *other.other_names.splitlines()])

    def set_spellings(self, names):
        """Set the other spellings to these names, each once, without those of the tag's own name."""
        by_key = {tag_key(name): " ".join(name.split()) for name in reversed(names) if name.strip()}
        self.other_names = "\n".join(name for key, name in reversed(by_key.items()) if key != tag_key(self.name))

    def resolve_conflicts(self):
        warnings, others = super().resolve_conflicts(), Tag.objects.exclude(pk=self.pk)
        if (other := others.filter(key=tag_key(self.name)).first()) is None:
            return warnings
        name, keys = self.name[:90], set(others.values_list("key", flat=True))
        self.name = next(free for number in count(2) if tag_key(free := f"{name} ({number})") not in keys)
        self.key = tag_key(self.name)
        return [
            *warnings,
            f"There is a tag “{other}” already, so this one is called “{self.name}”. You can merge them.",
        ]

    def get_absolute_url(self):
        return reverse("tag", args=[self.slug])

    def clean(self):
        super().clean()
        others = Tag.objects.exclude(pk=self.pk)
        spellings = others.by_other_spelling()
        if same := others.filter(key=tag_key(self.name)).first():
            message = f"This tag exists already, spelt “{same.name}”. Use that one, or merge the two in the list."
            raise ValidationError({"name": message})
        if tag := spellings.get(tag_key(self.name)):
            message = f"This is another spelling of “{tag}”. Use that tag, or remove the spelling there first."
            raise ValidationError({"name": message})
        names = {tag_key(name): name.strip() for name in self.other_names.splitlines() if name.strip()}
        spellings |= others.in_bulk(list(names), field_name="key")
        for key, name in names.items():
            if tag := spellings.get(key):
                message = f"“{name}” means “{tag}”. Merge the two in the list, or remove the spelling there."
                raise ValidationError({"other_names": message})


class TagManager(_TaggableManager):
    """taggit's manager, but it finds tags in any spelling, and prefetches them in the order of their rows."""

    def get_prefetch_querysets(self, instances, querysets=None):
        rows, *rest = super().get_prefetch_querysets(instances, querysets)
        return rows.order_by(f"{self.through.tag.field.related_query_name()}__pk"), *rest

    def add(self, *tags, **kwargs):
        super().add(*self._existing_or_new(tags), **kwargs)

    def set(self, tags, **kwargs):
        super().set(self._existing_or_new(tags), **kwargs)

    def remove(self, *tags):
        found = (Tag.objects.spelt(tag) if isinstance(tag, str) else tag for tag in tags)
        super().remove(*(tag.name for tag in found if tag))

    def _existing_or_new(self, tags):
        return [Tag.objects.named(tag) if isinstance(tag, str) else tag for tag in tags]


class TaggedBase(ItemBase):
    """A row that assigns a tag to an object. Subclasses add ``content_object``."""

    tag = models.ForeignKey(Tag, models.CASCADE, related_name="%(class)s_items")

    class Meta:
        abstract = True
        constraints = [models.UniqueConstraint(fields=["tag", "content_object"], name="%(app_label)s_%(class)s_once")]

    def __str__(self):
        return self.tag.name

    def recover(self, title):
        """Refer to the tag with this name again, after the former one was deleted."""
        if self.tag_id is None:
            self.tag = Tag.objects.moved_from(make_slug(title)) or Tag.objects.named(title)


def tags_field(through, **kwargs):
    """Return the field ``tags`` of a model; ``through`` is its subclass of TaggedBase."""
    field = TaggableManager(through=through, manager=TagManager, blank=True, **{"help_text": "", **kwargs})
    field.remote_field.field_name = "name"  # the admin's autocomplete submits names
    return field
