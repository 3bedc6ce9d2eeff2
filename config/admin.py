"""The editors' front door: the site's name, and what is left to do."""

from django.contrib import admin
from django.db.models import Q
from django.urls import path, reverse
from django.utils.http import urlencode

from config import editor
from profiles.models import Activity, Education, Person
from publications.models import Publication

FIRST = ["publications", "projects", "profiles"]


class SiteAdmin(admin.AdminSite):
    site_header = "Your academic site"
    site_title = "Your academic site"
    index_title = "Edit the site"

    def index(self, request, extra_context=None):
        # For those who can mend it.
        may = request.user.has_perms(["profiles.change_person", "publications.change_publication"])
        return super().index(request, {"unfinished": list(unfinished()) if may else None, **(extra_context or {})})

    def get_urls(self):
        return [
            path("markdown/", self.admin_view(editor.preview_markdown), name="markdown"),
            path("image/", self.admin_view(editor.upload_image), name="image"),
            *super().get_urls(),
        ]

    def get_app_list(self, request, app_label=None):
        apps = super().get_app_list(request, app_label)
        return sorted(apps, key=lambda app: FIRST.index(app["app_label"]) if app["app_label"] in FIRST else len(FIRST))


def unfinished():
    """What a visitor would miss, each as a sentence and the address where an editor mends it."""
    owner = Person.objects.owner()
    if owner is None:
        yield (
            "The site has no owner yet. Add yourself, and tick “owner of the site”.",
            reverse("admin:profiles_person_add"),
        )
        return
    person = reverse("admin:profiles_person_change", args=[owner.pk])
    missing = [
        (owner.is_placeholder, "name", "Your name is still to be filled in."),
        (not owner.is_public_page, "is_public_page", "Your home page is hidden: tick “has a page”."),
        (not owner.photo, "photo", "There is no photo of you."),
        (not owner.email, "email", "Visitors cannot find your e-mail address."),
        (not owner.orcid, "orcid", "Your ORCID iD is missing."),
        (not owner.headline, "headline", "Your headline is missing: what you are, and where."),
        (not owner.bio, "bio", "Your biography is missing."),
    ]
    yield from ((sentence, f"{person}#id_{field}") for lacks, field, sentence in missing if lacks)
    for activity in Education.objects.filter(person=owner, start="", end=""):
        address = reverse("admin:profiles_education_change", args=[activity.pk])
        yield f"“{activity}” has no dates.", f"{address}#id_start"
    for activity in Education.objects.filter(person=owner, organisation=""):
        address = reverse("admin:profiles_education_change", args=[activity.pk])
        yield f"“{activity}” does not say at which institution.", f"{address}#id_organisation"
    works = Publication.objects.published().filter(version_of__isnull=True)
    for lacks, lacking, place, what in [
        ("abstract", Q(abstract=""), "id_abstract", "an abstract"),
        ("resources", Q(resources=None), "resources-group", "a PDF or code"),
    ]:
        found = list(works.filter(lacking)[:6])
        for publication in found[:5]:
            address = reverse("admin:publications_publication_change", args=[publication.pk])
            yield f"“{publication}” lacks {what}.", f"{address}#{place}"
        if len(found) > 5:
            address = reverse("admin:publications_publication_changelist")
            query = urlencode({"state__exact": "published", "lacks": lacks})
            yield f"More publications lack {what}.", f"{address}?{query}"
    first = works.first()
    if first and not owner.authorships.exists():
        address = reverse("admin:publications_publication_change", args=[first.pk])
        yield "No publication has you among its authors: choose yourself there.", f"{address}#authorships-group"
    if not Activity.objects.filter(person=owner).exists():
        yield "There is no education, talk or position in your timeline.", reverse("admin:profiles_education_add")
