"""One object of each model that has texts, for tests that fill all of them with hostile texts."""

from django.apps import apps
from django.db import models

from profiles.content.dates import PartialDateField
from profiles.models import CVPart, FollowedFeed, LinkCheck, Menu, PostSuggestion, SiteSettings, Tag
from publications.models import Batch, FormattedCitations, FullText, Incoming, Origin, SavedList
from tests import make

# Written by the site itself, never from a user's input.
OWN_MODELS = {"FormerSlug", "PreviewLink", "BackupRecord", "DismissedFinding", "Schedule"}
OWN_FIELDS = {"digest", "fingerprint", "image_focus", "key", "path", "photo_focus", "sha256", "slug", "uid"}
# A script that the owner wants on every page; the form takes only addresses with https.
OWN_FIELDS |= {"analytics_script"}


def text_fields(model):
    return [
        field
        for field in model._meta.concrete_fields
        if isinstance(field, models.CharField | models.TextField)
        and not (field.choices or isinstance(field, PartialDateField) or field.name in OWN_FIELDS)
    ]


def models_with_texts():
    return {
        model
        for label in ("profiles", "publications", "projects")
        for model in apps.get_app_config(label).get_models()
        if not model._meta.proxy and model.__name__ not in OWN_MODELS and not model.__name__.endswith("Index")
        if text_fields(model)
    }


def constellation(number, payload):
    """Return one object of each kind, related to the others. The first four and the last seven have pages.

    ``payload`` is in their records of imports.
    """
    tag = Tag.objects.create(name=f"tag {number}")
    person = make.person(f"Person {number}", is_public_page=True, tags=[tag])
    paper = make.publication(
        f"Paper {number}", authors=[person], tags=[tag], featured=True, issued=f"{1900 + number}-05",
        type=["article-journal", "paper-conference", "software", "thesis"][number % 4],
    )  # fmt: skip
    project = make.project(f"Project {number}", tags=[tag])
    project.publications.add(paper)
    kind = ["service", "travel", "education", "award"][number % 4]
    activity = make.activity(
        f"Activity {number}", person=person, tags=[tag], kind=kind, start="2024-05-06", latitude=1, longitude=1
    )
    resource = paper.resources.create(kind="pdf", url="https://example.org/")
    now = paper.updated_at
    batch = Batch.objects.create(source="bib", label=f"Batch {number}")
    texts = dict.fromkeys(["title", "abstract", "container-title", "publisher", "URL", "DOI", "note"], payload)
    record = {"type": "book", "author": [{"literal": payload}], **texts}
    return [
        tag, person, paper, project, activity, resource, batch,
        make.section(f"Section {number}"),
        person.links.create(kind="github", url="https://example.org/"),
        paper.authorships.get(),
        FullText.objects.create(resource=resource, text="x"),
        FormattedCitations.objects.create(publication=paper, citations=[]),
        Origin.objects.create(publication=paper, source=f"s{number}", reference=record),
        Incoming.objects.create(batch=batch, number=1, reference=record, state=Incoming.State.WAITING),
        Incoming.objects.create(batch=batch, number=2, state=Incoming.State.BROKEN),
        LinkCheck.objects.create(url=f"https://example.org/{number}", checked_at=now, dead_since=now),
        project.links.create(kind="other", url="https://example.org/"),
        project.resources.create(kind="data", url="https://example.org/"),
        project.highlights.create(figure="1", label="x"),
        project.members.create(person=person, role="x"),
        paper.notices.create(kind="correction", date="2024", url="https://example.org/"),
        person.affiliations.create(organisation="x", start="1900"),
        *life(number, person, paper, project, tag),
    ]  # fmt: skip


def life(number, person, paper, project, tag):
    page = make.page(f"Page {number}", tags=[tag])
    post = make.post(f"Post {number}", people=[person], publications=[paper], projects=[project], tags=[tag])
    talk = make.talk(
        f"Talk {number}",
        speakers=[person],
        tags=[tag],
        occasions=[{"start": "2024-05-06", "latitude": 1, "longitude": 1}],
    )
    course = make.course(f"Course {number}", instructors=[person], tags=[tag])
    term = course.terms.get()
    feed = FollowedFeed.objects.create(url=f"https://example.org/{number}/feed")
    cv = make.cv(f"CV {number}", parts=CVPart.Kind.values)
    grant = make.grant(
        f"Grant {number}", people=[person], publications=[paper], projects=[project], posts=[post], tags=[tag]
    )
    listed = SavedList.objects.create(name=f"List {number}", state="published")
    settings_ = SiteSettings.objects.create(
        person=person, is_group=number % 2 == 1, name="Group", shows_affiliations=True
    )
    return [
        settings_, feed,
        Menu.objects.create(person=person).items.create(label="x"),
        PostSuggestion.objects.create(feed=feed, key=str(number), title="x", date="2025"),
        make.membership(person, supervisors=[person]),
        talk.occasions.get(), term,
        page.resources.create(kind="data", url="https://example.org/"),
        talk.resources.create(kind="slides", url="https://example.org/"),
        course.resources.create(kind="data", url="https://example.org/", term=term),
        cv.parts.first(),
        cv.snapshots.create(cv_name="x"),
        grant.investigators.get(),
        cv, page, post, talk, course, grant, listed,
    ]  # fmt: skip
