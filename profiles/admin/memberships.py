"""The admin of memberships."""

from django import forms
from django.contrib import admin
from django.contrib.admin.options import IS_POPUP_VAR

from profiles.admin.content import PUBLISHING, PublishableAdmin, RowsInline
from profiles.admin.people import PersonAdmin
from profiles.admin.publishing import PublishingForm
from profiles.forms import RowForm
from profiles.models import Membership


class DatesForm(forms.ModelForm):
    """A form without the box “ongoing”: what has a start and no end is ongoing."""

    def clean(self):
        cleaned = super().clean()
        if {"start", "end"} & set(self.changed_data):
            self.instance.is_ongoing = bool(cleaned.get("start") and not cleaned.get("end"))
        return cleaned


class MembershipForm(DatesForm, PublishingForm):
    pass


class MembershipRowForm(DatesForm, RowForm):
    pass


def is_popup(request):
    """Return whether the form was opened from another one, such as that of a membership."""
    return IS_POPUP_VAR in request.GET or IS_POPUP_VAR in request.POST


@admin.register(Membership)
class MembershipAdmin(PublishableAdmin):
    form = MembershipForm
    markdown = {"description": 3}
    list_display = ["person", "role", "start", "end", "visibility"]
    list_select_related = ["person"]
    list_filter = ["state", "role"]
    search_fields = ["person__name", "title", "organisation", "thesis"]
    autocomplete_fields = ["person", "supervisors"]
    # The next member is often another student of the same supervisors.
    not_copied = ["person", "thesis", "committee", "next_position", "next_position_url"]
    fieldsets = [
        (None, {"fields": ["person", ("role", "title"), ("start", "end")]}),
        PUBLISHING,
        ("Supervision", {"fields": ["supervisors", "thesis", "committee"]}),
        ("After leaving", {"fields": ["next_position", "next_position_url"]}),
        ("More", {"classes": ["collapse"], "fields": ["organisation", "url", "description", "not_in_cvs", "position"]}),
    ]

    def copied_rows(self, request, inline, item):
        return []  # the thesis of a member is not that of the next one


class MembershipInline(RowsInline):
    """Adds a membership on the form of a person, so that one form adds a member. Its own form changes it."""

    model = Membership
    form = MembershipRowForm
    fields = ["role", "title", "start", "end", "state"]
    show_change_link = True
    verbose_name = "role"
    verbose_name_plural = "roles as a member or student"

    def has_add_permission(self, request, obj):
        return super().has_add_permission(request, obj) and not is_popup(request)

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False

    def has_view_permission(self, request, obj=None):
        return super().has_view_permission(request, obj) and not is_popup(request)

    def get_fields(self, request, obj=None):
        may_publish = request.user.has_perm("profiles.publish_membership")
        return [name for name in self.fields if may_publish or name != "state"]


PersonAdmin.inlines.append(MembershipInline)
