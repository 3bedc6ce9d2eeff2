"""The pages that compose several apps, and those that are about none."""

import os
import sys
from functools import cache, partial
from pathlib import PurePosixPath

from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import BadRequest
from django.core.files.storage import default_storage
from django.db import Error, InterfaceError, OperationalError, connection
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.db.models import prefetch_related_objects
from django.http import Http404, HttpResponse, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.cache import get_conditional_response
from django.utils.http import content_disposition_header
from django.views.generic import ListView, RedirectView, TemplateView, View

from config.pages import search
from config.pages.cv import CV
from config.pages.json_resume import resume
from config.pages.tags import tags_by_use, tags_in_use, with_uses
from config.pages.typesetting import cv_as_pdf
from config.pictures.cards import PAGES, card_for
from config.pictures.icons import SIZES, Icon
from config.pictures.tokens import colour
from config.templatetags.site import absolute
from profiles import edition
from profiles.content import addresses
from profiles.content.slugs import make_slug
from profiles.content.storage import opened, trouble
from profiles.models import Activity, Person, Section, Tag
from profiles.search import indexing
from profiles.search.queries import Query
from profiles.views import KeptDetailView, lazily, look_of_site, owner_of_site
from projects.models import Project
from publications.files import serve
from publications.filters import LONGEST_QUERY, Facets, Filters
from publications.models import Publication
from publications.views import CountedPaginator


class Home(TemplateView):
    template_name = "config/home.html"
    papers_shown = 5

    def get_context_data(self, **kwargs):
        user, owner = self.request.user, owner_of_site(self.request)
        if owner is None or not (owner.is_public_page or user.is_staff):
            return super().get_context_data(owner=None, **kwargs)
        return super().get_context_data(
            # Addresses on the page are whole ones.
            key=addresses.absolute(self.request, "/"),
            owner=lazily(self.get_owner),
            relations=lazily(lambda: owner.relations.select_related("related")),
            papers=lazily(self.get_papers),
            projects=lazily(lambda: Project.objects.visible_to(user).filter(featured=True).for_listing()),
            timeline=lazily(lambda: self.get_activities().exclude(kind=Activity.Kind.TRAVEL)[:12]),
            places=lazily(
                lambda: [one for one in self.get_activities().filter(kind=Activity.Kind.TRAVEL) if one.place]
            ),
            sections=lazily(lambda: Section.objects.visible_to(user)),
            blocks=[f"config/home/{block}.html" for block in look_of_site(self.request).blocks],
            **kwargs,
        )

    def get_owner(self):
        owner = owner_of_site(self.request)
        prefetch_related_objects([owner], "links", "tags")
        return owner

    def get_activities(self):
        return owner_of_site(self.request).activities.visible_to(self.request.user)

    def get_places(self):
        return [travel for travel in self.get_activities().filter(kind=Activity.Kind.TRAVEL) if travel.place]

    def get_papers(self):
        """The selected ones, or the newest where none is; the newest is there, selected or not."""
        user = self.request.user
        works = Publication.objects.visible_to(user).works(user).with_authors_shown(user).newest_first()
        works = works.only(*Publication.brief_fields)
        newest = list(works[: self.papers_shown])
        selected = list(works.filter(featured=True)[: self.papers_shown])
        return list(dict.fromkeys([*newest[:1], *selected]))[: self.papers_shown] if selected else newest


class TagList(ListView):
    template_name = "config/tag_list.html"
    paginate_by = 200

    def get_queryset(self):
        return tags_by_use(self.request)

    def get_context_data(self, **kwargs):
        context = super().get_context_data(**kwargs)
        # Read only where the page is not kept.
        context["object_list"] = lazily(with_uses, context["object_list"])
        return context


