"""The admin of saved CVs: the form with its parts, and the live preview of the PDF beside it."""

from base64 import b64encode
from functools import partial
from itertools import chain

from django import forms
from django.contrib import admin
from django.core.cache import caches
from django.core.exceptions import PermissionDenied
from django.http import Http404
from django.template.response import TemplateResponse
from django.urls import path
from django.utils.functional import cached_property
from django.views.decorators.http import require_POST

from config.cv.content import document_of
from config.cv.layout_admin import LayoutAdmin
from config.cv.pdf import as_pictures
from config.cv.records import Records, owner_of_cvs, row_of
from config.cv.snapshots import WithSnapshotsAdmin
from config.cv.words import title_of
from config.text.plain import plain
from profiles.admin.content import PUBLISHING, PublishableAdmin, RowsInline
from profiles.content.addresses import absolute
from profiles.content.publishing import EDITORS, changes_no_page
from profiles.feeds import VISITOR
from profiles.forms import MarkdownWidget, RowForm, RowFormSet, SiteTemplateMixin
from profiles.models import CV, CVPart, Membership, Occasion
from projects.models import Grant
from publications.citations import styles
from publications.numbering import GROUPS

Kind = CVPart.Kind
NO_RECORDS = (Kind.TEXT, Kind.BIOGRAPHY, Kind.INTERESTS)
# The types by which a part of some kinds can select.
TYPES = {
    Kind.PUBLICATIONS: [(letter, title) for letter, title, _ in GROUPS],
    Kind.TALKS: Occasion.Kind.choices,
    Kind.SUPERVISION: Membership.Role.choices,
    Kind.GRANT: Grant.Status.choices,
}
# The kinds of parts that a field is for; the others ignore it.
WITH_RECORDS = [kind for kind in Kind.values if kind not in NO_RECORDS]
FIELD_KINDS = {
    "tag": WITH_RECORDS,
    "year_from": WITH_RECORDS,
    "year_to": WITH_RECORDS,
    "limit": WITH_RECORDS,
    "is_short": WITH_RECORDS,
    "chosen": WITH_RECORDS,
    "shows_totals": WITH_RECORDS,
    "types": list(TYPES),
    "only_selected": [Kind.PUBLICATIONS, Kind.PROJECTS],
    "citation_style": [Kind.PUBLICATIONS],
    "numbering": [Kind.PUBLICATIONS],
    "shows_contribution": [Kind.PUBLICATIONS],
}
REASONS = {
    "hidden": "{} marked “not in CVs”",
    "selection": "{} left out by the selection",
    "limit": "{} left out by the limit",
}


def counts_of(section):
    """Return how many records a section shows: "12 of 57: 45 left out by the limit"; "" if its kind has none."""
    if section.kind in NO_RECORDS:
        return ""
    reasons = [text.format(section.left_out[name]) for name, text in REASONS.items() if name in section.left_out]
    shown = f"{section.total - sum(section.left_out.values()):,} of {section.total:,}"
    return f"{shown}: {', '.join(reasons)}" if reasons else shown


class PickWidget(SiteTemplateMixin, forms.CheckboxSelectMultiple):
    """Checkboxes for the records of a part, the chosen ones first and in their order, which JavaScript changes."""

    template_name = "admin/fields/picks.html"

    def get_context(self, name, value, attrs):
        context = super().get_context(name, value, attrs)
        options = {str(option["value"]): option for _, group, _ in context["widget"]["optgroups"] for option in group}
        chosen = [str(one) for one in value or [] if str(one) in options]
        context["options"] = [*map(options.get, chosen), *(options[pk] for pk in options if pk not in chosen)]
        context["chosen"] = len(chosen)
        return context


class PicksField(forms.MultipleChoiceField):
    """A list of values in the order in which they were submitted. Values that are not among the choices drop out."""

    def __init__(self, *, coerce=str, **kwargs):
        self.coerce = coerce
        super().__init__(required=False, **kwargs)

    def clean(self, value):
        known = {str(value) for value, _ in self.choices}
        return [self.coerce(one) for one in dict.fromkeys(value or []) if one in known]

    def has_changed(self, initial, data):
        return [str(one) for one in initial or []] != [str(one) for one in data or []]


