"""Posts: the news of the site, from one-liners to articles. Feeds of other websites suggest some."""

from hashlib import blake2s

from django.db import models, transaction
from django.db.models import Count, Q
from django.db.models.functions import Left
from django.urls import reverse

from profiles.content.dates import PartialDateField
from profiles.content.patterns import LONGEST_TEXT
from profiles.content.publishing import Publishable, PublishableQuerySet
from profiles.content.slugs import Slugged, SluggedQuerySet
from profiles.files.images import Illustrated
from profiles.history import revisions
from profiles.models.cv import CVRecord
from profiles.models.person import Person
from profiles.models.tag import TaggedBase, tags_field
from profiles.search.queries import SearchableQuerySet


class PostQuerySet(PublishableQuerySet, SluggedQuerySet, SearchableQuerySet):
    def by_date(self):
        """Sort by date alone, the newest first."""
        return self.order_by("-date", "-pk")

    def newest(self, number=5):
        return self.by_date()[:number]

    def in_year(self, year):
        return self.filter(date__startswith=year)

    def years(self):
        """Return [(year as text, number of posts)], the newest year first."""
        rows = self.order_by().annotate(year=Left("date", 4)).values_list("year").annotate(Count("pk"))
        return sorted(rows, reverse=True)


@revisions.register("taggedpost_set")
class Post(Illustrated, CVRecord, Publishable, Slugged):
    reserved_slugs = frozenset({"feed"})

    title = models.CharField(
        max_length=300, help_text="Enter short news as a whole sentence, such as “Our paper was accepted at NeurIPS”."
    )
    date = PartialDateField()
    summary = models.TextField(max_length=LONGEST_TEXT, blank=True, help_text="In Markdown. Shown in lists.")
    body = models.TextField("text", max_length=LONGEST_TEXT, blank=True, help_text="In Markdown.")
    url = models.URLField("link", max_length=500, blank=True, help_text="The page that the news is about, elsewhere.")
    pinned = models.BooleanField(default=False, help_text="Stays at the top of the news.")
    people = models.ManyToManyField(Person, blank=True, related_name="posts")
    tags = tags_field("profiles.TaggedPost")

    objects = PostQuerySet.as_manager()

    class Meta(Publishable.Meta):
        ordering = ["-pinned", "-date", "-pk"]
        constraints = [*Publishable.Meta.constraints, *Illustrated.Meta.constraints]

    def __str__(self):
        return self.title

    def get_absolute_url(self):
        return reverse("profiles:post", args=[self.slug])

    def neighbours(self, user):
        """Return the posts before and after this one, by date, that the user may see; None at an end."""
        posts = Post.objects.visible_to(user).by_date()
        older = posts.filter(Q(date__lt=self.date) | Q(date=self.date, pk__lt=self.pk))
        newer = posts.filter(Q(date__gt=self.date) | Q(date=self.date, pk__gt=self.pk))
        return older.first(), newer.last()


@revisions.register()
class TaggedPost(TaggedBase):
    content_object = models.ForeignKey(Post, models.CASCADE)


class FollowedFeed(models.Model):
    """A feed of another website. ``etag`` and ``modified`` are what it said about its last answer."""

    url = models.URLField(
        "address",
        max_length=500,
        unique=True,
        help_text="An Atom or RSS feed, such as https://lab.example.org/feed.xml or https://mastodon.social/@name.rss.",
    )
    title = models.CharField(max_length=200, blank=True, editable=False)
    etag = models.CharField(max_length=500, blank=True, editable=False)
    modified = models.CharField(max_length=100, blank=True, editable=False)
    checked_at = models.DateTimeField("last checked", null=True, editable=False)
    error = models.CharField(max_length=300, blank=True, editable=False)

    class Meta:
        ordering = ["url"]
        verbose_name = "followed feed"

    def __str__(self):
        return self.title or self.url


class PostSuggestionQuerySet(models.QuerySet):
    def waiting(self):
        return self.filter(state=PostSuggestion.State.WAITING)

    def ignore(self):
        """Mark the suggestions as ignored, and return their number."""
        return self.update(state=PostSuggestion.State.IGNORED)

    @transaction.atomic
    def import_as_drafts(self):
        """Make a draft of each suggestion that has not been imported. Return the posts."""
        posts = []
        for suggestion in self.select_for_update(of=("self",)).exclude(state=PostSuggestion.State.IMPORTED):
            posts.append(suggestion.as_post())
            posts[-1].save()
            suggestion.state = PostSuggestion.State.IMPORTED
            suggestion.save(update_fields=["state"])
        return posts


class PostSuggestion(models.Model):
    """An entry of a feed. It stays when its feed is deleted, so that the entry never comes again."""

    class State(models.TextChoices):
        WAITING = "waiting", "Waiting"
        IMPORTED = "imported", "Imported"
        IGNORED = "ignored", "Ignored"

    feed = models.ForeignKey(FollowedFeed, models.SET_NULL, null=True, related_name="suggestions")
    key = models.CharField(max_length=32, unique=True, help_text="Hash of what identifies the entry.")
    title = models.CharField(max_length=300)
    date = PartialDateField()
    url = models.URLField("link", max_length=500, blank=True)
    summary = models.TextField(max_length=LONGEST_TEXT, blank=True)
    state = models.CharField(max_length=10, choices=State, default=State.WAITING)

    objects = PostSuggestionQuerySet.as_manager()

    class Meta:
        ordering = ["-date", "-pk"]
        verbose_name = "suggested post"

    def __str__(self):
        return self.title

    @staticmethod
    def key_of(identifier):
        return blake2s(identifier.encode(), digest_size=16).hexdigest()

    def as_post(self):
        """Return an unsaved draft."""
        return Post(title=self.title, date=self.date, url=self.url, summary=self.summary)
