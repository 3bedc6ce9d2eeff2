"""The admin of grants, and of those that publications name."""

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import NON_FIELD_ERRORS, PermissionDenied
from django.shortcuts import redirect
from django.urls import path, reverse
from django.utils.html import format_html, format_html_join
from django.views.generic import TemplateView

from profiles.admin import PUBLISHING, PublishableAdmin, PublishingForm, RowsInline
from profiles.admin.posts import PostAdmin
from profiles.admin.talks import TalkAdmin
from profiles.content.publishing import Publishable
from profiles.forms import RowForm
from profiles.history import revisions
from profiles.models import Person
from projects import funding
from projects.admin.projects import ProjectAdmin
from projects.funders import FUNDERS
from projects.models import Grant, Investigator
from publications.admin.pages import AdminPage
from publications.admin.publication import PublicationAdmin

ROLES = [
    "Principal investigator", "Co-principal investigator", "Co-investigator", "Fellow", "Researcher", "Collaborator",
]  # fmt: skip
CURRENCIES = ["AUD", "CAD", "CHF", "CNY", "EUR", "GBP", "JPY", "NOK", "SEK", "USD"]


class SuggestionsInput(forms.TextInput):
    """A text field that suggests values while an editor types, and takes any other."""

    def __init__(self, suggestions, attrs=None):
        super().__init__(attrs)
        self.suggestions = suggestions

    def render(self, name, value, attrs=None, renderer=None):
        key = f"{(attrs or {}).get('id', name)}_suggestions"
        options = format_html_join("", '<option value="{}"></option>', ((one,) for one in self.suggestions))
        field = super().render(name, value, {**(attrs or {}), "list": key}, renderer)
        return format_html('{}<datalist id="{}">{}</datalist>', field, key, options)


class InvestigatorForm(RowForm):
    class Meta:
        widgets = {"role": SuggestionsInput(ROLES, attrs={"class": "vTextField"})}


class InvestigatorInline(RowsInline):
    model = Investigator
    form = InvestigatorForm
    autocomplete_fields = ["person"]
    fields = ["person", "role", "position"]
    shows_early = True

    def get_queryset(self, request):
        return super().get_queryset(request).select_related("person")


class GrantForm(PublishingForm):
    def clean_currency(self):
        return self.cleaned_data["currency"].upper()


@admin.register(Grant)
class GrantAdmin(PublishableAdmin):
    form = GrantForm
    change_form_template = "admin/projects/change_form.html"
    change_list_template = "admin/projects/grant/change_list.html"
    markdown = {"description": 2}
    blocks = ["description"]
    list_display = ["title", "funder", "number", "current_status", "start", "end", "visibility"]
    list_filter = ["state", "status"]
    search_fields = ["title", "funder", "number", "description"]
    autocomplete_fields = ["publications", "projects", "talks", "posts"]
    not_copied = [*PublishableAdmin.not_copied, "number", "publications", "talks", "posts"]
    inlines = [InvestigatorInline]
    fieldsets = [
        (None, {"fields": ["title", ("funder", "number"), "status", ("start", "end")]}),
        ("Amount", {"fields": [("amount", "currency"), "amount_is_public"]}),
        ("Text", {"fields": ["description", "url", "tags"]}),
        ("Related", {"fields": ["publications", "projects", "talks", "posts"]}),
        PUBLISHING,
        ("More", {"classes": ["collapse"], "fields": ["other_people", "funder_id", "not_in_cvs", "slug", "position"]}),
    ]

    @admin.display(description="Status", ordering="status")
    def current_status(self, grant):
        return grant.current_status

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        suggestions = {"funder": [funder.name for funder in FUNDERS], "currency": CURRENCIES}
        if db_field.name in suggestions:
            size = {"size": 5} if db_field.name == "currency" else {"class": "vTextField"}
            kwargs["widget"] = SuggestionsInput(suggestions[db_field.name], attrs=size)
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    def get_changeform_initial_data(self, request):
        # Not the state that was chosen last: a submitted proposal is often confidential.
        return {**super().get_changeform_initial_data(request), "state": Publishable.State.DRAFT}

    def get_formset_kwargs(self, request, obj, inline, prefix):
        kwargs = super().get_formset_kwargs(request, obj, inline, prefix)
        owner = Person.objects.owner()
        is_new = obj.pk is None and request.method == "GET" and isinstance(inline, InvestigatorInline)
        if not is_new or "initial" in kwargs or owner is None:
            return kwargs
        return kwargs | {"initial": [{"person": owner, "role": ROLES[0], "position": 1}]}

    def save_related(self, request, form, formsets, change):
        """Link the publications that name the grant, when it gets its number or funder."""
        super().save_related(request, form, formsets, change)
        if {"number", "funder", "funder_id"} & set(form.changed_data):
            self.report_links(request, form.instance, funding.link(form.instance))

    def report_links(self, request, grant, count):
        if count:
            publications = "1 publication" if count == 1 else f"{count} publications"
            text = f"{publications} linked, because the funding names {grant.number}."
            self.message_user(request, text, messages.SUCCESS)

    def changelist_view(self, request, extra_context=None):
        waiting = len(funding.unlinked_awards()) if self.has_add_permission(request) else 0
        return super().changelist_view(request, {"waiting": waiting, **(extra_context or {})})

    def get_urls(self):
        view = self.admin_site.admin_view(Funding.as_view(model_admin=self))
        return [path("funding/", view, name="projects_grant_funding"), *super().get_urls()]


