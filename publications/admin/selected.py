"""The admin page of the selected publications: which ones the home page shows, and in what order."""

import math

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.forms import Script
from django.shortcuts import redirect
from django.urls import path

from profiles.admin import PublishableAdmin
from profiles.forms import SafeAutocompleteMultiple
from profiles.history import revisions
from publications.models import Publication


class SelectedRow(forms.Form):
    """A selected publication, its place, and whether it is to be removed."""

    position = forms.IntegerField(required=False, min_value=1, max_value=9999)
    remove = forms.BooleanField(required=False)

    def __init__(self, publication, place, visibility, data=None):
        super().__init__(data, prefix=f"selected-{publication.pk}", initial={"position": place})
        self.publication, self.visibility = publication, visibility
        for name, label in (("position", "Order"), ("remove", "Remove")):
            self.fields[name].widget.attrs["aria-label"] = f"{label} of “{publication}”"

    @property
    def place(self):
        """The place that was entered, or infinity."""
        return self.cleaned_data["position"] or math.inf


class AddForm(forms.Form):
    add = forms.ModelMultipleChoiceField(
        Publication.objects.filter(version_of=None),
        required=False,
        label="Add publications",
        help_text="They come last. Save, then move them where you want them.",
    )

    def __init__(self, admin_site, data=None):
        super().__init__(data)
        widget = SafeAutocompleteMultiple(Publication._meta.get_field("version_of"), admin_site)
        self.fields["add"].widget = widget
        widget.choices = self.fields["add"].choices

    @property
    def publications(self):
        """The publications that were chosen, in the order of the choice."""
        found = {str(one.pk): one for one in self.cleaned_data["add"]}
        return [found[pk] for pk in dict.fromkeys(self["add"].data) if pk in found]

    class Media:
        js = [Script("js/admin/rows.js", type="module")]


class SelectedAdmin(PublishableAdmin):
    """Adds the page, and the action that selects publications, to the admin of publications."""

    actions = [*PublishableAdmin.actions, "select"]

    def get_urls(self):
        view = self.admin_site.admin_view(self.selected_view)
        return [path("selected/", view, name="publications_publication_selected"), *super().get_urls()]

    def changelist_view(self, request, extra_context=None):
        context = {"can_publish": self.has_publish_permission(request), **(extra_context or {})}
        return super().changelist_view(request, context)

    @admin.action(description="Select for the home page", permissions=["publish"])
    def select(self, request, queryset):
        self.message_count(request, self.change_in_chunks(request, queryset, "select"), "selected for the home page")

    def selected_view(self, request):
        if not self.has_publish_permission(request):
            raise PermissionDenied
        data = request.POST if request.method == "POST" else None
        selected = Publication.objects.selected().select_related("version_of")
        rows = [SelectedRow(one, place, self.visibility(one), data) for place, one in enumerate(selected, 1)]
        form = AddForm(self.admin_site, data)
        if data is not None and all([form.is_valid(), *(row.is_valid() for row in rows)]):
            self.save_selection(request, rows, form.publications)
            return redirect(self.get_url("selected"))
        context = {"rows": rows, "form": form, "media": self.media + form.media}
        return self.render_page(request, "admin/publications/selected.html", "Selected publications", context)

    @transaction.atomic
    def save_selection(self, request, rows, added):
        remaining = sorted((row for row in rows if not row.cleaned_data["remove"]), key=lambda row: row.place)
        selection = list(dict.fromkeys([*(row.publication for row in remaining), *added]))
        places = {publication.pk: place for place, publication in enumerate(selection, 1)}
        changed = []
        for publication in dict.fromkeys([*selection, *(row.publication for row in rows)]):
            before = (publication.featured, publication.featured_position)
            place = places.get(publication.pk)
            publication.featured, publication.featured_position = place is not None, place
            if before != (publication.featured, publication.featured_position):
                changed.append(publication)
        revisions.record_unsaved_changes(changed)
        Publication.objects.bulk_update(changed, ["featured", "featured_position"])
        revisions.record(changed, request.user)
        messages.success(request, f"{len(selection):,} publication{'' if len(selection) == 1 else 's'} selected.")
