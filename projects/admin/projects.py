from django.contrib import admin

from profiles.admin import PUBLISHING, PublishableAdmin, RowsInline
from profiles.admin.files import ResourceInline
from profiles.admin.posts import PostAdmin
from profiles.admin.talks import TalkAdmin
from profiles.forms import AddressForm
from projects.models import Highlight, Member, PostProject, Project, ProjectLink, ProjectResource, TalkProject
from publications.admin.files import PublicationResourceForm


class HighlightInline(RowsInline):
    model = Highlight


class MemberInline(RowsInline):
    model = Member
    autocomplete_fields = ["person"]
    fields = ["person", "role", "start", "end", "position"]
    verbose_name_plural = "people"

    def get_queryset(self, request):
        return super().get_queryset(request).select_related("person")


class LinkInline(RowsInline):
    model = ProjectLink
    form = AddressForm
    fields = ["url", "kind", "label", "position"]


class ProjectResourceInline(ResourceInline):
    model = ProjectResource
    form = PublicationResourceForm


@admin.register(Project)
class ProjectAdmin(PublishableAdmin):
    change_form_template = "admin/projects/change_form.html"
    markdown = {"summary": 2, "body": 2}
    blocks = ["body"]
    list_display = ["name", "tagline", "status", "featured", "position", "visibility"]
    list_editable = ["position"]
    list_filter = ["state", "featured", "status"]
    search_fields = ["name", "tagline", "summary"]
    autocomplete_fields = ["publications"]
    inlines = [HighlightInline, LinkInline, MemberInline, ProjectResourceInline]
    fieldsets = [
        (None, {"fields": ["name", "tagline", "summary", "body", "tags"]}),
        ("Facts", {"fields": ["role", "status", ("start", "end"), "publications", "funding"]}),
        ("Image", {"fields": ["image", ("image_alt", "image_focus")]}),
        ("On the home page", {"fields": ["featured", "position"]}),
        PUBLISHING,
        ("More", {"classes": ["collapse"], "fields": ["not_in_cvs", "slug"]}),
    ]


class ProjectRows(RowsInline):
    """Rows that each name one project. ``model`` has a foreign key ``project``."""

    autocomplete_fields = ["project"]
    fields = ["project"]

    def get_queryset(self, request):
        return super().get_queryset(request).select_related("project")


class PostProjectInline(ProjectRows):
    model = PostProject


class TalkProjectInline(ProjectRows):
    model = TalkProject


# An inline of this app is added to an admin below, which must not know this app.
PostAdmin.inlines = [*PostAdmin.inlines, PostProjectInline]
TalkAdmin.inlines = [*TalkAdmin.inlines, TalkProjectInline]
