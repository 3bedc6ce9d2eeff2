"""The admin's pages that take publications in: paste or upload, review, apply; and the inbox of suggestions."""

from hashlib import blake2s

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.urls import path, reverse
from django.utils.html import format_html
from django.views.generic import FormView, TemplateView, View

from profiles.history import revisions
from profiles.models import Person
from publications import inbox
from publications.imports import Action, Choice, Kind, apply, plan
from publications.models import Batch, Incoming, Publication
from publications.references import markup
from publications.sources import SourceError

ACTION_LABELS = {
    Action.ADD: "Add as a new draft",
    Action.VERSION: "Add as a version",
    Action.UPDATE: "Update",
    Action.SKIP: "Leave out for ever",
}
KIND_TITLES = {
    Kind.NEW: "New",
    Kind.CHANGED: "Changed",
    Kind.CONFLICT: "In conflict with what was edited by hand",
    Kind.VERSION: "Probably a version of a work",
    Kind.DUPLICATE: "Twice in what came in",
}
LARGEST_FILE = 20 * 2**20
MOST_NAMES = 6
CHUNK = 200


class ImportForm(forms.Form):
    text = forms.CharField(
        label="Paste anything",
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 12, "cols": 100, "spellcheck": "false", "class": "vLargeTextField"}),
        help_text=(
            "BibTeX, RIS or CSL-JSON; or DOIs, arXiv, PubMed and ISBN numbers, or addresses of papers, one a line."
        ),
    )
    file = forms.FileField(
        label="Or choose a file",
        required=False,
        help_text="An export of Zotero, Mendeley, EndNote or Google Scholar: .bib, .ris or .json.",
    )

    def clean_file(self):
        file = self.cleaned_data["file"]
        if file and file.size > LARGEST_FILE:
            raise forms.ValidationError(
                "The file is larger than 20 MB. Take it in with “manage.py import_publications”, or in parts."
            )
        return file

    def clean(self):
        cleaned = super().clean()
        if not self.errors and not cleaned.get("file") and not cleaned.get("text", "").strip():
            raise forms.ValidationError("Paste something, or choose a file.")
        return cleaned


class AdminPage:
    """A page of the admin beside a model's own: ``model_admin`` is that of the publications."""

    model_admin = None
    title = ""

    def dispatch(self, request, *args, **kwargs):
        if not (self.model_admin.has_add_permission(request) and self.model_admin.has_change_permission(request)):
            raise PermissionDenied
        return super().dispatch(request, *args, **kwargs)

    def get_context_data(self, **kwargs):
        site = self.model_admin.admin_site.each_context(self.request)
        return super().get_context_data(title=self.title, opts=self.model_admin.opts, **site, **kwargs)


class ImportPublications(AdminPage, FormView):
    """Paste or upload, and what still waits for review."""

    template_name = "admin/publications/import.html"
    title = "Bring publications in"
    form_class = ImportForm

    def form_valid(self, form):
        file = form.cleaned_data["file"]
        data, name = (file.read(), file.name) if file else (form.cleaned_data["text"].replace("\r\n", "\n"), "")
        return redirect(inbox.receive(data, name, self.request.user))

    def get_context_data(self, **kwargs):
        return super().get_context_data(batches=Batch.objects.open(), inboxes=inbox.INBOXES, **kwargs)


class AskService(AdminPage, View):
    """Ask a service for the owner's works, at a button."""

    def post(self, request, service):
        if service not in inbox.INBOXES:
            raise Http404("There is no such service.")
        owner = Person.objects.owner()
        if owner is None:
            messages.error(
                request, "The site has no owner yet. Add yourself under People, and tick “owner of the site”."
            )
            return redirect("admin:publications_publication_import")
        try:
            with inbox.client() as network:
                batch, news = inbox.sync(owner, service, network)
        except SourceError as error:
            messages.error(request, str(error))
            return redirect("admin:publications_publication_import")
        if not news:
            messages.info(request, f"{inbox.INBOXES[service].label} has no news.")
            return redirect("admin:publications_publication_import")
        return redirect(batch)


class ReviewRow:
    """A row of a plan as the page shows it; ``pk`` is its Incoming's, by which its fields are named."""

    def __init__(self, row, incoming):
        self.row = row
        self.pk = incoming.pk
        self.number, self.kind, self.reference = row.number, row.kind, row.reference
        self.ticked = row.kind != Kind.DUPLICATE and not incoming.batch.is_inbox

    @property
    def title(self):
        return markup.plain(self.reference.title) or "(without a title)"

    @property
    def about(self):
        """Who, where and when, on one line."""
        reference = self.reference
        names = [str(name) for name in reference.author or reference.editor]
        more = f" and {len(names) - MOST_NAMES} more" if len(names) > MOST_NAMES else ""
        doi = f"DOI {reference.doi}" if reference.doi else ""
        facts = (
            ", ".join(names[:MOST_NAMES]) + more,
            markup.plain(reference.container_title),
            reference.issued.iso,
            doi,
        )
        return " · ".join(filter(None, facts))

    @property
    def actions(self):
        return [(action, ACTION_LABELS[action]) for action in self.row.actions]

    @property
    def stamp(self):
        """What the row planned when it was shown, so that what changed meanwhile is not done unseen."""
        planned = (self.row.kind, self.row.target, [(c.name, c.old_text, c.new_text) for c in self.row.changes])
        return blake2s(repr(planned).encode(), digest_size=8).hexdigest()

    def is_ticked(self, data):
        return f"take-{self.pk}" in data

    def has_moved(self, data):
        return data.get(f"stamp-{self.pk}") != self.stamp

    def choice(self, data):
        action = next((a for a in self.row.actions if a == data.get(f"action-{self.pk}")), self.row.actions[0])
        ticked = set(data.getlist(f"person-{self.pk}"))
        people = {(s.role, s.index) for s in self.row.suggestions if f"{s.role}-{s.index}" in ticked}
        return Choice(action, frozenset(data.getlist(f"field-{self.pk}")), frozenset(people))

    def is_settled(self, choices):
        """Whether nothing is left to decide once the choices are carried out."""
        if self.number in choices:
            return choices[self.number].action != Action.SKIP
        return self.kind in (Kind.SAME, Kind.DUPLICATE)


