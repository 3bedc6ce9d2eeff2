"""What may be wrong across the apps."""

from django.utils import timezone
from django.utils.formats import date_format

from config.links import links_of_site
from profiles.health import Finding, register
from profiles.models import LinkCheck


@register("links", "Dead links", permission="publications.change_publication")
def dead_links():
    dead = {one.url: one for one in LinkCheck.objects.dead().order_by("dead_since")}
    if not dead:
        return
    places = links_of_site()
    for url, one in dead.items():
        for spot in places.get(url, ()):
            since = date_format(timezone.localtime(one.dead_since), "j F Y")
            suggestion = "Take the archive's copy" if one.archive_url else ""
            sentence = f"{url} in “{spot.title}” is dead since {since}: {one.error}"
            yield Finding(sentence, spot.url, suggestion, one.archive_url)
