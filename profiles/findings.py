"""What may be wrong with the person of the site, its people, and its texts."""

import re

from django.contrib.admin.utils import quote
from django.db.models import Q
from django.urls import reverse

from profiles.content.health import Finding, register
from profiles.models import Activity, Education, Person, Section

# "![](…)", and the words that the editor puts there for a start.
WITHOUT_TEXT = re.compile(r"!\[(?:\s*|What the image shows)\]\(")


def place(item, field=""):
    """The address of the form of an object, at one of its fields."""
    opts = item._meta
    model = getattr(item, "kind", "") if isinstance(item, Activity) else opts.model_name
    address = reverse(f"admin:{opts.app_label}_{model or opts.model_name}_change", args=[quote(item.pk)])
    return f"{address}#id_{field}" if field else address


def without_alternative_text(model, *fields):
    """Findings on texts of a model with an image that nobody describes."""
    with_image = Q()
    for field in fields:
        with_image |= Q(**{f"{field}__contains": "!["})
    for item in model.objects.filter(with_image).order_by("pk").iterator():
        yield None
        for field in fields:
            if WITHOUT_TEXT.search(getattr(item, field)):
                label = model._meta.get_field(field).verbose_name
                yield Finding(f"An image in “{item}” ({label}) has no alternative text.", place(item, field))


def lost_pictures(model):
    """Findings on pictures of a model that are no longer where they were kept."""
    name = model.picture_name
    for item in model.objects.exclude(**{name: ""}).order_by("pk").iterator():
        yield None
        if not item.picture.storage.exists(item.picture.name):
            yield Finding(f"The {name} of “{item}” is no longer on the disk. Upload it again.", place(item, name))


@register("profile", "Your profile", permission="profiles.change_person", on_home=True)
def profile():
    owner = Person.objects.owner()
    if owner is None:
        sentence = "The site has no owner yet. Add yourself, and tick “owner of the site”."
        yield Finding(sentence, reverse("admin:profiles_person_add"))
        return
    missing = [
        (owner.is_placeholder, "name", "Your name is still to be filled in."),
        (not owner.is_public_page, "is_public_page", "Your home page is hidden: tick “has a page”."),
        (not owner.photo, "photo", "There is no photo of you."),
        (not owner.email, "email", "Visitors cannot find your e-mail address."),
        (not owner.orcid, "orcid", "Your ORCID iD is missing."),
        (not owner.headline, "headline", "Your headline is missing: what you are, and where."),
        (not owner.bio, "bio", "Your biography is missing."),
    ]
    yield from (Finding(sentence, place(owner, field)) for lacks, field, sentence in missing if lacks)
    for activity in Education.objects.filter(person=owner, start="", end=""):
        yield Finding(f"“{activity}” has no dates.", place(activity, "start"))
    for activity in Education.objects.filter(person=owner, organisation=""):
        yield Finding(f"“{activity}” does not say at which institution.", place(activity, "organisation"))
    if not Activity.objects.filter(person=owner).exists():
        yield Finding(
            "There is no education, talk or position in your timeline.", reverse("admin:profiles_education_add")
        )


@register("photo-files", "Photos gone from the disk", permission="profiles.change_person")
def lost_photos():
    yield from lost_pictures(Person)


@register("alt-profiles", "Images without alternative text", permission="profiles.change_person")
def alternative_texts():
    yield from without_alternative_text(Person, "bio")
    yield from without_alternative_text(Section, "body")
    for activity in Activity.objects.filter(description__contains="![").order_by("pk").iterator():
        yield None
        if WITHOUT_TEXT.search(activity.description):
            sentence = f"An image in “{activity}” has no alternative text."
            yield Finding(sentence, place(activity, "description"))
