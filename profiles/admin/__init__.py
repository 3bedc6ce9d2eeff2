from profiles.admin import activities, look, people, tags
from profiles.admin.content import ADDRESSES, PUBLISHING, PublishableAdmin, RowsInline

__all__ = ["ADDRESSES", "PUBLISHING", "PublishableAdmin", "RowsInline", "activities", "look", "people", "tags"]
