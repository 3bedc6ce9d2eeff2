"""Deletion in the admin: the page says what uses the object, and what to do about it."""

from django.contrib import admin
from django.contrib.admin.utils import unquote
from django.db import models, transaction
from django.urls import reverse
from django.utils.html import format_html

from profiles.forms import chooser_label

DETACH = "_detach"  # the button that turns rows which protect an object into rows without it


def detachable(model):
    """Return the models whose rows protect the objects of a model, and can be detached.

    Such a model has ``detach(item, user)``, and ``users_of(items)``, which returns the objects that the rows belong to.
    """
    relations = model._meta.concrete_model._meta.related_objects
    return [
        relation.related_model
        for relation in relations
        if relation.on_delete is models.PROTECT and hasattr(relation.related_model, "detach")
    ]


class DeletingAdmin(admin.ModelAdmin):
    delete_confirmation_template = "admin/history/delete.html"
    delete_selected_confirmation_template = "admin/history/delete_selected.html"

    def get_deletion_notes(self, item):
        """Return sentences about what else a deletion changes."""
        return []

    def get_merge_url(self, item):
        """Return the URL of the list where the object can be merged into another one, or ""."""
        return ""

    def delete_view(self, request, object_id, extra_context=None):
        item = self.get_object(request, unquote(object_id))
        context = {"can_detach": self.can_detach(request)}
        if item is not None:
            context |= {"notes": self.get_deletion_notes(item), "merge_url": self.get_merge_url(item)}
        return super().delete_view(request, object_id, {**context, **(extra_context or {})})

    def can_detach(self, request):
        return all(
            request.user.has_perm(f"{model._meta.app_label}.change_{model._meta.model_name}")
            for model in detachable(self.model)
        )

    def get_deleted_objects(self, objs, request):
        *found, protected = super().get_deleted_objects(objs, request)
        if DETACH in request.POST and self.can_detach(request):
            return *found, []
        users = [user for model in detachable(self.model) for user in model.users_of(objs)] if protected else []
        return *found, [self.get_link(user) for user in users] or protected

    def get_link(self, item):
        opts = item._meta
        url = reverse(f"admin:{opts.app_label}_{opts.model_name}_change", args=[item.pk])
        return format_html('<a href="{}">{}</a>', url, chooser_label(item))

    def delete_model(self, request, obj):
        self.detach(request, [obj])
        super().delete_model(request, obj)

    def delete_queryset(self, request, queryset):
        with transaction.atomic():
            self.detach(request, queryset)
            super().delete_queryset(request, queryset)

    def detach(self, request, items):
        if DETACH in request.POST:
            for model in detachable(self.model):
                for item in items:
                    model.detach(item, request.user)
