"""The publications that posts, talks and memberships name, as rows in the forms of those."""

from profiles.admin import RowsInline
from profiles.admin.memberships import MembershipAdmin
from profiles.admin.posts import PostAdmin
from profiles.admin.talks import TalkAdmin
from publications.models import PostPublication, TalkPublication, Thesis


class PublicationRows(RowsInline):
    """Rows that each name one publication. ``model`` has a foreign key ``publication``."""

    autocomplete_fields = ["publication"]
    fields = ["publication"]

    def get_queryset(self, request):
        return super().get_queryset(request).select_related("publication")


class PostPublicationInline(PublicationRows):
    model = PostPublication


class TalkPublicationInline(PublicationRows):
    model = TalkPublication


class ThesisInline(PublicationRows):
    model = Thesis
    max_num = 1


# An inline of this app is added to an admin below, which must not know this app.
PostAdmin.inlines = [*PostAdmin.inlines, PostPublicationInline]
TalkAdmin.inlines = [*TalkAdmin.inlines, TalkPublicationInline]
MembershipAdmin.inlines = [*MembershipAdmin.inlines, ThesisInline]