class Review(AdminPage, TemplateView):
    """A batch as a plan, with a tick for each row."""

    template_name = "admin/publications/review.html"

    def post(self, request, *args, **kwargs):
        batch = self.get_batch()
        if "discard" in request.POST:
            batch.discard()
            messages.success(request, f"“{batch}” was discarded. No publication was changed by it.")
            return redirect("admin:publications_publication_import")
        if "mend" in request.POST:
            self._mend(batch)
            return redirect(batch)
        with transaction.atomic():
            left = self._apply(Batch.objects.select_for_update().get(pk=batch.pk))
        return redirect(batch if left else reverse("admin:publications_publication_changelist"))

    def get_batch(self):
        return get_object_or_404(Batch, pk=self.kwargs["pk"])

    def get_context_data(self, **kwargs):
        batch = self.get_batch()
        self.title = f"Review: {batch}"
        rows = self.get_rows(batch)
        groups = [(KIND_TITLES[kind], kind, [row for row in rows if row.kind == kind]) for kind in KIND_TITLES]
        return super().get_context_data(
            batch=batch,
            groups=[group for group in groups if group[2]],
            same=sum(row.kind == Kind.SAME for row in rows),
            problems=batch.rows.problems(),
            actions=ACTION_LABELS,
            **kwargs,
        )

    def get_rows(self, batch):
        """The plan's rows of what waits, each with the number of its Incoming."""
        waiting = list(batch.rows.waiting().select_related("batch"))
        self.plan = plan([incoming.reference for incoming in waiting], batch.source)
        return [ReviewRow(row, incoming) for row, incoming in zip(self.plan.rows, waiting, strict=True)]

    def _mend(self, batch):
        mended = sum(
            inbox.mend(broken, self.request.POST.get(f"text-{broken.pk}", broken.text))
            for broken in batch.rows.filter(state=Incoming.State.BROKEN)
        )
        if mended:
            messages.success(self.request, f"{mended} mended. Look at {'it' if mended == 1 else 'them'} below.")
        else:
            messages.warning(self.request, "Still not readable. See what each one says.")

    def _apply(self, batch):
        """Do what is ticked; returns whether something is left to decide."""
        rows = self.get_rows(batch)
        chosen = {row.number: row.choice(self.request.POST) for row in rows if row.is_ticked(self.request.POST)}
        moved = {row.number for row in rows if row.number in chosen and row.has_moved(self.request.POST)}
        kept = self._kept_from(self.request, rows)
        choices = {number: choice for number, choice in chosen.items() if number not in moved | kept}
        touched = Publication.objects.filter(
            pk__in=[row.row.target for row in rows if row.number in choices and row.row.target]
        )
        revisions.keep_all(list(touched))
        result = apply(self.plan, choices)
        for start in range(0, len(saved := [*result.added, *result.changed]), CHUNK):
            chunk = Publication.objects.filter(pk__in=saved[start : start + CHUNK])
            revisions.record_all(list(chunk), self.request.user, f"Import: {batch}")
        if kept & set(chosen):
            sentence = "What is published was left as it is. Ask an editor to take those rows."
            messages.warning(self.request, sentence)
        dismissed = {number for number, choice in choices.items() if choice.action == Action.SKIP}
        batch.settle([row.pk for row in rows if row.is_settled(choices)], Incoming.State.TAKEN)
        batch.settle([row.pk for row in rows if row.number in dismissed], Incoming.State.DISMISSED)
        self._tell(result, len(moved))
        return Batch.objects.open().filter(pk=batch.pk).exists()

    def _kept_from(self, request, rows):
        """The numbers of rows that speak of what is published, for a user who may not publish."""
        if self.model_admin.has_publish_permission(request):
            return set()
        public = set(
            Publication.objects.filter(state=Publication.State.PUBLISHED)
            .filter(pk__in=[row.row.target for row in rows if row.row.target])
            .values_list("pk", flat=True)
        )
        return {row.number for row in rows if row.row.target in public}

    def _tell(self, result, moved):
        added, changed = len(result.added), len(result.changed)
        if added or changed:
            drafts = reverse("admin:publications_publication_changelist") + "?state__exact=draft"
            sentence = "{} added as <a href='{}'>drafts</a>, {} changed."
            messages.success(self.request, format_html(sentence, added, drafts, changed))
        else:
            messages.info(self.request, "No publication was changed.")
        for warning in result.warnings:
            messages.warning(self.request, warning)
        if moved:
            messages.warning(
                self.request,
                f"{moved} rows were left: their publications have changed since you saw them. Look again.",
            )


class ImportingAdmin(admin.ModelAdmin):
    """A model admin with the pages above."""

    change_list_template = "admin/publications/change_list.html"

    def get_urls(self):
        def page(view, **kwargs):
            return self.admin_site.admin_view(view.as_view(model_admin=self, **kwargs))

        return [
            path("import/", page(ImportPublications), name="publications_publication_import"),
            path("import/<int:pk>/", page(Review), name="publications_publication_review"),
            path("import/ask/<str:service>/", page(AskService), name="publications_publication_ask"),
            *super().get_urls(),
        ]
