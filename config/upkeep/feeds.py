"""Reads the followed feeds, and stores their new entries as suggestions for posts. Nothing is published."""

import re
from collections import namedtuple
from datetime import timedelta

from django.db import transaction
from django.utils import timezone
from django.utils.text import Truncator

from config.text.source import escaped
from profiles.content.health import Finding, register
from profiles.findings import edit_url
from profiles.models import FollowedFeed, Post, PostSuggestion
from publications.sources import SourceError, feed

TITLE_LENGTH, SUMMARY_LENGTH = 140, 500  # characters, so that the escaped title fits into its field
# What would start a list, a heading, a quotation or a line at the start of a text.
BLOCK_START = re.compile(r"^(\d{0,9})([-+#>.)~=])")

Tally = namedtuple("Tally", "new failed")


def check(client, feeds, *, progress=iter):
    """Read feeds. Return the Tally of new suggestions and of feeds that cannot be read, each with its error.

    ``client`` is a Client of publications.sources; ``progress`` wraps the iteration over feeds, as tqdm does.
    """
    new = failed = 0
    for followed in progress(feeds):
        error, found = "", None
        try:
            found = feed.fetch(followed.url, client, etag=followed.etag, modified=followed.modified)
        except SourceError as problem:
            error, failed = str(problem), failed + 1
        new += _store(followed, found, error)
    return Tally(new, failed)


@transaction.atomic
def _store(followed, found, error):
    """Store the result of reading a feed: a Feed, or None if it has not changed. Return the number of suggestions."""
    row = FollowedFeed.objects.select_for_update().filter(pk=followed.pk).first()
    if row is None:  # deleted while it was read
        return 0
    row.checked_at, row.error = timezone.now(), error[:300]
    new = []
    if found:
        row.title, row.modified = found.title[:200], found.modified[:100]
        row.etag = found.etag if len(found.etag) <= 500 else ""
        new = _new_suggestions(row, found.items)
        PostSuggestion.objects.bulk_create(new, ignore_conflicts=True)
    row.save()
    return len(new)


def _new_suggestions(row, items):
    """Return unsaved suggestions for the items that no feed has brought before, and that no post links to."""
    by_key = {PostSuggestion.key_of(item.identifier): item for item in reversed(items)}
    urls = {item.url for item in items} - {""}
    known = set(PostSuggestion.objects.filter(key__in=by_key).values_list("key", flat=True))
    linked = set(PostSuggestion.objects.exclude(feed=row).filter(url__in=urls).values_list("url", flat=True))
    linked.update(Post.objects.filter(url__in=urls).values_list("url", flat=True))
    return [_suggestion(row, key, item) for key, item in by_key.items() if key not in known and item.url not in linked]


def _suggestion(row, key, item):
    moment = min(item.moment or timezone.now(), timezone.now() + timedelta(days=1))
    title = Truncator(item.title or item.summary).chars(TITLE_LENGTH)
    summary = "" if item.summary in (item.title, title) else Truncator(item.summary).chars(SUMMARY_LENGTH)
    return PostSuggestion(
        feed=row,
        key=key,
        title=as_markdown(title),
        date=timezone.localdate(moment).isoformat(),
        url=item.url,
        summary=as_markdown(summary),
    )


def as_markdown(text):
    """Return a plain text as Markdown that shows it."""
    return BLOCK_START.sub(r"\1\\\2", escaped(text).replace("$", r"\$"))


@register("feeds", "Feeds that cannot be read", permission="profiles.change_followedfeed")
def unreadable_feeds():
    for one in FollowedFeed.objects.exclude(error=""):
        yield Finding(f"{one.url}: {one.error}", edit_url(one, "url"))
