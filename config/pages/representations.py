"""The representations of pages for programs: content negotiation (RFC 9110, section 12), and pages as Markdown.

The address of a page answers with the representation that the Accept header prefers. Its Markdown also has a separate
address, which ends in ".md". Every representation contains only what visitors may see, even for an editor. To add one,
write its function and add it to FOR_PAGES or FOR_WORKS.
"""

import re
from dataclasses import dataclass
from functools import partial

from django.http import Http404, HttpResponse, HttpResponseBadRequest, JsonResponse, StreamingHttpResponse
from django.http.request import MediaType
from django.template.loader import render_to_string
from django.urls import path, reverse
from django.utils.cache import patch_vary_headers
from django.views.generic import View

from config.cv import views as cv
from config.pages import home, metadata, tags
from config.text.source import tidy, with_absolute_links
from profiles import views as profiles
from profiles.content.addresses import absolute
from profiles.feeds import VISITOR
from projects import views as projects
from publications import signposting
from publications import views as publications
from publications.citations import bibliography, styles
from publications.exports import export_response
from publications.references.formats import BY_MEDIA_TYPE

HTML, MARKDOWN, JSON_LD, BIBLIOGRAPHY = "text/html", "text/markdown", "application/ld+json", "text/x-bibliography"
# The parts of an Accept header. A quoted parameter may contain commas.
RANGE = re.compile(r'(?:[^,"]|"[^"]*"?)+')


def preferred(accept, offered):
    """Return the media type that an Accept header prefers, with its parameters there: ("text/html", {}).

    Types that the header names win over its wildcards, and HTML over types of the same weight. A client that accepts
    nothing of what is ``offered`` gets HTML.
    """
    ranges = [MediaType(text) for text in RANGE.findall(accept)]
    best, choice = (0, 0), (HTML, {})
    for type_ in (HTML, *offered):
        main, _, sub = type_.partition("/")
        # (how precisely it names the type, its weight, its parameters)
        matching = [
            (min(one.specificity, 2), one.quality, one.params)
            for one in ranges
            if one.main_type in (main, "*") and one.sub_type in (sub, "*")
        ]
        precision, weight, parameters = max(matching, key=lambda match: match[:2], default=(0, 0, {}))
        if weight and (weight, precision) > best:
            best, choice = (weight, precision), (type_, parameters)
    return choice


def works_of(context):
    """Return an iterable of the publications of a page: the one that it is about, or all that it lists."""
    if "publication" in context:
        return [context["publication"]]
    works = context["works"].defer(None).with_references(VISITOR)
    return works.iterator(chunk_size=bibliography.CHUNK)


def as_export(request, response, parameters, *, ending):
    name = request.resolver_match.kwargs.get("slug", "publications")
    return export_response(request, works_of(response.context_data), ending, name)


def as_bibliography(request, response, parameters):
    """Return formatted citations; without any citation styles, the page."""
    if not styles.available():
        return response
    favourite = request.site_owner.citation_style if request.site_owner else ""
    try:
        style = bibliography.style_named(parameters.get("style") or favourite or "apa")
    except bibliography.UnknownStyleError as error:
        return HttpResponseBadRequest(f"{error}\n", content_type="text/plain; charset=utf-8")
    content_type = f"{BIBLIOGRAPHY}; style={style.key}; locale={style.locale}; charset=utf-8"
    lines = bibliography.lines(works_of(response.context_data), style)
    return StreamingHttpResponse(lines, content_type=content_type)


def as_linkset(request, response, parameters):
    context, url = response.context_data, partial(absolute, request)
    if "publication" in context:
        content = signposting.linkset(context["publication"], context["record"], url)
    else:
        content = signposting.linkset_of_list(request.path, context["works"].only("slug"), url)
    return JsonResponse(content, content_type=signposting.LINKSET)


def as_json_ld(request, response, parameters):
    site = metadata.Site(partial(absolute, request))
    graph = metadata.GRAPHS[request.resolver_match.view_name](response.context_data, site)
    return HttpResponse(metadata.as_json(graph), content_type=JSON_LD)


def as_markdown(request, response, parameters):
    """Return the page made from the template of the same name with the extension "md"."""
    template = response.template_name[0].replace(".html", ".md")
    text = tidy(render_to_string(template, response.context_data, request))
    text = with_absolute_links(text, page_address(request), partial(absolute, request))
    return HttpResponse(text, content_type=f"{MARKDOWN}; charset=utf-8")


FOR_PAGES = {JSON_LD: as_json_ld, MARKDOWN: as_markdown}
FOR_WORKS = {
    **{media_type: partial(as_export, ending=ending) for media_type, ending in BY_MEDIA_TYPE.items()},
    BIBLIOGRAPHY: as_bibliography,
    signposting.LINKSET: as_linkset,
    **FOR_PAGES,
}


