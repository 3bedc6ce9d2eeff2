"""The editors' front door."""

from django.contrib import admin, messages
from django.contrib.admin import actions
from django.http import Http404
from django.template.response import TemplateResponse
from django.urls import path

from config import dashboard, editor
from config.backups.overdue import overdue
from profiles import health

FIRST = ["publications", "projects", "profiles"]
MOST_DELETED = 100  # objects at once: a page of a list


@admin.action(permissions=["delete"], description=actions.delete_selected.short_description)
def delete_selected(model_admin, request, queryset):
    """Django's own, which reads all that it deletes, and all that goes with it, to ask whether that is meant."""
    if queryset.order_by()[: MOST_DELETED + 1].count() > MOST_DELETED:
        sentence = f"At most {MOST_DELETED} are deleted at once, and nothing was. Choose them on a page of the list."
        model_admin.message_user(request, sentence, messages.WARNING)
        return None
    return actions.delete_selected(model_admin, request, queryset)


class SiteAdmin(admin.AdminSite):
    site_header = "Your academic site"
    site_title = "Your academic site"
    index_title = "Edit the site"

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.add_action(delete_selected)

    def index(self, request, extra_context=None):
        user = request.user
        context = {
            "overdue": overdue(),
            "jobs": dashboard.jobs(user),
            "unfinished": dashboard.unfinished(user),
            "waiting": dashboard.waiting(user),
            "lately": dashboard.lately(user),
        }
        return super().index(request, {**context, **(extra_context or {})})

    def health(self, request):
        """What may be wrong with the content, check by check; all of one check where the address names it."""
        only = request.GET.get("check", "")
        if only and not health.is_known(only):
            raise Http404("There is no such check.")
        results = health.run(request.user, only)
        context = {**self.each_context(request), "title": "Health of the content", "results": results, "only": only}
        return TemplateResponse(request, "admin/health.html", context)

    def get_urls(self):
        return [
            path("health/", self.admin_view(self.health), name="health"),
            path("markdown/", self.admin_view(editor.preview_markdown), name="markdown"),
            path("look/", self.admin_view(editor.preview_look), name="look"),
            path("image/", self.admin_view(editor.upload_image), name="image"),
            *super().get_urls(),
        ]

    def get_app_list(self, request, app_label=None):
        apps = super().get_app_list(request, app_label)
        return sorted(apps, key=lambda app: FIRST.index(app["app_label"]) if app["app_label"] in FIRST else len(FIRST))
