"""The admin's import pages: paste or upload publications, preview the import, apply it."""

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
    Action.SKIP: "Always ignore",
}
KIND_TITLES = {
    Kind.NEW: "New",
    Kind.CHANGED: "Changed",
    Kind.CONFLICT: "Conflicts with manual edits",
    Kind.VERSION: "Probably another version of a publication",
    Kind.DUPLICATE: "Duplicates within this import",
}
FILE_SIZE_LIMIT = 20 * 2**20
NAME_LIMIT = 6
CHUNK = 200


class ImportForm(forms.Form):
    text = forms.CharField(
        label="Paste references",
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 12, "cols": 100, "spellcheck": "false", "class": "vLargeTextField"}),
        help_text=(
            "BibTeX, RIS or CSL-JSON; or one DOI, arXiv identifier, PubMed ID, ISBN or URL of a paper a line, such as "
            "10.1038/nature14539."
        ),
    )
    file = forms.FileField(
        label="Or choose a file",
        required=False,
        help_text="A .bib, .ris or .json file, such as an export from Zotero, Mendeley, EndNote or Google Scholar.",
    )

    def clean_file(self):
        file = self.cleaned_data["file"]
        if file and file.size > FILE_SIZE_LIMIT:
            raise forms.ValidationError(
                "The file is larger than 20 MB. Import it with “manage.py import_publications”, or split it."
            )
        return file

    def clean(self):
        cleaned = super().clean()
        if not self.errors and not cleaned.get("file") and not cleaned.get("text", "").strip():
            raise forms.ValidationError("Paste references or choose a file.")
        return cleaned


class AdminPage:
    """Mixin for a view inside the admin of publications (``model_admin``)."""

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
    """The form to paste or upload references, and the imports that await review."""

    template_name = "admin/publications/import.html"
    title = "Import publications"
    form_class = ImportForm

    def form_valid(self, form):
        file = form.cleaned_data["file"]
        data, name = (file.read(), file.name) if file else (form.cleaned_data["text"].replace("\r\n", "\n"), "")
        return redirect(inbox.receive(data, name, self.request.user))

    def get_context_data(self, **kwargs):
        return super().get_context_data(batches=Batch.objects.open(), inboxes=inbox.INBOXES, **kwargs)


class SearchService(AdminPage, View):
    """Search a service for publications of the owner."""

    def post(self, request, service):
        if service not in inbox.INBOXES:
            raise Http404("There is no such service.")
        owner = Person.objects.owner()
        if owner is None:
            messages.error(
                request, "The site has no owner yet. Add yourself under People, and select “owner of the site”."
            )
            return redirect("admin:publications_publication_import")
        try:
            with inbox.client() as network:
                batch, count = inbox.sync(owner, service, network)
        except SourceError as error:
            messages.error(request, str(error))
            return redirect("admin:publications_publication_import")
        if not count:
            messages.info(request, f"{inbox.INBOXES[service].label} has no new publications.")
            return redirect("admin:publications_publication_import")
        return redirect(batch)


