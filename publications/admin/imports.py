"""The admin's import pages: paste or upload publications, preview the import, apply it."""

from hashlib import blake2s

from django import forms
from django.contrib import admin, messages
from django.db import transaction
from django.http import Http404
from django.shortcuts import get_object_or_404, redirect
from django.urls import path, reverse
from django.utils.html import format_html
from django.views.generic import FormView, TemplateView, View

from profiles.admin.uploads import UploadField, keep_uploads
from profiles.content.batches import batched
from profiles.content.publishing import changes_no_page
from profiles.history import revisions
from profiles.models import Person
from publications.admin.names import offer_linking, remember_answers
from publications.admin.pages import AdminPage
from publications.imports import differences, inbox, linking
from publications.imports.linking import Answer
from publications.imports.plans import Action, Choice, RowKind
from publications.imports.steps import apply, plan
from publications.imports.unplaced import unplaced
from publications.models import Batch, Incoming, Publication
from publications.references.values import links, markup
from publications.sources import SourceError

ACTION_LABELS = {
    Action.ADD: "Add as a new draft",
    Action.VERSION: "Add as a version",
    Action.UPDATE: "Update",
    Action.SKIP: "Always ignore",
}
KIND_TITLES = {
    RowKind.POSSIBLE_DUPLICATE: "Possible duplicates",
    RowKind.NEW: "New",
    RowKind.CHANGED: "Changed",
    RowKind.CONFLICT: "Conflicts with manual edits",
    RowKind.VERSION: "Probably another version of a publication",
    RowKind.DUPLICATE: "Duplicates within this import",
}
CHANGING = (Action.UPDATE, Action.VERSION)  # actions that change an existing publication
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
            "BibTeX, RIS or CSL-JSON; or one DOI, arXiv identifier, PubMed ID, ISBN or URL of a paper on each line, "
            "such as 10.1038/nature14539."
        ),
    )
    file = UploadField(
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


@changes_no_page
class ImportPublications(AdminPage, FormView):
    """The form to paste or upload references, and the imports that await review."""

    template_name = "admin/publications/imports/import.html"
    title = "Import publications"
    form_class = ImportForm

    def form_valid(self, form):
        file = form.cleaned_data["file"]
        data, name = (file.read(), file.name) if file else (form.cleaned_data["text"].replace("\r\n", "\n"), "")
        return redirect(inbox.receive(data, name, self.request.user))

    def form_invalid(self, form):
        keep_uploads(self.request, [form])
        return super().form_invalid(form)

    def get_context_data(self, **kwargs):
        return super().get_context_data(batches=Batch.objects.open(), services=inbox.SERVICES, **kwargs)


@changes_no_page
class SearchService(AdminPage, View):
    """Search a service for publications of the site's owner."""

    def post(self, request, service):
        if service not in inbox.SERVICES:
            raise Http404("There is no such service.")
        owner = Person.objects.owner()
        try:
            if owner is None:
                raise SourceError(
                    "The site has no owner yet. Add yourself under People, and select “owner of the site”."
                )
            with inbox.client() as network:
                batch, count = inbox.sync(owner, service, network)
        except SourceError as error:
            messages.error(request, str(error))
        else:
            if count:
                return redirect(batch)
            messages.info(request, f"{inbox.SERVICES[service].label} has no new publications.")
        return redirect("admin:publications_publication_import")


class ReviewRow:
    """A row of an import plan on the preview page. The names of its form fields end in the ``pk`` of its Incoming.

    ``questions`` are the NameQuestions of the import by name and person. ``earlier`` is the ReviewRow of the entry that
    it may repeat.
    """

    earlier = None

    def __init__(self, row, incoming, questions):
        self.row, self.questions = row, questions
        self.pk = incoming.pk
        self.number, self.kind, self.reference = row.number, row.kind, row.reference
        self.is_preselected = row.kind != RowKind.DUPLICATE and not incoming.batch.is_inbox

    @property
    def title(self):
        return markup.plain(self.reference.title) or "(no title)"

    @property
    def summary(self):
        """The authors, venue, date, DOI and links on one line."""
        names = [str(name) for name in self.reference.author or self.reference.editor]
        et_al = ", et al." if "et-al" in self.reference.extra else ""
        more = f" and {len(names) - NAME_LIMIT} more" if len(names) > NAME_LIMIT else et_al
        facts = (
            ", ".join(names[:NAME_LIMIT]) + more,
            markup.plain(self.reference.container_title),
            self.reference.issued.iso,
            self.reference.status,
            f"DOI {self.reference.doi}" if self.reference.doi else "",
            ", ".join(links.links_in(self.reference.extra)),
        )
        return " · ".join(filter(None, facts))

    @property
    def unplaced(self):
        return unplaced(self.reference)

    @property
    def actions(self):
        is_known = self.kind in (RowKind.CHANGED, RowKind.CONFLICT)
        labels = ACTION_LABELS if is_known else ACTION_LABELS | {Action.UPDATE: "Merge with it"}
        return [(action, labels[action]) for action in self.row.actions]

    @property
    def facts(self):
        """The changes; of a possible duplicate, also what the two works have in common, in a fixed order."""
        is_asked = self.kind == RowKind.POSSIBLE_DUPLICATE
        facts = differences.compared(self.row.existing, self.reference) if is_asked else ()
        return list({fact.name: fact for fact in (*facts, *self.row.changes)}.values())

    @property
    def selectable(self):
        return {change.name for change in self.row.changes}

    @property
    def stamp(self):
        """A hash of what the page showed, to detect that the plan has changed since."""
        planned = (self.kind, self.row.target, [(fact.name, fact.old_text, fact.new_text) for fact in self.facts])
        return blake2s(repr(planned).encode(), digest_size=8).hexdigest()

    @property
    def suggestions(self):
        """The (PersonSuggestion, key of its NameQuestion) of each name that may be a person."""
        return [(one, self.questions[one.printed, one.person].key) for one in self.row.suggestions]

    def choice(self, data):
        """Return the Choice in a posted form: a name is linked if it is everywhere, or if its box is ticked."""
        action = next((a for a in self.row.actions if a == data.get(f"action-{self.pk}")), self.row.actions[0])
        accepted = set(data.getlist(f"person-{self.pk}"))
        people = set()
        for one in self.row.suggestions:
            answer = self.questions[one.printed, one.person].answer(data)
            if answer == Answer.YES or (answer == Answer.LATER and f"{one.role}-{one.index}" in accepted):
                people.add((one.role, one.index))
        return Choice(action, frozenset(data.getlist(f"field-{self.pk}")), frozenset(people))


@changes_no_page
class Repair(AdminPage, View):
    """Read the corrected texts of the entries that had errors."""

    def post(self, request, pk):
        batch = get_object_or_404(Batch, pk=pk)
        repaired = sum(
            inbox.repair(broken, request.POST.get(f"text-{broken.pk}", broken.text))
            for broken in batch.rows.filter(state=Incoming.State.BROKEN)
        )
        if repaired:
            pronoun = "it" if repaired == 1 else "them"
            messages.success(request, f"{repaired} can be imported now. Review {pronoun} below.")
        else:
            messages.warning(request, "These still cannot be read. See the problem above each text.")
        return redirect(batch)


class Review(AdminPage, TemplateView):
    """The preview of an import: a plan in which the user selects rows."""

    template_name = "admin/publications/imports/review.html"

    def post(self, request, *args, **kwargs):
        batch = self.get_batch()
        if "discard" in request.POST:
            batch.discard()
            messages.success(request, f"“{batch}” discarded. No publication was changed.")
            return redirect("admin:publications_publication_import")
        with transaction.atomic():
            self.apply(Batch.objects.select_for_update().get(pk=batch.pk))
        is_open = Batch.objects.open().filter(pk=batch.pk).exists()
        return redirect(batch if is_open else "admin:publications_publication_changelist")

    def get_batch(self):
        return get_object_or_404(Batch, pk=self.kwargs["pk"])

    def get_context_data(self, **kwargs):
        batch = self.get_batch()
        self.title = f"Preview import: {batch}"
        rows = self.get_rows(batch)
        groups = [(title, kind, [row for row in rows if row.kind == kind]) for kind, title in KIND_TITLES.items()]
        return super().get_context_data(
            batch=batch,
            groups=[group for group in groups if group[2]],
            questions=self.questions,
            answers=[(Answer.YES, "Yes, in all of them"), (Answer.NO, "No"), (Answer.LATER, "Decide for each work")],
            unchanged=sum(row.kind == RowKind.UNCHANGED for row in rows),
            problems=batch.rows.problems(),
            **kwargs,
        )

    def get_rows(self, batch):
        """Return a ReviewRow for each Incoming that awaits a decision."""
        waiting = list(batch.rows.waiting().select_related("batch"))
        self.plan = plan([incoming.reference for incoming in waiting], batch.source)
        owner = Person.objects.owner()
        self.questions = linking.questions_of_import(self.plan.rows, owner and owner.pk)
        by_name = {(one.printed, one.person): one for one in self.questions}
        rows = [ReviewRow(row, incoming, by_name) for row, incoming in zip(self.plan.rows, waiting, strict=True)]
        for row in rows:
            if row.row.target_number:
                row.earlier = rows[row.row.target_number - 1]
        return rows

    def apply(self, batch):
        """Import the selected rows."""
        data, rows = self.request.POST, self.get_rows(batch)
        selected = [row for row in rows if f"select-{row.pk}" in data]
        outdated = {row.number for row in selected if data.get(f"stamp-{row.pk}") != row.stamp}
        choices = {row.number: row.choice(data) for row in selected}
        locked = self.get_locked([row for row in selected if choices[row.number].action in CHANGING])
        chosen = [row for row in selected if row.number not in outdated | locked]
        choices = {row.number: choices[row.number] for row in chosen}
        targets = [row.row.target for row in chosen if row.row.target]
        revisions.record_unsaved_changes(Publication.objects.filter(pk__in=targets))
        result = apply(self.plan, choices)
        for pks in batched([*result.added, *result.changed], CHUNK):
            revisions.record(Publication.objects.filter(pk__in=pks), self.request.user, f"Import: {batch}")
        ignored = [row.pk for row in chosen if choices[row.number].action == Action.SKIP]
        is_known = {row.pk: row.kind == RowKind.UNCHANGED or row.row.adds_nothing for row in rows}
        done = [row.pk for row in rows if is_known[row.pk] or row.number in choices]
        batch.set_state(done, Incoming.State.IMPORTED)
        batch.set_state(ignored, Incoming.State.IGNORED)
        self.show_result(result, len(outdated), len(locked))
        named = {(one.printed, one.person) for row in chosen for one in row.row.suggestions}
        answered = [(one, one.answer(data)) for one in self.questions if (one.printed, one.person) in named]
        for person in remember_answers(self, [one for one in answered if one[1] != Answer.LATER], f"Import: {batch}"):
            offer_linking(person, self.request)  # in works that are on the site already

    def get_locked(self, rows):
        """Return the numbers of rows about published publications, if the user may not publish."""
        if self.model_admin.has_publish_permission(self.request):
            return set()
        published = Publication.objects.filter(state=Publication.State.PUBLISHED)
        targets = published.in_bulk([row.row.target for row in rows if row.row.target])
        return {row.number for row in rows if row.row.target in targets}

    def show_result(self, result, outdated, locked):
        added, changed = len(result.added), len(result.changed)
        if added or changed:
            drafts = reverse("admin:publications_publication_changelist") + "?state__exact=draft"
            message = "{} added as <a href='{}'>drafts</a>, {} updated."
            messages.success(self.request, format_html(message, added, drafts, changed))
        else:
            messages.info(self.request, "No publication was changed.")
        warnings = [*result.warnings]
        if locked:
            warnings.append("Published publications were not changed. Ask an editor to import those rows.")
        if outdated:
            warnings.append(
                f"Rows not imported, because their publications have changed: {outdated}. Review them again."
            )
        for warning in warnings:
            messages.warning(self.request, warning)


class ImportAdmin(admin.ModelAdmin):
    """Adds the import pages to the admin of publications."""

    change_list_template = "admin/publications/change_list.html"

    def get_urls(self):
        def page(view, **kwargs):
            return self.admin_site.admin_view(view.as_view(model_admin=self, **kwargs))

        return [
            path("import/", page(ImportPublications), name="publications_publication_import"),
            path("import/<int:pk>/", page(Review), name="publications_publication_review"),
            path("import/<int:pk>/repair/", page(Repair), name="publications_publication_repair"),
            path("import/search/<str:service>/", page(SearchService), name="publications_publication_search"),
            *super().get_urls(),
        ]
