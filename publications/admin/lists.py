"""The admin of saved lists."""

from django import forms
from django.contrib import admin

from profiles.admin import PUBLISHING, PublishableAdmin, PublishingForm
from publications.admin.related import PublicationRows
from publications.citations import styles
from publications.models import Publication, SavedList, SavedListRow

MISSING = (
    "“{}” was deleted, so the list shows only the works chosen below. Choose another one, or save the list without it."
)


class SavedListForm(PublishingForm):
    types = forms.MultipleChoiceField(
        choices=Publication.TYPES,
        required=False,
        widget=forms.SelectMultiple(attrs={"size": 8}),
        help_text="Only works of these types. If none is selected, works of all types. Ctrl or ⌘ selects several.",
    )
    citation_style = forms.ChoiceField(required=False, help_text=SavedList._meta.get_field("citation_style").help_text)

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        stored = self.instance.citation_style
        names = {"": "As on the page “Publications”"} | styles.labels()
        if stored not in names:
            names[stored] = f"{stored} (not available now)"
        if "citation_style" in self.fields:
            self.fields["citation_style"].choices = list(names.items())
        for name, deleted in self.instance.missing.items():
            if name in self.fields:
                self.fields[name].help_text = MISSING.format("”, “".join(deleted))

    def save(self, commit=True):
        self.instance.missing = {}
        return super().save(commit)


class SavedListRowInline(PublicationRows):
    model = SavedListRow
    fields = ["position", "publication"]
    verbose_name_plural = "chosen works, in order"


@admin.register(SavedList)
class SavedListAdmin(PublishableAdmin):
    form = SavedListForm
    markdown = {"description": 2}
    list_display = ["name", "grouping", "citation_style", "visibility"]
    search_fields = ["name", "description"]
    autocomplete_fields = ["tags", "people"]
    inlines = [SavedListRowInline]
    fieldsets = [
        (None, {"fields": ["name", "description"]}),
        (
            "Filters",
            {
                "description": "The list shows the works that match all of these, now and in future.",
                "fields": [
                    "tags", "people", "types", ("year_from", "year_to"), "query", "selected_only", "chosen_only",
                ],
            },
        ),
        ("Appearance", {"fields": ["citation_style", "grouping"]}),
        PUBLISHING,
        ("More", {"classes": ["collapse"], "fields": ["slug"]}),
    ]  # fmt: skip
