from django.contrib import admin
from django.db import models

from profiles.admin import PUBLISHING, URL_FIELDS, PublishableAdmin, RowsInline
from profiles.admin.uploads import UploadWidget
from profiles.forms import AddressForm
from projects.models import Highlight, Member, Project, ProjectLink, ProjectResource
from publications.admin.files import CheckedFileField, ResourceForm, ResourceFormSet


class HighlightInline(RowsInline):
    model = Highlight


class MemberInline(RowsInline):
    model = Member
    autocomplete_fields = ["person"]
    verbose_name_plural = "people"

    def get_queryset(self, request):
        return super().get_queryset(request).select_related("person")


class LinkInline(RowsInline):
    model = ProjectLink
    form = AddressForm
    fields = ["url", "kind", "label", "position"]


class ResourceInline(RowsInline):
    model = ProjectResource
    form = ResourceForm
    formset = ResourceFormSet
    formfield_overrides = {**URL_FIELDS, models.FileField: {"form_class": CheckedFileField, "widget": UploadWidget}}
    fields = ["url", "file", "kind", "label", "position"]


@admin.register(Project)
class ProjectAdmin(PublishableAdmin):
    markdown = {"summary": 2, "body": 2}
    list_display = ["name", "tagline", "status", "featured", "position", "visibility"]
    list_editable = ["position"]
    list_filter = ["state", "featured", "status"]
    search_fields = ["name", "tagline", "summary"]
    autocomplete_fields = ["publications"]
    inlines = [HighlightInline, LinkInline, MemberInline, ResourceInline]
    fieldsets = [
        (None, {"fields": ["name", "tagline", "summary", "body", "tags"]}),
        ("Facts", {"fields": ["role", "status", ("start", "end"), "publications", "funding"]}),
        ("Image", {"fields": ["image", ("image_alt", "image_focus")]}),
        ("On the home page", {"fields": ["featured", "position"]}),
        PUBLISHING,
        ("More", {"classes": ["collapse"], "fields": ["slug"]}),
    ]
