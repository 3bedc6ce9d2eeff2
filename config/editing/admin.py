"""The admin site: its pages, the checks of each request, and a login that does not lose the form that was sent."""

from functools import update_wrapper

from django.contrib import admin, auth, messages
from django.contrib.admin import actions
from django.contrib.admin.forms import AdminAuthenticationForm
from django.contrib.admin.views.autocomplete import AutocompleteJsonView
from django.core.exceptions import BadRequest
from django.http import QueryDict
from django.template.response import TemplateResponse
from django.urls import path, reverse

from config.editing import blocks, content_check, dashboard, example, login, maintenance, manual, views
from config.editing.roles import is_restricted
from config.editing.visitors import call_unless_visible
from config.reports.views import CollaboratorsReport, OutputsReport, can_see_collaborators, can_see_reports
from profiles.content import health
from profiles.files import pending
from profiles.forms import chooser_label
from profiles.members import group_of
from publications.lists.filters import MAX_QUERY_LENGTH

APP_ORDER = ["publications", "projects", "profiles"]
DELETION_LIMIT = 100  # objects in one deletion: a page of a list
LOGIN_PREFIX = "again"  # of the login fields that are added to a form whose session has ended


@admin.action(permissions=["delete"], description=actions.delete_selected.short_description)
def delete_selected(model_admin, request, queryset):
    """Delete as Django's action does, but at most DELETION_LIMIT objects: it loads everything that they own."""
    if queryset.order_by()[: DELETION_LIMIT + 1].count() > DELETION_LIMIT:
        message = f"Nothing was deleted. Select at most {DELETION_LIMIT} at a time."
        model_admin.message_user(request, message, messages.WARNING)
        return None
    return actions.delete_selected(model_admin, request, queryset)


def shorten_search(request):
    """Cut a long search text: each of its words becomes a condition of the query."""
    for name in ("q", "term"):
        if len(request.GET.get(name, "")) > MAX_QUERY_LENGTH:
            request.GET = request.GET.copy()
            request.GET[name] = request.GET[name][:MAX_QUERY_LENGTH]


def is_login_field(name):
    return name == "csrfmiddlewaretoken" or name.startswith(f"{LOGIN_PREFIX}-")


def can_be_resent(request):
    """Return whether a browser sent a form that the login page can send again: one without a password."""
    return (
        request.method == "POST"
        and "text/html" in request.headers.get("Accept", "")
        and request.path != reverse("admin:logout")
        # Passwords are never written into a page.
        and not any("password" in name for name in request.POST if not is_login_field(name))
    )


class Choices(AutocompleteJsonView):
    """The choices of all autocomplete fields, whose texts tell objects of the same name apart."""

    def serialize_result(self, obj, to_field_name):
        return super().serialize_result(obj, to_field_name) | {"text": chooser_label(obj)}


