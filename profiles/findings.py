"""Content checks of the owner's profile, people and sections."""

import re

from django.db.models import Q
from django.db.models.functions import Now
from django.urls import reverse
from django.utils import timezone

from profiles.content.health import Finding, Severity, register
from profiles.content.publishing import in_words
from profiles.models import (
    Activity,
    Course,
    Material,
    Membership,
    Occasion,
    Page,
    PageResource,
    Person,
    Post,
    Section,
    SiteSettings,
    Talk,
    TalkResource,
)
from profiles.models.page import is_built_in

# The kinds of resources that show what was said in a talk.
SHOWN_IN_TALKS = {"pdf", "slides", "poster", "video"}
# An image without alternative text, or with the placeholder that the Markdown editor inserts.
NO_ALT_TEXT = re.compile(r"!\[(?:\s*|What the image shows)\]\(")


def edit_url(item, field=""):
    """Return the URL of the admin form of an object, at one of its fields."""
    opts = item._meta
    model = f"{item.kind}activity" if isinstance(item, Activity) else opts.model_name
    address = reverse(f"admin:{opts.app_label}_{model}_change", args=[item.pk])
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


def missing_resource_files(model, subject):
    """Yield a Finding for each uploaded file of a ResourceBase that is missing. ``subject`` is its foreign key."""
    for resource in model.objects.exclude(file="").select_related(subject).iterator():
        yield None
        if not resource.file.storage.exists(resource.file.name):
            yield Finding(
                f"{resource.filename} of “{resource.subject}” is missing. Upload it again.",
                f"{edit_url(resource.subject)}#resources-group",
            )


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
            "Your timeline is empty. Add your education, positions or awards.",
            reverse("admin:profiles_educationactivity_add"),
        )


@register("drafts-profiles", "Drafts with a date", permission="profiles.publish_activity")
def dated_drafts():
    yield from drafts_with_dates(Section)
    yield from drafts_with_dates(Activity)
    yield from drafts_with_dates(Talk)
    yield from drafts_with_dates(Course)
    yield from drafts_with_dates(Post)
    yield from drafts_with_dates(Page)
    yield from drafts_with_dates(Membership)


@register("photo-files", "Missing photos", permission="profiles.change_person", severity=Severity.ERROR)
def missing_photos():
    yield from missing_pictures(Person)
    yield from missing_pictures(Post)
    yield from missing_pictures(SiteSettings)


@register("alt-profiles", "Images without alternative text", permission="profiles.change_person")
def alternative_texts():
    yield from missing_alt_text(Person, "bio")
    yield from missing_alt_text(Section, "body")
    yield from missing_alt_text(Page, "body")
    yield from missing_alt_text(Activity, "description")
    yield from missing_alt_text(Talk, "abstract")
    yield from missing_alt_text(Course, "description", "syllabus")
    yield from missing_alt_text(Post, "summary", "body")
    yield from missing_alt_text(Membership, "description")
    yield from missing_alt_text(SiteSettings, "about", "footer")


@register("group", "Members of the group", permission="profiles.change_membership", severity=Severity.HINT)
def members():
    owner = Person.objects.filter(is_owner=True, site_settings__is_group=True).first()
    if owner is None:
        return
    if not owner.memberships.exists():
        sentence = f"“{owner}” is not a member of the group yet, and is listed under “Collaborators”."
        yield Finding(sentence, f"{reverse('admin:profiles_membership_add')}?person={owner.pk}")
    for membership in Membership.objects.filter(person__photo="").select_related("person").order_by("pk"):
        yield None
        if not membership.is_former:
            yield Finding(f"“{membership.person}” has no photo.", edit_url(membership.person, "photo"))


@register("talks", "Incomplete talks", permission="profiles.change_talk", severity=Severity.HINT)
def incomplete_talks():
    for talk in Talk.objects.published().order_by("pk").prefetch_related("occasions", "resources"):
        occasions, kinds = talk.occasions.all(), {resource.kind for resource in talk.resources.all()}
        if not occasions:
            yield Finding(f"“{talk}” has no occasion.", f"{edit_url(talk)}#occasions-group")
        elif any(occasion.is_over for occasion in occasions) and kinds.isdisjoint(SHOWN_IN_TALKS):
            yield Finding(f"“{talk}” is over. Add its slides, or a link to them.", f"{edit_url(talk)}#resources-group")
        yield None


@register("talk-places", "Talks that the map does not show", permission="profiles.change_talk", severity=Severity.HINT)
def unlocated_occasions():
    for occasion in Occasion.objects.filter(latitude=None).exclude(city="").select_related("talk").order_by("pk"):
        sentence = f"“{occasion.city}”, where “{occasion.talk}” was given, is not on the map. Enter its coordinates."
        yield Finding(sentence, f"{edit_url(occasion.talk)}#occasions-group")


@register("talk-files", "Missing files of talks", permission="profiles.change_talk", severity=Severity.ERROR)
def missing_files_of_talks():
    yield from missing_resource_files(TalkResource, "talk")


@register("courses", "Courses without a term", permission="profiles.change_course", severity=Severity.HINT)
def courses_without_term():
    for course in Course.objects.published().filter(terms=None):
        yield Finding(
            f"“{course}” has no term. Add the year in which it was taught.", f"{edit_url(course)}#terms-group"
        )


@register("course-files", "Missing files of courses", permission="profiles.change_course", severity=Severity.ERROR)
def missing_materials():
    yield from missing_resource_files(Material, "course")


@register("post-dates", "Posts with a date in the future", permission="profiles.change_post")
def future_posts():
    for post in Post.objects.published().filter(date__gt=timezone.localdate().isoformat()).order_by("pk").iterator():
        yield Finding(f"“{post}” is published with the date {post.date.display}.", edit_url(post, "date"))


@register("old-drafts", "Posts not published yet", permission="profiles.publish_post", severity=Severity.HINT)
def old_drafts():
    drafts = Post.objects.filter(state=Post.State.DRAFT, date__lt=timezone.localdate().isoformat())
    for post in drafts.order_by("-date", "-pk").iterator():
        if post.date.is_past:
            yield Finding(f"“{post}” of {post.date.display} is still a draft.", edit_url(post, "state_0"))


@register("pages", "Pages", permission="profiles.change_page")
def pages():
    empty = Page.objects.published().filter(body="", resources=None, children=None)
    for page in empty.order_by("path").iterator():
        yield Finding(f"The page “{page}” has no text.", edit_url(page, "body"))
    for page in Page.objects.filter(introduces="").order_by("path").iterator():
        yield None
        if is_built_in(page.path):
            sentence = f"Visitors cannot see “{page}”: the site itself uses the address /{page.path}/."
            yield Finding(f"{sentence} Change its slug.", edit_url(page, "slug"))


@register("page-files", "Missing files of pages", permission="profiles.change_page", severity=Severity.ERROR)
def missing_files_of_pages():
    yield from missing_resource_files(PageResource, "page")
