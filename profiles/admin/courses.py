"""The admin of courses: their terms and materials in one form, and last year's term as the start of the next one."""

from django import forms
from django.contrib import admin, messages
from django.forms import model_to_dict
from django.shortcuts import redirect

from profiles.admin.content import PUBLISHING, PublishableAdmin, RowsInline
from profiles.admin.files import FilesField, ResourceForm, ResourceInline
from profiles.forms import RowForm, RowFormSet
from profiles.models import Course, Material, Person, Term

NEXT_TERM = "_next_term"  # the name of the button
COPY_TERM = "copy_term"  # the parameter of the form with a copy: the primary key of the term to copy
ADDED = "added"  # the choice of a term that is added in the same form


class TermForm(RowForm):
    """A term, with new files for it, and those materials of another term that are copied to it."""

    files = FilesField("files")
    copies = forms.ModelMultipleChoiceField(
        Material.objects.none(), required=False, label="materials to copy", widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, *args, copied=None, **kwargs):
        super().__init__(*args, **kwargs)
        if copied:
            self.fields["copies"].queryset = copied.materials.select_related("course")
            self.initial.setdefault("copies", list(copied.materials.all()))

    def clean(self):
        cleaned = super().clean()
        if not (cleaned.get("name") or cleaned.get("start") or {"name", "start"} & self.errors.keys()):
            self.add_error("start", "Enter the year, or a name in “Term”.")
        return cleaned

    def save_materials(self):
        """Add the chosen files and copies to the saved term."""
        course, term = self.instance.course, self.instance
        last = course.resources.order_by("-position").values_list("position", flat=True).first() or 0
        for material in self.cleaned_data["copies"]:
            material.copy_to(term)
        for position, upload in enumerate(self.cleaned_data["files"], last + 1):
            Material.objects.create(course=course, term=term, file=upload, position=position)


class TermFormSet(RowFormSet):
    """Terms. The formset of the materials reads ``added_terms`` and ``deleted_terms`` of the course."""

    def __init__(self, *args, copied=None, **kwargs):
        self.copied = copied
        super().__init__(*args, **kwargs)

    def get_form_kwargs(self, index):
        is_copy = self.copied and index is not None and index == self.initial_form_count()
        return super().get_form_kwargs(index) | {"copied": self.copied if is_copy else None}

    def clean(self):
        super().clean()
        added = [form for form in self.extra_forms if form.has_changed() and form not in self.deleted_forms]
        self.instance.added_terms = [form.instance for form in added]
        self.instance.deleted_terms = [form.instance for form in self.deleted_forms if form.instance.pk]

    def save_materials(self):
        for form in self.forms:
            if form.has_changed() and form not in self.deleted_forms:
                form.save_materials()


class TermInline(RowsInline):
    model = Term
    form = TermForm
    formset = TermFormSet
    fields = ["name", "start", "end", "role", "students", "url", "files"]
    shows_early = True

    def get_fields(self, request, obj=None):
        if COPY_TERM not in request.GET:
            return self.fields
        return [*(name for name in self.fields if name not in ("url", "files")), "copies", "files"]

    def get_extra(self, request, obj=None, **kwargs):
        return 0 if obj else 1


class MaterialForm(ResourceForm):
    term = forms.ChoiceField(required=False)

    def __init__(self, *args, terms=(), **kwargs):
        super().__init__(*args, **kwargs)
        self.terms = {str(term.pk): term for term in terms}
        choices = [(key, str(term)) for key, term in self.terms.items()]
        self.fields["term"].choices = [("", "All terms"), (ADDED, "The new term"), *choices]
        self.initial["term"] = str(self.instance.term_id or "")

    def clean_term(self):
        chosen = self.cleaned_data["term"]
        self.is_of_added_term = chosen == ADDED
        return self.terms.get(chosen)


