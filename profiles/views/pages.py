from django.http import Http404

from profiles.models import Page, PageResource
from profiles.views.base import ResourceFileView, VisibleDetailView


class PageDetail(VisibleDetailView):
    """A page that an editor has written, with the pages above and below it."""

    model = Page
    slug_field = slug_url_kwarg = "path"

    def get_queryset(self):
        return super().get_queryset().with_parents().prefetch_related("tags", "resources")

    def get_object(self, queryset=None):
        try:
            return super().get_object(queryset)
        except Http404 as error:
            raise Http404 from error  # the error page explains an address without a page better than Django's message

    def get_context_data(self, **kwargs):
        user, page = self.request.user, self.object
        return super().get_context_data(
            above=[parent for parent in page.ancestors if user.is_staff or parent.is_public],
            children=page.children.visible_to(user).order_by("position", "title"),
            **kwargs,
        )


class PageFile(ResourceFileView):
    model = PageResource
    subject = "page"
    slug_field = "path"
