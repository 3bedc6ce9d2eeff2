"""What is searched of projects."""

from profiles.documents import own, tagged
from profiles.search.indexing import Watched, register
from profiles.search.queries import Document
from projects.models import Project, ProjectIndex


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
    Project, ProjectIndex, projects,
    own("projects_project", "name", "tagline", "summary", "body", "role"),
    *tagged("projects_taggedproject"),
    Watched("projects_member", "SELECT {row}.project_id AS key"),
    Watched("projects_highlight", "SELECT {row}.project_id AS key"),
    Watched(
        "profiles_person",
        "SELECT project_id AS key FROM projects_member WHERE person_id = {row}.id",
        ("name",),
    ),
)  # fmt: skip
