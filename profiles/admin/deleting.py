"""What is told before something is deleted."""

from django.contrib import admin
from django.contrib.admin.utils import quote
from django.db import models
from django.urls import reverse
from django.utils.html import format_html
from django.utils.text import capfirst


class DeletingAdmin(admin.ModelAdmin):
    """For a model whose objects may have thousands of rows."""

    def get_deleted_objects(self, objs, request):
        """What goes along with objects, and what forbids it, counted: Django's own reads and names every row of it."""
        told = [self._linked(item) for item in objs]
        lacking = {self.opts.verbose_name for item in objs if not self.has_delete_permission(request, item)}
        counts, forbidding = {self.opts.verbose_name_plural: len(told)}, []
        for relation in self.opts.related_objects:
            if relation.many_to_many or relation.on_delete not in (models.CASCADE, models.PROTECT):
                continue
            model = relation.related_model
            count = model._base_manager.filter(**{f"{relation.field.name}__in": objs}).count()
            if not count:
                continue
            if relation.on_delete is models.PROTECT:
                forbidding.append(f"{capfirst(model._meta.verbose_name_plural)}: {count:,}")
                continue
            counts[model._meta.verbose_name_plural] = count
            site = self.admin_site
            if site.is_registered(model) and not site.get_model_admin(model).has_delete_permission(request):
                lacking.add(model._meta.verbose_name)
        return told, counts, lacking, forbidding

    def _linked(self, item):
        address = reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_change", args=[quote(item.pk)])
        return format_html('{}: <a href="{}">{}</a>', capfirst(self.opts.verbose_name), address, item)
