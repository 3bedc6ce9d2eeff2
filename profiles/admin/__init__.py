from profiles.admin import activities, look, people, tags
from profiles.admin.content import PUBLISHING, URL_FIELDS, PublishableAdmin, RowsInline
from profiles.admin.publishing import PublishingForm
