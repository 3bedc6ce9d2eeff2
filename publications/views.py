from django.core.paginator import Paginator
from django.http import Http404, StreamingHttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.cache import patch_vary_headers
from django.utils.http import content_disposition_header
from django.views.generic import View
from django.views.generic.detail import SingleObjectMixin

from profiles.publishing import EDITORS
from profiles.views import GatedDetailView, GatedListView, owner_of_site
from publications.chart import Chart
from publications.citations import citations_of
from publications.files import serve
from publications.filters import Facets, Filters, Moved
from publications.models import Publication
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
        self.facets = Facets(self.filters, works, self.request.user, self.request.path)
        self.selected = self.facets.selected()
        return self.filters.apply(works, self.request.user).newest_first()

    def get_queryset(self):
        return self.get_works().for_listing(self.request.user).prefetch_related("tags")

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
        return self.get_works().with_references(self.request.user)

    def render_to_response(self, context, **kwargs):
        return exported(
            self.request, self.object_list.iterator(chunk_size=CHUNK), self.kwargs["ending"], "publications"
        )

    def get_context_data(self, **kwargs):
        return {}


def exported(request, publications, ending, name):
    """The response that streams publications as a file in the format of that ending."""
    module = FORMATS[ending]
    text = module.dump(reference_for(request.user, publication) for publication in publications)
    response = StreamingHttpResponse(text, content_type=f"{module.media_type}; charset=utf-8")
    response.headers["Content-Disposition"] = content_disposition_header(
        as_attachment=True, filename=f"{name}.{ending}"
    )
    return response


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
        favourite = owner.citation_style if owner else ""
        return super().get_context_data(
            citations=citations_of(publication, public_reference(publication, reference), favourite),
            bibtex=FORMATS["bib"].dumps([reference]).strip(),
            exports=[
                (module.label, reverse("publications:publication-export", args=[publication.slug, ending]))
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
        return super().get_queryset().with_references(self.request.user)

    def render_to_response(self, context, **kwargs):
        return exported(self.request, [self.object], self.kwargs["ending"], self.object.slug)

    def get_moved_url(self, moved):
        return reverse("publications:publication-export", args=[moved.slug, self.kwargs["ending"]])


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
        return serve(request, resource.file.open(), name=name, etag=resource.etag)
