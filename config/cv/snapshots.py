"""Snapshots of CVs in the admin: the page of a CV that makes and lists them, and their own read-only pages."""

from functools import partial

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.core.files.base import ContentFile
from django.db import transaction
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.urls import path
from django.utils.html import format_html_join
from django.utils.safestring import mark_safe

from config.cv.content import document_of
from config.cv.formats import available, file_name
from config.cv.records import owner_of_cvs
from profiles.content.addresses import absolute
from profiles.feeds import VISITOR
from profiles.files.serving import serve
from profiles.files.storage import opened
from profiles.models import CVSnapshot, CVSnapshotFile
from publications.citations.conversion import ConversionError

ALWAYS = "pdf"


class SnapshotForm(forms.Form):
    note = forms.CharField(
        required=False, max_length=200, help_text=CVSnapshot._meta.get_field("note").help_text,
        widget=forms.TextInput(attrs={"class": "vTextField"}),
    )  # fmt: skip
    formats = forms.MultipleChoiceField(
        label="Other formats", required=False, widget=forms.CheckboxSelectMultiple,
        choices=lambda: [(ending, one.label) for ending, one in available().items() if ending != ALWAYS],
        help_text="The PDF is always part of a snapshot.",
    )  # fmt: skip


def make_snapshot(cv, owner, *, user, note, endings, absolute):
    """Make and return the CVSnapshot of a CV as visitors get it now."""
    document = document_of(cv, cv.parts.all(), owner, VISITOR)
    formats = available()
    contents = {ending: formats[ending].write(document, absolute) for ending in (ALWAYS, *endings)}
    with transaction.atomic():
        snapshot = CVSnapshot.objects.create(cv=cv, cv_name=cv.name, note=note, made_by=user)
        for ending, content in contents.items():
            data = content.encode() if isinstance(content, str) else content
            snapshot.files.create(file=ContentFile(data, file_name(document, ending)))
    return snapshot


class WithSnapshotsAdmin(admin.ModelAdmin):
    """Adds the page of a CV's snapshots."""

    def get_urls(self):
        view = self.admin_site.admin_view(self.snapshots_view)
        return [path("<int:pk>/snapshots/", view, name="profiles_cv_snapshots"), *super().get_urls()]

    def render_change_form(self, request, context, **kwargs):
        if cv := kwargs.get("obj"):
            context["snapshots_url"] = self.get_url("snapshots", cv.pk)
        return super().render_change_form(request, context, **kwargs)

    def snapshots_view(self, request, pk):
        cv, owner = self.get_object(request, str(pk)), owner_of_cvs()
        if cv is None or owner is None:
            raise Http404("There is no CV with this number.")
        may_make = self.has_change_permission(request, cv)
        if not (self.has_view_permission(request, cv) and (may_make or request.method != "POST")):
            raise PermissionDenied
        form = SnapshotForm(request.POST if request.method == "POST" else None)
        if form.is_valid():
            note, endings = form.cleaned_data["note"], form.cleaned_data["formats"]
            try:
                snapshot = make_snapshot(
                    cv, owner, user=request.user, note=note, endings=endings, absolute=partial(absolute, request)
                )
            except ConversionError:
                form.add_error("formats", "A file could not be made, so nothing was saved. Choose fewer formats.")
            else:
                messages.success(request, f"The snapshot “{snapshot}” was made.")
                return redirect(request.path)
        context = {
            "object": cv,
            "form": form if may_make else None,
            "snapshots": cv.snapshots.select_related("made_by").prefetch_related("files"),
            "may_delete": request.user.has_perm("profiles.delete_cvsnapshot"),
        }
        return self.render_page(request, "admin/profiles/cv/snapshots.html", "Snapshots", context)


@admin.register(CVSnapshot)
class CVSnapshotAdmin(admin.ModelAdmin):
    """Snapshots are read and deleted, never changed."""

    list_display = ["cv_name", "note", "made_at", "made_by"]
    list_select_related = ["made_by"]
    search_fields = ["cv_name", "note"]
    fields = ["cv", "note", "made_at", "made_by", "listed_files"]

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def get_readonly_fields(self, request, obj=None):
        return self.fields

    def get_urls(self):
        view = self.admin_site.admin_view(self.file_view)
        return [path("files/<int:pk>/", view, name="profiles_cvsnapshot_file"), *super().get_urls()]

    @admin.display(description="Files")
    def listed_files(self, snapshot):
        rows = [(file.get_absolute_url(), file.filename, file.sha256) for file in snapshot.files.all()]
        return format_html_join(mark_safe("<br>"), '<a href="{}">{}</a> SHA-256 <code>{}</code>', rows)

    def file_view(self, request, pk):
        """Serve a file to users who may see the snapshot."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        row = get_object_or_404(CVSnapshotFile.objects.select_related("snapshot"), pk=pk)
        try:
            file, _ = opened(row.file.storage, row.file.name)
        except FileNotFoundError as error:
            raise Http404("This file is missing. Restore it from a backup.") from error
        response = serve(request, file, name=row.filename, etag=row.sha256, modified=row.snapshot.made_at)
        response.headers["Cache-Control"] = "private, no-cache"
        return response