class Search(ListView):
    """Everything public that has all the words: publications by pages, what else there is above the first."""

    template_name = "config/search.html"
    paginate_by = 20

    def get_queryset(self):
        indexing.refresh_for(self.request)
        asked = self.request.GET.copy()
        asked["q"] = asked.get("q", "")[:LONGEST_QUERY]
        self.filters = Filters.from_query(asked)
        self.query = Query.parse(self.filters.q)
        self.shown = self.get_shown()
        self.facets = Facets(self.filters, self.shown, self.request, is_searched=True)
        return edition.KeptRows(self.request, self.facets.key, Publication, self.get_best)

    def get_shown(self):
        """The publications that match, each work once."""
        if not self.query:
            return Publication.objects.none()
        user = self.request.user
        return Publication.objects.visible_to(user).search(self.query, user).without_found_versions()

    def get_best(self):
        works = self.filters.apply(self.shown, self.request.user, without={"q"}).only(*Publication.brief_fields)
        return works.best_first(self.query) if self.query.terms else works.newest_first()

    def get_paginator(self, *args, **kwargs):
        return CountedPaginator(*args, count=self.facets.count, **kwargs)

    def get_context_data(self, **kwargs):
        query = self.filters.query_string()
        context = super().get_context_data(
            filters=self.filters,
            facets=self.facets,
            count=self.facets.count,
            selected=self.facets.selected(),
            page_base=f"{query}&" if query else "?",
            **kwargs,
        )
        search.add_snippets(context["object_list"], self.query, self.request)
        is_first = context["page_obj"].number == 1 and not (self.filters.year or self.filters.type)
        kinds = lazily(search.other_kinds, self.query, self.request) if is_first else []
        has_kinds = is_first and edition.kept(self.request, ("kinds", self.filters.q), lambda: len(kinds))
        return {**context, "kinds": kinds, "has_kinds": has_kinds}


class TagDetail(KeptDetailView):
    model = Tag
    template_name = "config/tag_detail.html"
    papers_shown = 50

    def get_queryset(self):
        return tags_in_use(self.request.user)

    def get_works(self):
        user = self.request.user
        works = Publication.objects.visible_to(user).works(user)
        return works.filter(taggedpublication__tag=self.object).newest_first()

    def get_context_data(self, **kwargs):
        user, tag = self.request.user, self.object
        papers = edition.KeptRows(self.request, self.key, Publication, self.get_works)[: self.papers_shown + 1]
        return super().get_context_data(
            papers=papers[: self.papers_shown],
            has_more_papers=len(papers) > self.papers_shown,
            projects=lazily(lambda: Project.objects.visible_to(user).filter(taggedproject__tag=tag).for_listing()),
            activities=lazily(lambda: Activity.objects.visible_to(user).filter(taggedactivity__tag=tag)),
            people=lazily(lambda: Person.objects.published().filter(taggedperson__tag=tag)),
            **kwargs,
        )


class Curriculum(TemplateView):
    template_name = "config/cv.html"

    def get_cv(self):
        user = self.request.user
        owner = Person.objects.prefetch_related("links", "tags").owner()
        self.request.site_owner = owner
        if owner is None or not (owner.is_public_page or user.is_staff):
            raise Http404("There is no CV here yet.")
        return lazily(CV.of_owner, owner, user)

    def get_context_data(self, **kwargs):
        return super().get_context_data(cv=self.get_cv(), **kwargs)


class CurriculumPDF(Curriculum):
    """The CV to print and to send."""

    def get(self, request, *args, **kwargs):
        cv = self.get_cv()
        content = cv_as_pdf(cv, partial(absolute, {"request": request}))
        response = HttpResponse(content, content_type="application/pdf")
        name = make_slug(f"{cv.owner.name} CV") or "CV"
        response.headers["Content-Disposition"] = content_disposition_header(
            as_attachment=False, filename=f"{name}.pdf"
        )
        return response


class CurriculumJSON(Curriculum):
    """The CV for programs, as JSON Resume."""

    def get(self, request, *args, **kwargs):
        content = resume(self.get_cv(), partial(absolute, {"request": request}))
        return JsonResponse(content, json_dumps_params={"ensure_ascii": False, "indent": 2})


def drawn(request, key, png):
    """A picture that the site draws; under an address with its key (``v``) it may be kept for ever."""
    response = get_conditional_response(request, etag=f'"{key}"')
    if response is None:
        response = HttpResponse(png(), content_type="image/png", headers={"ETag": f'"{key}"'})
    is_named = request.GET.get("v") == key
    response.headers["Cache-Control"] = "public, max-age=" + ("31536000, immutable" if is_named else "3600")
    return response


class CardImage(View):
    """The social card of a page, for whoever may see the page without signing in: services that show links."""

    def get(self, request, page):
        owner, look = owner_of_site(request), look_of_site(request)
        card = card_for(self.get_subject(page), owner, look)
        return drawn(request, card.key, card.png)

    def get_subject(self, page):
        if page == "home":
            return ""
        if page in PAGES:
            return page
        kind, _, slug = page.partition("/")
        visitor = AnonymousUser()
        published = {
            "publications": Publication.objects.published().with_authors(visitor),
            "projects": Project.objects.published(),
            "people": Person.objects.published(),
            "tags": tags_in_use(visitor),
        }
        if kind not in published:
            raise Http404("There is no such picture.")
        return get_object_or_404(published[kind], slug=slug)


