from functools import partial

from django.http import Http404, JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.views.generic import View

from profiles.content.addresses import absolute
from profiles.content.publishing import EDITORS
from profiles.content.storage import opened
from profiles.views import VisibleDetailView, VisibleListView, redirect_to_slug
from publications import signposting
from publications.citations import citations_of
from publications.exports import (
    citation_file_response,
    code_url,
    export_response,
    exports_of_list,
    public_reference,
    public_text,
    reference_for,
)
from publications.files import serve
from publications.filters import Facets, Filters, Moved
from publications.models import Publication, Resource
from publications.references import cff
from publications.references.formats import EXPORTS

EXPORT_CHUNK = 200  # publications in memory while a list is exported


class FilteredPublications(VisibleListView):
    """The works that pass the filters in the address."""

    model = Publication

    def get(self, request, *args, **kwargs):
        try:
            return super().get(request, *args, **kwargs)
        except Moved as moved:
            return redirect(moved.href, permanent=True)

    def get_queryset(self):
        user = self.request.user
        self.filters = Filters.from_query(self.request.GET)
        works = super().get_queryset().works(user)
        self.facets = Facets(self.filters, works, self.request)
        self.selected = self.facets.selected()
        return self.filters.apply(works, user).newest_first()


class PublicationList(FilteredPublications):
    paginate_by = 50

    def get_queryset(self):
        return super().get_queryset().only("issued", "slug", "status", "title")  # the cards read the rest

    def get_context_data(self, **kwargs):
        query = self.filters.query_string()
        context = super().get_context_data(filters=self.filters, facets=self.facets, selected=self.selected, **kwargs)
        number = context["page_obj"].number
        page = f"{query or '?'}{'&' if query else ''}page={number}" if number > 1 else query
        return {
            **context,
            "canonical": self.request.path + page,
            "exports": exports_of_list(query),
            "works": self.object_list,
        }


class PublicationListExport(FilteredPublications):
    """The same list as a file."""

    def get_queryset(self):
        return super().get_queryset().with_references(self.request.user)

    def render_to_response(self, context, **kwargs):
        publications = self.object_list.iterator(chunk_size=EXPORT_CHUNK)
        return export_response(self.request, publications, self.kwargs["ending"], "publications")


class PublicationDetail(VisibleDetailView):
    model = Publication
    related_shown = 4

    def get_queryset(self):
        queryset = super().get_queryset().prefetch_related("tags", "resources")
        if self.preview and self.preview.hides_authors:
            return queryset.anonymous()
        # A preview link that does not hide the authors shows them to everybody who has it.
        return queryset.with_authors(EDITORS if self.preview else self.request.user)

    @cached_property
    def record(self):
        """The Reference with what visitors may see."""
        return public_reference(self.object)

    def get_context_data(self, **kwargs):
        user, publication = self.request.user, self.object
        visible, owner = Publication.objects.visible_to(user), self.request.site_owner
        return super().get_context_data(
            record=self.record,
            citations=citations_of(publication, self.record, owner.citation_style if owner else ""),
            bibtex="".join(public_text([publication], "bib", partial(absolute, self.request))).strip(),
            exports=self.get_exports(),
            versions=visible.of_the_same_work(publication),
            work=visible.filter(pk=publication.version_of_id).first(),
            projects=publication.projects.visible_to(user),
            related=Publication.objects.related_to(publication, user)[: self.related_shown],
            names_shown=user.is_staff or not publication.is_blind,
            **kwargs,
        )

    def get_exports(self):
        """Return [(label, address, media type)] of the formats that the work can be exported in."""
        slug = self.object.slug
        exports = [
            (format_.label, reverse("publications:publication-export", args=[slug, ending]), format_.media_type)
            for ending, format_ in EXPORTS.items()
        ]
        if self.object.type in cff.TYPES:
            exports.append((cff.label, reverse("publications:publication-cff", args=[slug]), cff.media_type))
        return exports

    def render_to_response(self, context, **kwargs):
        response = super().render_to_response(context, **kwargs)
        if not self.preview:
            url = partial(absolute, self.request)
            links = signposting.links_of_page(self.object, self.record, url)
            linkset = url(reverse("publications:linkset", args=[self.object.slug]))
            links.append(("linkset", linkset, {"type": signposting.LINKSET}))
            response.headers["Link"] = signposting.header(links)
        return response


class PublicationExport(VisibleDetailView):
    """A work as a file."""

    model = Publication

    def get_queryset(self):
        return super().get_queryset().with_references(self.request.user)

    def render_to_response(self, context, **kwargs):
        response = export_response(self.request, [self.object], self.kwargs["ending"], self.object.slug)
        page = absolute(self.request, self.object.get_absolute_url())
        response.headers["Link"] = signposting.header([("describes", page, {"type": "text/html"})])
        return response


class PublicationCFF(PublicationExport):
    """Software or data as a CITATION.cff, the file that says how to cite it."""

    def get_queryset(self):
        return super().get_queryset().filter(type__in=cff.TYPES)

    def render_to_response(self, context, **kwargs):
        return citation_file_response(
            reference_for(self.request.user, self.object),
            page=absolute(self.request, self.object.get_absolute_url()),
            code=code_url(self.object.resources.all()),
            license=self.object.license,
        )


class Linkset(PublicationExport):
    """The typed links between a publication's page, files and exports (FAIR Signposting)."""

    def render_to_response(self, context, **kwargs):
        content = signposting.linkset(self.object, public_reference(self.object), partial(absolute, self.request))
        return JsonResponse(content, content_type=signposting.LINKSET)


class ResourceFile(View):
    """An uploaded file, at the address of the page it belongs to. Users who may see that page may see the file.

    A former slug redirects to the file.
    """

    model = Resource
    subject = "publication"  # the foreign key to the object with the page
    preview = None

    def get_object(self, name, *, slug=None, **kwargs):
        """Return the resource with its subject, in one query. Raise DoesNotExist."""
        subjects = self.model._meta.get_field(self.subject).related_model.objects
        if self.preview:
            subjects = subjects.filter(pk=self.preview.object_id)
        else:
            subjects = subjects.visible_to(self.request.user).filter(slug=slug)
        resources = self.model.objects.filter(**{f"{self.subject}__in": subjects}, file__endswith=f"/{name}")
        for resource in resources.select_related(self.subject):
            if resource.filename == name:  # SQLite's "endswith" ignores case
                return resource
        raise self.model.DoesNotExist

    def get_moved(self, name, *, slug=None, **kwargs):
        """Return the object that had the slug before and has a file of that name, or None."""
        subjects = self.model._meta.get_field(self.subject).related_model.objects
        moved = None if self.preview else subjects.visible_to(self.request.user).moved_from(slug)
        files = moved.resources.all() if moved else []
        return moved if any(resource.filename == name for resource in files) else None

    def get(self, request, *, name, **kwargs):
        try:
            resource = self.get_object(name, **kwargs)
            file, modified = opened(resource.file.storage, resource.file.name)
        except (self.model.DoesNotExist, FileNotFoundError) as error:
            if moved := self.get_moved(name, **kwargs):
                return redirect_to_slug(request, moved.slug)
            raise Http404("There is no such file here.") from error
        # The file itself may be older than its upload here.
        modified = max(modified, resource.subject.updated_at)
        response = serve(request, file, name=name, etag=resource.etag, modified=modified)
        if not resource.subject.is_public:
            response.headers["Cache-Control"] = "private, no-cache"
        if not self.preview:
            links = signposting.links_of_file(resource.subject, partial(absolute, request))
            response.headers["Link"] = signposting.header(links)
        return response
