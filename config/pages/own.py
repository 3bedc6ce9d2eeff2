"""The addresses of pages that editors have written. They come after all built-in addresses."""

from django.http import Http404
from django.shortcuts import redirect
from django.urls import Resolver404, path, re_path, register_converter, resolve
from django.views.generic import View

from config.pages.representations import PAGES, MarkdownPage, Negotiation, markdown_name
from profiles.models import Page
from profiles.models.page import MAX_DEPTH
from profiles.views import PageDetail, PageFile

PATH = rf"[-\w]+(?:/[-\w]+){{0,{MAX_DEPTH - 1}}}"


class PagePath:
    """The slugs of a page and of the pages above it."""

    regex = PATH

    def to_python(self, value):
        return value

    def to_url(self, value):
        return value


register_converter(PagePath, "page")


class WithoutSlash(View):
    """Redirects an address without its last slash to what is there. Otherwise each mistyped address would redirect."""

    def get(self, request, path):
        pages = Page.objects.visible_to(request.user)
        is_own = resolve(f"/{path}/").view_name == "page"
        if is_own and not (pages.filter(path=path).exists() or pages.moved_from(path)):
            raise Http404("There is no such page.")
        query = request.META.get("QUERY_STRING", "")
        return redirect(f"{request.path}/?{query}" if query else f"{request.path}/", permanent=True)


urlpatterns = [
    path("<page:path>/", PageDetail.as_view(), name="page"),
    path(PAGES["page"].markdown, MarkdownPage.as_view(page="page"), name=markdown_name("page")),
    re_path(rf"^(?P<path>{PATH})$", WithoutSlash.as_view(), name="page-without-slash"),
    # The name of a file has a dot, so that it is no page without its slash.
    re_path(rf"^(?P<path>{PATH})/(?P<name>[^/]+\.[^/]+)$", PageFile.as_view(), name="page-file"),
]


class PageFallback:
    """Middleware that answers with a page where a built-in view has found nothing.

    A page below “Teaching” has an address of the form that courses have: /teaching/os/. A course comes first.
    """

    def __init__(self, get_response):
        self.get_response = get_response

    def __call__(self, request):
        return self.get_response(request)

    def process_exception(self, request, exception):
        built_in = request.resolver_match
        if not isinstance(exception, Http404) or request.method not in ("GET", "HEAD"):
            return None
        try:
            match = resolve(request.path_info, __name__)
            if match.view_name in (built_in.view_name, "page-without-slash"):
                return None
            request.resolver_match = match
            negotiated = Negotiation(self.get_response).process_view(request, match.func, match.args, match.kwargs)
            return negotiated or match.func(request, *match.args, **match.kwargs)
        except (Resolver404, Http404):
            request.resolver_match = built_in
            return None
