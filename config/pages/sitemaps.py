"""The sitemap (sitemaps.org): the URLs of all public pages."""

from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.sitemaps import Sitemap, views
from django.db.models import F, Max
from django.urls import reverse

from config.pages.contents import pages_with_content
from config.pages.tags import tags_in_use
from profiles.feeds import VISITOR
from profiles.models import CV, Activity, Course, Membership, Page, Person, Post, Section, Talk
from projects.models import Grant, Project
from publications.models import Publication, Resource, SavedList

DATES = ["updated_at", "publish_at"]  # scheduled content changes when it is published


class PublicSitemap(Sitemap):
    """The pages of the queryset that ``get_rows`` returns. Its rows change at their ``dates``."""

    limit = 5_000  # URLs in a file; the protocol's limit of 50,000 would take seconds to write

    def __init__(self, get_rows=None, dates=DATES):
        self.get_rows, self.dates = get_rows, dates

    def items(self):
        return self.get_rows().only("slug", *self.dates).order_by("pk")

    def get_protocol(self, protocol=None):
        return urlsplit(settings.SITE_URL).scheme or protocol or "http"

    def get_domain(self, site=None):
        return urlsplit(settings.SITE_URL).netloc or super().get_domain(site)

    def lastmod(self, item):
        return latest(getattr(item, name) for name in self.dates)

    def get_latest_lastmod(self):
        return last_change(self.items(), self.dates)


def latest(moments):
    return max(filter(None, moments), default=None)


def last_change(rows, dates=DATES):
    """Return when one of the rows changed last, or None."""
    return latest(rows.order_by().aggregate(*map(Max, dates)).values())


class PageSitemap(PublicSitemap):
    """The pages that show several models. A page is as new as the newest object on it."""

    def items(self):
        published = (
            model.objects.published() for model in (Publication, Project, Post, Activity, Section, Talk, Course, Grant)
        )
        works, projects, posts, activities, sections, talks, courses, grants = map(last_change, published)
        people = last_change(Person.objects.published(), ["updated_at"])
        members = last_change(Membership.objects.published())
        pages = {
            "home": [works, projects, posts, activities, sections, talks, courses, grants, people, members],
            "publications:publications": [works],
            "projects:projects": [projects],
            "projects:grants": [grants],
            "profiles:people": [people, members],
            "profiles:news": [posts],
            "profiles:activities": [activities, talks],
            "profiles:talks": [talks],
            "profiles:teaching": [courses],
            "tags": [works, projects, posts, activities, talks, courses, grants, people],
            "cv": [works, projects, activities, talks, courses, grants, people, members],
            "accessibility": [],
        }
        for page in Page.objects.published().exclude(introduces=""):
            pages[page.introduces] += [page.updated_at, page.publish_at]
        shown = {"home", "accessibility", *pages_with_content(VISITOR)}
        return [(name, latest(moments)) for name, moments in pages.items() if name in shown]

    def location(self, item):
        return reverse(item[0])

    def lastmod(self, item):
        return item[1]

    def get_latest_lastmod(self):
        return latest(moment for _, moment in self.items())


class OwnPageSitemap(PublicSitemap):
    """The pages that editors have written. An introduction is part of its built-in page."""

    def items(self):
        return Page.objects.published().filter(introduces="").only("path", *self.dates).order_by("pk")


class FileSitemap(PublicSitemap):
    """The uploaded PDFs, each as new as its publication."""

    def items(self):
        shown = Resource.objects.visible_to(VISITOR)
        files = shown.filter(publication__in=Publication.objects.published(), file__iendswith=".pdf")
        dates = {name: F(f"publication__{name}") for name in self.dates}
        return files.annotate(**dates).select_related("publication").only("file", "publication__slug").order_by("pk")

    def location(self, resource):
        return resource.href


SITEMAPS = {
    "pages": PageSitemap(),
    "publications": PublicSitemap(Publication.objects.published),
    "files": FileSitemap(),
    "lists": PublicSitemap(SavedList.objects.published),
    "projects": PublicSitemap(Project.objects.published),
    "grants": PublicSitemap(Grant.objects.published),
    "talks": PublicSitemap(Talk.objects.published),
    "teaching": PublicSitemap(Course.objects.published),
    "posts": PublicSitemap(Post.objects.published),
    "people": PublicSitemap(Person.objects.published, ["updated_at"]),
    "cvs": PublicSitemap(CV.objects.published),
    "own-pages": OwnPageSitemap(),
    "tags": PublicSitemap(lambda: tags_in_use(VISITOR), ["updated_at"]),
}


def sitemap(request):
    """Return all URLs in one file, or an index of several files if they do not fit into one."""
    if sum(sitemap.paginator.count for sitemap in SITEMAPS.values()) > PublicSitemap.limit:
        return views.index(request, SITEMAPS, sitemap_url_name="sitemap-section")
    return views.sitemap(request, SITEMAPS)
