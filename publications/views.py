from dataclasses import replace
from functools import partial
from urllib.parse import unquote, urlsplit
from xml.etree import ElementTree

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse, JsonResponse, StreamingHttpResponse
from django.shortcuts import redirect
from django.urls import Resolver404, resolve, reverse
from django.utils.cache import patch_vary_headers
from django.utils.functional import cached_property
from django.utils.http import content_disposition_header
from django.views.generic import View

from profiles import edition
from profiles.content.addresses import absolute
from profiles.content.publishing import EDITORS
from profiles.content.storage import opened
from profiles.search import indexing
from profiles.views import GatedDetailView, GatedListView, KeptDetailView, lazily, owner_of_site
from publications import signposting
from publications.citations import citations_of
from publications.files import serve
from publications.filters import Facets, Filters, Moved
from publications.models import Publication, Resource
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

    def get_queryset(self):
        self.read_filters()
        return edition.KeptRows(self.request, self.facets.key, Publication, self.get_works)

    def read_filters(self):
        self.filters = Filters.from_query(self.request.GET)
        if self.filters.q:
            indexing.refresh_for(self.request)
        user = self.request.user
        works = lazily(lambda: Publication.objects.visible_to(user).works(user))
        self.facets = Facets(self.filters, works, self.request)
        self.selected = self.facets.selected()

    def get_works(self):
        """The works that pass the filters of the address."""
        return self.filters.apply(self.facets.works, self.request.user).newest_first()

    def get_paginator(self, *args, **kwargs):
        return CountedPaginator(*args, count=self.facets.count, **kwargs)

    def get_context_data(self, **kwargs):
        query = self.filters.query_string()
        context = super().get_context_data(
            filters=self.filters, facets=self.facets, selected=self.selected, count=self.facets.count, **kwargs
        )
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
        self.read_filters()
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


class PublicationDetail(KeptDetailView):
    """The page of a work; the same address answers with its record, where a client prefers that."""

    model = Publication
    related_shown = 4

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
            response.headers["Link"] = edition.kept(self.request, ("links", *self.key), self.get_links)
        return response

    def get_links(self):
        whole = partial(absolute, self.request)
        links = signposting.links_of_page(self.object, self.record, whole)
        return signposting.header([*links, signposting.linkset_link(self.object, whole)])

    def get_queryset(self):
        queryset = super().get_queryset().prefetch_related("tags", "resources")
        if self.preview and self.preview.hides_authors:
            return queryset.anonymous()
        # Whoever was given a link that hides no names may see them.
        return queryset.with_authors(EDITORS if self.preview else self.request.user)

    @cached_property
    def record(self):
        """What a visitor may have of the record."""
        return public_reference(self.object, self.object.as_reference())

    def get_citations(self):
        owner = owner_of_site(self.request)
        return citations_of(self.object, self.record, owner.citation_style if owner else "")

    def get_bibtex(self):
        return FORMATS["bib"].dumps([reference_for(self.request.user, self.object)]).strip()

    def get_exports(self):
        """[(label, address, media type)] of the record in each format that the work has."""
        slug = self.object.slug
        found = [
            (module.label, reverse("publications:publication-export", args=[slug, ending]), module.media_type)
            for ending, module in FORMATS.items()
        ]
        if self.object.type in cff.TYPES:
            found.append((cff.label, reverse("publications:publication-cff", args=[slug]), ""))
        return found

    def get_work(self):
        """The work that this is a version of, if the user sees it; or None."""
        return Publication.objects.visible_to(self.request.user).filter(pk=self.object.version_of_id).first()

    def get_context_data(self, **kwargs):
        user, publication = self.request.user, self.object
        return super().get_context_data(
            record=lambda: self.record,
            citations=lazily(self.get_citations),
            bibtex=lazily(self.get_bibtex),
            exports=lazily(self.get_exports),
            versions=lazily(lambda: Publication.objects.visible_to(user).of_the_same_work(publication)),
            projects=lazily(lambda: publication.projects.visible_to(user)),
            work=lazily(self.get_work),
            related=lazily(lambda: Publication.objects.related_to(publication, user)[: self.related_shown]),
            names_shown=lazily(lambda: user.is_staff or not publication.is_blind),
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


class ResourceFile(View):
    """An uploaded file, beside the page of what it belongs to and for whoever may see that page."""

    model = Resource
    subject = "publication"  # the field that leads to it
    preview = None

    def get_object(self, name, *, slug=None, **kwargs):
        """The resource with its subject, in one query."""
        subjects = self.model._meta.get_field(self.subject).related_model.objects
        if self.preview:
            subjects = subjects.filter(pk=self.preview.object_id)
        else:
            subjects = subjects.visible_to(self.request.user).filter(slug=slug)
        fields = [f"{self.subject}__{field}" for field in ("slug", "state", "publish_at", "updated_at")]
        found = self.model.objects.filter(**{f"{self.subject}__in": subjects}, file__endswith=f"/{name}")
        found = found.select_related(self.subject).only("file", "sha256", *fields)
        for resource in found:
            if resource.filename == name:  # the database may take capitals for small letters
                return resource
        raise self.model.DoesNotExist

    def get(self, request, *, name, **kwargs):
        try:
            resource = self.get_object(name, **kwargs)
            file, modified = opened(resource.file.storage, resource.file.name)
        except (self.model.DoesNotExist, FileNotFoundError) as error:
            raise Http404("There is no such file here.") from error
        # An older file may have been put back here.
        modified = max(modified, resource.subject.updated_at)
        response = serve(request, file, name=name, etag=resource.etag, modified=modified)
        if not resource.subject.is_public:
            response.headers["Cache-Control"] = "private, no-cache"
        if not self.preview:
            links = signposting.links_of_file(resource.subject, partial(absolute, request))
            response.headers["Link"] = signposting.header(links)
        return response
