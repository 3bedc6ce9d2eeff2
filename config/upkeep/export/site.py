"""The whole public site as files: which addresses it has, and what becomes of each.

Every page is asked for as a visitor asks for it, so that what is not public is no more in the export than on the site;
an address that does not answer with 200 is not written.
"""

import re
from contextlib import contextmanager
from urllib.parse import urlsplit

from django.conf import settings
from django.http import FileResponse
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.urls import reverse

from config.pages.tags import tags_in_use
from config.upkeep.export import index
from config.upkeep.export.addresses import ABSOLUTE, RELATIVE, ROOT, Addresses, Place, exported, file_of
from config.upkeep.export.folder import ExportError, Folder
from config.upkeep.export.rewriting import Rewriter
from config.upkeep.export.visitor import Visitor
from profiles.content.slugs import FormerSlug
from profiles.feeds import VISITOR
from profiles.models import Person, Tag
from projects.models import Project, ProjectResource
from publications.models import Publication, Resource
from publications.references import cff
from publications.references.formats import EXPORTS

PAGES = (
    "home", "search", "tags", "cv", "publications:publications", "projects:projects", "profiles:people",
    "profiles:activities", "feed", "publications:feed", "profiles:activities-feed", "profiles:calendar", "cv-pdf",
    "cv-json", "manifest", "favicon", "robots", "sitemap",
)  # fmt: skip
# The pages whose former slugs are kept.
MOVED = {
    Publication: "publications:publication",
    Project: "projects:project",
    Person: "profiles:person",
    Tag: "tag",
}
# What pages are made of, which is exported as far as pages show it.
PARTS = re.compile(rf"{settings.STATIC_URL}|{settings.MEDIA_URL}|/card/|/icon/|/sitemap-")
CHUNK = 500
# Where quickstart serves the site: for an export that is told no address.
HERE = "http://127.0.0.1:8000"


@contextmanager
def at(base):
    """Have whole addresses begin with ``base``, whatever the site's own settings say."""
    host = urlsplit(base).hostname
    values = {
        "SITE_URL": base,
        "SITE_HOST": None if base == HERE else host,
        "ALLOWED_HOSTS": [*settings.ALLOWED_HOSTS, host],
    }
    kept = {name: getattr(settings, name) for name in values}
    try:
        for name, value in values.items():
            setattr(settings, name, value)
        yield
    finally:
        for name, value in kept.items():
            setattr(settings, name, value)


def check():
    """Raise ExportError where there is nothing to export yet."""
    if Person.objects.owner() is None:
        message = "Nobody is the owner of the site yet. Sign in, and tick “owner of the site” on a person."
        raise ExportError(message)
    try:
        static("js/exported.js")
    except ValueError as error:
        message = "The static files are not collected. Run “manage.py collectstatic --no-input” first."
        raise ExportError(message) from error


