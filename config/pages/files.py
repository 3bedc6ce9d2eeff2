"""Files of the site as a whole: uploaded images, social cards, icons, and descriptions for programs."""

from functools import partial
from pathlib import PurePosixPath

from django.conf import settings
from django.core.files.storage import default_storage
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.cache import get_conditional_response
from django.views.generic import TemplateView, View

from config.pages.contents import pages_with_content
from config.pages.home import newest_papers, selected_papers
from config.pages.representations import markdown_address
from config.pages.tags import tags_in_use
from config.pictures.cards import PAGES, card_for
from config.pictures.icons import SIZES, Icon
from config.pictures.tokens import colour
from profiles.content.addresses import absolute
from profiles.feeds import VISITOR, site_name
from profiles.files.serving import serve
from profiles.files.storage import opened
from profiles.models import Course, Page, Person, Post, Talk
from projects.models import Grant, Project
from publications.models import Publication
from publications.references.formats import EXPORTS


class Media(View):
    """Uploaded images, in the sizes made for pages. Other uploads are served beside the page they belong to.

    Only editors can load the original of a photo, which may contain where it was taken.
    """

    def get(self, request, path):
        parts = PurePosixPath(path).parts
        is_original = len(parts) == len(("images", "token", "name.jpg"))
        if parts[:1] != ("images",) or ".." in parts or (is_original and not request.user.is_staff):
            raise Http404("There is no such image.")
        try:
            file, modified = opened(default_storage, path)
        except FileNotFoundError as error:
            raise Http404("There is no such image.") from error
        etag = f"{modified.timestamp():.6f}-{file.size}"
        response = serve(request, file, name=parts[-1], etag=etag, modified=modified)
        # A changed image gets a new address.
        response.headers["Cache-Control"] = f"{'private' if is_original else 'public'}, max-age=31536000, immutable"
        response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
        return response


class CardImage(View):
    """The social card of a page that visitors may see."""

    def get(self, request, page):
        card = card_for(self.get_subject(page), request.site_settings, request.look)
        return picture_response(request, card.key, card.png)

    def get_subject(self, page):
        kind, _, slug = page.partition("/")
        published = {
            "publications": Publication.objects.published().with_authors(VISITOR),
            "projects": Project.objects.published(),
            "grants": Grant.objects.published().prefetch_related("investigators__person"),
            "teaching": Course.objects.published(),
            "people": Person.objects.published(),
            "talks": Talk.objects.published().prefetch_related("occasions", "speakers"),
            "news": Post.objects.published(),
            "tags": tags_in_use(VISITOR),
        }
        if page == "home" or page in PAGES:
            return page
        found = published[kind].filter(slug=slug).first() if kind in published else None
        return found or get_object_or_404(Page.objects.published(), path=page)


class IconImage(View):
    """The icon of the site in one of its sizes."""

    def get(self, request, size):
        if size not in SIZES:
            raise Http404("There is no icon of that size.")
        icon = Icon.of_site(request.site_settings, request.look)
        return picture_response(request, icon.key, partial(icon.png, size))


def picture_response(request, key, draw):
    """Return a picture that the site draws. At a URL that contains its key (``v``), it never expires."""
    etag = f'"{key}"'
    response = get_conditional_response(request, etag=etag) or HttpResponse(draw(), content_type="image/png")
    response.headers["ETag"] = etag
    has_key = request.GET.get("v") == key
    response.headers["Cache-Control"] = "public, max-age=" + ("31536000, immutable" if has_key else "3600")
    return response


class Manifest(View):
    """The web app manifest, which a phone reads to add the site to its home screen."""

    def get(self, request):
        settings, look = request.site_settings, request.look
        name, key = site_name(request), Icon.of_site(settings, look).key
        paper = colour("paper", look.theme, look.accent, "light")
        content = {
            "name": name,
            "short_name": name[:30],
            "start_url": reverse("home"),
            "display": "minimal-ui",
            "theme_color": paper,
            "background_color": paper,
            "icons": [
                {"src": f"{reverse('icon', args=[size])}?v={key}", "sizes": f"{size}x{size}", "type": "image/png"}
                for size in SIZES
            ],
        }
        return JsonResponse(content, content_type="application/manifest+json")


class Robots(View):
    def get(self, request):
        # robots.txt is public: it does not contain an admin path that was chosen to be secret.
        admin = [reverse("admin:index")] if settings.ADMIN_PATH == "admin" else []
        disallowed = [f"Disallow: {path}" for path in [*admin, *settings.ROBOTS_DISALLOW]]
        sitemap = absolute(request, reverse("sitemap"))
        lines = ["User-agent: *", *disallowed, "", f"Sitemap: {sitemap}", ""]
        return HttpResponse("\n".join(lines), content_type="text/plain; charset=utf-8")


class LLMs(TemplateView):
    """The main pages as Markdown and the exports, for language models (llmstxt.org). It has what visitors may see."""

    template_name = "config/llms.txt"
    content_type = "text/plain; charset=utf-8"

    def get_context_data(self, **kwargs):
        self.request.user = VISITOR
        site = self.request.site_settings
        is_public = site.is_group or bool(site.owner and site.owner.is_public_page)
        shown = {"home", *pages_with_content(VISITOR)}
        selected = selected_papers(VISITOR) if is_public else []
        pages = [
            ("Home", "home", "biography and selected work"),
            ("Publications", "publications:publications", "all works, the newest first"),
            ("Projects", "projects:projects", "software, data, books"),
            ("Grants", "projects:grants", "grants, with their funders"),
            ("Talks", "profiles:talks", "upcoming and earlier talks, with slides"),
            ("News", "profiles:news", "posts, the newest first"),
            ("Activities", "profiles:activities", "education, positions, awards, service, travel"),
            ("Teaching", "profiles:teaching", "courses, with their terms"),
            ("People", "profiles:people", "the people of this site"),
            ("Tags", "tags", "all subjects, by use"),
            ("CV", "cv", "curriculum vitae"),
        ]
        files = [
            (
                "publications:publications",
                f"Publications as {format_.label}",
                reverse("publications:export", args=[ending]),
            )
            for ending, format_ in EXPORTS.items()
        ]
        files += [
            ("cv", "CV as JSON Resume", reverse("cv-json")),
            ("cv", "CV as PDF", reverse("cv-pdf")),
            ("profiles:activities", "Activities as a calendar", reverse("profiles:calendar")),
            ("profiles:talks", "Talks as a calendar", reverse("profiles:talks-calendar")),
            ("profiles:news", "Atom feed of the news", reverse("profiles:news-feed")),
            ("home", "Atom feed", reverse("feed")),
            ("home", "Sitemap", reverse("sitemap")),
        ]
        return super().get_context_data(
            summary=(is_public and site.headline) or f"Publications and projects of {site_name(self.request)}.",
            pages=[(label, markdown_address(page), note) for label, page, note in pages if page in shown],
            selected=selected,
            newest=newest_papers(VISITOR, selected) if is_public else [],
            own_pages=Page.objects.published().filter(introduces="").in_tree_order().only("title", "path")[:100],
            exports=[(label, address) for page, label, address in files if page in shown],
            **kwargs,
        )


class OpenSearch(TemplateView):
    """Lets browsers add the site's search to their search engines (OpenSearch 1.1)."""

    template_name = "config/opensearch.xml"
    content_type = "application/opensearchdescription+xml"

    def get_context_data(self, **kwargs):
        return super().get_context_data(name=site_name(self.request), **kwargs)
