"""The admin of followed feeds. A new feed is read as soon as it is saved."""

from functools import partial

from django.contrib import admin, messages
from django.db import transaction
from django.urls import reverse
from django.utils.html import format_html

from config.upkeep import feeds
from profiles.admin import URL_FIELDS
from profiles.models import FollowedFeed
from publications.imports import inbox


@admin.register(FollowedFeed)
class FollowedFeedAdmin(admin.ModelAdmin):
    list_display = ["__str__", "url", "checked_at", "error"]
    readonly_fields = ["checked_at", "error"]
    formfield_overrides = URL_FIELDS
    actions = ["check_now"]

    def get_fields(self, request, obj=None):
        return ["url", "checked_at", "error"] if obj else ["url"]

    def save_model(self, request, obj, form, change):
        if "url" in form.changed_data:
            obj.etag = obj.modified = obj.error = obj.title = ""
        super().save_model(request, obj, form, change)
        # Another site may take seconds to answer: after the transaction, so that others need not wait to save.
        transaction.on_commit(partial(self.read, request, [obj]), robust=True)

    @admin.action(description="Check for new entries", permissions=["change"])
    def check_now(self, request, queryset):
        self.read(request, list(queryset))

    def read(self, request, followed):
        with inbox.client() as client:
            tally = feeds.check(client, followed)
        for one in FollowedFeed.objects.filter(pk__in=[one.pk for one in followed]).exclude(error=""):
            self.message_user(request, f"The feed {one.url} could not be read: {one.error}", messages.ERROR)
        if tally.new:
            address = reverse("admin:profiles_postsuggestion_changelist")
            text = "{} suggested post{}. <a href='{}'>Review them</a>"
            self.message_user(request, format_html(text, tally.new, "s" * (tally.new > 1), address), messages.SUCCESS)
        elif not tally.failed:
            self.message_user(request, "No new entries.", messages.INFO)
