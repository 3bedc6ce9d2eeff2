"""Content checks of the owner's profile, people and sections."""

import re

from django.db.models import Q
from django.db.models.functions import Now
from django.urls import reverse

from profiles.content.health import Finding, Severity, register
from profiles.content.publishing import in_words
from profiles.models import Activity, Person, Section

# An image without alternative text, or with the placeholder that the Markdown editor inserts.
NO_ALT_TEXT = re.compile(r"!\[(?:\s*|What the image shows)\]\(")


def edit_url(item, field=""):
    """Return the URL of the admin form of an object, at one of its fields."""
    opts = item._meta
    model = getattr(item, "kind", "") if isinstance(item, Activity) else opts.model_name
    address = reverse(f"admin:{opts.app_label}_{model or opts.model_name}_change", args=[item.pk])
    return f"{address}#id_{field}" if field else address


def missing_alt_text(model, *fields):
    """Yield a Finding for each Markdown field of a model that has an image without alternative text."""
    with_image = Q()
    for field in fields:
        with_image |= Q(**{f"{field}__contains": "!["})
    for item in model.objects.filter(with_image).order_by("pk").iterator():
        yield None
        for field in fields:
            if NO_ALT_TEXT.search(getattr(item, field)):
                label = model._meta.get_field(field).verbose_name
                yield Finding(f"An image in “{item}” ({label}) has no alternative text.", edit_url(item, field))


def missing_pictures(model):
    """Yield a Finding for each picture of a model whose file is missing."""
    name = model.picture_name
    for item in model.objects.exclude(**{name: ""}).order_by("pk").iterator():
        yield None
        if not item.picture.storage.exists(item.picture.name):
            yield Finding(f"The {name} of “{item}” is missing. Upload it again.", edit_url(item, name))


def drafts_with_dates(model):
    """Yield a Finding for each draft of a Publishable model with a date in the future, which its form does not allow.

    Sites had them before there was the choice "Scheduled". Unpublishing scheduled content in a list makes them, too.
    """
    for item in model.objects.filter(state=model.State.DRAFT, publish_at__gt=Now()).order_by("pk").iterator():
        sentence = f"“{item}” has a date, {in_words(item.publish_at)}, but is a draft. Schedule it, or clear the date."
        yield Finding(sentence, edit_url(item, "publish_at_0"))


@register("profile", "Your profile", permission="profiles.change_person", on_dashboard=True)
def profile():
    owner = Person.objects.owner()
    if owner is None:
        sentence = "The site has no owner yet. Add yourself, and select “owner of the site”."
        yield Finding(sentence, reverse("admin:profiles_person_add"))
        return
    missing = [
        (owner.is_placeholder, "name", "Your name is missing."),
        (not owner.is_public_page, "is_public_page", "Your home page is hidden. Select “has a page”."),
        (not owner.photo, "photo", "Your photo is missing."),
        (not owner.email, "email", "Your e-mail address is missing."),
        (not owner.orcid, "orcid", "Your ORCID iD is missing."),
        (not owner.headline, "headline", "Your headline is missing, such as “PhD student at the University of Turin”."),
        (not owner.bio, "bio", "Your biography is missing."),
    ]
    yield from (Finding(sentence, edit_url(owner, field)) for lacks, field, sentence in missing if lacks)
    education = Activity.objects.filter(person=owner, kind=Activity.Kind.EDUCATION)
    for activity in education.filter(start="", end=""):
        yield Finding(f"“{activity}” has no dates.", edit_url(activity, "start"))
    for activity in education.filter(organisation=""):
        yield Finding(f"“{activity}” has no institution.", edit_url(activity, "organisation"))
    if not Activity.objects.filter(person=owner).exists():
        yield Finding(
            "Your timeline is empty. Add your education, positions or talks.", reverse("admin:profiles_education_add")
        )


@register("drafts-profiles", "Drafts with a date", permission="profiles.publish_activity")
def dated_drafts():
    yield from drafts_with_dates(Section)
    yield from drafts_with_dates(Activity)


@register("photo-files", "Missing photos", permission="profiles.change_person", severity=Severity.ERROR)
def missing_photos():
    yield from missing_pictures(Person)


@register("alt-profiles", "Images without alternative text", permission="profiles.change_person")
def alternative_texts():
    yield from missing_alt_text(Person, "bio")
    yield from missing_alt_text(Section, "body")
    yield from missing_alt_text(Activity, "description")
