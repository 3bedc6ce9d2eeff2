"""The words that projects and grants are found by."""

from profiles.content.blocks import without_blocks
from profiles.models import Person, Tag
from profiles.search.indexing import register
from profiles.search.queries import Document
from projects.models import (
    Grant,
    GrantIndex,
    Highlight,
    Investigator,
    Member,
    Project,
    ProjectIndex,
    TaggedGrant,
    TaggedProject,
)


def projects(keys):
    return {
        project.pk: Document(
            title=project.name,
            names="\n".join(member.person.name for member in project.members.all()),
            facts="\n".join(
                [
                    project.tagline, project.summary, without_blocks(project.body), project.role,
                    *map(str, project.highlights.all()), *(tag.name for tag in project.tags.all()),
                ]
            ),
        )
        for project in Project.objects.filter(pk__in=keys).prefetch_related("members__person", "highlights", "tags")
    }  # fmt: skip


def grants(keys):
    """Return the Documents of grants. Their amounts may be private, so they have none."""
    return {
        grant.pk: Document(
            title=grant.title,
            names="\n".join([*(one.person.name for one in grant.investigators.all()), grant.other_people]),
            facts="\n".join(
                [grant.funder, grant.number, without_blocks(grant.description), *(tag.name for tag in grant.tags.all())]
            ),
        )
        for grant in Grant.objects.filter(pk__in=keys).prefetch_related("investigators__person", "tags")
    }


register(
    Project,
    ProjectIndex,
    projects,
    rows={TaggedProject: "content_object_id", Member: "project_id", Highlight: "project_id"},
    names={Tag: ("taggedproject__tag", ["name"]), Person: ("members__person", ["name"])},
)
register(
    Grant,
    GrantIndex,
    grants,
    rows={TaggedGrant: "content_object_id", Investigator: "grant_id"},
    names={Tag: ("taggedgrant__tag", ["name"]), Person: ("investigators__person", ["name"])},
)
