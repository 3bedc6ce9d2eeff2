from django.db.models import Case, When
from django.urls import reverse

from profiles import edition
from profiles.content.addresses import absolute
from profiles.views import GatedDetailView, GatedListView, KeptDetailView, lazily
from projects.models import Project, ProjectLink, ProjectResource
from publications.models import Authorship, Publication
from publications.references import Name, Reference
from publications.views import ResourceFile, citation_file, code_of, reference_for


class ProjectList(GatedListView):
    model = Project
    paginate_by = 60

    def get_queryset(self):
        return super().get_queryset().for_listing().prefetch_related("tags")


class ProjectDetail(KeptDetailView):
    model = Project

    def get_queryset(self):
        return super().get_queryset().for_listing().prefetch_related("tags", "resources")

    def get_works(self):
        user = self.request.user
        return self.object.publications.visible_to(user).works(user).newest_first()

    def get_context_data(self, **kwargs):
        project = self.object
        return super().get_context_data(
            members=lazily(lambda: project.members.select_related("person")),
            papers=edition.KeptRows(self.request, self.key, Publication, self.get_works)[:],
            **kwargs,
        )


class ProjectCitation(GatedDetailView):
    """A project as a file that tells how to cite it: by its paper, where it has one."""

    model = Project

    def get_queryset(self):
        return super().get_queryset().prefetch_related("links", "members__person", "resources", "tags")

    def render_to_response(self, context, **kwargs):
        user, project = self.request.user, self.object
        paper = self.get_paper()
        repository = next((link.url for link in project.links.all() if link.kind == ProjectLink.Kind.GITHUB), "")
        return citation_file(
            as_reference(project),
            page=absolute(self.request, project.get_absolute_url()),
            code=repository or code_of(project.resources.all()),
            preferred=reference_for(user, paper) if paper else None,
        )

    def get_paper(self):
        """The newest article or conference paper that this user may see, or the newest of another type."""
        user = self.request.user
        works = self.object.publications.visible_to(user).works(user).exclude(status="retracted")
        is_paper = Case(When(type__in=["article-journal", "paper-conference"], then=True), default=False)
        return works.with_references(user).order_by(is_paper.desc(), "-issued", "-pk").first()

    def get_moved_url(self, moved):
        return reverse("projects:citation", args=[moved.slug])


def as_reference(project):
    """A project as something to cite. Without people named on it, it stands for itself, as a body does."""
    authors = [Authorship(person=member.person).as_name() for member in project.members.all()]
    return Reference(
        type="software",
        title=project.name,
        author=tuple(authors) or (Name(literal=project.name),),
        abstract=project.summary or project.tagline,
        keyword=tuple(tag.name for tag in project.tags.all()),
    )


class ProjectFile(ResourceFile):
    model = ProjectResource
    subject = "project"
