"""“Save and duplicate”: saves a form, and opens the form for a new object with a copy of its values."""

from itertools import chain

from django.db import models
from django.forms import model_to_dict
from django.shortcuts import redirect

from profiles.history.admin import HistoryAdmin

DUPLICATE = "_duplicate"  # the name of the button
COPY_OF = "copy_of"  # the parameter of the form for a new object: the primary key of the one to copy


class DuplicateAdmin(HistoryAdmin):
    """Fills the form for a new object with a copy of another one. Nothing is saved until the editor saves the form.

    ``not_copied`` are the fields that do not apply to another object. Unique fields and files are not copied either.
    """

    not_copied = ["featured"]

    def get_changeform_initial_data(self, request):
        initial, item = super().get_changeform_initial_data(request), self.get_copied(request)
        return initial | self.copied_values(item) if item else initial

    def get_copied(self, request):
        """Return the object that the form for a new object copies, or None."""
        if not hasattr(request, "copied"):
            item = self.get_object(request, request.GET[COPY_OF]) if COPY_OF in request.GET else None
            request.copied = item if item and self.has_view_permission(request, item) else None
        return request.copied

    def is_copied(self, field):
        is_file = isinstance(field, models.FileField)
        # The text and the focal point of a picture belong to its file.
        belongs_to_file = field.name.endswith(("_alt", "_focus"))
        is_publishing = field.name in ("state", "publish_at")
        return not (is_file or belongs_to_file or is_publishing or field.unique or field.name in self.not_copied)

    def copied_values(self, item):
        """Return {field name: value} for the form of a copy."""
        values = model_to_dict(item)
        return {name: value for name, value in values.items() if self.is_copied(item._meta.get_field(name))}

    def rows_of(self, request, inline, item):
        return inline.get_queryset(request).filter(**{inline.get_formset(request).fk.name: item})

    def copied_rows(self, request, inline, item):
        """Return the values of an inline's rows for the form of a copy, without rows that are files."""
        rows = []
        for row in self.rows_of(request, inline, item):
            if not has_file(row):
                values = model_to_dict(row, exclude=[inline.get_formset(request).fk.name, row._meta.pk.name])
                loaded = [name for name in values if row._meta.get_field(name).is_relation]
                rows.append(values | {name: getattr(row, name) for name in loaded})
        return rows

    def get_formset_kwargs(self, request, obj, inline, prefix):
        kwargs, item = super().get_formset_kwargs(request, obj, inline, prefix), self.get_copied(request)
        is_new = item and obj.pk is None and request.method == "GET"
        return kwargs | {"initial": self.copied_rows(request, inline, item)} if is_new else kwargs

    def render_change_form(self, request, context, **kwargs):
        context["can_duplicate"] = self.has_add_permission(request) and not context["is_popup"]
        if kwargs.get("add") and (item := self.get_copied(request)):
            context |= {"copied": item, "not_copied": self.get_missing(request, item)}
        return super().render_change_form(request, context, **kwargs)

    def get_missing(self, request, item):
        """Return the names of what an object has and its copy does not."""
        fields = [field for field in item._meta.fields if field.editable and not self.is_copied(field)]
        shown = [one for one in fields if one.name not in ("state", "publish_at") and not one.primary_key]
        missing = [field.verbose_name for field in shown if getattr(item, field.name) and not field.has_default()]
        rows = chain.from_iterable(self.rows_of(request, one, item) for one in self.get_inline_instances(request))
        return [*missing, "uploaded files"] if any(map(has_file, rows)) else missing

    def response_post_save_add(self, request, obj):
        return self.open_copy(request, obj) or super().response_post_save_add(request, obj)

    def response_post_save_change(self, request, obj):
        return self.open_copy(request, obj) or super().response_post_save_change(request, obj)

    def open_copy(self, request, obj):
        """Return the redirect to the form with a copy, if the editor has asked for one."""
        if DUPLICATE not in request.POST or not self.has_add_permission(request):
            return None
        return redirect(f"{self.get_url('add')}?{COPY_OF}={obj.pk}")


def has_file(row):
    return any(getattr(row, field.name) for field in row._meta.fields if isinstance(field, models.FileField))
