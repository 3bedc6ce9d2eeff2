"""The sitemap (sitemaps.org): the addresses of all public pages."""

from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.contrib.sitemaps import Sitemap, views
from django.db.models import Max
from django.urls import reverse

from config.pages.tags import tags_in_use
from profiles.models import Activity, Person, Section
from projects.models import Project
from publications.models import Publication, Resource


class PublicSitemap(Sitemap):
    limit = 5_000  # addresses in a file; the protocol's limit of 50,000 would take seconds to write

    def get_protocol(self, protocol=None):
        return urlsplit(settings.SITE_URL).scheme or protocol or "http"

    def get_domain(self, site=None):
        return urlsplit(settings.SITE_URL).netloc or super().get_domain(site)

    def lastmod(self, item):
        # Scheduled content changes at the moment it is published.
        return max(filter(None, (item.updated_at, getattr(item, "publish_at", None))))


class ModelSitemap(PublicSitemap):
    """The pages of a model's public objects."""

    model = None

    def get_latest_lastmod(self):
        # Without reading every object.
        return _newest(self.model)


class PageSitemap(PublicSitemap):
    """The pages that show several models, each as new as the newest object on it."""

    def items(self):
        newest = {model: _newest(model) for model in (Publication, Project, Activity, Section, Person)}
        works, projects, activities, sections, people = newest.values()
        pages = {
            "home": [works, projects, activities, sections, people],
            "publications:publications": [works],
            "projects:projects": [projects],
            "profiles:people": [people],
            "profiles:activities": [activities],
            "tags": [works, projects, activities, people],
            "cv": [works, projects, activities, people],
        }
        return [(name, max(filter(None, moments), default=None)) for name, moments in pages.items()]

    def location(self, item):
        return reverse(item[0])

    def lastmod(self, item):
        return item[1]


def _newest(model):
    """Return when a public object of the model changed last, or None."""
    names = [field.name for field in model._meta.fields if field.name in ("updated_at", "publish_at")]
    rows = model.objects.published()
    found = [rows.order_by(f"-{name}").values_list(name, flat=True).first() for name in names]
    return max(filter(None, found), default=None)


class PublicationSitemap(ModelSitemap):
    model = Publication

    def items(self):
        return Publication.objects.published().only("slug", "updated_at", "publish_at").order_by("pk")


class FileSitemap(PublicSitemap):
    """The uploaded PDFs."""

    def items(self):
        published = Publication.objects.published()
        files = Resource.objects.filter(publication__in=published, file__iendswith=".pdf").select_related("publication")
        names = ("slug", "updated_at", "publish_at")
        return files.order_by("pk").only("file", *(f"publication__{name}" for name in names))

    def get_latest_lastmod(self):
        newest = self.items().order_by().aggregate(Max("publication__updated_at"), Max("publication__publish_at"))
        return max(filter(None, newest.values()), default=None)

    def location(self, resource):
        return resource.href

    def lastmod(self, resource):
        return super().lastmod(resource.publication)


class ProjectSitemap(ModelSitemap):
    model = Project

    def items(self):
        return Project.objects.published().only("slug", "updated_at", "publish_at").order_by("pk")


class PersonSitemap(ModelSitemap):
    model = Person

    def items(self):
        return Person.objects.published().only("slug", "updated_at").order_by("pk")


class TagSitemap(PublicSitemap):
    def items(self):
        return tags_in_use(AnonymousUser()).only("slug", "updated_at").order_by("pk")


SITEMAPS = {
    "pages": PageSitemap,
    "publications": PublicationSitemap,
    "files": FileSitemap,
    "projects": ProjectSitemap,
    "people": PersonSitemap,
    "tags": TagSitemap,
}


def sitemap(request):
    """All addresses in one file, or an index of several files if they do not fit into one."""
    if sum(sitemap().paginator.count for sitemap in SITEMAPS.values()) > PublicSitemap.limit:
        return views.index(request, SITEMAPS, sitemap_url_name="sitemap-section")
    return views.sitemap(request, SITEMAPS)