class GrantRowForm(RowForm):
    class Meta:
        error_messages = {NON_FIELD_ERRORS: {"unique_together": "This grant is here already. Delete one of the rows."}}


class GrantRows(RowsInline):
    """Rows that each name one grant. ``model`` has the rows of a many-to-many field of Grant."""

    form = GrantRowForm
    autocomplete_fields = ["grant"]
    fields = ["grant"]
    verbose_name = "grant"
    verbose_name_plural = "grants"
    classes = ["unnamed"]

    def get_queryset(self, request):
        return super().get_queryset(request).select_related("grant")


class PublicationGrantInline(GrantRows):
    model = Grant.publications.through


class ProjectGrantInline(GrantRows):
    model = Grant.projects.through


class TalkGrantInline(GrantRows):
    model = Grant.talks.through


class PostGrantInline(GrantRows):
    model = Grant.posts.through


# An inline of this app is added to an admin below, which must not know this app.
PublicationAdmin.inlines = [*PublicationAdmin.inlines, PublicationGrantInline]
TalkAdmin.inlines = [*TalkAdmin.inlines, TalkGrantInline]
PostAdmin.inlines = [*PostAdmin.inlines, PostGrantInline]
ProjectAdmin.inlines = [*ProjectAdmin.inlines, ProjectGrantInline]


class Funding(AdminPage, TemplateView):
    """The awards that publications name, and that are not linked to a grant. One click creates or links one."""

    template_name = "admin/projects/grant/funding.html"
    title = "Grants that publications name"
    permission_required = ["projects.add_grant"]

    def get_context_data(self, **kwargs):
        return super().get_context_data(awards=funding.unlinked_awards(), **kwargs)

    def post(self, request, *args, **kwargs):
        award = next((one for one in funding.unlinked_awards() if one.key == request.POST.get("award")), None)
        if award is None:
            messages.info(request, "Nothing was changed: no publication names this award any more.")
        elif award.grant:
            if not self.model_admin.has_change_permission(request, award.grant):
                raise PermissionDenied
            award.grant.publications.add(*award.publications)
            revisions.record([award.grant], request.user, "Publications linked by their funding")
            self.model_admin.report_links(request, award.grant, len(award.publications))
        else:
            grant = funding.create_grant(award)
            revisions.record([grant], request.user, "Created from the funding of publications")
            self.model_admin.log_addition(request, grant, [{"added": {}}])
            address = reverse("admin:projects_grant_change", args=[grant.pk])
            text = "“{}” created as a draft, with its publications. <a href='{}'>Add its title and dates</a>"
            messages.success(request, format_html(text, grant, address))
        return redirect(request.path)
