"""The look of the site: a form with a live preview of the home page."""

from django.contrib import admin
from django.core.exceptions import PermissionDenied
from django.shortcuts import redirect

from profiles.forms import LookForm
from profiles.history.admin import HistoryAdmin
from profiles.models import Look, Person


@admin.register(Look)
class LookAdmin(HistoryAdmin):
    """The owner's look. There is one, created when the form is first opened."""

    change_form_template = "admin/profiles/look/change_form.html"
    form = LookForm
    radio_fields = {"typefaces": admin.VERTICAL, "density": admin.HORIZONTAL}

    def changelist_view(self, request, extra_context=None):
        if not self.has_view_or_change_permission(request):
            raise PermissionDenied
        owner = Person.objects.owner()
        if owner is None:
            self.message_user(request, "The site has no owner yet. Add the owner first.")
            return redirect("admin:profiles_person_add")
        look, _ = Look.objects.get_or_create(person=owner)
        return redirect("admin:profiles_look_change", look.pk)

    def has_add_permission(self, request):
        return False

    def has_delete_permission(self, request, obj=None):
        return False
