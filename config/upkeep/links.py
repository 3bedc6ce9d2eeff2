"""Checks the external links of the site and stores which of them are dead."""

import re
import threading
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from time import sleep
from urllib.parse import urlsplit

from django.utils import timezone

from profiles.findings import edit_url
from profiles.models import Activity, Link, LinkCheck, Person, Section, Tag
from projects.models import Project, ProjectLink, ProjectResource
from publications.models import Publication, Resource
from publications.sources import SourceError

HOSTS_AT_ONCE = 8
PAUSE = 1  # seconds between two requests to one host
LONGEST = LinkCheck._meta.get_field("url").max_length
ARCHIVE = "https://archive.org/wayback/available"
PROBE = "https://archive.org/"  # requested if nothing answers, to tell dead links from a network that is down
# Statuses with which hosts refuse robots, but perhaps not browsers.
REFUSALS = {401, 403, 405, 406, 429, 999}

ADDRESSES = [
    (Person, "homepage", None), (Link, "url", "person"), (Activity, "url", None), (Publication, "url", None),
    (Resource, "url", "publication"), (ProjectLink, "url", "project"), (ProjectResource, "url", "project"),
]  # fmt: skip
TEXTS = [
    (Person, "bio"), (Section, "body"), (Activity, "description"), (Publication, "abstract"), (Project, "summary"),
    (Project, "body"), (Tag, "description"),
]  # fmt: skip
IN_MARKDOWN = re.compile(
    r"\]\(\s*<?(https?://[^\s<>)]+)|<(https?://[^\s<>]+)>|^\[[^\]]+\]:\s*<?(https?://[^\s<>]+)", re.MULTILINE
)


@dataclass(frozen=True)
class Place:
    """Where a link is used: the title of the object, and the address of its form in the admin."""

    title: str
    url: str


def links_of_site(only=None):
    """Return {address: [Place]} of all external links, or of those in ``only``; drafts are included."""
    found = defaultdict(list)
    for model, field, owner in ADDRESSES:
        wanted = {f"{field}__startswith": "http"} if only is None else {f"{field}__in": only}
        rows = model.objects.filter(**wanted)
        for row in (rows.select_related(owner) if owner else rows).order_by("pk").iterator():
            subject = getattr(row, owner) if owner else row
            form = f"{edit_url(subject)}#{_group(row)}" if owner else edit_url(subject, field)
            found[getattr(row, field)].append(Place(str(subject), form))
    for model, field in TEXTS:
        for row in model.objects.filter(**{f"{field}__contains": "http"}).order_by("pk").iterator():
            for url in map("".join, IN_MARKDOWN.findall(getattr(row, field))):
                if only is None or url in only:
                    found[url].append(Place(str(row), edit_url(row, field)))
    return {url: places for url, places in found.items() if len(url) <= LONGEST}


def _group(row):
    """Return the id of a row's inline in the admin."""
    relation = next(one for one in row._meta.fields if one.many_to_one)
    return f"{relation.remote_field.get_accessor_name()}-group"


@dataclass
class Tally:
    alive: int = 0
    dead: int = 0


def check(client, *, since=None, pause=PAUSE, progress=iter):
    """Check all links that have not answered after ``since``, one request at a time to each host; return the Tally.

    ``client`` is a Client of publications.sources. Raise SourceError if the network seems to be down.
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
    steps, lock = iter(progress(range(len(urls)))), threading.Lock()

    def check_host(addresses):
        answers = []
        for number, url in enumerate(addresses):
            if number:
                sleep(pause)
            answers.append((url, *check_link(client, url)))
            with lock:
                next(steps, None)
        return answers

    with ThreadPoolExecutor(HOSTS_AT_ONCE) as pool:
        answers = [answer for found in pool.map(check_host, by_host.values()) for answer in found]
    with lock:
        next(steps, None)
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
    tally, now = Tally(), timezone.now()
    known = LinkCheck.objects.in_bulk([url for url, *_ in answers], field_name="url") if answers else {}
    for url, error, _ in answers:
        one = known.get(url) or LinkCheck(url=url)
        one.checked_at, one.error = now, error[:300]
        if error:
            tally.dead += 1
            one.dead_since = one.dead_since or now
            one.archive_url = one.archive_url or archived(client, url)
        else:
            tally.alive += 1
            one.dead_since, one.archive_url = None, ""
        one.save()
    return tally


def archived(client, url):
    """Return the address of the Internet Archive's newest copy, or ""."""
    try:
        found = client.get(ARCHIVE, params={"url": url}).json()
        address = found["archived_snapshots"]["closest"]["url"]
    except (SourceError, KeyError, TypeError):
        return ""
    address = re.sub(r"^http:", "https:", str(address))
    return address if address.startswith("https://web.archive.org/") and len(address) <= 1200 else ""
