from functools import partial

from django.http import JsonResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.functional import cached_property

from profiles.content.addresses import absolute
from profiles.content.publishing import EDITORS
from profiles.models import Membership, Person, Post, Talk
from profiles.views import ResourceFileView, VisibleDetailView, VisibleListView
from publications import signposting
from publications.affiliations import PrintedAffiliations
from publications.citations.stored import citations_of
from publications.exports import (
    citation_file_response,
    code_url,
    export_response,
    exports_of_list,
    public_reference,
    public_text,
    reference_for,
)
from publications.lists.filters import Facets, Filters, Moved
from publications.models import Publication, Resource
from publications.references import cff
from publications.references.formats import EXPORTS

ALL_SHOWN = 1000  # publications on one page, at most
COPIED = ("bib", "ris")  # the formats that a work's page shows to copy
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
        found = self.filters.apply(works, user)
        return found.by_type() if self.filters.group else found.newest_first()


class PublicationList(FilteredPublications):
    paginate_by = 24

    def get_queryset(self):
        # The cards read the rest.
        return super().get_queryset().only("issued", "slug", "status", "title", "type")

    def get_paginate_by(self, queryset):
        return ALL_SHOWN if self.filters.show else self.paginate_by

    def get_context_data(self, **kwargs):
        query, exported = self.filters.query_string(), self.filters.query_string(group="", show="")
        context = super().get_context_data(filters=self.filters, facets=self.facets, selected=self.selected, **kwargs)
        number = context["page_obj"].number
        page = f"{query or '?'}{'&' if query else ''}page={number}" if number > 1 else query
        return {
            **context,
            "canonical": self.request.path + page,
            "exports": exports_of_list(exported),
            "group_href": self.request.path + self.filters.query_string(group="" if self.filters.group else "type"),
            "show_href": self.request.path + self.filters.query_string(show="" if self.filters.show else "all"),
            "can_show_all": self.paginate_by < context["paginator"].count <= ALL_SHOWN,
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
        queryset = super().get_queryset().with_resources(self.request.user).prefetch_related("tags")
        if self.preview and self.preview.hides_authors:
            return queryset.anonymous()
        # A preview link that does not hide the authors shows them to everybody who has it.
        queryset = queryset.with_authors(EDITORS if self.preview else self.request.user)
        is_shown = self.request.site_settings.shows_affiliations
        return queryset.prefetch_related("authorships__person__affiliations") if is_shown else queryset

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
            records=self.get_records(),
            exports=self.get_exports(),
            elsewhere=self.get_links_elsewhere(),
            versions=self.get_versions(visible),
            work=visible.filter(pk=publication.version_of_id).first(),
            projects=self.get_projects(),
            grants=self.get_grants(),
            talks=self.get_talks(),
            supervisors=self.get_supervisors(),
            printed_affiliations=self.get_affiliations(),
            related=Publication.objects.related_to(publication, user)[: self.related_shown],
            posts=self.get_posts(),
            names_shown=user.is_staff or not publication.is_blind,
            **kwargs,
        )

    def get_affiliations(self):
        """Return the affiliations to print, if the site shows them. During blind review a visitor gets no names."""
        names = self.object.byline or self.object.editors
        return PrintedAffiliations(names if self.request.site_settings.shows_affiliations else [])

    def get_records(self):
        """Return [(ending, label, text)] of the formats that the page shows to copy."""
        texts = {ending: public_text([self.object], ending, partial(absolute, self.request)) for ending in COPIED}
        return [(ending, EXPORTS[ending].label, "".join(text).strip()) for ending, text in texts.items()]

    def get_links_elsewhere(self):
        """Return [(label, URL)] of the work on other sites, without those that its resources link to."""
        work, known = self.object, {resource.url for resource in self.object.resources.all()}
        links = [("DOI", work.doi_url), ("arXiv", work.arxiv_url), ("PubMed", work.pmid_url)]
        if not work.doi:
            links.append(("Publisher’s page", work.url))
        return [(label, url) for label, url in links if url and url not in known]

    def get_versions(self, visible):
        """Return all versions of the work, the oldest first, or [] if there is only this one."""
        others = list(visible.of_the_same_work(self.object))
        return sorted([self.object, *others], key=lambda work: work.sort_date) if others else []

    def get_projects(self):
        """Return the projects of the work. Under blind review, their members would give its authors away."""
        projects = self.object.projects.visible_to(self.request.user)
        return projects.none() if self.is_blind else projects

    def get_grants(self):
        """Return the grants of the work. Under blind review, they would give its authors away."""
        grants = self.object.grants.visible_to(self.request.user)
        return grants.none() if self.is_blind else grants

    def get_talks(self):
        """Return the talks about the work. Under blind review, their speakers would give its authors away."""
        user, publication = self.request.user, self.object
        talks = Talk.objects.visible_to(user).filter(talk_publications__publication=publication)
        return talks.none() if self.is_blind else talks.newest_first().for_listing()

    def get_posts(self):
        """Return the newest posts that name the work. Under blind review, the people they name would give it away."""
        posts = Post.objects.visible_to(self.request.user).filter(post_publications__publication=self.object)
        return posts.none() if self.is_blind else posts.newest()

    def get_supervisors(self):
        """Return the supervisors of the thesis that the work is. Under blind review, they would give it away."""
        memberships = Membership.objects.visible_to(self.request.user).filter(theses__publication=self.object)
        people = Person.objects.filter(supervised_memberships__in=memberships).distinct()
        return people.none() if self.is_blind else people

    @property
    def is_blind(self):
        """Whether the page must not give the authors away."""
        return self.preview.hides_authors if self.preview else self.object.is_blind and not self.request.user.is_staff

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


class ResourceFile(ResourceFileView):
    """A file of a publication, with Signposting links to its page."""

    model = Resource
    subject = "publication"

    def get_files(self):
        return Resource.objects.visible_to(self.request.user)

    def get_link_header(self, resource):
        links = signposting.links_of_file(resource.subject, partial(absolute, self.request))
        return signposting.header(links)
