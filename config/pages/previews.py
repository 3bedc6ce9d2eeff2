"""The pages behind preview links: secret addresses that show content before it is public."""

from django.contrib.auth.models import AnonymousUser
from django.http import Http404
from django.views.generic import View

from profiles.models import PreviewLink
from profiles.views import PersonDetail, VisibleDetailView
from projects.views import ProjectDetail, ProjectFile
from publications.views import PublicationDetail, ResourceFile


class BlockPreview(VisibleDetailView):
    """The preview of content without a page: an activity, or a section of the home page."""

    template_name = "config/preview.html"
    context_object_name = "item"

    def get_queryset(self):
        target = self.preview.target
        return type(target)._base_manager.filter(pk=target.pk)


# The views of a page and of the files beside it, by model.
PAGES = {
    "publications.publication": (PublicationDetail, ResourceFile),
    "projects.project": (ProjectDetail, ProjectFile),
    "profiles.person": (PersonDetail, None),
}


class Preview(View):
    """The object of a PreviewLink, or a file beside it, as a visitor will see it once it is public."""

    def get(self, request, token, name=""):
        preview = PreviewLink.objects.live().filter(token=token).first()
        page, file = PAGES.get(preview.model, (BlockPreview, None)) if preview else (None, None)
        view = file if name else page
        if view is None or preview.target is None:
            raise Http404("This preview has expired or was revoked. Ask the person who sent you the link.")
        # Editors see what everybody with the link sees, and nothing of it is cached for visitors.
        request.user = AnonymousUser()
        request.content_version, request.fragment_seconds = "", 0
        response = view.as_view(preview=preview)(request, pk=preview.object_id, name=name)
        if hasattr(response, "render"):
            response.render()
        response.headers["Cache-Control"] = "private, no-store"
        response.headers["X-Robots-Tag"] = "noindex, nofollow, noarchive"
        response.headers["Referrer-Policy"] = "no-referrer"
        return response
