"""The admin of posts, and of suggestions for them. That of followed feeds is in config, which reads them."""

from django.contrib import admin, messages
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html

from profiles.admin.content import URL_FIELDS, PublishableAdmin
from profiles.content.addresses import safe_url
from profiles.models import Post, PostSuggestion


class YearFilter(admin.SimpleListFilter):
    title = "year"
    parameter_name = "year"

    def lookups(self, request, model_admin):
        return [(year, f"{year} ({count})") for year, count in Post.objects.years()]

    def queryset(self, request, queryset):
        year = self.value()
        return queryset.in_year(year) if year in dict(self.lookup_choices) else queryset


@admin.register(Post)
class PostAdmin(PublishableAdmin):
    """Short news needs only the first three fields: title, date and state."""

    change_list_template = "admin/profiles/post/change_list.html"
    markdown = {"summary": 3, "body": 2}
    blocks = ["body"]
    list_display = ["title", "date", "pinned", "visibility"]
    list_filter = ["state", "pinned", YearFilter]
    search_fields = ["title", "summary", "body"]
    autocomplete_fields = ["people"]
    not_copied = [*PublishableAdmin.not_copied, "date", "pinned"]
    fieldsets = [
        (None, {"fields": ["title", "date", "state", "publish_at"]}),
        ("Text", {"fields": ["url", "summary", "body", "tags"]}),
        ("Image", {"fields": ["image", ("image_alt", "image_focus")]}),
        ("Related", {"fields": ["people"]}),
        ("More", {"classes": ["collapse"], "fields": ["pinned", "not_in_cvs", "slug"]}),
    ]

    def get_changeform_initial_data(self, request):
        return {"date": timezone.localdate().isoformat(), **super().get_changeform_initial_data(request)}

    def changelist_view(self, request, extra_context=None):
        waiting = PostSuggestion.objects.waiting().count() if self.has_add_permission(request) else 0
        return super().changelist_view(request, {"waiting": waiting, **(extra_context or {})})


class StateFilter(admin.SimpleListFilter):
    """Shows what awaits a decision, unless the user chooses another state."""

    title = "state"
    parameter_name = "state"

    def lookups(self, request, model_admin):
        return PostSuggestion.State.choices

    def choices(self, changelist):
        for value, label in self.lookup_choices:
            query = changelist.get_query_string({self.parameter_name: value})
            yield {"selected": self.state == value, "query_string": query, "display": label}

    def queryset(self, request, queryset):
        return queryset.filter(state=self.state)

    @property
    def state(self):
        return self.value() if self.value() in PostSuggestion.State.values else PostSuggestion.State.WAITING


@admin.register(PostSuggestion)
class PostSuggestionAdmin(admin.ModelAdmin):
    list_display = ["title", "date", "summary", "link", "feed"]
    list_display_links = None
    formfield_overrides = URL_FIELDS
    list_filter = [StateFilter, "feed"]
    list_select_related = ["feed"]
    search_fields = ["title", "summary"]
    actions = ["import_as_drafts", "ignore"]

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False

    def has_delete_permission(self, request, obj=None):
        return False

    def has_import_permission(self, request):
        return request.user.has_perm("profiles.add_post")

    @admin.display(description="Link")
    def link(self, suggestion):
        address = safe_url(suggestion.url)
        return format_html('<a href="{}">{}</a>', address, address) if address else ""

    @admin.action(description="Import as drafts", permissions=["import"])
    def import_as_drafts(self, request, queryset):
        posts = queryset.import_as_drafts()
        for post in posts:
            self.log_addition(request, post, [{"added": {}}])
        drafts = f"{reverse('admin:profiles_post_changelist')}?state__exact=draft"
        text = format_html("{} imported as <a href='{}'>draft{}</a>.", len(posts), drafts, "s" * (len(posts) != 1))
        self.message_user(request, text, messages.SUCCESS)

    @admin.action(description="Always ignore", permissions=["import"])
    def ignore(self, request, queryset):
        count = queryset.waiting().ignore()
        self.message_user(request, f"{count} ignored. {'It' if count == 1 else 'They'} will not come again.")
