"""What the pages in the admin of publications share."""

from django.contrib.auth.mixins import PermissionRequiredMixin


class AdminPage(PermissionRequiredMixin):
    """Mixin for a view inside the admin of publications (``model_admin``)."""

    model_admin = None
    title = ""
    permission_required = ["publications.add_publication", "publications.change_publication"]
    raise_exception = True

    def get_context_data(self, **kwargs):
        site = self.model_admin.admin_site.each_context(self.request)
        return super().get_context_data(title=self.title, opts=self.model_admin.opts, **site, **kwargs)
