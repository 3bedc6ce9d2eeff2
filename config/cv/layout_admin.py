"""The layouts of funders in the admin of CVs: a new CV from a layout, and its texts to paste into a funder's form."""

from itertools import chain

from django import forms
from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.urls import path

from config.cv.content import ALL_PARTS, document_of
from config.cv.facts import report_of
from config.cv.layouts import layout_choices, layout_of, layouts
from config.cv.paste import fields_of
from config.cv.records import owner_of_cvs
from profiles.feeds import VISITOR
from profiles.models import CVPart

LAYOUT = "layout"  # the parameter of the form for a new CV: the name of a layout


class LayoutAdmin(admin.ModelAdmin):
    """Adds the page of layouts, the values of a new CV from one, and the page with texts to paste."""

    change_list_template = "admin/profiles/cv/change_list.html"

    def get_urls(self):
        view = self.admin_site.admin_view
        return [
            path("layouts/", view(self.layouts_view), name="profiles_cv_layouts"),
            path("<int:pk>/text/", view(self.text_view), name="profiles_cv_text"),
            *super().get_urls(),
        ]

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        field = super().formfield_for_dbfield(db_field, request, **kwargs)
        if db_field.name != "layout":
            return field
        return forms.ChoiceField(
            choices=layout_choices, required=False, label="Layout", help_text=db_field.help_text, initial=""
        )

    def get_changeform_initial_data(self, request):
        layout = layouts().get(request.GET.get(LAYOUT))
        return super().get_changeform_initial_data(request) | (layout.values if layout else {})

    def get_first_parts(self, request):
        """Return the values of the parts of a new CV: those of the layout, or all."""
        if layout := layouts().get(request.GET.get(LAYOUT)):
            return layout.part_values
        return [{"kind": kind, "position": place} for place, kind in enumerate(ALL_PARTS, 1)]

    def render_change_form(self, request, context, **kwargs):
        form = context["adminform"].form
        name = form["layout"].value() if "layout" in form.fields else form.instance.layout
        if layout := layouts().get(name):
            context["layout"] = layout
            for row in chain.from_iterable(one.formset.forms for one in context["inline_admin_formsets"]):
                part = CVPart(kind=row["kind"].value() or "", title=row["title"].value() or "")
                row.prompt = found.prompt if (found := layout.part_for(part)) else ""
        if kwargs.get("obj"):
            context["text_url"] = self.get_url("text", kwargs["obj"].pk)
        return super().render_change_form(request, context, **kwargs)

    def report_of(self, document, formsets, base=""):
        """Return the Report of the CVDocument of formsets. ``base`` is the URL of the form, for other pages."""
        prefixes = {id(form.instance): form.prefix for formset in formsets for form in formset.forms}

        def address(part, name):
            # Without the permission to change the CV, there are no fields.
            return f"{base}#id_{prefixes[id(part)]}-{name}" if id(part) in prefixes else ""

        return report_of(document, address)

    def layouts_view(self, request):
        if not self.has_add_permission(request):
            raise PermissionDenied
        context = {"layouts": layouts().values(), "add_url": self.get_url("add")}
        return self.render_page(request, "admin/profiles/cv/layouts.html", "New CV from a layout", context)

    def text_view(self, request, pk):
        """Show the texts of a CV as visitors get them, in one box for each field of a form."""
        cv, owner = self.get_object(request, str(pk)), owner_of_cvs()
        if cv is None or owner is None:
            raise Http404("There is no CV with this number.")
        if not self.has_view_permission(request, cv):
            raise PermissionDenied
        document = document_of(cv, cv.parts.all(), owner, VISITOR)
        context = {
            "cv": cv,
            "layout": layout_of(cv),
            "fields": fields_of(document),
            "counts": report_of(document, lambda part, name: "").counts,
        }
        return self.render_page(request, "admin/profiles/cv/text.html", "Text to paste", context)
