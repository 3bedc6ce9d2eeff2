"""The pages of CVs, and their files: the CV at /cv/, and each saved one at /cv/<slug>/."""

from functools import partial

from django.http import Http404, HttpResponse, HttpResponseServerError
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.http import content_disposition_header
from django.views.generic import TemplateView, View

from config.cv.content import document_of, full_cv
from config.cv.formats import FORMATS, available, file_name
from config.cv.records import owner_of_cvs
from profiles.content.addresses import absolute
from profiles.models import CV
from profiles.views import VisibleDetailView
from profiles.views.base import redirect_to
from publications.citations.conversion import ConversionError


def owner_of_site(request):
    """Return the owner with what the heading of a CV shows. Raise Http404 if there is none."""
    request.site_owner = owner = owner_of_cvs()
    if owner is None:
        raise Http404("There is no CV here yet.")
    return owner


def main_document(request):
    """Return the CVDocument at /cv/: the main CV, or the full one."""
    owner, user = owner_of_site(request), request.user
    if not (owner.is_public_page or user.is_staff):
        raise Http404("There is no CV here yet.")
    main = CV.objects.main(user)
    return document_of(main, main.parts.all(), owner, user) if main else full_cv(owner, user)


def saved_document(request, cv):
    """Return the CVDocument of a saved CV."""
    return document_of(cv, cv.parts.all(), owner_of_site(request), request.user)


def file_response(request, cv, ending):
    """Return a CVDocument in the format with that file name extension."""
    format_ = FORMATS[ending]
    if not format_.is_available:
        raise Http404(f"This site has no CVs as {format_.label}.")
    name = file_name(cv, ending)
    try:
        content = format_.write(cv, partial(absolute, request))
    except ConversionError:
        message = f"The {format_.label} file could not be made. Try again, or use another format.\n"
        return HttpResponseServerError(message, content_type="text/plain; charset=utf-8")
    return HttpResponse(
        content,
        content_type=format_.media_type,
        headers={"Content-Disposition": content_disposition_header(as_attachment=False, filename=name)},
    )


def files_of(cv, preview=None):
    """Return [(path, Format)] of the files of a CVDocument; behind a PreviewLink, at its secret address."""

    def address(ending):
        return reverse("preview-file", args=[preview.token, f"cv.{ending}"]) if preview else cv.address_as(ending)

    # The Markdown of a page has only what visitors see.
    hidden = () if preview or not cv.cv.pk or cv.cv.is_public else ("md",)
    return [(address(ending), format_) for ending, format_ in available().items() if ending not in hidden]


class Curriculum(TemplateView):
    template_name = "config/cv.html"

    def get_context_data(self, **kwargs):
        cv = main_document(self.request)
        return super().get_context_data(cv=cv, emphasised=cv.owner, files=files_of(cv), **kwargs)


class CurriculumFile(View):
    ending = ""

    def get(self, request):
        return file_response(request, main_document(request), self.ending)


class SavedCV(VisibleDetailView):
    model = CV
    template_name = "config/cv.html"
    context_object_name = "saved"

    def get_queryset(self):
        return super().get_queryset().prefetch_related("parts")

    def get_context_data(self, **kwargs):
        cv = saved_document(self.request, self.object)
        return super().get_context_data(cv=cv, emphasised=cv.owner, files=files_of(cv, self.preview), **kwargs)


class SavedCVFile(View):
    """A saved CV as a file. With a ``preview`` (a PreviewLink), its ``name`` is "cv" and the extension."""

    ending = ""
    preview = None

    def get(self, request, slug="", pk=None, name=""):
        cvs = CV.objects.prefetch_related("parts")
        if self.preview:
            ending = name.removeprefix("cv.")
            if name != f"cv.{ending}" or ending not in FORMATS:
                raise Http404("There is no such file here.")
            return file_response(request, saved_document(request, cvs.get(pk=pk)), ending)
        visible = cvs.visible_to(request.user)
        if moved := not visible.filter(slug=slug).exists() and visible.moved_from(slug):
            return redirect_to(request, slug=moved.slug)
        cv = get_object_or_404(visible, slug=slug)
        return file_response(request, saved_document(request, cv), self.ending)
