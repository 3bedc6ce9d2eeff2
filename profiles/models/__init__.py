from profiles.content.health import DismissedFinding
from profiles.content.preview import PreviewLink
from profiles.content.slugs import FormerSlug
from profiles.files.images import Illustrated, Pictured
from profiles.models.activity import ACTIVITY_MODELS, KINDS, Activity, TaggedActivity
from profiles.models.affiliation import Affiliation
from profiles.models.course import Course, Material, TaggedCourse, Term
from profiles.models.cv import CV, CVPart, CVRecord
from profiles.models.cv_snapshot import CVSnapshot, CVSnapshotFile
from profiles.models.link import Link, LinkBase
from profiles.models.look import Block, Look
from profiles.models.maintenance import BackupRecord, LinkCheck, Schedule
from profiles.models.membership import Membership
from profiles.models.named import PLACEHOLDER_NAME
from profiles.models.page import Page, PageResource, TaggedPage
from profiles.models.person import Person, Relation, TaggedPerson
from profiles.models.post import FollowedFeed, Post, PostSuggestion, TaggedPost
from profiles.models.resource import ResourceBase
from profiles.models.search import SearchIndex, indexed
from profiles.models.site import Menu, MenuItem, Section, SiteSettings
from profiles.models.tag import Tag, TaggedBase, tags_field
from profiles.models.talk import Occasion, TaggedTalk, Talk, TalkResource
