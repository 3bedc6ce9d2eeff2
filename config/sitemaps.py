from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.contrib.sitemaps import Sitemap, views
from django.urls import reverse

from config.tags import tags_in_use
from profiles.models import Person
from projects.models import Project
from publications.models import Publication


class PublicSitemap(Sitemap):
    def get_protocol(self, protocol=None):
        return urlsplit(settings.SITE_URL).scheme or protocol or "http"

    def get_domain(self, site=None):
        return urlsplit(settings.SITE_URL).netloc or super().get_domain(site)

    def lastmod(self, item):
        # What opened by itself has changed then.
        return max(filter(None, (item.updated_at, getattr(item, "publish_at", None))))


class PageSitemap(PublicSitemap):
    def items(self):
        names = ["home", "publications:publications", "projects:projects", "profiles:people", "profiles:activities"]
        return [*names, "tags", "cv"]

    def location(self, name):
        return reverse(name)

    def lastmod(self, name):
        return None


class PublicationSitemap(PublicSitemap):
    def items(self):
        return Publication.objects.published().only("slug", "updated_at", "publish_at").order_by("pk")


class ProjectSitemap(PublicSitemap):
    def items(self):
        return Project.objects.published().only("slug", "updated_at", "publish_at").order_by("pk")


class PersonSitemap(PublicSitemap):
    def items(self):
        return Person.objects.published().only("slug", "updated_at").order_by("pk")


class TagSitemap(PublicSitemap):
    def items(self):
        return tags_in_use(AnonymousUser()).only("slug", "updated_at").order_by("pk")


SITEMAPS = {
    "pages": PageSitemap,
    "publications": PublicationSitemap,
    "projects": ProjectSitemap,
    "people": PersonSitemap,
    "tags": TagSitemap,
}


def sitemap(request):
    """All addresses in one file, or an index of files where they are more than one file may hold (sitemaps.org)."""
    if sum(sitemap().paginator.count for sitemap in SITEMAPS.values()) > Sitemap.limit:
        return views.index(request, SITEMAPS, sitemap_url_name="sitemap-section")
    return views.sitemap(request, SITEMAPS)
