"""User accounts in the admin. Giving a user a role lets them log in."""

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.contrib.auth.models import User

from config.editing.roles import ASSISTANT, EDITOR, OWNER

admin.site.unregister(User)


@admin.register(User)
class AccountAdmin(UserAdmin):
    list_display = ["username", "email", "first_name", "last_name", "roles", "is_active"]

    def get_queryset(self, request):
        return super().get_queryset(request).prefetch_related("groups")

    @admin.display(description="Roles")
    def roles(self, user):
        return ", ".join(group.name for group in user.groups.all()) or ("Superuser" if user.is_superuser else "")

    def save_related(self, request, form, formsets, change):
        super().save_related(request, form, formsets, change)
        user = form.instance
        if not user.is_staff and user.groups.filter(name__in=[OWNER, EDITOR, ASSISTANT]).exists():
            user.is_staff = True
            user.save(update_fields=["is_staff"])
