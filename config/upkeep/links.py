"""The addresses elsewhere that the site leads to, and whether they still answer."""

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
PAUSE = 1  # seconds between two questions to one host
LONGEST = LinkCheck._meta.get_field("url").max_length
ARCHIVE = "https://archive.org/wayback/available"
PROBE = "https://archive.org/"  # asked where nothing else answers, to tell dead links from a dead network
# Statuses by which a host refuses robots, though a browser may be welcome.
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
    """Where a link stands: what it belongs to, and the address of its form."""

    title: str
    url: str


def links_of_site(only=None):
    """{address: [Place]} of all web addresses that the site leads to, or of those in ``only``; drafts included."""
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
    """The id that the admin gives to the rows of an inline."""
    relation = next(one for one in row._meta.fields if one.many_to_one)
    return f"{relation.remote_field.get_accessor_name()}-group"


@dataclass
class Tally:
    alive: int = 0
    dead: int = 0


def check(client, *, since=None, pause=PAUSE, progress=iter):
    """Ask all addresses that were not asked after ``since``, each host one at a time; returns the Tally.

    ``client`` is a Client of publications.sources. Raises SourceError where nothing at all can be reached.
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

    def ask_host(addresses):
        answers = []
        for number, url in enumerate(addresses):
            if number:
                sleep(pause)
            answers.append((url, *ask(client, url)))
            with lock:
                next(steps, None)
        return answers

    with ThreadPoolExecutor(HOSTS_AT_ONCE) as pool:
        answers = [answer for found in pool.map(ask_host, by_host.values()) for answer in found]
    with lock:
        next(steps, None)
    if answers and all(error and not status for _, error, status in answers) and not ask(client, PROBE)[1]:
        raise SourceError("Not one address could be reached, so this machine's network is probably down.")
    return _keep(client, answers)


def _host(url):
    try:
        return urlsplit(url).hostname or ""
    except ValueError:
        return ""


def ask(client, url):
    """(what is wrong with an address or "", its HTTP status or None)."""
    try:
        client.reach(url)
    except SourceError as error:
        return ("" if error.status in REFUSALS else str(error)), error.status
    return "", 200


def _keep(client, answers):
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
    """The address of the Internet Archive's newest copy, or ""."""
    try:
        found = client.get(ARCHIVE, params={"url": url}).json()
        address = found["archived_snapshots"]["closest"]["url"]
    except (SourceError, KeyError, TypeError):
        return ""
    address = re.sub(r"^http:", "https:", str(address))
    return address if address.startswith("https://web.archive.org/") and len(address) <= 1200 else ""