class ReviewRow:
    """A row of an import plan on the page. Its form fields are named by the ``pk`` of its Incoming."""

    def __init__(self, row, incoming):
        self.row = row
        self.pk = incoming.pk
        self.number, self.kind, self.reference = row.number, row.kind, row.reference
        self.is_preselected = row.kind != Kind.DUPLICATE and not incoming.batch.is_inbox

    @property
    def title(self):
        return markup.plain(self.reference.title) or "(no title)"

    @property
    def summary(self):
        """The authors, venue, date and DOI on one line."""
        reference = self.reference
        names = [str(name) for name in reference.author or reference.editor]
        more = f" and {len(names) - NAME_LIMIT} more" if len(names) > NAME_LIMIT else ""
        doi = f"DOI {reference.doi}" if reference.doi else ""
        facts = (
            ", ".join(names[:NAME_LIMIT]) + more,
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
        """A hash of what the page showed, so that a plan that has changed since is not applied."""
        planned = (self.row.kind, self.row.target, [(c.name, c.old_text, c.new_text) for c in self.row.changes])
        return blake2s(repr(planned).encode(), digest_size=8).hexdigest()

    def is_selected(self, data):
        return f"select-{self.pk}" in data

    def has_changed(self, data):
        return data.get(f"stamp-{self.pk}") != self.stamp

    def choice(self, data):
        action = next((a for a in self.row.actions if a == data.get(f"action-{self.pk}")), self.row.actions[0])
        selected = set(data.getlist(f"person-{self.pk}"))
        people = {(s.role, s.index) for s in self.row.suggestions if f"{s.role}-{s.index}" in selected}
        return Choice(action, frozenset(data.getlist(f"field-{self.pk}")), frozenset(people))

    def is_settled(self, choices):
        """Return whether applying the choices leaves nothing to decide about this row."""
        if self.number in choices:
            return choices[self.number].action != Action.SKIP
        return self.kind in (Kind.SAME, Kind.DUPLICATE)


class Review(AdminPage, TemplateView):
    """The preview of an import: a plan in which the user selects rows."""

    template_name = "admin/publications/review.html"

    def post(self, request, *args, **kwargs):
        batch = self.get_batch()
        if "discard" in request.POST:
            batch.discard()
            messages.success(request, f"“{batch}” discarded. No publication was changed.")
            return redirect("admin:publications_publication_import")
        if "retry" in request.POST:
            self.retry(batch)
            return redirect(batch)
        with transaction.atomic():
            left = self.apply(Batch.objects.select_for_update().get(pk=batch.pk))
        return redirect(batch if left else reverse("admin:publications_publication_changelist"))

    def get_batch(self):
        return get_object_or_404(Batch, pk=self.kwargs["pk"])

    def get_context_data(self, **kwargs):
        batch = self.get_batch()
        self.title = f"Preview import: {batch}"
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
        """Return a ReviewRow for each Incoming that awaits a decision."""
        waiting = list(batch.rows.waiting().select_related("batch"))
        self.plan = plan([incoming.reference for incoming in waiting], batch.source)
        return [ReviewRow(row, incoming) for row, incoming in zip(self.plan.rows, waiting, strict=True)]

    def retry(self, batch):
        repaired = sum(
            inbox.mend(broken, self.request.POST.get(f"text-{broken.pk}", broken.text))
            for broken in batch.rows.filter(state=Incoming.State.BROKEN)
        )
        if repaired:
            messages.success(
                self.request, f"{repaired} can be imported now. Review {'it' if repaired == 1 else 'them'} below."
            )
        else:
            messages.warning(self.request, "These still cannot be read. See the problem above each text.")

    def apply(self, batch):
        """Import the selected rows. Returns whether the batch has rows left to decide about."""
        rows = self.get_rows(batch)
        chosen = {row.number: row.choice(self.request.POST) for row in rows if row.is_selected(self.request.POST)}
        outdated = {row.number for row in rows if row.number in chosen and row.has_changed(self.request.POST)}
        locked = self.get_locked(rows)
        choices = {number: choice for number, choice in chosen.items() if number not in outdated | locked}
        targets = Publication.objects.filter(
            pk__in=[row.row.target for row in rows if row.number in choices and row.row.target]
        )
        revisions.record_unsaved_changes(targets)
        result = apply(self.plan, choices)
        for start in range(0, len(saved := [*result.added, *result.changed]), CHUNK):
            chunk = Publication.objects.filter(pk__in=saved[start : start + CHUNK])
            revisions.record(chunk, self.request.user, f"Import: {batch}")
        if locked & set(chosen):
            messages.warning(
                self.request, "Published publications were not changed. Ask an editor to import those rows."
            )
        dismissed = {number for number, choice in choices.items() if choice.action == Action.SKIP}
        batch.settle([row.pk for row in rows if row.is_settled(choices)], Incoming.State.TAKEN)
        batch.settle([row.pk for row in rows if row.number in dismissed], Incoming.State.DISMISSED)
        self.show_result(result, len(outdated))
        return Batch.objects.open().filter(pk=batch.pk).exists()

    def get_locked(self, rows):
        """Return the numbers of rows about published publications, if the user may not publish."""
        if self.model_admin.has_publish_permission(self.request):
            return set()
        public = set(
            Publication.objects.filter(state=Publication.State.PUBLISHED)
            .filter(pk__in=[row.row.target for row in rows if row.row.target])
            .values_list("pk", flat=True)
        )
        return {row.number for row in rows if row.row.target in public}

    def show_result(self, result, outdated):
        added, changed = len(result.added), len(result.changed)
        if added or changed:
            drafts = reverse("admin:publications_publication_changelist") + "?state__exact=draft"
            message = "{} added as <a href='{}'>drafts</a>, {} updated."
            messages.success(self.request, format_html(message, added, drafts, changed))
        else:
            messages.info(self.request, "No publication was changed.")
        for warning in result.warnings:
            messages.warning(self.request, warning)
        if outdated:
            messages.warning(
                self.request,
                f"{outdated} rows were not imported, because their publications have changed. Review them again.",
            )


class ImportAdmin(admin.ModelAdmin):
    """Adds the import pages to the admin of publications."""

    change_list_template = "admin/publications/change_list.html"

    def get_urls(self):
        def page(view, **kwargs):
            return self.admin_site.admin_view(view.as_view(model_admin=self, **kwargs))

        return [
            path("import/", page(ImportPublications), name="publications_publication_import"),
            path("import/<int:pk>/", page(Review), name="publications_publication_review"),
            path("import/search/<str:service>/", page(SearchService), name="publications_publication_search"),
            *super().get_urls(),
        ]
