"""The admin page that renumbers the CV in the order of the list."""

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.shortcuts import redirect
from django.urls import path
from django.utils import timezone

from profiles.admin import PublishableAdmin
from profiles.feeds import VISITOR
from profiles.models import Person
from publications.models import Publication
from publications.numbering import in_list_order, numbers_of

SHOWN = 20  # changes that the page lists


def renumbered(owner):
    """Return (publication, number, new number) of each work whose number in the CV would change, newest first."""
    works = Publication.objects.in_cv(owner, VISITOR).for_cvs().for_numbers() if owner else []
    numbers, new = numbers_of(works), numbers_of(works, in_list_order)
    works = sorted(works, key=in_list_order, reverse=True)
    return [(one, numbers[one.pk], new[one.pk]) for one in works if numbers[one.pk] != new[one.pk]]


class NumberingAdmin(PublishableAdmin):
    """Adds the page to the admin of publications."""

    def get_urls(self):
        view = self.admin_site.admin_view(self.renumber_view)
        return [path("renumber/", view, name="publications_publication_renumber"), *super().get_urls()]

    def renumber_view(self, request):
        if not self.has_publish_permission(request):
            raise PermissionDenied
        changes = renumbered(Person.objects.owner())
        if request.method == "POST":
            if changes:
                counted = Publication.objects.exclude(numbered_at=None)
                with transaction.atomic():
                    self.change_in_chunks(request, counted, "renumber", timezone.now())
            count = f"{len(changes):,} number{'' if len(changes) == 1 else 's'} of the CV changed."
            messages.success(request, count)
            return redirect(self.get_url("changelist"))
        context = {"changes": changes[:SHOWN], "count": len(changes), "more": len(changes) - SHOWN}
        return self.render_page(request, "admin/publications/renumber.html", "Renumber the CV", context)
