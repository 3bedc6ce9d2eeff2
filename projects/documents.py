"""What the search finds projects by."""

from profiles.documents import tag_names, tagged_object
from profiles.models import Person
from profiles.search.indexing import register
from profiles.search.queries import Document
from projects.models import Highlight, Member, Project, ProjectIndex, TaggedProject


def projects(keys):
    return {
        project.pk: Document(
            title=project.name,
            names="\n".join(member.person.name for member in project.members.all()),
            facts="\n".join(
                [
                    project.tagline, project.summary, project.body, project.role,
                    *map(str, project.highlights.all()), *(tag.name for tag in project.tags.all()),
                ]
            ),
        )
        for project in Project.objects.filter(pk__in=keys).prefetch_related("members__person", "highlights", "tags")
    }  # fmt: skip


def projects_of(person):
    return Member.objects.filter(person=person).values_list("project", flat=True)


register(
    Project,
    ProjectIndex,
    projects,
    sources={
        TaggedProject: tagged_object,
        Member: lambda member: [member.project_id],
        Highlight: lambda highlight: [highlight.project_id],
    },
    names={**tag_names(TaggedProject), Person: (("name",), projects_of)},
)
