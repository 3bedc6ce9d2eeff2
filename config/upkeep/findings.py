"""Content checks across the apps."""

from django.utils import timezone
from django.utils.formats import date_format

from config.upkeep.links import links_of_site
from profiles.content.batches import batched
from profiles.content.health import Finding, register
from profiles.models import LinkCheck

CHUNK = 100  # dead links whose pages are looked up together


@register("links", "Dead links", permission="publications.change_publication")
def dead_links():
    dead = LinkCheck.objects.dead().order_by("dead_since", "pk").iterator()
    for some in batched(dead, CHUNK):
        places = links_of_site({one.url for one in some})
        for one in some:
            for spot in places.get(one.url, ()):
                since = date_format(timezone.localtime(one.dead_since), "j F Y")
                suggestion = "Link to the archived copy" if one.archive_url else ""
                sentence = f"{one.url} in “{spot.title}” has been dead since {since}: {one.error}"
                yield Finding(sentence, spot.url, suggestion, one.archive_url)
        yield None
