from profiles.content.pictured import Illustrated, Pictured
from profiles.content.slugs import FormerSlug
from profiles.models.activity import (
    Activity,
    Award,
    Education,
    Grant,
    Membership,
    News,
    Position,
    Service,
    Supervision,
    TaggedActivity,
    Talk,
    Teaching,
    Travel,
)
from profiles.models.link_check import LinkCheck
from profiles.models.look import Block, Look
from profiles.models.person import PLACEHOLDER_NAME, Link, LinkBase, Person, Relation, TaggedPerson
from profiles.models.preview import PreviewLink
from profiles.models.safekeeping import Safekeeping
from profiles.models.search import SearchIndex, Stale, indexed
from profiles.models.section import Section
from profiles.models.tag import Tag, TaggedBase, tags_field

__all__ = [
    "PLACEHOLDER_NAME",
    "Activity",
    "Award",
    "Block",
    "Education",
    "FormerSlug",
    "Grant",
    "Illustrated",
    "Link",
    "LinkBase",
    "LinkCheck",
    "Look",
    "Membership",
    "News",
    "Person",
    "Pictured",
    "Position",
    "PreviewLink",
    "Relation",
    "Safekeeping",
    "SearchIndex",
    "Section",
    "Service",
    "Stale",
    "Supervision",
    "Tag",
    "TaggedActivity",
    "TaggedBase",
    "TaggedPerson",
    "Talk",
    "Teaching",
    "Travel",
    "indexed",
    "tags_field",
]
