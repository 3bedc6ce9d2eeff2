"""The words that projects are found by."""

from profiles.models import Person, Tag
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


register(
    Project,
    ProjectIndex,
    projects,
    rows={TaggedProject: "content_object_id", Member: "project_id", Highlight: "project_id"},
    names={Tag: ("taggedproject__tag", ["name"]), Person: ("members__person", ["name"])},
)
