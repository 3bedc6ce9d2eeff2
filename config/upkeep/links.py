"""Checks the external links of the site, and stores and reports which of them are dead."""

import re
from collections import defaultdict, namedtuple
from concurrent.futures import ThreadPoolExecutor
from time import sleep
from urllib.parse import urlsplit

from django.utils import timezone
from django.utils.formats import date_format

from profiles.content.batches import batched
from profiles.content.health import Finding, Severity, register
from profiles.findings import edit_url
from profiles.models import (
    Activity,
    Course,
    Link,
    LinkCheck,
    Material,
    Membership,
    MenuItem,
    Occasion,
    Page,
    PageResource,
    Person,
    Post,
    Section,
    SiteSettings,
    Tag,
    Talk,
    TalkResource,
    Term,
)
from projects.models import Grant, Project, ProjectLink, ProjectResource
from publications.models import Notice, Publication, Resource, SavedList
from publications.sources import SourceError

HOSTS_AT_ONCE = 8
CHUNK = 100  # dead links whose places are looked up together
PAUSE = 1  # seconds between two requests to one host
LONGEST = LinkCheck._meta.get_field("url").max_length
ARCHIVE = "https://archive.org/wayback/available"
PROBE = "https://archive.org/"  # requested if nothing answers, to tell dead links from a network that is down
# Statuses with which hosts refuse robots, but perhaps not browsers.
REFUSALS = {401, 403, 405, 406, 429, 999}

ADDRESSES = [
    (Person, "homepage", None), (Link, "url", "person"), (Activity, "url", None), (Post, "url", None),
    (Publication, "url", None),
    (Resource, "url", "publication"), (ProjectLink, "url", "project"), (ProjectResource, "url", "project"),
    (Grant, "url", None), (Occasion, "url", "talk"), (TalkResource, "url", "talk"), (PageResource, "url", "page"),
    (Membership, "url", None), (Membership, "next_position_url", None),
    (Course, "url", None), (Term, "url", "course"), (Material, "url", "course"),
    (Notice, "url", "publication"), (MenuItem, "url", "menu"),
]  # fmt: skip
TEXTS = [
    (Person, "bio"), (Section, "body"), (Activity, "description"), (Post, "summary"), (Post, "body"),
    (Publication, "abstract"), (Project, "summary"),
    (Project, "body"), (Grant, "description"),
    (Talk, "abstract"), (Tag, "description"), (Course, "description"), (Course, "syllabus"),
    (Page, "body"),
    (Membership, "description"), (SavedList, "description"), (SiteSettings, "about"), (SiteSettings, "footer"),
    (Notice, "text", "publication"),
]  # fmt: skip
IN_MARKDOWN = re.compile(
    r"\]\(\s*<?(https?://[^\s<>)]+)|<(https?://[^\s<>]+)>|^\[[^\]]+\]:\s*<?(https?://[^\s<>]+)"
    r"|^ *\{\{ *video +(https?://[^\s}]+)",
    re.MULTILINE,
)


# Where a link is used: the title of the object, and the address of its form in the admin.
Place = namedtuple("Place", "title url")
Tally = namedtuple("Tally", "alive dead")


def links_of_site(only=None):
    """Return {address: [Place]} of all external links, or of those in ``only``; drafts are included."""
    found = defaultdict(list)
    for model, field, owner in ADDRESSES:
        wanted = {f"{field}__startswith": "http"} if only is None else {f"{field}__in": only}
        rows = model.objects.filter(**wanted)
        for row in rows.select_related(*filter(None, [owner])).order_by("pk").iterator():
            found[getattr(row, field)].append(place_of(row, field, owner))
    for model, field, *owner in TEXTS:
        rows = model.objects.filter(**{f"{field}__contains": "http"}).select_related(*owner)
        for row in rows.order_by("pk").iterator():
            for url in map("".join, IN_MARKDOWN.findall(getattr(row, field))):
                if only is None or url in only:
                    found[url].append(place_of(row, field, *owner))
    return {url: places for url, places in found.items() if len(url) <= LONGEST}


def place_of(row, field, owner=None):
    """Return the Place of a link in a field. A row of an inline is in the form of its ``owner``."""
    if owner is None:
        return Place(str(row), edit_url(row, field))
    subject, rows = getattr(row, owner), row._meta.get_field(owner).remote_field.get_accessor_name()
    return Place(str(subject), f"{edit_url(subject)}#{rows}-group")


@register("links", "Dead links", permission="publications.change_publication", severity=Severity.ERROR)
def dead_links():
    dead = LinkCheck.objects.dead().order_by("dead_since", "pk").iterator()
    for checks in batched(dead, CHUNK):
        places = links_of_site({one.url for one in checks})
        for one in checks:
            since = date_format(timezone.localtime(one.dead_since), "j F Y")
            suggestion = "Link to the archived copy" if one.archive_url else ""
            for place in places.get(one.url, ()):
                sentence = f"{one.url} in “{place.title}” has been dead since {since}: {one.error}"
                yield Finding(sentence, place.url, suggestion, one.archive_url)
        yield None


def check(client, *, since=None, pause=PAUSE, progress=iter):
    """Check all links that have not answered after ``since``, one request at a time to each host. Return the Tally.

    ``client`` is a Client of publications.sources; ``progress`` wraps the iteration over hosts, as tqdm does. Raises
    SourceError if the network seems to be down.
    """
    urls = set(links_of_site())
    for one in LinkCheck.objects.all():
        if one.url not in urls:
            one.delete()
    if since:
        lately = LinkCheck.objects.filter(checked_at__gt=since, dead_since__isnull=True)
        urls -= set(lately.values_list("url", flat=True))
    by_host = defaultdict(list)
    for url in sorted(urls):
        by_host[_host(url)].append(url)

    def check_host(addresses):
        for number, url in enumerate(addresses):
            if number:
                sleep(pause)
            yield url, *check_link(client, url)

    with ThreadPoolExecutor(HOSTS_AT_ONCE) as pool:
        hosts = [pool.submit(list, check_host(addresses)) for addresses in by_host.values()]
        answers = [answer for host in progress(hosts) for answer in host.result()]
    if answers and all(error and not status for _, error, status in answers) and not check_link(client, PROBE)[1]:
        raise SourceError("No link could be reached. The network of this machine is probably down.")
    return _store(client, answers)


def _host(url):
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""


def check_link(client, url):
    """Return (the error of a link or "", its HTTP status or None)."""
    try:
        client.reach(url)
    except SourceError as error:
        return ("" if error.status in REFUSALS else str(error)), error.status
    return "", 200


def _store(client, answers):
    now = timezone.now()
    known = LinkCheck.objects.in_bulk([url for url, *_ in answers], field_name="url")
    for url, error, _ in answers:
        one = known.get(url) or LinkCheck(url=url)
        one.checked_at, one.error = now, error[:300]
        if error:
            one.dead_since = one.dead_since or now
            one.archive_url = one.archive_url or archived(client, url)
        else:
            one.dead_since, one.archive_url = None, ""
        one.save()
    dead = sum(bool(error) for _, error, _ in answers)
    return Tally(len(answers) - dead, dead)


def archived(client, url):
    """Return the address of the Internet Archive's newest copy, or ""."""
    try:
        found = client.get(ARCHIVE, params={"url": url}).json()
        address = found["archived_snapshots"]["closest"]["url"]
    except (SourceError, KeyError, TypeError):
        return ""
    address = re.sub(r"^http:", "https:", str(address))
    return address if address.startswith("https://web.archive.org/") and len(address) <= 1200 else ""
