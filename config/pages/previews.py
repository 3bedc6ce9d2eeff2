"""The pages behind preview links: secret addresses that show content before it is public."""

from django.contrib.auth.models import AnonymousUser
from django.shortcuts import render
from django.views.generic import View

from config.cv.views import SavedCV, SavedCVFile
from profiles.models import Membership, PreviewLink
from profiles.views import (
    CourseDetail,
    CourseFile,
    PageDetail,
    PageFile,
    PersonDetail,
    PostDetail,
    TalkDetail,
    TalkFile,
    VisibleDetailView,
)
from projects.views import GrantDetail, ProjectDetail, ProjectFile
from publications.views import PublicationDetail, ResourceFile, SavedListDetail


class BlockPreview(VisibleDetailView):
    """The preview of content without a page: an activity, or a section of the home page."""

    template_name = "config/preview.html"
    context_object_name = "item"

    def get_queryset(self):
        target = self.preview.target
        return type(target)._base_manager.filter(pk=target.pk)


class MembershipPreview(BlockPreview):
    template_name = "config/preview_membership.html"

    def get_queryset(self):
        return Membership.objects.filter(pk=self.preview.object_id).for_listing(self.request.user)


# The views of a page and of the files beside it, by model.
PAGES = {
    "publications.publication": (PublicationDetail, ResourceFile),
    "publications.savedlist": (SavedListDetail, None),
    "projects.project": (ProjectDetail, ProjectFile),
    "projects.grant": (GrantDetail, None),
    "profiles.talk": (TalkDetail, TalkFile),
    "profiles.person": (PersonDetail, None),
    "profiles.course": (CourseDetail, CourseFile),
    "profiles.post": (PostDetail, None),
    "profiles.page": (PageDetail, PageFile),
    "profiles.cv": (SavedCV, SavedCVFile),
    "profiles.membership": (MembershipPreview, None),
}


class Preview(View):
    """The object of a PreviewLink, or a file beside it, as a visitor will see it once it is public."""

    def get(self, request, token, name=""):
        preview = PreviewLink.objects.live().filter(token=token).first()
        page, file = PAGES.get(preview.model, (BlockPreview, None)) if preview else (None, None)
        view = file if name else page
        if view is None or preview.target is None:
            return expired(request)
        # Editors see what everybody with the link sees, and nothing of it is cached for visitors.
        request.user = AnonymousUser()
        request.content_version, request.fragment_seconds = "", 0
        response = view.as_view(preview=preview)(request, pk=preview.object_id, name=name)
        if hasattr(response, "render"):
            response.render()
        return as_private(response)


def expired(request):
    return as_private(render(request, "config/preview_expired.html", status=404))


def as_private(response):
    response.headers["Cache-Control"] = "private, no-store"
    response.headers["X-Robots-Tag"] = "noindex, nofollow, noarchive"
    response.headers["Referrer-Policy"] = "no-referrer"
    return response
