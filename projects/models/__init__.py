from projects.models.grant import Grant, GrantIndex, Investigator, TaggedGrant
from projects.models.project import (
    Highlight,
    Member,
    PostProject,
    Project,
    ProjectIndex,
    ProjectLink,
    ProjectResource,
    TaggedProject,
    TalkProject,
)
