"""The history in the admin: records every save, compares and restores revisions, and detects conflicting saves."""

import re
from dataclasses import dataclass
from itertools import pairwise

from django.contrib import messages
from django.contrib.admin.utils import quote, unquote
from django.core.exceptions import PermissionDenied, ValidationError
from django.core.paginator import Paginator
from django.db import transaction
from django.http import Http404
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
from django.utils.text import capfirst

from profiles.history import revisions
from profiles.history.comparison import Change, compare
from profiles.history.deleting import DeletingAdmin
from profiles.history.restoring import restore

PER_PAGE = 25


@dataclass(frozen=True)
class Conflict:
    """What others have changed since a form was opened, and their revisions, newest first."""

    revisions: list
    changes: list[Change]
    is_deleted: bool = False

    def __str__(self):
        who = self.revisions[0].user or "An import or a command" if self.revisions else "Someone else"
        return (
            f"{who} has {'deleted' if self.is_deleted else 'changed'} this since you opened it, so your changes were "
            "not saved. They are still in this form."
        )


class HistoryAdmin(DeletingAdmin):
    """Records a revision of each save and deletion, and shows the history."""

    change_form_template = "admin/content/change_form.html"
    change_list_template = "admin/content/change_list.html"

    class Media:
        css = {"all": ["css/editing.css"]}

    # Recording

    def save_model(self, request, obj, form, change):
        if change:
            revisions.record_unsaved_changes([obj])
        super().save_model(request, obj, form, change)

    def save_formset(self, request, form, formset, change):
        """Save rows. If they are those of another model's many-to-many field, record its changed objects, too."""
        owner = formset.model._meta.auto_created
        if not owner:
            super().save_formset(request, form, formset, change)
            return
        key = next(field.attname for field in formset.model._meta.fields if field.related_model is owner)
        rows = formset.model.objects.filter(**{formset.fk.name: form.instance}).values_list(key, flat=True)
        before = set(rows)
        super().save_formset(request, form, formset, change)
        changed = owner._base_manager.filter(pk__in=before ^ set(rows.all()))
        revisions.record_unsaved_changes(changed, request.user, f"Changed in the form of “{form.instance}”")

    def log_addition(self, request, obj, message):
        revisions.record([obj], request.user, "Added")
        return super().log_addition(request, obj, message)

    def log_change(self, request, obj, message):
        revisions.record_unsaved_changes([obj], request.user, comment="")
        return super().log_change(request, obj, message)

    def log_deletions(self, request, queryset):
        for item in queryset:
            revisions.record([item], request.user, "Deleted", related=revisions.referring_rows(item))
        return super().log_deletions(request, queryset)

    # Conflicting saves

    def changeform_view(self, request, object_id=None, form_url="", extra_context=None):
        if request.method != "POST" or object_id is None:
            return super().changeform_view(request, object_id, form_url, extra_context)
        with transaction.atomic():
            item = self.get_object(request, unquote(object_id))
            if item is None and "_seen" in request.POST and self.has_add_permission(request):
                self.prepare_adding_again(request, unquote(object_id))
                return super().changeform_view(request, None, self.get_url("add"), extra_context)
            if item is not None:
                # Locks the row, so that another save of it waits for this one.
                self.model._base_manager.select_for_update().filter(pk=item.pk).first()
                request.conflict = self.get_conflict(item, request.POST.get("_seen", ""))
            return super().changeform_view(request, object_id, form_url, extra_context)

    def get_form(self, request, obj=None, change=False, **kwargs):
        form = super().get_form(request, obj, change=change, **kwargs)
        # ``request.refusal``: why the site has undone this save (config.editing.visitors).
        reason = getattr(request, "conflict", None) or getattr(request, "refusal", "")
        if not reason:
            return form

        class RefusedForm(form):
            def clean(self):
                super().clean()
                self.add_error(None, str(reason))

        return RefusedForm

    def render_change_form(self, request, context, **kwargs):
        if kwargs.get("obj") is not None:
            context["seen"] = revisions.current_state(kwargs["obj"]).digest
        context["conflict"] = getattr(request, "conflict", None)
        return super().render_change_form(request, context, **kwargs)

    def get_conflict(self, item, seen):
        """Return the Conflict if an object has changed since the state with the digest ``seen``, or None."""
        now = revisions.current_state(item)
        if not seen or seen == now.digest:
            return None
        found = revisions.get_revisions(type(item), item.pk)
        digests = [one.state.digest for one in found]
        if seen not in digests:
            return Conflict(found[:1] if digests[:1] == [now.digest] else [], [])
        opened = digests.index(seen)
        saved = [one for one in found[:opened] if one.comment != revisions.UNRECORDED]
        return Conflict(saved, compare(found[opened].state, now))

    def prepare_adding_again(self, request, pk):
        """Change the request, made by the form of a deleted object, so that it fills the form that adds a new one."""
        request.POST = request.POST.copy()
        for inline in self.get_inline_instances(request):
            formset = inline.get_formset(request)
            prefix = formset.get_default_prefix()
            request.POST[f"{prefix}-INITIAL_FORMS"] = "0"
            for key in list(request.POST):
                if re.fullmatch(rf"{re.escape(prefix)}-\d+-(?:id|{formset.fk.name})", key):
                    del request.POST[key]
        request.conflict = Conflict(self.last_revision(pk), [], is_deleted=True)

    def last_revision(self, pk):
        """Return a list of the last revision of an object, or an empty one."""
        return revisions.get_revisions(self.model, pk, revisions.revision_ids(self.model, pk)[:1])

    # Views

    def get_urls(self):
        name = f"{self.opts.app_label}_{self.opts.model_name}_deleted"
        return [path("deleted/", self.admin_site.admin_view(self.deleted_view), name=name), *super().get_urls()]

    def render_page(self, request, template, title, context):
        context = {**self.admin_site.each_context(request), "title": title, "opts": self.opts, **context}
        return TemplateResponse(request, template, context)

    def get_url(self, page, *args):
        return reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_{page}", args=args)

    def changelist_view(self, request, extra_context=None):
        context = {"can_see_deleted": self.has_change_permission(request), **(extra_context or {})}
        return super().changelist_view(request, context)

    def history_view(self, request, object_id, extra_context=None):
        """List the revisions of an object, compare two of them, and restore one."""
        pk = unquote(object_id)
        item = self.get_object(request, pk)
        ids = revisions.revision_ids(self.model, pk)
        if item is None and (not ids or self.model._meta.concrete_model._base_manager.filter(pk=pk).exists()):
            raise Http404(f"There is no {self.opts.verbose_name} with this number.")
        if not self.has_view_or_change_permission(request, item):
            raise PermissionDenied
        if request.method == "POST":
            return self.restore_view(request, item, pk)
        page = Paginator(ids, PER_PAGE).get_page(request.GET.get("page"))
        # One more than the page has, because its last revision is compared with the one before.
        found = revisions.get_revisions(self.model, pk, ids[max(page.start_index() - 1, 0) : page.end_index() + 1])
        rows = [(later, compare(earlier.state, later.state)) for later, earlier in pairwise(found)]
        if len(found) <= PER_PAGE:
            rows += [(first, []) for first in found[-1:]]
        return self.render_page(
            request,
            "admin/history/history.html",
            f"History of {item or found[0].state.root.title}",
            {
                "object": item,
                "object_id": quote(pk),
                "page_obj": page,
                "rows": rows,
                "comparison": self.get_comparison(request.GET, pk, ids),
                "can_restore": self.has_restore_permission(request, item),
                **(extra_context or {}),
            },
        )

    def deleted_view(self, request):
        """List the deleted objects, each with a link to its history, where it can be restored."""
        if not self.has_change_permission(request):
            raise PermissionDenied
        page = Paginator(revisions.deleted_versions(self.model), PER_PAGE).get_page(request.GET.get("page"))
        title = f"Deleted {self.opts.verbose_name_plural}"
        return self.render_page(request, "admin/history/deleted.html", title, {"page_obj": page})

    def restore_view(self, request, item, pk):
        if not self.has_restore_permission(request, item):
            raise PermissionDenied
        ids = [one for one in revisions.revision_ids(self.model, pk) if str(one) == request.POST.get("restore")]
        if not ids:
            raise Http404("There is no such revision.")
        (revision,) = revisions.get_revisions(self.model, pk, ids)
        if refusal := self.get_restore_refusal(request, revision.state):
            messages.error(request, refusal)
            return redirect(request.get_full_path())
        try:
            item, warnings = restore(self.model, int(pk), revision, request.user)
        except ValidationError as error:
            messages.error(request, f"The revision could not be restored. {' '.join(error.messages)}")
            return redirect(request.get_full_path())
        for warning in warnings:
            messages.warning(request, warning)
        messages.success(request, f"{capfirst(self.opts.verbose_name)} “{item}” restored.")
        return redirect(self.get_url("change", item.pk))

    def has_restore_permission(self, request, item):
        return self.has_add_permission(request) if item is None else self.has_change_permission(request, item)

    def get_restore_refusal(self, request, state):
        """Return why the user may not restore a State, or ""."""
        return ""

    def get_comparison(self, query, pk, ids):
        """Return (older revision, newer revision, Changes) for the two in the query string, or None."""
        selected = {one for one in ids if str(one) in (query.get("from"), query.get("to"))}
        if len(selected) < 2:
            return None
        newer, older = revisions.get_revisions(self.model, pk, sorted(selected, reverse=True))
        return older, newer, compare(older.state, newer.state)
