"""History in the admin: each save is a revision; two are compared, one is restored; saves that cross are caught."""

import re
from dataclasses import dataclass
from itertools import zip_longest

from django.contrib import admin, messages
from django.contrib.admin.utils import quote, unquote
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.db import transaction
from django.http import Http404
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.text import capfirst

from profiles.forms import possible_key
from profiles.history import revisions
from profiles.history.comparison import Change, compare

PER_PAGE = 25
LOOKED_BACK = 50  # revisions in which the state is looked for that a form was opened on


@dataclass(frozen=True)
class Conflict:
    """That the object was saved by others (``moments``, the newest first) since the form was opened."""

    moments: list
    changes: list[Change]
    deleted: bool = False

    def __str__(self):
        who = f"{self.moments[0].user or 'An import or a command'} has " if self.moments else "Someone else has "
        return (
            f"{who}{'deleted' if self.deleted else 'changed'} this since you opened it, so nothing was saved yet. "
            "What you typed is all here, but for files, which you would have to choose again."
        )


class HistoryAdmin(admin.ModelAdmin):
    """Keeps a revision of each save and deletion, and shows them."""

    change_form_template = "admin/content_change_form.html"
    change_list_template = "admin/content_change_list.html"

    class Media:
        css = {"all": ["css/editing.css"]}

    # What is kept

    def save_model(self, request, obj, form, change):
        if change:
            revisions.keep(obj)
        super().save_model(request, obj, form, change)

    def log_addition(self, request, obj, message):
        revisions.record(obj, request.user, "Added")
        return super().log_addition(request, obj, message)

    def log_change(self, request, obj, message):
        revisions.record(obj, request.user)
        return super().log_change(request, obj, message)

    def log_deletions(self, request, queryset):
        for item in queryset:
            revisions.record_deletion(item, request.user)
        return super().log_deletions(request, queryset)

    # Two people at once

    def changeform_view(self, request, object_id=None, form_url="", extra_context=None):
        if request.method != "POST" or object_id is None:
            return super().changeform_view(request, object_id, form_url, extra_context)
        with transaction.atomic():
            item = self.get_object(request, unquote(object_id))
            if item is None and "_seen" in request.POST and self.has_add_permission(request):
                self._add_again(request, unquote(object_id))
                return super().changeform_view(request, None, self._url("add"), extra_context)
            if item is not None:
                # The next one waits here until this one is saved.
                self.model._base_manager.select_for_update().filter(pk=item.pk).first()
                request.conflict = self._conflict(item, request.POST.get("_seen", ""))
            return super().changeform_view(request, object_id, form_url, extra_context)

    def get_form(self, request, obj=None, change=False, **kwargs):
        form = super().get_form(request, obj, change=change, **kwargs)
        conflict = getattr(request, "conflict", None)
        if conflict is None:
            return form

        class Refused(form):
            def clean(self):
                super().clean()
                self.add_error(None, str(conflict))

        return Refused

    def render_change_form(self, request, context, **kwargs):
        if kwargs.get("obj") is not None:
            context["seen"] = revisions.current_state(kwargs["obj"]).digest
        context["conflict"] = getattr(request, "conflict", None)
        return super().render_change_form(request, context, **kwargs)

    def _conflict(self, item, seen):
        """The Conflict with what others have saved since the state whose digest is ``seen``, or None."""
        now = revisions.current_state(item)
        if not seen or seen == now.digest:
            return None
        moments = revisions.moments(type(item), item.pk, revisions.revisions_of(type(item), item.pk)[:LOOKED_BACK])
        opened = next((place for place, one in enumerate(moments) if one.state.digest == seen), None)
        if opened is None:
            return Conflict([one for one in moments[:1] if one.state.digest == now.digest], [])
        return Conflict(
            [one for one in moments[:opened] if one.comment != revisions.FOUND],
            compare(moments[opened].state, now),
        )

    def _add_again(self, request, pk):
        """Turn what was typed on something that is gone into the form that adds it."""
        request.POST = request.POST.copy()
        for inline in self.get_inline_instances(request):
            back = inline.get_formset(request).fk.name
            prefix = inline.get_formset(request).get_default_prefix()
            request.POST[f"{prefix}-INITIAL_FORMS"] = "0"
            for key in list(request.POST):
                if re.fullmatch(rf"{re.escape(prefix)}-\d+-(?:id|{back})", key):
                    del request.POST[key]
        pk = int(possible_key(pk) or 0)
        moments = revisions.moments(self.model, pk, revisions.revisions_of(self.model, pk)[:1])
        request.conflict = Conflict(moments, [], deleted=True)

    # What is shown

    def get_urls(self):
        info = self.opts.app_label, self.opts.model_name
        return [
            path("deleted/", self.admin_site.admin_view(self.deleted_view), name="{}_{}_deleted".format(*info)),
            *super().get_urls(),
        ]

    def changelist_view(self, request, extra_context=None):
        context = {"shows_deleted": self.has_change_permission(request), **(extra_context or {})}
        return super().changelist_view(request, context)

    def history_view(self, request, object_id, extra_context=None):
        """The revisions of an object; two of them compared; one restored."""
        pk = unquote(object_id)
        item = self.get_object(request, pk)
        if item is None and not self.was_deleted(int(possible_key(pk) or 0)):
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        if not self.has_view_or_change_permission(request, item):
            raise PermissionDenied
        if request.method == "POST":
            return self._restore(request, item, pk)
        numbers = revisions.revisions_of(self.model, pk)
        page = Paginator(numbers, PER_PAGE).get_page(request.GET.get("page"))
        # With the one before the page's last, which it is compared to.
        moments = revisions.moments(self.model, pk, numbers[max(page.start_index() - 1, 0) : page.end_index() + 1])
        rows = list(zip_longest(moments, moments[1:]))[:PER_PAGE]
        context = {
            **self.admin_site.each_context(request),
            "title": f"History of {item or (moments and moments[0].state.root.title)}",
            "opts": self.opts,
            "object": item,
            "object_id": quote(pk),
            "page_obj": page,
            "rows": [(one, self._told(one, earlier)) for one, earlier in rows],
            "compared": self._compared(request.GET, pk, numbers),
            "may_restore": self._may_restore(request, item),
            **(extra_context or {}),
        }
        return TemplateResponse(request, "admin/history.html", context)

    def deleted_view(self, request):
        """What was deleted, to bring back."""
        if not self.has_change_permission(request):
            raise PermissionDenied
        context = {
            **self.admin_site.each_context(request),
            "title": f"Deleted {self.opts.verbose_name_plural}",
            "opts": self.opts,
            "page_obj": Paginator(revisions.deleted(self.model), PER_PAGE).get_page(request.GET.get("page")),
        }
        return TemplateResponse(request, "admin/deleted.html", context)

    def was_deleted(self, pk):
        there = self.model._meta.concrete_model._base_manager.filter(pk=pk).exists()
        return not there and bool(revisions.revisions_of(self.model, pk))

    def _may_restore(self, request, item):
        return self.has_add_permission(request) if item is None else self.has_change_permission(request, item)

    def _told(self, one, earlier):
        """What a revision did, as [Change] and a sentence for where there is none."""
        if earlier is None or one.comment == "Deleted":
            return [], ""
        changes = compare(earlier.state, one.state)
        return changes, "" if changes else "Nothing was changed."

    def _compared(self, query, pk, numbers):
        """(older Moment, newer Moment, [Change]) of the two revisions that the address names, or None."""
        chosen = [one for name in ("from", "to") for one in numbers if str(one) == query.get(name, "")]
        if len(chosen) < 2:
            return None
        newer, older = (revisions.moment(self.model, pk, one) for one in sorted(chosen, reverse=True))
        return older, newer, compare(older.state, newer.state)

    def _restore(self, request, item, pk):
        if not self._may_restore(request, item):
            raise PermissionDenied
        revision = request.POST.get("restore", "")
        then = revisions.moment(self.model, pk, int(possible_key(revision) or 0))
        if then is None:
            raise Http404("There is no such state.")
        if refusal := self.refuse_restore(request, then.state):
            messages.error(request, refusal)
            return redirect(request.get_full_path())
        try:
            item, warnings = revisions.restore(self.model, int(pk), int(revision), request.user)
        except ValidationError as error:
            messages.error(request, "It could not be restored. " + " ".join(error.messages))
            return redirect(request.get_full_path())
        for warning in warnings:
            messages.warning(request, warning)
        messages.success(request, f"{capfirst(self.opts.verbose_name)} “{item}” is again as it was then.")
        return redirect(self._url("change", item.pk))

    def refuse_restore(self, request, state):
        """Why this user may not bring that state back, as a sentence, or nothing."""
        return ""

    def _url(self, page, *args):
        return reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_{page}", args=args)
