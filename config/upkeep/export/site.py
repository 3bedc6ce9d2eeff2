"""The export itself: crawls the public site as an anonymous visitor, and writes each response as a file.

So an export has what visitors can see, and nothing else.
"""

import sys
from collections import deque
from contextlib import nullcontext
from io import BytesIO
from urllib.parse import unquote_to_bytes, urljoin, urlsplit

from django.core.handlers.base import BaseHandler
from django.core.handlers.wsgi import WSGIRequest
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.urls import reverse

from config.upkeep.export.addresses import crawled, exported, file_of
from config.upkeep.export.folder import ExportError, Folder
from config.upkeep.export.index import as_json
from config.upkeep.export.links import Rewriter
from profiles.content.slugs import FormerSlug
from profiles.models import CV, Course, Page, Person, Post, Tag, Talk
from projects.models import Grant, Project
from publications.models import Publication, SavedList

# All other pages are linked from these, or from pages that are.
START = ("home", "sitemap", "robots", "llms", "favicon")
NOT_FOUND = "/404.html"  # static hosts serve it for addresses without a file
VIEWS_WITH_FORMER_SLUGS = {
    Publication: "publications:publication",
    SavedList: "publications:list",
    Project: "projects:project",
    Grant: "projects:grant",
    Person: "profiles:person",
    Talk: "profiles:talk",
    Course: "profiles:course",
    Post: "profiles:post",
    Tag: "tag",
    Page: "page",
    CV: "saved-cv",
}


class ExportRequest(WSGIRequest):
    """A request for an address of the site, whose public address will be ``public_url``."""

    def __init__(self, address, public_url):
        path, _, query = address.partition("?")
        self.public_url = public_url
        self.host = urlsplit(public_url).netloc
        super().__init__({
            "REQUEST_METHOD": "GET",
            "PATH_INFO": unquote_to_bytes(path).decode("latin-1"),  # as WSGI requires
            "QUERY_STRING": query,
            "SERVER_NAME": self.host,
            "SERVER_PORT": "443",
            "SERVER_PROTOCOL": "HTTP/1.1",
            "REMOTE_ADDR": "127.0.0.1",
            "wsgi.url_scheme": "https",  # so that SECURE_SSL_REDIRECT does not redirect
            "wsgi.input": BytesIO(),
            "wsgi.errors": sys.stderr,
        })  # fmt: skip

    def get_host(self):
        # Not checked against ALLOWED_HOSTS: there is no Host header that a client could have forged.
        return self.host


def check():
    """Raise ExportError if there is nothing to export yet."""
    if Person.objects.owner() is None:
        message = "The site has no owner yet. Log in, open a person and select “owner of the site”."
        raise ExportError(message)
    try:
        static("js/exported.js")
    except ValueError as error:
        message = "The static files are not collected. Run “manage.py collectstatic --no-input” first."
        raise ExportError(message) from error


class Export:
    """One export to a folder that will be served at ``base``. ``failed`` has a message for each failed address."""

    def __init__(self, folder, base):
        self.folder = Folder(folder)
        self.base = base
        self.rewriter = Rewriter(base, self.add)
        self.failed = []
        self.names = set()  # of the files of all addresses found so far
        self.waiting = deque()
        self.handler = BaseHandler()

    def run(self):
        """Write all files. Yield after each address, so that a caller can show progress."""
        self.handler.load_middleware()
        with self.folder:
            for address in start_addresses():
                self.add(address)
            self.folder.write("search/index.json", [as_json(self.rewriter)], "/search/index.json")
            yield from self.crawl()
            if self.failed:
                # A page that only a failed page links to still exists.
                for address in self.folder.known.values():
                    self.add(address)
                yield from self.crawl()
            self.folder.remove_others()

    def add(self, link):
        """Add the address that a link on the site leads to, unless it was added before."""
        address = crawled(link)
        name = file_of(exported(address))
        if name not in self.names:
            self.names.add(name)
            self.waiting.append((name, address))

    def crawl(self):
        while self.waiting:
            self.export(*self.waiting.popleft())
            yield

    def export(self, name, address):
        """Request an address, and write the response as a file."""
        if not self.folder.can_hold(name):
            self.failed.append(f"{address} has a name that files cannot have")
            return
        # The address of a picture changes with the picture. It need not be drawn again.
        if "?v=" in address and self.folder.has(name, address):
            return
        response = self.get(address)
        if is_redirect(response) and not name.endswith(".html"):
            response = self.get(response.url)
        # Not response.close(), which ends a request and may close the database connection.
        with getattr(response, "file_to_stream", nullcontext()):
            if "private" in response.headers.get("Cache-Control", ""):
                return  # such as the login form of the admin
            if is_redirect(response):
                self.folder.write(name, [self.moved_page(response.url, address)], address)
            elif response.status_code == 200 or address == NOT_FOUND:
                self.folder.write(name, self.rewriter.rewrite(response, address), address)
            elif response.status_code not in (404, 410):
                self.failed.append(f"{address} answered with {response.status_code}")
                self.folder.current.add(name)

    def get(self, address):
        return self.handler.get_response(ExportRequest(address, self.base))

    def moved_page(self, target, address):
        href = self.rewriter.link(target, address)
        context = {"href": href, "whole": urljoin(self.base, href)}
        return render_to_string("config/moved.html", context).encode()


def start_addresses():
    yield from map(reverse, START)
    yield NOT_FOUND
    for model, view in VIEWS_WITH_FORMER_SLUGS.items():
        former = FormerSlug.objects.filter(model=model._meta.label_lower)
        for slug in former.values_list("slug", flat=True):
            yield reverse(view, args=[slug])


def is_redirect(response):
    return response.status_code in (301, 302)
