from dataclasses import replace
from functools import partial
from urllib.parse import unquote, urlsplit
from xml.etree import ElementTree

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse, JsonResponse, StreamingHttpResponse
from django.shortcuts import redirect
from django.urls import Resolver404, resolve, reverse
from django.utils.cache import patch_vary_headers
from django.utils.http import content_disposition_header
from django.views.generic import View
from django.views.generic.detail import SingleObjectMixin

from profiles import indexing
from profiles.addresses import absolute
from profiles.publishing import EDITORS
from profiles.views import GatedDetailView, GatedListView, owner_of_site
from publications import signposting
from publications.chart import Chart
from publications.citations import citations_of
from publications.files import serve
from publications.filters import Facets, Filters, Moved
from publications.models import Publication
from publications.references import cff
from publications.references.formats import BY_MEDIA_TYPE, FORMATS

CHUNK = 200  # publications held in memory while a list is exported


class CountedPaginator(Paginator):
    """A paginator whose count was taken with the facets already."""

    def __init__(self, *args, count, **kwargs):
        super().__init__(*args, **kwargs)
        self.count = count


class PublicationList(GatedListView):
    model = Publication
    paginate_by = 50

    def get(self, request, *args, **kwargs):
        try:
            return super().get(request, *args, **kwargs)
        except Moved as moved:
            return redirect(moved.href, permanent=True)

    def get_works(self):
        """The works that pass the filters of the address."""
        works = super().get_queryset().works(self.request.user)
        self.filters = Filters.from_query(self.request.GET)
        if self.filters.q:
            indexing.refresh()
        self.facets = Facets(self.filters, works, self.request.user, self.request.path)
        self.selected = self.facets.selected()
        return self.filters.apply(works, self.request.user).newest_first()

    def get_queryset(self):
        # With all fields, since each item says its whole record to reference managers.
        return self.get_works().for_listing(self.request.user).prefetch_related("tags").defer(None)

    def get_paginator(self, *args, **kwargs):
        return CountedPaginator(*args, count=self.facets.count, **kwargs)

    def get_context_data(self, **kwargs):
        query = self.filters.query_string()
        context = super().get_context_data(
            filters=self.filters, facets=self.facets, selected=self.selected, count=self.facets.count, **kwargs
        )
        context["chart"] = Chart.of_filters(self.filters, self.facets.by_year_and_type, self.request.path)
        context["page_base"] = f"{query}&" if query else "?"
        number = context["page_obj"].number
        page = f"{context['page_base']}page={number}" if number > 1 else query
        context["canonical"] = self.request.path + page
        context["exports"] = [
            (module.label, reverse("publications:export", args=[ending]) + query) for ending, module in FORMATS.items()
        ]
        return context


class PublicationListExport(PublicationList):
    """The list as a file, with the same filters."""

    def get_queryset(self):
        return self.get_works().with_references(self.request.user).prefetch_related("resources")

    def render_to_response(self, context, **kwargs):
        return exported(
            self.request, self.object_list.iterator(chunk_size=CHUNK), self.kwargs["ending"], "publications"
        )

    def get_context_data(self, **kwargs):
        return {}


def exported(request, publications, ending, name):
    """The response that streams publications as a file in the format of that ending."""
    module = FORMATS[ending]
    text = module.dump(_with_file(request, publication, ending) for publication in publications)
    response = StreamingHttpResponse(text, content_type=f"{module.media_type}; charset=utf-8")
    response.headers["Content-Disposition"] = content_disposition_header(
        as_attachment=True, filename=f"{name}.{ending}"
    )
    return response


def _with_file(request, publication, ending):
    """The Reference of a publication for a file of that ending; RIS has a tag for where the PDF is."""
    reference = reference_for(request.user, publication)
    pdf = publication.pdf if ending == "ris" else None
    if pdf is None:
        return reference
    return replace(reference, extra={**reference.extra, "l1": absolute(request, pdf.href)})


def reference_for(user, publication):
    """What this user may have of a publication's record."""
    reference = publication.as_reference()
    return reference if user.is_staff else public_reference(publication, reference)


def public_reference(publication, reference):
    """What a visitor may have of a publication's Reference."""
    return reference.anonymous() if publication.is_blind else reference.for_visitors()


class PublicationDetail(GatedDetailView):
    """The page of a work; the same address answers with its record, where a client prefers that."""

    model = Publication

    def get(self, request, *args, **kwargs):
        wanted = request.get_preferred_type(["text/html", *BY_MEDIA_TYPE])
        if wanted in BY_MEDIA_TYPE and not self.preview:
            response = PublicationExport.as_view()(request, *args, ending=BY_MEDIA_TYPE[wanted], **kwargs)
        else:
            response = super().get(request, *args, **kwargs)
        patch_vary_headers(response, ["Accept"])
        return response

    def render_to_response(self, context, **kwargs):
        response = super().render_to_response(context, **kwargs)
        if not self.preview:
            whole = partial(absolute, self.request)
            links = signposting.links_of_page(self.object, context["record"], whole)
            links.append(signposting.linkset_link(self.object, whole))
            response.headers["Link"] = signposting.header(links)
        return response

    def get_queryset(self):
        queryset = super().get_queryset().prefetch_related("tags", "resources")
        if self.preview and self.preview.hides_authors:
            return queryset.anonymous()
        # Whoever was given a link that hides no names may see them.
        return queryset.with_authors(EDITORS if self.preview else self.request.user)

    def get_context_data(self, **kwargs):
        user, publication = self.request.user, self.object
        family = Publication.objects.visible_to(user).of_the_same_work(publication)
        related = Publication.objects.related_to(publication, user)
        owner, reference = owner_of_site(self.request), reference_for(user, publication)
        record = public_reference(publication, reference)
        favourite = owner.citation_style if owner else ""
        return super().get_context_data(
            record=record,
            citations=citations_of(publication, record, favourite),
            bibtex=FORMATS["bib"].dumps([reference]).strip(),
            exports=[
                (module.label, reverse("publications:publication-export", args=[publication.slug, ending]))
                for ending, module in FORMATS.items()
            ]
            + (
                [(cff.label, reverse("publications:publication-cff", args=[publication.slug]))]
                if publication.type in cff.TYPES
                else []
            ),
            alternates=[
                (
                    module.label,
                    reverse("publications:publication-export", args=[publication.slug, ending]),
                    module.media_type,
                )
                for ending, module in FORMATS.items()
            ],
            versions=family,
            work=next((other for other in family if other.pk == publication.version_of_id), None),
            projects=publication.projects.visible_to(user),
            related=related[:4],
            names_shown=user.is_staff or not publication.is_blind,
            **kwargs,
        )


