from profiles.admin import activities, courses, memberships, pages, people, posts, site, tags, talks
from profiles.admin.content import PUBLISHING, URL_FIELDS, PublishableAdmin, RowsInline
from profiles.admin.publishing import PublishingForm
