"""The accessibility statement, unless an editor has written a page at its address."""

from django.views.generic import TemplateView

from profiles.models import Page
from profiles.views import PageDetail


class Accessibility(TemplateView):
    template_name = "config/accessibility.html"

    def get(self, request, **kwargs):
        path = request.path_info.strip("/")
        if Page.objects.visible_to(request.user).filter(path=path).exists():
            return PageDetail.as_view()(request, path=path)
        return super().get(request, **kwargs)

    def get_context_data(self, **kwargs):
        owner = self.request.site_owner
        contact = owner.email if owner and owner.is_public_page else ""
        return super().get_context_data(contact=contact, **kwargs)
