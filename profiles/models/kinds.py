"""The kinds of activities: how they differ, and a proxy model of each, so that the admin has a list for it."""

from dataclasses import dataclass, field

from django.db import models

from profiles.history import revisions
from profiles.models.activity import Activity, ActivityQuerySet

WHEN = ("start", "end")
PERIOD = ("start", "end", "is_ongoing")
WHERE = ("city", "country")
MORE = ("url", "description")


@dataclass(frozen=True)
class KindOptions:
    """The names of a kind of activity in the admin, the fields of its form in order, and their labels and help texts.

    Fields without a label or help text have those of the model.
    """

    verbose_name: str
    verbose_name_plural: str
    fields: list
    labels: dict = field(default_factory=dict)
    help_texts: dict = field(default_factory=dict)


Kind = Activity.Kind
KINDS = {
    Kind.EDUCATION: KindOptions(
        "education entry",
        "education entries",
        ["title", "organisation", PERIOD, WHERE, "thesis", *MORE],
        {"title": "Degree", "organisation": "Institution"},
        {"title": "For example “PhD” or “BSc Computer Science”."},
    ),
    Kind.POSITION: KindOptions(
        "position",
        "positions",
        ["title", "organisation", PERIOD, WHERE, *MORE],
        {"title": "Position", "organisation": "Institution"},
        {"title": "For example “Research associate”."},
    ),
    Kind.AWARD: KindOptions(
        "award",
        "awards",
        ["title", "organisation", "start", *MORE],
        {"title": "Award", "organisation": "Awarded by", "start": "Date"},
    ),
    Kind.GRANT: KindOptions(
        "grant",
        "grants",
        ["title", "organisation", "role", "amount", "co_investigators", PERIOD, *MORE],
        {"organisation": "Funder", "role": "Your role"},
        {"role": "For example “Principal investigator”."},
    ),
    Kind.TALK: KindOptions(
        "talk",
        "talks",
        ["title", "role", "event", "organisation", "start", WHERE, *MORE],
        {"role": "Kind of talk", "organisation": "Host", "start": "Date"},
        {"role": "For example “Invited talk” or “Keynote”.", "organisation": "The institution that invited you."},
    ),
    Kind.TEACHING: KindOptions(
        "teaching entry",
        "teaching entries",
        ["title", "role", "level", "organisation", "term", WHEN, *MORE],
        {"title": "Course", "role": "Your role", "organisation": "Institution"},
        {"role": "For example “Lecturer” or “Teaching assistant”."},
    ),
    Kind.SERVICE: KindOptions(
        "service entry",
        "service entries",
        ["title", "role", "organisation", PERIOD, *MORE],
        {"title": "Service to", "role": "Your role"},
        {
            "title": "The conference, journal or committee, for example “NeurIPS 2025”.",
            "role": "For example “Programme committee” or “Editor”.",
            "organisation": "For example the publisher or society.",
        },
    ),
    Kind.SUPERVISION: KindOptions(
        "supervision",
        "supervisions",
        ["title", "role", "organisation", PERIOD, "thesis", *MORE],
        {"title": "Student", "role": "Degree", "organisation": "Institution"},
        {"title": "The student’s name.", "role": "For example “PhD” or “MSc project”."},
    ),
    Kind.MEMBERSHIP: KindOptions(
        "membership",
        "memberships",
        ["title", "role", PERIOD, "url"],
        {"title": "Society or committee", "role": "Your role"},
        {"title": "For example “ACM”.", "role": "For example “Senior member”."},
    ),
    Kind.TRAVEL: KindOptions(
        "trip",
        "trips",
        [WHERE, "title", WHEN, *MORE],
        {"title": "Occasion"},
        {"title": "For example “Research visit”. Leave empty to show the place alone."},
    ),
    Kind.NEWS: KindOptions(
        "news item",
        "news items",
        ["title", "start", *MORE],
        {"title": "News", "start": "Date"},
        {"title": "In one sentence, for example “Our paper was accepted at NeurIPS”."},
    ),
}


class KindManager(models.Manager.from_queryset(ActivityQuerySet)):
    """The activities of the proxy model's kind."""

    def get_queryset(self):
        return super().get_queryset().filter(kind=self.model.KIND)


def proxy_of(kind):
    """Return a proxy model of Activity for a kind, named after it: Talk for "talk"."""
    names = {"verbose_name": KINDS[kind].verbose_name, "verbose_name_plural": KINDS[kind].verbose_name_plural}
    meta = {"proxy": True, **names}
    attributes = {"__module__": __name__, "KIND": kind, "objects": KindManager(), "Meta": type("Meta", (), meta)}
    return revisions.register("taggedactivity_set")(type(kind.value.capitalize(), (Activity,), attributes))


ACTIVITY_MODELS = {kind: proxy_of(kind) for kind in KINDS}