class CVPartForm(RowForm):
    types = PicksField(label="Types", widget=forms.CheckboxSelectMultiple)
    chosen = PicksField(label="Single records", coerce=int, widget=PickWidget)
    citation_style = forms.ChoiceField(required=False, label="Citation style")

    def __init__(self, *args, records, **kwargs):
        super().__init__(*args, **kwargs)
        # The types and records are those of its kind, which an added row does not have yet.
        self.part_kind = kind = (
            self.instance.kind or self.initial.get("kind") or self.data.get(self.add_prefix("kind"), "")
        )
        names = [("", "Names, title, venue: the style of this site’s CVs")]
        self.fields["citation_style"].choices = lambda: [*names, *styles.labels().items()]
        self.fields["types"].choices = TYPES.get(kind, [])
        self.fields["chosen"].choices = lambda: records.choices(kind) if kind else []
        self.fields["text"].widget = MarkdownWidget(3)
        if kind:
            self.fields["title"].widget.attrs["placeholder"] = title_of(kind, CV.Language.ENGLISH)
        if self.instance.pk:
            self.fields["kind"].disabled = True

    @property
    def kinds_with_records(self):
        return " ".join(WITH_RECORDS)

    @property
    def is_text(self):
        return self.part_kind == Kind.TEXT

    def fields_of_options(self):
        """Return [(BoundField, its kinds in words)] of the fields below the title."""
        names = [name for name in CVPartInline.fields if name not in ("kind", "title", "position")]
        return [(self[name], " ".join(FIELD_KINDS.get(name, Kind.values))) for name in names]

    @property
    def has_records(self):
        return self.part_kind in WITH_RECORDS


class Choosable(Records):
    """The records of the owner that an editor sees, as choices of a form."""

    def choices(self, kind):
        """Return [(primary key, label)]; a talk that was given twice is one choice."""
        if not self.owner or kind in NO_RECORDS:
            return []
        rows = {}
        for record in self[kind]:
            rows.setdefault(row_of(record).pk, self._label(record))
        return list(rows.items())

    def _label(self, record):
        row = row_of(record)
        facts = [
            plain(str(record)) if not hasattr(record, "title") else plain(record.title) or str(record),
            getattr(row, "chooser_detail", ""),
            "" if row.is_public else "draft",
            "not in CVs" if row.not_in_cvs else "",
        ]
        return " — ".join(filter(None, facts))


class CVPartFormSet(RowFormSet):
    @cached_property
    def records(self):
        return Choosable(owner_of_cvs(), EDITORS)

    def get_form_kwargs(self, index):
        return super().get_form_kwargs(index) | {"records": self.records}

    @property
    def parts(self):
        """The parts that would be saved, in their order. Of a valid formset."""
        forms = [form for form in self.forms if form.instance.pk or form.has_changed()]
        forms = [form for form in forms if form not in self.deleted_forms]
        return [form.instance for form in sorted(forms, key=lambda form: form.instance.position)]


class CVPartInline(RowsInline):
    model = CVPart
    form = CVPartForm
    formset = CVPartFormSet
    template = "admin/profiles/cv/parts.html"
    shows_early = True
    autocomplete_fields = ["tag"]
    fields = [
        "position", "kind", "title", "types", "tag", "year_from", "year_to", "only_selected", "limit", "chosen",
        "is_short", "citation_style", "numbering", "shows_totals", "shows_contribution", "text",
    ]  # fmt: skip
    view_on_site = False

    class Media:
        js = [forms.Script("js/admin/cv.js", type="module")]


