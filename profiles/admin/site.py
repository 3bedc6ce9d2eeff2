"""The admin of what a site has once: its look, its menu, its settings."""

import re
from html import unescape

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.widgets import AdminTextInputWidget
from django.core.exceptions import PermissionDenied
from django.shortcuts import redirect
from django.utils.text import capfirst

from profiles.admin.content import ContentAdmin
from profiles.forms import LookForm
from profiles.history.admin import HistoryAdmin
from profiles.models import Look, Person, SiteSettings


class SingleAdmin(HistoryAdmin):
    """The admin of a model with one row, which belongs to the owner. The list leads to its form.

    The first save adds the row; until then the form shows the defaults. ``verb`` agrees with the name of the model.
    """

    verb = "was"

    def get_row(self):
        """Return the owner's row, or None."""
        return self.model.objects.filter(person__is_owner=True).first()

    def changelist_view(self, request, extra_context=None):
        if not self.has_view_or_change_permission(request):
            raise PermissionDenied
        if Person.objects.owner() is None:
            self.message_user(request, "The site has no owner yet. Add the owner first.")
            return redirect("admin:profiles_person_add")
        if row := self.get_row():
            return redirect(self.get_url("change", row.pk))
        if self.has_add_permission(request):
            return redirect(self.get_url("add"))
        self.message_user(request, f"The {self.opts.verbose_name} has not been changed yet. Ask an editor to do it.")
        return redirect("admin:index")

    def add_view(self, request, form_url="", extra_context=None):
        row = self.get_row()
        if (row or Person.objects.owner() is None) and request.method != "POST":
            return redirect(self.get_url("changelist"))
        if row:
            request.refusal = "Someone else has saved this since you opened it. Open it in another tab, and compare."
        return super().add_view(request, form_url, extra_context)

    def render_change_form(self, request, context, **kwargs):
        context |= {"title": capfirst(self.opts.verbose_name), "show_save_and_add_another": False}
        return super().render_change_form(request, context, **kwargs)

    def save_model(self, request, obj, form, change):
        if not change:
            obj.person = Person.objects.owner()
        super().save_model(request, obj, form, change)

    def response_add(self, request, obj, post_url_continue=None):
        return self.response_change(request, obj)

    def response_change(self, request, obj):
        self.message_user(request, f"The {self.opts.verbose_name} {self.verb} saved.", messages.SUCCESS)
        if "_continue" in request.POST:
            return redirect(self.get_url("change", obj.pk))
        return self.response_post_save_change(request, obj)

    def get_model_perms(self, request):
        # The index links to the form, and not to another one for adding.
        return super().get_model_perms(request) | {"add": False}

    def has_delete_permission(self, request, obj=None):
        return False


ATTRIBUTE = re.compile(r"""([a-z-]+)\s*=\s*["']([^"']*)["']""", re.IGNORECASE)


def attributes_of(tag):
    """Return {name: value} of the attributes of an HTML tag."""
    return {name.lower(): unescape(value).strip() for name, value in ATTRIBUTE.findall(tag)}


class TagMixin:
    """For a form field whose value may be pasted as a whole HTML tag: it is that of the ``attribute``."""

    attribute = "content"

    def to_python(self, value):
        text = str(value or "").strip()
        return super().to_python(attributes_of(text).get(self.attribute, text) if text.startswith("<") else text)

    def widget_attrs(self, widget):
        # With "maxlength", browsers would cut a tag.
        return {name: value for name, value in super().widget_attrs(widget).items() if name != "maxlength"}


class CodeField(TagMixin, forms.CharField):
    pass


class ScriptField(TagMixin, forms.URLField):
    attribute = "src"


class SettingsForm(forms.ModelForm):
    def clean(self):
        cleaned = super().clean()
        script = attributes_of(self.data.get(self.add_prefix("analytics_script"), ""))
        site = next((value for name, value in script.items() if name.startswith("data-")), "")
        cleaned["analytics_site"] = cleaned.get("analytics_site") or site
        return cleaned


@admin.register(SiteSettings)
class SiteSettingsAdmin(SingleAdmin, ContentAdmin):
    form = SettingsForm
    verb = "were"
    markdown = {"about": 2, "footer": 2}
    blocks = ["about"]
    pasted = {"google_verification": CodeField, "bing_verification": CodeField, "analytics_script": ScriptField}
    fieldsets = [
        ("Group", {"fields": ["is_group", "name", "tagline", "about", "image", "image_alt", "image_focus"]}),
        ("Works", {"fields": ["shows_affiliations", "deposit_months"]}),
        ("Footer", {"fields": ["footer"]}),
        ("Search engines", {"fields": ["google_verification", "bing_verification"]}),
        ("Statistics", {"fields": ["analytics_script", "analytics_site"]}),
    ]

    def formfield_for_dbfield(self, db_field, request, **kwargs):
        if db_field.name in self.pasted:
            # A text input: browsers refuse a tag that is pasted into one for URLs.
            kwargs |= {"form_class": self.pasted[db_field.name], "widget": AdminTextInputWidget}
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    def has_preview_permission(self, request, obj):
        return False  # it has no page


@admin.register(Look)
class LookAdmin(SingleAdmin):
    change_form_template = "admin/profiles/look/change_form.html"
    form = LookForm
    radio_fields = {"theme": admin.VERTICAL, "accent": admin.HORIZONTAL, "density": admin.HORIZONTAL}
