"""Which of the main pages have content. The menu, the sitemap and llms.txt leave out the others."""

from django.contrib.auth.models import AnonymousUser
from django.contrib.contenttypes.models import ContentType
from django.core.cache import caches
from django.db.models import Exists

from config.pages.cv import SECTIONS
from config.pages.tags import tags_in_use
from profiles.models import Activity, Person
from projects.models import Project
from publications.models import Publication


def pages_with_content(user):
    """Return the set of URL names of the main pages where the user sees something, except the home page.

    The owner alone is no content of the page of people, nor of the search.
    """
    owners = Person.objects.filter(is_owner=True)
    owner = owners if user.is_staff else owners.published()
    entries = Activity.objects.visible_to(user).filter(kind__in=SECTIONS, person__in=owner)
    shown = {
        "publications:publications": Publication.objects.visible_to(user),
        "projects:projects": Project.objects.visible_to(user),
        "profiles:activities": Activity.objects.visible_to(user),
        "profiles:people": Person.objects.published().filter(is_owner=False),
        "tags": tags_in_use(user),
        "owner": owner,
        "cv": entries,
    }
    # One query for all. Its table is one that always has this row.
    row = ContentType.objects.filter(app_label="profiles", model="person")
    (exists,) = row.values_list(*(Exists(rows.order_by()) for rows in shown.values()))
    pages = {name for name, is_there in zip(shown, exists, strict=True) if is_there}
    if "owner" in pages and pages & {"publications:publications", "projects:projects"}:
        pages.add("cv")
    pages.discard("owner")
    return pages | {"search"} if pages else pages


def pages_of_request(request):
    """Return ``pages_with_content`` for the user of a request; for visitors, cached for the content version."""
    user = getattr(request, "user", None) or AnonymousUser()  # an error page may come before the user is known
    if not getattr(request, "fragment_seconds", 0):
        return pages_with_content(user)
    key = f"pages-with-content:{request.content_version}"
    return caches["fragments"].get_or_set(key, lambda: pages_with_content(user), request.fragment_seconds)
