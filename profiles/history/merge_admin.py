"""The admin action that merges records, with a page that asks which one remains, and undoes a merge."""

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.shortcuts import redirect
from django.urls import path
from django.utils.http import urlencode

from profiles.history import merging
from profiles.history.admin import HistoryAdmin

MERGE_LIMIT = 20  # records in one merge


class MergeAdmin(HistoryAdmin):
    """For a model with slugs and ``other_names``, whose method ``absorb(other)`` adds what a merged record has."""

    actions = ["merge"]

    def get_urls(self):
        name = f"{self.opts.app_label}_{self.opts.model_name}_unmerge"
        view = self.admin_site.admin_view(self.unmerge_view)
        return [path("<int:pk>/unmerge/", view, name=name), *super().get_urls()]

    def get_merge_url(self, item):
        words = str(item).split()
        return f"{self.get_url('changelist')}?{urlencode({'q': words[-1]})}" if words else ""

    def has_merge_permission(self, request):
        return self.has_change_permission(request) and self.has_delete_permission(request)

    @admin.action(description="Merge", permissions=["merge"])
    def merge(self, request, queryset):
        items = list(queryset.order_by("pk")[: MERGE_LIMIT + 1])
        if not 2 <= len(items) <= MERGE_LIMIT:
            self.message_user(request, f"Select 2 to {MERGE_LIMIT} duplicates to merge.", messages.WARNING)
            return None
        target = next((item for item in items if str(item.pk) == request.POST.get("target")), None)
        if target:
            self.merge_into(request, target, [item for item in items if item != target])
            return None
        title = f"Merge {len(items)} {self.opts.verbose_name_plural}"
        counted = [(item, merging.related_counts(item)) for item in items]
        return self.render_page(request, "admin/history/merge.html", title, {"items": counted})

    def merge_into(self, request, target, others):
        """Merge one record after the other, up to the first that cannot be merged."""
        for other in others:
            try:
                target = merging.merge(target, other, request.user)
            except ValidationError as error:
                message = f"“{other}” was not merged into “{target}”. {' '.join(error.messages)}"
                self.message_user(request, message, messages.ERROR)
                return
            message = f"“{other}” merged into “{target}”. You can undo this in its history."
            self.message_user(request, message, messages.SUCCESS)

    def unmerge_view(self, request, pk):
        if request.method != "POST" or not self.has_merge_permission(request):
            raise PermissionDenied
        if not merging.last_merge(self.model, pk):
            messages.warning(request, "There is no merge to undo.")
            return redirect(self.get_url("history", pk))
        try:
            other, warnings = merging.undo(self.model, pk, request.user)
        except ValidationError as error:
            messages.error(request, f"The merge could not be undone. {' '.join(error.messages)}")
            return redirect(self.get_url("history", pk))
        for warning in warnings:
            messages.warning(request, warning)
        messages.success(request, f"Merge undone: “{other}” is a separate record again.")
        return redirect(self.get_url("change", other.pk))

    def history_view(self, request, object_id, extra_context=None):
        can_unmerge = object_id.isdecimal() and merging.last_merge(self.model, object_id)
        return super().history_view(request, object_id, {"can_unmerge": can_unmerge, **(extra_context or {})})

    def get_restore_refusal(self, request, state):
        exists = self.model._base_manager.filter(pk=state.root.pk).exists()
        last = [] if exists else self.last_revision(state.root.pk)
        if last and last[0].comment.startswith(f"{merging.MERGED} into "):
            return f"{last[0].comment}. Undo the merge in the history of that record instead of restoring this one."
        return super().get_restore_refusal(request, state)
