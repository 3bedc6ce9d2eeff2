"""The reports in the admin. Their forms use GET, so that each report has an address; nothing is written."""

from functools import partial

from django.contrib import admin
from django.contrib.auth.mixins import PermissionRequiredMixin
from django.http import HttpResponse
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.views.generic import TemplateView

from config.reports.collaborators import Collaborators, sheet_of
from config.reports.forms import CollaboratorsForm, OutputsForm
from config.reports.outputs import Outputs
from profiles.content.addresses import absolute
from profiles.content.slugs import make_slug
from profiles.models import Person
from publications import spreadsheets
from publications.citations.conversion import DOCX, ConversionError, convert, pandoc


def can_see_collaborators(user):
    """Return whether a user is an editor: the page names drafts and e-mail addresses."""
    return user.has_perm("profiles.change_person")


def can_see_reports(user):
    return user.has_perm("publications.view_publication")


class Report(PermissionRequiredMixin, TemplateView):
    """A page whose form is in the address; what the address does not say has the values of ``get_defaults()``."""

    http_method_names = ["get", "head", "options"]
    raise_exception = True
    form_class = None
    title = ""

    def get_defaults(self):
        """Return the values of fields that the address does not name."""
        return {name: field.initial for name, field in self.form_class.base_fields.items() if field.initial is not None}

    def get(self, request, *args, **kwargs):
        data = self.get_defaults() | request.GET.dict()
        self.form = self.form_class(data)
        self.report = self.get_report(self.form.cleaned_data) if self.form.is_valid() else None
        answer = self.get_file(request.GET.get("format", "")) if self.report else None
        return answer or super().get(request, *args, **kwargs)

    def get_report(self, options):
        raise NotImplementedError

    def get_file(self, ending):
        """Return the report as a file, or None."""
        return

    def get_context_data(self, **kwargs):
        query = self.request.GET.copy()
        query.pop("format", None)
        return super().get_context_data(
            **admin.site.each_context(self.request),
            title=self.title,
            form=self.form,
            report=self.report,
            query=f"{query.urlencode()}&" if query else "",
            **kwargs,
        )


def file_response(content, media_type, name, ending):
    disposition = content_disposition_header(True, f"{name}-{timezone.localdate():%Y-%m-%d}.{ending}")
    return HttpResponse(content, content_type=media_type, headers={"Content-Disposition": disposition})


class CollaboratorsReport(Report):
    permission_required = "profiles.change_person"
    template_name = "admin/reports/collaborators.html"
    form_class = CollaboratorsForm
    title = "Collaborators"

    def get_defaults(self):
        owner = Person.objects.owner()
        return super().get_defaults() | ({"person": str(owner.pk)} if owner else {})

    def get_report(self, options):
        return Collaborators(options["person"], options["months"])

    def get_file(self, ending):
        rows, headings = sheet_of(self.report)
        name = f"collaborators-{self.report.person.slug}"
        match ending:
            case "csv":
                return file_response(spreadsheets.to_csv(rows), spreadsheets.CSV, name, ending)
            case "xlsx":
                return file_response(spreadsheets.to_xlsx(rows, headings), spreadsheets.XLSX, name, ending)


class OutputsReport(Report):
    permission_required = "publications.view_publication"
    template_name = "admin/reports/outputs.html"
    form_class = OutputsForm
    title = "Reports"
    problem = ""

    def get_defaults(self):
        """Return the owner's citation style, and for a page that is opened without options, the current year."""
        owner, year = Person.objects.owner(), str(timezone.localdate().year)
        style = (owner and owner.citation_style) or "apa"
        return {"style": style} | ({} if self.request.GET else {"first": year, "last": year})

    def get_report(self, options):
        return Outputs(options)

    def get_file(self, ending):
        name = make_slug(self.report.title)[:80]
        if ending == "csv":
            rows = self.report.as_rows(partial(absolute, self.request))
            return file_response(spreadsheets.to_csv(rows), spreadsheets.CSV, name, ending)
        if ending == "docx" and pandoc():
            html = render_to_string("admin/reports/outputs_file.html", {"report": self.report}, self.request)
            try:
                return file_response(convert(html, "--to=docx", changed=timezone.now()), DOCX, name, ending)
            except ConversionError:
                self.problem = "The Word document could not be written. Try again, or download the CSV file."
        return None

    def get_context_data(self, **kwargs):
        return super().get_context_data(has_docx=bool(pandoc()), problem=self.problem, **kwargs)