class MaterialFormSet(RowFormSet):
    """Files and links, of saved terms or of the one that is added in the same form."""

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        self.terms = list(self.instance.terms.all()) if self.instance.pk else []

    def get_form_kwargs(self, index):
        return super().get_form_kwargs(index) | {"terms": self.terms}

    def clean(self):
        super().clean()
        added = getattr(self.instance, "added_terms", [])
        deleted = getattr(self.instance, "deleted_terms", [])
        for form in self.forms:
            if form.instance.term_id in [term.pk for term in deleted]:
                form.instance.term = None
            if getattr(form, "is_of_added_term", False) and form not in self.deleted_forms:
                if len(added) == 1:
                    form.instance.term = added[0]
                else:
                    message = "You add several terms. Save them first." if added else "Add a term, or choose another."
                    form.add_error("term", message)


class MaterialInline(ResourceInline):
    model = Material
    form = MaterialForm
    formset = MaterialFormSet
    fields = ["term", *ResourceInline.fields]
    shows_early = True


@admin.register(Course)
class CourseAdmin(PublishableAdmin):
    markdown = {"description": 2, "syllabus": 3}
    blocks = ["description", "syllabus"]
    list_display = ["title", "code", "organisation", "last_taught", "visibility"]
    search_fields = ["title", "code", "organisation"]
    autocomplete_fields = ["instructors"]
    inlines = [TermInline, MaterialInline]
    fieldsets = [
        (None, {"fields": ["title", ("code", "level"), "organisation", "tags"]}),
        ("Text", {"fields": ["description", "syllabus", "url"]}),
        PUBLISHING,
        ("More", {"classes": ["collapse"], "fields": ["instructors", "not_in_cvs", "slug", "position"]}),
    ]

    def get_queryset(self, request):
        return super().get_queryset(request).prefetch_related("terms")

    @admin.display(description="Last taught")
    def last_taught(self, course):
        return course.latest

    def get_changeform_initial_data(self, request):
        last = Course.objects.order_by("-pk").first()
        defaults = {
            "instructors": list(Person.objects.filter(is_owner=True).values_list("pk", flat=True)),
            "organisation": last.organisation if last else "",
        }
        return defaults | super().get_changeform_initial_data(request)

    def copied_rows(self, request, inline, item):
        """Copy the links of all terms only: another course has other terms."""
        rows = super().copied_rows(request, inline, item)
        return [row for row in rows if isinstance(inline, MaterialInline) and not row["term"]]

    def get_missing(self, request, item):
        missing = super().get_missing(request, item)
        return [*missing, "terms with their materials"] if item.terms.exists() else missing

    def get_copied_term(self, request, course):
        """Return the term that the form shows a copy of, or None."""
        key = request.GET.get(COPY_TERM, "")
        return course.terms.filter(pk=key).first() if course.pk and key.isdecimal() and len(key) < 19 else None

    def get_formset_kwargs(self, request, obj, inline, prefix):
        kwargs = super().get_formset_kwargs(request, obj, inline, prefix)
        if not isinstance(inline, TermInline):
            return kwargs
        copied = self.get_copied_term(request, obj)
        if copied and request.method == "GET":
            kwargs["initial"] = [model_to_dict(copied.a_year_later(), exclude=["id", "course"])]
        return kwargs | {"copied": copied}

    def render_change_form(self, request, context, **kwargs):
        course = kwargs.get("obj")
        context["next_term_of"] = course.latest if course else None
        return super().render_change_form(request, context, **kwargs)

    def save_related(self, request, form, formsets, change):
        super().save_related(request, form, formsets, change)
        for formset in formsets:
            if isinstance(formset, TermFormSet):
                formset.save_materials()

    def save_formset(self, request, form, formset, change):
        deleted = getattr(form.instance, "deleted_terms", []) if isinstance(formset, TermFormSet) else []
        count = Material.objects.filter(term__in=deleted).count()
        super().save_formset(request, form, formset, change)
        if count:
            materials = "A material" if count == 1 else f"{count} materials"
            verb = "is" if count == 1 else "are"
            self.message_user(request, f"{materials} of a deleted term {verb} now for all terms.", messages.WARNING)

    def response_post_save_change(self, request, obj):
        latest = obj.terms.first()
        if NEXT_TERM in request.POST and latest:
            return redirect(f"{self.get_url('change', obj.pk)}?{COPY_TERM}={latest.pk}")
        return super().response_post_save_change(request, obj)
