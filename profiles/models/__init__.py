from profiles.content.health import DismissedFinding
from profiles.content.pictured import Illustrated, Pictured
from profiles.content.slugs import FormerSlug
from profiles.models.activity import Activity, TaggedActivity
from profiles.models.kinds import ACTIVITY_MODELS, KINDS
from profiles.models.link import Link, LinkBase
from profiles.models.look import Block, Look
from profiles.models.maintenance import BackupRecord, LinkCheck, Schedule
from profiles.models.named import PLACEHOLDER_NAME
from profiles.models.person import Person, Relation, TaggedPerson
from profiles.models.preview import PreviewLink
from profiles.models.search import SearchIndex, indexed
from profiles.models.section import Section
from profiles.models.tag import Tag, TaggedBase, tags_field