class IconImage(View):
    """The icon of the site."""

    def get(self, request, size):
        if size not in SIZES:
            raise Http404("There is no icon of that size.")
        icon = Icon.of_site(owner_of_site(request), look_of_site(request))
        return drawn(request, icon.key, partial(icon.png, size))


class Manifest(View):
    """What a phone wants to know that puts the site on its home screen (W3C's Web Application Manifest)."""

    def get(self, request):
        owner, look = owner_of_site(request), look_of_site(request)
        name, key = owner.name if owner else "Academic site", Icon.of_site(owner, look).key
        paper = colour("paper", look.hue, "light").hex
        icons = [
            {"src": f"{reverse('icon', args=[size])}?v={key}", "sizes": f"{size}x{size}", "type": "image/png"}
            for size in SIZES
        ]
        content = {
            "name": name,
            "short_name": name[:30],
            "start_url": reverse("home"),
            "display": "minimal-ui",
            "theme_color": paper,
            "background_color": paper,
            "icons": icons,
        }
        return JsonResponse(content, content_type="application/manifest+json")


class Favicon(RedirectView):
    """For browsers that ask for an icon by its old address, as on the admin's pages."""

    def get_redirect_url(self):
        return reverse("icon", args=[48])


class Robots(View):
    def get(self, request):
        sitemap = addresses.absolute(request, reverse("sitemap"))
        # An address of the admin that was chosen is not told to everybody here.
        usual = [reverse("admin:index")] if settings.ADMIN_PATH == "admin" else []
        closed = [*usual, *settings.ROBOTS_DISALLOW]
        lines = ["User-agent: *", *(f"Disallow: {path}" for path in closed), "", f"Sitemap: {sitemap}", ""]
        return HttpResponse("\n".join(lines), content_type="text/plain; charset=utf-8")


@cache
def migrations_on_disk():
    return frozenset(MigrationLoader(None, ignore_no_migrations=True).graph.leaf_nodes())


class Alive(View):
    """200 as long as this process answers, whatever else does not: a probe that restarts it must ask no more."""

    def get(self, request):
        response = HttpResponse("ok\n", content_type="text/plain; charset=utf-8")
        response.headers["Cache-Control"] = "no-store"
        return response


class Health(View):
    """200 when the site can do its work, 503 with the reason otherwise.

    The database answers, no migration is missing, and the folders that it writes can be written.
    """

    def get(self, request):
        try:
            missing = migrations_on_disk() - set(MigrationRecorder(connection).applied_migrations())
        except Error:
            return self.answer(503, "The database does not answer.")
        if missing:
            return self.answer(503, "The database is older than the code: run “manage.py migrate”.")
        if not all(os.access(folder, os.W_OK | os.X_OK) for folder in self.get_folders()):
            return self.answer(503, "The data folder cannot be written.")
        return self.answer(200, "ok")

    def get_folders(self):
        if connection.vendor == "sqlite":
            yield settings.DATA_DIR
        if not settings.MEDIA_STORAGE_URL:
            yield settings.MEDIA_ROOT

    def answer(self, status, text):
        response = HttpResponse(f"{text}\n", status=status, content_type="text/plain; charset=utf-8")
        response.headers["Cache-Control"] = "no-store"
        return response


class Media(View):
    """Uploaded images, in the sizes made for pages; other uploads are handed out beside their page.

    The original of a photo tells where and with what it was taken, so it is for editors alone.
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
        # A changed image has a new address.
        response.headers["Cache-Control"] = f"{'private' if is_original else 'public'}, max-age=31536000, immutable"
        response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
        return response


def refused(request, exception, *, template, status):
    """An error page in the site's look, with the sentence that the exception carries for the visitor."""
    reason = next((arg for arg in getattr(exception, "args", ()) if isinstance(arg, str)), "")
    return render(request, template, {"reason": reason}, status=status)


def bad_request(request, exception):
    # Only what was raised as BadRequest is written for visitors.
    exception = exception if isinstance(exception, BadRequest) else None
    return refused(request, exception, template="400.html", status=400)


def server_error(request):
    """500, or 503 where it is the database that does not answer, 507 where it is the disk. Asks neither."""
    error = sys.exc_info()[1]
    sentence = trouble(error)
    away = not sentence and isinstance(error, OperationalError | InterfaceError)
    status = 507 if sentence else 503 if away else 500
    response = render(None, "500.html", {"database_is_away": away, "trouble": sentence}, status=status)
    response.headers["Cache-Control"] = "no-store"
    if away:
        response.headers["Retry-After"] = "10"
    return response


def page_not_found(request, exception):
    return refused(request, exception, template="404.html", status=404)
