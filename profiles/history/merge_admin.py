"""The action that makes one record of two, and the page on which an editor says which one stays."""

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied, ValidationError
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path

from profiles.forms import possible_key
from profiles.history import merging, revisions

MOST = 20  # records merged at once


class MergingAdmin(admin.ModelAdmin):
    """For a model with a slug and a history."""

    actions = ["merge"]

    def get_urls(self):
        name = f"{self.opts.app_label}_{self.opts.model_name}_unmerge"
        view = self.admin_site.admin_view(self.unmerge_view)
        return [path("<int:pk>/unmerge/", view, name=name), *super().get_urls()]

    @admin.action(description="Merge into one", permissions=["merge"])
    def merge(self, request, queryset):
        items = list(queryset.order_by("pk")[: MOST + 1])
        if not 2 <= len(items) <= MOST:
            self.message_user(request, f"Choose at least two and at most {MOST}, which are one.", messages.WARNING)
            return None
        if "keep" in request.POST and self._merge(request, items):
            return None
        context = {
            **self.admin_site.each_context(request),
            "title": f"Merge {len(items)} {self.opts.verbose_name_plural}",
            "opts": self.opts,
            "items": [(item, merging.plan(item)) for item in items],
        }
        return TemplateResponse(request, "admin/merge.html", context)

    def unmerge_view(self, request, pk):
        if request.method != "POST" or not self.has_merge_permission(request):
            raise PermissionDenied
        if not merging.last_merge(self.model, pk):
            messages.warning(request, "There is no merge here to undo.")
            return redirect(self._url("history", pk))
        try:
            other, warnings = merging.undo(self.model, pk, request.user)
        except ValidationError as error:
            messages.error(request, "The merge could not be undone. " + " ".join(error.messages))
            return redirect(self._url("history", pk))
        for warning in warnings:
            messages.warning(request, warning)
        messages.success(request, f"“{other}” is a record of its own again.")
        return redirect(self._url("change", other.pk))

    def history_view(self, request, object_id, extra_context=None):
        merged = merging.last_merge(self.model, int(possible_key(object_id) or 0))
        return super().history_view(request, object_id, {"merged": merged, **(extra_context or {})})

    def _restore(self, request, item, pk):
        newest = revisions.moments(self.model, pk, revisions.revisions_of(self.model, pk)[:1]) if item is None else []
        if newest and newest[0].comment.startswith(f"{merging.MERGED} into "):
            messages.error(request, f"{newest[0].comment}: it was not deleted. Undo the merge in the other's history.")
            return redirect(request.get_full_path())
        return super()._restore(request, item, pk)

    def has_merge_permission(self, request):
        return self.has_change_permission(request) and self.has_delete_permission(request)

    def _merge(self, request, items):
        """Whether it was done."""
        kept = next((item for item in items if str(item.pk) == request.POST["keep"]), None)
        if kept is None:
            self.message_user(request, "Say which one stays.", messages.WARNING)
            return False
        for other in items:
            if other == kept:
                continue
            try:
                kept = merging.merge(kept, other, request.user)
            except ValidationError as error:
                sentence = f"“{other}” was not merged into “{kept}”. {' '.join(error.messages)}"
                self.message_user(request, sentence, messages.ERROR)
                return False
            sentence = f"“{other}” is “{kept}” now. Its address leads there, and its history can undo this."
            self.message_user(request, sentence, messages.SUCCESS)
        return True