@dataclass(frozen=True)
class RepresentedPage:
    """A page with representations. ``markdown`` is its route as Markdown, ``offers`` maps media types to functions."""

    view: type
    markdown: str
    offers: dict


# By URL name.
PAGES = {
    "home": RepresentedPage(home.Home, "index.md", FOR_PAGES),
    "cv": RepresentedPage(cv.Curriculum, "cv.md", {MARKDOWN: as_markdown}),
    "saved-cv": RepresentedPage(cv.SavedCV, "cv/<str:slug>.md", {MARKDOWN: as_markdown}),
    "tags": RepresentedPage(tags.TagList, "tags.md", FOR_PAGES),
    "tag": RepresentedPage(tags.TagDetail, "tags/<str:slug>.md", FOR_WORKS),
    "publications:publications": RepresentedPage(publications.PublicationList, "publications.md", FOR_WORKS),
    "publications:publication": RepresentedPage(
        publications.PublicationDetail, "publications/<str:slug>.md", FOR_WORKS
    ),
    "publications:list": RepresentedPage(publications.SavedListDetail, "publications/lists/<str:slug>.md", FOR_WORKS),
    "projects:projects": RepresentedPage(projects.ProjectList, "projects.md", FOR_PAGES),
    "projects:project": RepresentedPage(projects.ProjectDetail, "projects/<str:slug>.md", FOR_WORKS),
    "projects:grants": RepresentedPage(projects.GrantList, "grants.md", FOR_PAGES),
    "projects:grant": RepresentedPage(projects.GrantDetail, "grants/<str:slug>.md", FOR_WORKS),
    "profiles:people": RepresentedPage(profiles.PersonList, "people.md", FOR_PAGES),
    "profiles:person": RepresentedPage(profiles.PersonDetail, "people/<str:slug>.md", FOR_WORKS),
    "profiles:talks": RepresentedPage(profiles.TalkList, "talks.md", FOR_PAGES),
    "profiles:talk": RepresentedPage(profiles.TalkDetail, "talks/<str:slug>.md", FOR_WORKS),
    "profiles:news": RepresentedPage(profiles.PostList, "news.md", FOR_PAGES),
    "profiles:post": RepresentedPage(profiles.PostDetail, "news/<str:slug>.md", FOR_PAGES),
    "profiles:activities": RepresentedPage(profiles.ActivityList, "activities.md", FOR_PAGES),
    "profiles:teaching": RepresentedPage(profiles.CourseList, "teaching.md", FOR_PAGES),
    "profiles:course": RepresentedPage(profiles.CourseDetail, "teaching/<str:slug>.md", FOR_PAGES),
    "page": RepresentedPage(profiles.PageDetail, "<page:path>.md", FOR_PAGES),
}


def page_address(request):
    """Return the address of a page that answers as Markdown, perhaps at its own address: the base of relative links."""
    is_home = request.path == markdown_address("home")
    return reverse("home") if is_home else re.sub(r"\.md$", "/", request.path)


def markdown_name(page):
    return f"{page.rpartition(':')[2]}-markdown"


def markdown_address(page, **kwargs):
    """Return the address as Markdown of the page with that URL name."""
    return reverse(markdown_name(page), kwargs=kwargs)


def represent(request, view, kwargs, represent_as, parameters):
    """Return a representation of what a visitor sees in a view, or the view's own response if that is a redirect."""
    request.user = VISITOR
    response = view(request, **kwargs)
    if not hasattr(response, "context_data"):
        return response
    return represent_as(request, response, parameters)


class MarkdownPage(View):
    """The Markdown of a page at an address that ends in ".md". ``page`` is the URL name of the page."""

    page = ""

    def get(self, request, **kwargs):
        view = PAGES[self.page].view.as_view()
        response = represent(request, view, kwargs, as_markdown, {})
        page = absolute(request, reverse(self.page, kwargs=kwargs))
        response.headers["Link"] = signposting.header([("canonical", page, {"type": HTML})])
        return response


class Negotiation:
    """Middleware that answers with the representation of a page that the client prefers."""

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        response = self.get_response(request)
        if self.find_page(request):
            patch_vary_headers(response, ["Accept"])
        return response

    def process_view(self, request, view, args, kwargs):
        page = self.find_page(request)
        if page is None or request.method not in ("GET", "HEAD"):
            return None
        media_type, parameters = preferred(request.headers.get("Accept", "*/*"), page.offers)
        if media_type == HTML:
            return None
        try:
            return represent(request, view, kwargs, page.offers[media_type], parameters)
        except Http404:
            return None  # the view will say so, and perhaps a page of an editor has the address

    def find_page(self, request):
        match = request.resolver_match
        return PAGES.get(match.view_name) if match else None


urlpatterns = [
    path(page.markdown, MarkdownPage.as_view(page=name), name=markdown_name(name))
    for name, page in PAGES.items()
    if name != "page"  # its address comes after all others (config.pages.own)
]
