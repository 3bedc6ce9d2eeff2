import mimetypes

from django.core.paginator import Paginator
from django.http import FileResponse, Http404
from django.shortcuts import redirect
from django.views.generic import View
from django.views.generic.detail import SingleObjectMixin

from profiles.views import GatedDetailView, GatedListView
from publications.filters import Facets, Filters, Moved
from publications.models import Publication


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
        user = self.request.user
        works = super().get_queryset().works(user)
        self.filters = Filters.from_query(self.request.GET)
        self.facets = Facets(self.filters, works, self.request.path)
        self.selected = self.facets.selected()
        return self.filters.apply(works).for_listing(user).prefetch_related("tags").newest_first()

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
        return context


class PublicationDetail(GatedDetailView):
    model = Publication

    def get_queryset(self):
        return super().get_queryset().with_authors().prefetch_related("tags", "resources")

    def get_context_data(self, **kwargs):
        user, publication = self.request.user, self.object
        family = Publication.objects.visible_to(user).of_the_same_work(publication)
        related = Publication.objects.related_to(publication, user)
        return super().get_context_data(
            versions=family,
            work=next((other for other in family if other.pk == publication.version_of_id), None),
            projects=publication.projects.visible_to(user),
            related=related[:4],
            **kwargs,
        )


class ResourceFile(SingleObjectMixin, View):
    """An uploaded file, beside the page of what it belongs to and for whoever may see that page."""

    model = Publication

    def get_queryset(self):
        return self.model.objects.visible_to(self.request.user)

    def get(self, request, *, slug, name):
        resources = self.get_object().resources.exclude(file="")
        resource = next((resource for resource in resources if resource.filename == name), None)
        if resource is None or not resource.file.storage.exists(resource.file.name):
            raise Http404("There is no such file here.")
        content_type = mimetypes.guess_type(name)[0] or "application/octet-stream"
        response = FileResponse(resource.file.open(), filename=name, content_type=content_type)
        # Whatever the file holds, it runs nothing under this site's name.
        response.headers["Content-Security-Policy"] = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
        return response