class PublicationExport(GatedDetailView):
    """A work as a file."""

    model = Publication

    def get_queryset(self):
        return super().get_queryset().with_references(self.request.user).prefetch_related("resources")

    def render_to_response(self, context, **kwargs):
        response = exported(self.request, [self.object], self.kwargs["ending"], self.object.slug)
        page = absolute(self.request, self.object.get_absolute_url())
        response.headers["Link"] = signposting.header([("describes", page, {"type": "text/html"})])
        return response

    def get_moved_url(self, moved):
        return reverse("publications:publication-export", args=[moved.slug, self.kwargs["ending"]])


class PublicationCFF(GatedDetailView):
    """Software or data as a file that tells how to cite it."""

    model = Publication

    def get_queryset(self):
        works = super().get_queryset().filter(type__in=cff.TYPES)
        return works.with_references(self.request.user).prefetch_related("resources")

    def render_to_response(self, context, **kwargs):
        reference = reference_for(self.request.user, self.object)
        page = absolute(self.request, self.object.get_absolute_url())
        code = code_of(self.object.resources.all())
        return citation_file(reference, page=page, code=code, license=self.object.license)

    def get_moved_url(self, moved):
        return reverse("publications:publication-cff", args=[moved.slug])


def code_of(resources):
    """The address of the first code among resources that are elsewhere, or ""."""
    return next((resource.url for resource in resources if resource.kind == resource.Kind.CODE and resource.url), "")


def citation_file(reference, **known):
    """The response with the CITATION.cff of a Reference; see ``cff.as_cff`` for what else may be known."""
    response = HttpResponse(cff.dumps(reference, **known), content_type=f"{cff.media_type}; charset=utf-8")
    response.headers["Content-Disposition"] = content_disposition_header(as_attachment=True, filename=cff.filename)
    return response


class Linkset(PublicationExport):
    """What a publication's page and files are to each other and to the record, for programs."""

    def render_to_response(self, context, **kwargs):
        reference = public_reference(self.object, self.object.as_reference())
        content = signposting.linkset(self.object, reference, partial(absolute, self.request))
        return JsonResponse(content, content_type=signposting.LINKSET)

    def get_moved_url(self, moved):
        return reverse("publications:linkset", args=[moved.slug])


class UnAPI(View):
    """The record by an address of a page, as reference managers ask for it (unapi.info, version 1)."""

    formats = {"ris": "ris", "bibtex": "bib"}

    def get(self, request):
        identifier, name = request.GET.get("id", ""), request.GET.get("format", "")
        if not identifier:
            return self.list_formats(status=200)
        try:
            match = resolve(unquote(urlsplit(identifier).path))
        except (Resolver404, ValueError) as error:
            raise Http404("There is no such record.") from error
        if match.view_name != "publications:publication":
            raise Http404("There is no such record.")
        if name and name not in self.formats:
            return HttpResponse("There is RIS (ris) and BibTeX (bibtex).\n", status=406, content_type="text/plain")
        ending = self.formats.get(name, "ris")
        record = PublicationExport.as_view()(request, slug=match.kwargs["slug"], ending=ending)
        return record if name or record.status_code != 200 else self.list_formats(status=300, id=identifier)

    def list_formats(self, status, **attributes):
        formats = ElementTree.Element("formats", attributes)
        for name, ending in self.formats.items():
            ElementTree.SubElement(formats, "format", {"name": name, "type": FORMATS[ending].media_type})
        text = ElementTree.tostring(formats, encoding="unicode", xml_declaration=True)
        return HttpResponse(text, status=status, content_type="application/xml")


class ResourceFile(SingleObjectMixin, View):
    """An uploaded file, beside the page of what it belongs to and for whoever may see that page."""

    model = Publication
    preview = None

    def get_queryset(self):
        if self.preview:
            return self.model.objects.filter(pk=self.preview.object_id)
        return self.model.objects.visible_to(self.request.user)

    def get(self, request, *, name, **kwargs):
        resources = self.get_object().resources.exclude(file="")
        resource = next((resource for resource in resources if resource.filename == name), None)
        if resource is None or not resource.file.storage.exists(resource.file.name):
            raise Http404("There is no such file here.")
        response = serve(request, resource.file.open(), name=name, etag=resource.etag)
        if not self.preview:
            links = signposting.links_of_file(resource.subject, partial(absolute, request))
            response.headers["Link"] = signposting.header(links)
        return response
