"""The options of reports, which are read from their address."""

from django import forms
from django.contrib import admin

from config.reports.collaborators import MONTHS
from profiles.forms import ChooserField, SafeAutocomplete
from profiles.models import Person, Relation
from projects.models import Grant, Project
from publications.citations import styles


class PersonField(ChooserField):
    def __init__(self, **kwargs):
        widget = SafeAutocomplete(Relation._meta.get_field("related"), admin.site)
        super().__init__(Person.objects.all(), widget=widget, **kwargs)


class CollaboratorsForm(forms.Form):
    person = PersonField()
    months = forms.IntegerField(
        min_value=1, max_value=1200, initial=MONTHS, help_text="NSF asks for co-authors and collaborators of 48 months."
    )


class OutputsForm(forms.Form):
    person = PersonField(required=False)
    project = forms.ModelChoiceField(Project.objects.order_by("name"), required=False)
    grant = forms.ModelChoiceField(Grant.objects.all(), required=False)
    first = forms.IntegerField(label="From year", min_value=1, max_value=9998, required=False)
    last = forms.IntegerField(label="To year", min_value=1, max_value=9998, required=False)
    style = forms.ChoiceField(label="Citation style", required=False)
    talks = forms.BooleanField(required=False)
    posts = forms.BooleanField(label="News", required=False)
    grants = forms.BooleanField(required=False)
    drafts = forms.BooleanField(
        label="Drafts and works under blind review",
        required=False,
        help_text="Without them, the report has what visitors see.",
    )

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.fields["style"].choices = list(styles.labels().items())
        if not self.fields["style"].choices:
            del self.fields["style"]  # without pandoc, works are listed in a plain form

    def clean(self):
        cleaned = {"style": "", **super().clean()}
        first, last = cleaned.get("first"), cleaned.get("last")
        if first and last and first > last:
            self.add_error("last", "The period ends before it begins. Swap the two years.")
        return cleaned