@admin.register(CV)
class CVAdmin(LayoutAdmin, WithSnapshotsAdmin, PublishableAdmin):
    change_form_template = "admin/profiles/cv/change_form.html"
    list_filter = ["state", "language"]
    search_fields = ["name"]
    inlines = [CVPartInline]
    not_copied = [*PublishableAdmin.not_copied, "is_main"]
    fieldsets = [
        (None, {"fields": ["name", ("language", "paper", "page_limit"), "layout"]}),
        ("Heading", {"fields": ["address", ("phone", "email"), ("shows_homepage", "shows_photo")]}),
        ("Publishing", {"fields": [*PUBLISHING[1]["fields"], "is_main"]}),
        ("More", {"classes": ["collapse"], "fields": ["slug"]}),
    ]

    def get_urls(self):
        view = self.admin_site.admin_view(changes_no_page(require_POST(self.preview_view)))
        return [
            path("preview/", view, name="profiles_cv_preview_new"),
            path("<int:pk>/preview/", view, name="profiles_cv_preview"),
            *super().get_urls(),
        ]

    def get_queryset(self, request):
        return super().get_queryset(request).prefetch_related("parts")

    def get_list_display(self, request):
        owner = owner_of_cvs()

        @admin.display(description="Pages")
        def pages(cv):
            if owner is None:
                return "–"
            key = f"cv-pages:{cv.pk}:{request.content_version}"

            def count_pages():
                made = document_of(cv, cv.parts.all(), owner, VISITOR)
                return len(as_pictures(made, partial(absolute, request), 10))

            count = caches["fragments"].get_or_set(key, count_pages)
            return f"{count}: the limit is {cv.page_limit}" if count > (cv.page_limit or count) else count

        return ["name", "language", "visibility", pages]

    def get_formset_kwargs(self, request, obj, inline, prefix):
        kwargs = super().get_formset_kwargs(request, obj, inline, prefix)
        if obj.pk or request.method == "POST" or "initial" in kwargs:
            return kwargs
        return kwargs | {"initial": self.get_first_parts(request)}

    def render_change_form(self, request, context, **kwargs):
        cv, owner = kwargs.get("obj"), owner_of_cvs()
        context["preview_url"] = self.get_url(*(["preview", cv.pk] if cv else ["preview_new"]))
        context["has_owner"] = owner is not None
        if cv and owner:
            made = document_of(cv, cv.parts.all(), owner, VISITOR)
            counts = {section.part.pk: counts_of(section) for section in made.parts}
            for row in chain.from_iterable(one.formset.forms for one in context["inline_admin_formsets"]):
                row.counts = counts.get(row.instance.pk, "")
        return super().render_change_form(request, context, **kwargs)

    def preview_view(self, request, pk=None):
        """Show the PDF of the posted form, as visitors would get it. Nothing is saved."""
        cv = self.get_object(request, str(pk)) if pk else None
        if pk and cv is None:
            raise Http404("There is no CV with this number.")
        if not (self.has_view_permission(request, cv) if cv else self.has_add_permission(request)):
            raise PermissionDenied
        posted, owner = self.read_form(request, cv), owner_of_cvs()
        context = {"is_valid": posted is not None, "has_owner": owner is not None}
        if posted and owner:
            shown, parts, formsets = posted
            made = document_of(shown, parts, owner, VISITOR)
            pictures, limit = as_pictures(made, partial(absolute, request)), made.cv.page_limit
            context |= {
                "counts": [(section, counts_of(section)) for section in made.parts],
                "pages": [b64encode(picture).decode() for picture in pictures],
                "limit": limit,
                "is_too_long": bool(limit) and len(pictures) > limit,
                "report": self.report_of(made, formsets, self._form_url(request, cv)),
            }
        if "_fragment" in request.POST:
            return TemplateResponse(request, "admin/profiles/cv/_preview.html", context)
        return self.render_page(request, "admin/profiles/cv/preview.html", "Preview of the CV", context)

    def _form_url(self, request, cv):
        """Return the URL of the form, or "" if the preview is a part of the form."""
        if "_fragment" in request.POST:
            return ""
        return self.get_url("change", cv.pk) if cv else self.get_url("add")

    def read_form(self, request, cv):
        """Return the CV and its parts as the posted form would save them, and its formsets; None if it has errors."""
        if cv and not self.has_change_permission(request, cv):
            return cv, list(cv.parts.all()), []
        data = request.POST.copy()
        data["name"] = data.get("name") or "CV"  # a new one is named last
        form = self.get_form(request, cv, change=bool(cv))(data, instance=cv or CV())
        formsets = [
            formset(
                data, instance=form.instance, prefix=formset.get_default_prefix(), queryset=inline.get_queryset(request)
            )
            for formset, inline in self.get_formsets_with_inlines(request, cv)
        ]
        if not (form.is_valid() and all(formset.is_valid() for formset in formsets)):
            return None
        return form.instance, [part for formset in formsets for part in formset.parts], formsets