class Export:
    """One run. ``failed`` has what went wrong with single addresses, each as a line for people."""

    def __init__(self, folder, base, links=RELATIVE):
        self.folder = Folder(folder)
        self.links = links
        self.failed = {}
        self.addresses = Addresses(base, {static("js/filter.js"): static("js/exported.js")})

    @property
    def tally(self):
        return self.folder.tally

    def count(self):
        """About how many files there are going to be."""
        works = Publication.objects.published().count()
        subjects = Project.objects.published().count() + Person.objects.published().count()
        return len(PAGES) + (len(EXPORTS) + 3) * works + 3 * (subjects + tags_in_use(VISITOR).count())

    def run(self):
        """Write all files, yielding after each. Raises ExportError where it cannot go on."""
        with at(self.addresses.base), self.folder:
            self.visitor = Visitor(self.addresses.base)
            for address in addresses():
                yield from self.take(address)
            yield from self.take_missing_page()
            rewriter = self.rewriter(reverse("search"))
            for name, chunks in index.files(rewriter.html):
                self.folder.write(name, chunks)
                yield
            yield from self.take_parts(rewriter.found)
            self.folder.remove_others(but=self.failed)

    def rewriter(self, address):
        return Rewriter(self.addresses, Place.of(address, self.links))

    def take(self, address):
        """Write the file of an address, and of what its page is made of."""
        name = file_of(exported(address))
        if name in self.folder.seen:
            return
        if not self.folder.takes(name):
            self.failed[name] = f"{address} has a name that no file can have"
            return
        # A picture's address tells what is on it.
        version = urlsplit(address).query.removeprefix("v=") if "?v=" in address else ""
        if self.folder.keep(name, version):
            yield
            return
        response = self.visitor.get(address)
        if response.status_code in (301, 302):
            yield from self.take_moved(address, name, response.url)
        elif response.status_code == 200:
            yield from self.take_answer(address, name, response, version)
        elif response.status_code not in (404, 410):
            self.failed[name] = f"{address} answered with {response.status_code}"

    def take_moved(self, address, name, target):
        """A page that leads on, where there was one; the icon by its old address is the icon."""
        if not name.endswith(".html"):
            yield from self.take_answer(address, name, self.visitor.get(target))
            return
        href = self.addresses.link(target, Place.of(address, self.links))
        whole = self.addresses.link(target, Place.of(address, ABSOLUTE))
        page = render_to_string("config/moved.html", {"href": href, "whole": whole})
        self.folder.write(name, [page.encode()])
        yield

    def take_answer(self, address, name, response, version=""):
        if isinstance(response, FileResponse):
            yield from self.take_file(address, name, response)
            return
        if response.streaming:
            self.folder.write(name, response)
            yield
            return
        rewriter = self.rewriter(address)
        content = rewritten(rewriter, response)
        self.folder.write(name, [content], version)
        yield
        yield from self.take_parts(rewriter.found)
        path, number = rewriter.place.live, int(re.search(r"\?page=(\d+)|$", address)[1] or 1)
        if f"{path}?page={number + 1}" in rewriter.found:
            yield from self.take(f"{path}?page={number + 1}")

    def take_file(self, address, name, response):
        """An uploaded or static file; style sheets and scripts are read for what they load."""
        # Not response.close(), which ends a request and with it the connection to the database.
        with response.file_to_stream:
            rewriter = self.rewriter(address)
            read = {".css": rewriter.style, ".js": rewriter.script}.get(name[name.rfind(".") :])
            version = response.headers.get("ETag") or response.headers.get("Last-Modified", "")
            if read:
                content = b"".join(response)
                read(content.decode())
                self.folder.write(name, [content])
            elif not self.folder.keep(name, version):
                self.folder.write(name, response, version)
        yield
        yield from self.take_parts(rewriter.found)

    def take_parts(self, found):
        for address in sorted(found):
            if PARTS.match(address):
                yield from self.take(address.partition("#")[0])

    def take_missing_page(self):
        """404.html, which hosts show at whatever address: its links cannot be relative."""
        response = self.visitor.get("/404.html")
        links = ROOT if self.links == RELATIVE else self.links
        rewriter = Rewriter(self.addresses, Place("/404.html", "/404.html", links))
        self.folder.write("404.html", [rewriter.page(response.content.decode()).encode()])
        yield
        yield from self.take_parts(rewriter.found)


def rewritten(rewriter, response):
    """The content of a response as the export needs it."""
    kind, content = response.headers["Content-Type"].partition(";")[0], response.content
    match kind:
        case "text/html":
            return rewriter.page(content.decode(), response.headers.get("Link", "")).encode()
        case "application/atom+xml":
            return rewriter.feed(content.decode()).encode()
        case "application/xml":
            return rewriter.sitemap(content.decode()).encode()
        case "application/manifest+json":
            return rewriter.manifest(content).encode()
    return content


def addresses():
    """The addresses of the site, but for the further pages of lists and what pages are made of."""
    yield from map(reverse, PAGES)
    for slug in tags_in_use(VISITOR).values_list("slug", flat=True):
        yield reverse("tag", args=[slug])
        yield reverse("tag-feed", args=[slug])
    for slug in Person.objects.published().values_list("slug", flat=True):
        yield reverse("profiles:person", args=[slug])
        yield reverse("person-feed", args=[slug])
    projects, publications = Project.objects.published(), Publication.objects.published()
    for slug in projects.values_list("slug", flat=True):
        yield reverse("projects:project", args=[slug])
        yield reverse("projects:citation", args=[slug])
    for slug, type_ in publications.values_list("slug", "type").iterator(chunk_size=CHUNK):
        yield reverse("publications:publication", args=[slug])
        for ending in EXPORTS:
            yield reverse("publications:publication-export", args=[slug, ending])
        yield reverse("publications:linkset", args=[slug])
        if type_ in cff.TYPES:
            yield reverse("publications:publication-cff", args=[slug])
    for ending in EXPORTS:
        yield reverse("publications:export", args=[ending])
    of_publications = Resource.objects.filter(publication__in=publications).select_related("publication")
    of_projects = ProjectResource.objects.filter(project__in=projects).select_related("project")
    for resources, view in ((of_publications, "publications:file"), (of_projects, "projects:file")):
        for resource in resources.exclude(file="").iterator(chunk_size=CHUNK):
            yield reverse(view, args=[resource.subject.slug, resource.filename])
    for model, view in MOVED.items():
        former = FormerSlug.objects.filter(model=model._meta.label_lower)
        for slug in former.values_list("slug", flat=True).iterator(chunk_size=CHUNK):
            yield reverse(view, args=[slug])
