"""Which of the main pages have content. The menu, the sitemap and llms.txt leave out the others."""

from django.contrib.auth.models import AnonymousUser
from django.contrib.contenttypes.models import ContentType
from django.core.cache import caches
from django.db.models import Exists, Prefetch, Q

from config.cv.content import ALL_PARTS
from config.pages.tags import tags_in_use
from profiles.models import CV, Activity, Course, Membership, Page, Person, Post, Talk
from projects.models import Grant, Project
from publications.models import Publication


def pages_with_content(user):
    """Return the set of URL names of the main pages where the user sees something, except the home page.

    A page with an introduction has content; if there is any, the set has "introductions", too. The owner alone is no
    content of the page of people, nor of the search; on a group's site the owner is a member.
    """
    owners = Person.objects.filter(is_owner=True)
    owner = owners if user.is_staff else owners.published()
    entries = Activity.objects.visible_to(user).filter(kind__in=ALL_PARTS, person__in=owner, not_in_cvs=False)
    group = owners.filter(site_settings__is_group=True)
    # Rows of the owner that the CV shows, below names that are no URLs.
    in_cv = {
        "talk": Talk.objects.visible_to(user).filter(speakers__in=owner, not_in_cvs=False),
        "course": Course.objects.visible_to(user).filter(instructors__in=owner, not_in_cvs=False),
        "grant": Grant.objects.visible_to(user).filter(people__in=owner, not_in_cvs=False),
        "role": Membership.objects.visible_to(user).filter(person__in=owner, not_in_cvs=False),
        "student": Membership.objects.visible_to(user).filter(supervisors__in=owner, not_in_cvs=False),
        "main-cv": CV.objects.visible_to(user).filter(is_main=True),
    }
    shown = {
        "publications:publications": Publication.objects.visible_to(user),
        "projects:projects": Project.objects.visible_to(user),
        "projects:grants": Grant.objects.visible_to(user),
        "profiles:news": Post.objects.visible_to(user),
        "profiles:activities": Activity.objects.visible_to(user),
        "profiles:talks": Talk.objects.visible_to(user),
        "profiles:teaching": Course.objects.visible_to(user),
        "profiles:people": Person.objects.published().filter(is_owner=False),
        "group": group.filter(Q(is_public_page=True) | Exists(Membership.objects.visible_to(user))),
        "tags": tags_in_use(user),
        "owner": owner,
        "cv": entries,
        "introductions": Page.objects.visible_to(user).exclude(introduces=""),
        **in_cv,
    }
    # One query for all. Its table is one that always has this row.
    row = ContentType.objects.filter(app_label="profiles", model="person")
    (exists,) = row.values_list(*(Exists(rows.order_by()) for rows in shown.values()))
    pages = {name for name, is_there in zip(shown, exists, strict=True) if is_there}
    if "group" in pages:
        pages.add("profiles:people")
    if "owner" in pages and pages & {"publications:publications", "projects:projects"}:
        pages.add("cv")
    if "owner" in pages and pages & in_cv.keys():
        pages.add("cv")
    pages -= {"owner", "group", *in_cv}
    if "introductions" in pages:
        pages.update(shown["introductions"].values_list("introduces", flat=True))
    return pages | {"search"} if pages else pages


def pages_of_request(request):
    """Return ``pages_with_content`` for the user of a request; for visitors, cached for the content version."""
    user = getattr(request, "user", None) or AnonymousUser()  # an error page may come before the user is known
    if not getattr(request, "fragment_seconds", 0):
        return pages_with_content(user)
    key = f"pages-with-content:{request.content_version}"
    return caches["fragments"].get_or_set(key, lambda: pages_with_content(user), request.fragment_seconds)


def introductions_of_request(request):
    """Return {URL name of a built-in page: its introduction, with the pages ``below``}.

    For visitors, it is cached for the content version.
    """

    def introductions():
        shown = Page.objects.visible_to(request.user)
        below = Prefetch("children", shown.order_by("position", "title"), to_attr="below")
        pages = shown.exclude(introduces="").prefetch_related("resources", below)
        return {page.introduces: page for page in pages}

    if not request.fragment_seconds:
        return introductions()
    if "introductions" not in pages_of_request(request):
        return {}
    key = f"introductions:{request.content_version}"
    return caches["fragments"].get_or_set(key, introductions, request.fragment_seconds)