class SiteAdmin(admin.AdminSite):
    site_header = "Your academic site"
    site_title = "Your academic site"
    index_title = "Edit the site"
    # A second factor belongs in this form. ``has_permission`` would be too late: with a session, public pages show
    # drafts.
    login_form = AdminAuthenticationForm

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.add_action(delete_selected)

    def admin_view(self, view, cacheable=False):
        checked = super().admin_view(view, cacheable)
        may_change_pages = not hasattr(getattr(view, "view_class", view), "changes_no_page")

        def inner(request, *args, **kwargs):
            if request.GET.get("_to_field") == "":
                # Django's own views would look up a field with an empty name.
                raise BadRequest("“_to_field” is empty.")
            shorten_search(request)
            if self.has_permission(request):
                login.renew(request.session)
            elif can_be_resent(request) and (login_page := self.login_again(request)):
                return login_page
            if request.method != "POST" or not self.has_permission(request):
                return checked(request, *args, **kwargs)
            pending.restore(request)
            if may_change_pages and is_restricted(request.user):
                response = call_unless_visible(checked, request, *args, **kwargs)
            else:
                response = checked(request, *args, **kwargs)
            if response.status_code == 302:  # saved
                pending.discard(request)
            return response

        return update_wrapper(inner, checked)

    def login_again(self, request):
        """Ask for the password when a form arrives after its session has ended.

        Return the page with the login and the form's fields, or None once the password is right: the request then has
        the form's own fields only.
        """
        form_data, login_data = QueryDict(mutable=True), QueryDict(mutable=True)
        for name, values in request.POST.lists():
            (login_data if is_login_field(name) else form_data).setlist(name, values)
        request.POST = login_data  # a failed login would store the form's own fields
        is_submitted = f"{LOGIN_PREFIX}-username" in request.POST
        form = self.login_form(request, data=request.POST if is_submitted else None, prefix=LOGIN_PREFIX)
        if is_submitted and form.is_valid():
            auth.login(request, form.get_user())
            request.POST = form_data
            return None
        stored, lost = pending.store_files(request, form_data)
        is_locked = getattr(request, "axes_locked_out", False)
        context = {
            **self.each_context(request),
            "title": "Log in again",
            "form": form,
            "form_data": [(name, value) for name, values in form_data.lists() for value in values],
            "stored_files": stored,
            "lost_files": lost,
            "is_locked": is_locked,
        }
        return TemplateResponse(request, "admin/users/login_again.html", context, status=429 if is_locked else 403)

    def autocomplete_view(self, request):
        return Choices.as_view(admin_site=self)(request)

    def each_context(self, request):
        match = request.resolver_match
        group = group_of(request)
        context = {
            **({"site_header": group.name, "site_title": group.name} if group else {}),
            "upload_key": pending.key_of(request.user),
            "manual_page": manual.page_for(match.url_name if match else ""),
        }
        return super().each_context(request) | context

    def index(self, request, extra_context=None):
        user = request.user
        context = {
            "overdue": dashboard.backup_reminder(),
            "can_maintain": maintenance.can_maintain(user),
            "shortcuts": dashboard.shortcuts(user),
            "unfinished": health.run(user, on_dashboard=True),
            "waiting": dashboard.waiting(user),
            "recent_changes": dashboard.recent_changes(user),
            "has_example": example.can_remove(user) and example.is_there(),
        }
        return super().index(request, context | (extra_context or {}))

    def get_urls(self):
        return [
            path("example/", self.admin_view(example.example), name="example"),
            path("health/", self.admin_view(content_check.content_check), name="health"),
            path("reports/", self.admin_view(OutputsReport.as_view()), name="reports"),
            path("collaborators/", self.admin_view(CollaboratorsReport.as_view()), name="collaborators"),
            path("maintenance/", self.admin_view(maintenance.maintenance), name="maintenance"),
            path("maintenance/news/", self.admin_view(maintenance.news), name="news"),
            path("maintenance/jobs/<slug:name>/", self.admin_view(maintenance.job), name="job"),
            path("maintenance/backups/<str:name>", self.admin_view(maintenance.download_backup), name="backup"),
            path("markdown/", self.admin_view(views.preview_markdown), name="markdown"),
            path("blocks/", self.admin_view(blocks.choices), name="blocks"),
            path("kind/", self.admin_view(views.read_kind), name="kind"),
            path("cities/", self.admin_view(views.suggest_cities), name="cities"),
            path("look/", self.admin_view(views.preview_look), name="look"),
            path("image/", self.admin_view(views.upload_image), name="image"),
            path(
                "password/<uidb64>/<token>/",
                login.SetPassword.as_view(extra_context={"title": "Choose your password"}),
                name="set_password",
            ),
            path("manual/", self.admin_view(manual.manual), name="manual"),
            path("manual/<slug:name>/", self.admin_view(manual.manual), name="manual-page"),
            *super().get_urls(),
        ]

    def get_app_list(self, request, app_label=None):
        apps = super().get_app_list(request, app_label)
        apps = sorted(apps, key=lambda app: [*APP_ORDER, app["app_label"]].index(app["app_label"]))
        return apps if app_label else [*apps, self.upkeep(request)]

    def upkeep(self, request):
        """Return the pages about the whole site, in the form of an app with models."""
        pages = [("Content check", "health")]
        if can_see_reports(request.user):
            pages.append(("Reports", "reports"))
        if can_see_collaborators(request.user):
            pages.append(("Collaborators", "collaborators"))
        if maintenance.can_maintain(request.user):
            pages.append(("Maintenance", "maintenance"))
        return {
            "name": "The site",
            "app_label": "site",
            "app_url": reverse("admin:health"),
            "models": [
                {"name": name, "object_name": url, "admin_url": reverse(f"admin:{url}"), "view_only": True}
                for name, url in pages
            ],
        }
