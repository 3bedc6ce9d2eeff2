"""The admin of pages."""

from django.contrib import admin
from django.utils.html import format_html

from profiles.admin.content import PUBLISHING, PublishableAdmin
from profiles.admin.files import ResourceInline
from profiles.models import Page, PageResource
from profiles.models.page import tree_order


class PageResourceInline(ResourceInline):
    model = PageResource
    verbose_name_plural = "files and links"


@admin.register(Page)
class PageAdmin(PublishableAdmin):
    markdown = {"body": 2}
    blocks = ["body"]
    list_display = ["title_in_tree", "address", "visibility"]
    search_fields = ["title", "path", "body"]
    list_per_page = 200
    autocomplete_fields = ["parent"]
    readonly_fields = ["address"]
    not_copied = ["slug", "introduces"]
    inlines = [PageResourceInline]
    delete_confirmation_template = "admin/profiles/page/delete.html"
    delete_selected_confirmation_template = "admin/profiles/page/delete_selected.html"
    fieldsets = [
        (None, {"fields": ["title", "parent", "address", "body", "tags"]}),
        PUBLISHING,
        ("More", {"classes": ["collapse"], "fields": ["introduces", "slug", "position"]}),
    ]

    def get_queryset(self, request):
        return super().get_queryset(request).with_parents()

    def get_ordering(self, request):
        return [tree_order()]

    @admin.display(description="Title", ordering="title")
    def title_in_tree(self, page):
        return format_html('<span class="depth-{}">{}</span>', page.depth, page)

    @admin.display(description="Address", ordering="path")
    def address(self, page):
        if not page.pk:
            return "Made from the title, such as /join-us/, when you save."
        return format_html('<a href="{}">/{}/</a>', page.get_absolute_url(), page.path)

    @admin.display(description="Visibility", ordering="publish_at")
    def visibility(self, page):
        above = page.hidden_by if page.state == Page.State.PUBLISHED else None
        return f"Hidden until “{above}” is published" if above else super().visibility(page)
