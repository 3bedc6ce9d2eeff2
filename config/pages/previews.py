"""The secret addresses that an editor hands out to show what is not public yet."""

from django.contrib.auth.models import AnonymousUser
from django.http import Http404
from django.views.generic import View

from profiles.models import PreviewLink
from profiles.views import GatedDetailView, PersonDetail
from projects.views import ProjectDetail, ProjectFile
from publications.views import PublicationDetail, ResourceFile


class BlockPreview(GatedDetailView):
    """What has no page of its own: an activity, or a section of the home page."""

    template_name = "config/preview.html"
    context_object_name = "item"

    def get_queryset(self):
        target = self.preview.target
        return type(target)._base_manager.filter(pk=target.pk)


PAGES = {
    "publications.publication": (PublicationDetail, ResourceFile),
    "projects.project": (ProjectDetail, ProjectFile),
    "profiles.person": (PersonDetail, None),
}


class Preview(View):
    """What a PreviewLink leads to, or a file beside it, as a visitor would see it once it is public."""

    def get(self, request, token, name=""):
        preview = PreviewLink.objects.live().filter(token=token).first()
        page, file = PAGES.get(preview.model, (BlockPreview, None)) if preview else (None, None)
        view = file if name else page
        if view is None or preview.target is None:
            raise Http404("This preview has ended, or was taken back. Ask whoever gave you its address.")
        # An editor who opens it sees what others see.
        request.user = AnonymousUser()
        # Nothing of a preview goes into a cache.
        request.content_version, request.fragment_seconds = "", 0
        response = view.as_view(preview=preview)(request, pk=preview.object_id, name=name)
        if hasattr(response, "render"):
            response.render()
        response.headers["Cache-Control"] = "private, no-store"
        response.headers["X-Robots-Tag"] = "noindex, nofollow, noarchive"
        response.headers["Referrer-Policy"] = "no-referrer"
        return response
