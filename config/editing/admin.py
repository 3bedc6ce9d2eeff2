"""The editors' front door."""

from functools import update_wrapper

from django.contrib import admin, auth, messages
from django.contrib.admin import actions
from django.contrib.admin.forms import AdminAuthenticationForm
from django.core.exceptions import BadRequest
from django.http import Http404, QueryDict
from django.template.response import TemplateResponse
from django.urls import path, reverse

from config.editing import dashboard, editor, login
from config.upkeep.backups.overdue import overdue
from profiles.content import health
from publications.filters import LONGEST_QUERY

FIRST = ["publications", "projects", "profiles"]
MOST_DELETED = 100  # objects at once: a page of a list
AGAIN = "again"  # before the names of the fields to sign in with, beside those of a form that is kept


@admin.action(permissions=["delete"], description=actions.delete_selected.short_description)
def delete_selected(model_admin, request, queryset):
    """Django's own, which reads all that it deletes, and all that goes with it, to ask whether that is meant."""
    if queryset.order_by()[: MOST_DELETED + 1].count() > MOST_DELETED:
        sentence = f"At most {MOST_DELETED} are deleted at once, and nothing was. Choose them on a page of the list."
        model_admin.message_user(request, sentence, messages.WARNING)
        return None
    return actions.delete_selected(model_admin, request, queryset)


def shorten_search(request):
    """Search for the beginning of a long text, as the public search does: each word is a condition of the query."""
    asked = {name: request.GET[name] for name in ("q", "term") if name in request.GET}
    if any(len(text) > LONGEST_QUERY for text in asked.values()):
        request.GET = request.GET.copy()
        for name, text in asked.items():
            request.GET[name] = text[:LONGEST_QUERY]


def is_of_the_door(name):
    return name == "csrfmiddlewaretoken" or name.startswith(f"{AGAIN}-")


def is_form_to_keep(request):
    """Whether somebody sent a form, and no script did; passwords are not written into a page."""
    return (
        request.method == "POST"
        and "text/html" in request.headers.get("Accept", "")
        and request.path != reverse("admin:logout")
        and not any("password" in name for name in request.POST if not is_of_the_door(name))
    )


class SiteAdmin(admin.AdminSite):
    site_header = "Your academic site"
    site_title = "Your academic site"
    index_title = "Edit the site"
    # A second proof than the password is asked for in this form, before there is a session: ``has_permission`` would be
    # too late, since public pages show drafts to whoever is signed in.
    login_form = AdminAuthenticationForm

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.add_action(delete_selected)

    def login(self, request, extra_context=None):
        response = super().login(request, extra_context)
        # Not whoever is signed in already and guesses: each answer would begin a count of its own.
        if request.method == "POST" and response.status_code == 302:
            login.know_browser(response, request.user)
        return response

    def admin_view(self, view, cacheable=False):
        checked = super().admin_view(view, cacheable)

        def inner(request, *args, **kwargs):
            if request.GET.get("_to_field") == "":
                # Django's own views look for a field without a name.
                raise BadRequest("The address asks for a field without a name.")
            shorten_search(request)
            if self.has_permission(request):
                login.renew(request.session)
                return checked(request, *args, **kwargs)
            if not is_form_to_keep(request):
                return checked(request, *args, **kwargs)
            asking = self.sign_in_again(request)
            if asking:
                return asking
            response = checked(request, *args, **kwargs)
            login.know_browser(response, request.user)
            return response

        return update_wrapper(inner, checked)

    def sign_in_again(self, request):
        """For a form that arrives when its session is over: the page to sign in on, which keeps what was typed.

        None once that page has come back with the right password; the request is then as the form's own would be.
        """
        is_asked = f"{AGAIN}-username" in request.POST
        form = self.login_form(request, data=request.POST if is_asked else None, prefix=AGAIN)
        kept = [(name, values) for name, values in request.POST.lists() if not is_of_the_door(name)]
        if is_asked and form.is_valid():
            auth.login(request, form.get_user())
            request.POST = QueryDict(mutable=True)
            for name, values in kept:
                request.POST.setlist(name, values)
            return None
        is_locked = getattr(request, "axes_locked_out", False)
        context = {
            **self.each_context(request),
            "title": "Sign in to go on",
            "form": form,
            "kept": [(name, value) for name, values in kept for value in values],
            "files": [upload.name for upload in request.FILES.values()],
            "is_locked": is_locked,
        }
        return TemplateResponse(request, "admin/sign_in_again.html", context, status=429 if is_locked else 403)

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
