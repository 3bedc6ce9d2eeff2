from django.db.models import Case, When

from profiles.content.addresses import absolute
from profiles.models import Post, Talk
from profiles.views import VisibleDetailView, VisibleListView
from projects.models import Grant, Project, ProjectResource
from publications.exports import citation_file_response, code_url, reference_for
from publications.models import Authorship, Publication
from publications.references import Name, Reference
from publications.views import ResourceFile


class ProjectList(VisibleListView):
    model = Project
    paginate_by = 60

    def get_queryset(self):
        return super().get_queryset().for_listing(self.request.user).prefetch_related("tags")


class ProjectDetail(VisibleDetailView):
    model = Project

    def get_queryset(self):
        return super().get_queryset().prefetch_related("highlights", "links", "tags", "resources")

    def get_context_data(self, **kwargs):
        user, project = self.request.user, self.object
        papers = project.publications.visible_to(user).works(user).with_authors_shown(user).newest_first()
        members = project.members.select_related("person")
        return super().get_context_data(
            members=members,
            current_members=[member for member in members if not member.is_former],
            former_members=[member for member in members if member.is_former],
            papers=papers,
            talks=Talk.objects.visible_to(user).filter(talk_projects__project=project).newest_first().for_listing(),
            works=papers,
            posts=Post.objects.visible_to(user).filter(post_projects__project=project).newest(),
            grants=project.grants.visible_to(user),
            **kwargs,
        )


class ProjectCitation(VisibleDetailView):
    """A CITATION.cff: how to cite a project, and its paper if it has one."""

    model = Project

    def get_queryset(self):
        return super().get_queryset().prefetch_related("links", "members__person", "resources", "tags")

    def render_to_response(self, context, **kwargs):
        user, project = self.request.user, self.object
        paper = self.get_paper()
        links = project.links.all()
        repository = next((link.url for link in links if link.website and link.website.holds == "code"), "")
        return citation_file_response(
            as_reference(project),
            page=absolute(self.request, project.get_absolute_url()),
            code=repository or code_url(project.resources.all()),
            preferred=reference_for(user, paper) if paper else None,
        )

    def get_paper(self):
        """Return the newest article or conference paper that the user may see, or the newest work of another type."""
        user = self.request.user
        works = self.object.publications.visible_to(user).works(user).with_authors_shown(user)
        works = works.exclude(status="retracted")
        is_paper = Case(When(type__in=["article-journal", "paper-conference"], then=True), default=False)
        return works.with_references(user).order_by(is_paper.desc(), "-issued", "-pk").first()


def as_reference(project):
    """Return a project as a Reference. A project without members is its own author, as organisations are."""
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

    def get_files(self):
        return ProjectResource.objects.all()  # none of them is under an embargo


class GrantList(VisibleListView):
    """The current grants, then those whose outcome is not known yet, then those that have ended."""

    model = Grant

    def get_queryset(self):
        return super().get_queryset().for_listing()

    def get_context_data(self, **kwargs):
        grants = list(self.object_list)
        groups = [
            ("Current", [grant for grant in grants if grant.is_current]),
            ("Submitted", [grant for grant in grants if grant.is_submitted]),
            ("Ended", [grant for grant in grants if grant.is_ended]),
        ]
        return super().get_context_data(groups=[group for group in groups if group[1]], **kwargs)


class GrantDetail(VisibleDetailView):
    model = Grant

    def get_queryset(self):
        return super().get_queryset().for_listing().prefetch_related("tags")

    def get_context_data(self, **kwargs):
        user, grant = self.request.user, self.object
        visible = Publication.objects.visible_to(user)
        papers = visible.works(user).with_versions_in(grant.publications.visible_to(user))
        papers = papers.with_authors_shown(user).newest_first()  # the grant would give them away
        return super().get_context_data(
            papers=papers,
            works=papers,
            projects=grant.projects.visible_to(user),
            talks=grant.talks_for(user).newest_first().for_listing(),
            posts=grant.posts.visible_to(user).by_date(),
            amount=grant.full_amount if user.is_staff else grant.public_amount,
            **kwargs,
        )
