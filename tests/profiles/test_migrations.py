"""Upgrades of sites that have activities of the kinds that became records of their own."""

import json
import time
from datetime import UTC, datetime, timedelta
from importlib import import_module

import pytest
from django.contrib.contenttypes.models import ContentType
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone
from reversion.models import Revision, Version

from profiles.models import Activity, Course, Look, Membership, Occasion, Person, Post, PreviewLink, Talk, Term

pytestmark = [pytest.mark.slow, pytest.mark.django_db(transaction=True)]

OPENED, CHANGED = datetime(2024, 5, 17, 9, tzinfo=UTC), datetime(2024, 6, 1, 8, tzinfo=UTC)
PUBLIC = {"state": "published", "publish_at": OPENED}
# Every field that an activity could have, each with a text of its own.
FILLED = {
    "title": "Title", "role": "Role", "organisation": "Organisation", "event": "Event", "level": "Level",
    "term": "Term", "thesis": "Thesis", "amount": "Amount", "co_investigators": "Others", "city": "Turin",
    "country": "Italy", "latitude": "45.07000", "longitude": "7.69000", "start": "2023-05-01", "end": "2023-05-03",
    "url": "https://example.org/x", "description": "A *description*.", "position": 7,
}  # fmt: skip


def migrate(*targets):
    executor = MigrationExecutor(connection)
    executor.migrate(list(targets))
    return MigrationExecutor(connection).loader.project_state(list(targets)).apps


@pytest.fixture
def old():
    """A database of the version before: creates activities, and migrates them."""
    apps = migrate(("profiles", "0032_menu"))
    yield Old(apps)
    migrate(*MigrationExecutor(connection).loader.graph.leaf_nodes())


class Old:
    def __init__(self, apps):
        self.apps = apps
        self.owner = self.objects("Person").create(name="Ada Lovelace", slug="ada", is_owner=True, is_public_page=True)

    def objects(self, name):
        return self.apps.get_model("profiles", name).objects

    def activity(self, kind, title="Title", tags=(), **fields):
        row = self.objects("Activity").create(
            **{"kind": kind, "title": title, "person": self.owner, **PUBLIC, **fields}
        )
        self.objects("Activity").filter(pk=row.pk).update(updated_at=CHANGED)
        for name in tags:
            tag, _ = self.objects("Tag").get_or_create(name=name, slug=name, key=name)
            self.objects("TaggedActivity").create(tag=tag, content_object=row)
        return row

    def upgrade(self):
        migrate(*MigrationExecutor(connection).loader.graph.leaf_nodes())


def texts_of(*items):
    """Return all that the fields of some objects and their tags say."""
    values = [str(value) for item in items for value in (getattr(item, one.attname) for one in item._meta.fields)]
    return "\n".join([*values, *(tag.name for item in items if hasattr(item, "tags") for tag in item.tags.all())])


def test_every_filled_field_has_a_place_in_the_new_records(old):
    for kind in ("talk", "teaching", "supervision", "news"):
        old.activity(kind, tags=["engines"], **FILLED)
    old.activity("education", **FILLED)

    old.upgrade()

    talk, course, member, post = (model.objects.get() for model in (Talk, Course, Membership, Post))
    (education,) = Activity.objects.all()
    for items in (
        (talk, talk.occasions.get()), (course, course.terms.get()), (member, member.person), (post,), (education,),
    ):  # fmt: skip
        text = texts_of(*items)
        wanted = [str(value) for name, value in FILLED.items() if name != "position"] + ["engines"]
        left_out = {word for word in wanted if word not in text}
        assert left_out <= ({"engines"} if education in items else set()), items
    for item in (talk, course, member, post):
        assert (item.state, item.publish_at, item.updated_at) == ("published", OPENED, CHANGED)
    assert (course.position, member.position) == (7, 7)
    assert [*talk.speakers.all(), *course.instructors.all(), *member.supervisors.all()] == [talk.speakers.get()] * 3
    assert talk.speakers.get().is_owner
    assert (member.person.name, member.person.is_public_page, member.role) == ("Title", False, "other")


def test_a_talk_given_twice_becomes_one_with_two_occasions(old):
    old.activity("talk", "On engines", event="NeurIPS", role="Keynote", start="2024", description="Same.")
    old.activity("talk", "On Engines ", event="Salon", role="Invited talk", start="2023-05-01", description="Same.")
    old.activity("talk", "On engines", event="Secret", state="draft", publish_at=None)
    old.activity("talk", "On engines", event="Later", publish_at=timezone.now() + timedelta(days=2))
    other = old.objects("Person").create(name="Charles Babbage", slug="charles")
    old.activity("talk", "On engines", event="Royal Society", role="Panel", person=other)

    old.upgrade()

    assert [(talk.slug, talk.state, talk.abstract) for talk in Talk.objects.order_by("pk")] == [
        ("on-engines", "published", "Same."), ("on-engines-2", "draft", ""), ("on-engines-3", "published", ""),
        ("on-engines-4", "published", ""),
    ]  # fmt: skip
    given = [(one.event, one.kind, one.label) for one in Talk.objects.get(slug="on-engines").occasions.all()]
    assert given == [("NeurIPS", "keynote", ""), ("Salon", "invited", "")]
    assert sorted(Talk.objects.published().values_list("occasions__event", flat=True)) == [
        "NeurIPS", "Royal Society", "Salon",
    ]  # fmt: skip
    assert Occasion.objects.get(event="Royal Society").label == "Panel"


def test_texts_of_several_occasions_are_all_kept(old):
    old.activity("talk", "On engines", event="Salon", description="First text.")
    old.activity("talk", "On engines", event="Academy", description="Second text.", amount="$5")

    old.upgrade()

    assert Talk.objects.get().abstract == ("**Salon**\n\nFirst text.\n\n**Academy**\n\nSecond text.\n\nAmount: \\$5")


def test_a_course_has_the_terms_in_which_it_was_taught(old):
    for year in ("2022", "2023"):
        old.activity(
            "teaching", "Algebra", organisation="Turin", term=f"Autumn {year}", start=year, level="MSc", role="Tutor"
        )
    old.activity("teaching", "Algebra", organisation="Milan", start="2020")
    old.activity("teaching", "Algebra", organisation="Turin", start="2026", state="draft", publish_at=None)

    old.upgrade()

    first, *others = Course.objects.order_by("pk")
    assert (first.slug, first.level, first.description) == ("algebra", "MSc", "")
    assert [(term.name, term.start, term.role) for term in first.terms.all()] == [
        ("Autumn 2023", "2023", "Tutor"), ("Autumn 2022", "2022", "Tutor"),
    ]  # fmt: skip
    assert [(course.organisation, course.state) for course in others] == [("Milan", "published"), ("Turin", "draft")]
    assert Term.objects.filter(course__in=Course.objects.published()).count() == 3


@pytest.mark.parametrize(
    ("degree", "role", "title"),
    [
        ("PhD", "phd-student", ""), ("Ph.D.", "phd-student", ""), ("DPhil", "phd-student", "DPhil"),
        ("Postdoctoral fellow", "postdoc", "Postdoctoral fellow"), ("postdoc", "postdoc", ""),
        ("MSc", "masters-student", ""), ("Master’s thesis", "masters-student", "Master’s thesis"),
        ("MPhil", "masters-student", "MPhil"), ("BSc project", "undergraduate", "BSc project"),
        ("Visiting student", "visitor", "Visiting student"), ("Summer intern", "other", "Summer intern"),
        ("Graph drawing", "other", "Graph drawing"), ("", "other", ""),
    ],
)  # fmt: skip
def test_the_role_of_a_student_follows_the_degree(degree, role, title):
    assert import_module("profiles.migrations.0033_activities_move").member_role(degree) == (role, title)


def test_students_are_found_by_name_or_added_without_a_page(old):
    known = old.objects("Person").create(name="Mary Somerville", slug="mary", other_names="M. Somerville\nMary Fairfax")
    old.activity("supervision", "mary  fairfax", tags=["stars"], role="PhD", start="1830", is_ongoing=True)
    old.activity("supervision", "Grace van der Hopper", tags=["looms"], state="draft", publish_at=None)
    old.activity("supervision", "Mary Somerville", tags=["secret"], state="draft", publish_at=None)

    old.upgrade()

    mary, grace = Person.objects.get(pk=known.pk), Person.objects.get(name="Grace van der Hopper")
    assert [member.is_ongoing for member in mary.memberships.order_by("pk")] == [True, False]
    assert not mary.tags.exists()
    assert [member.description for member in mary.memberships.order_by("pk")] == ["Tags: stars", "Tags: secret"]
    assert (grace.given, grace.particle, grace.family, grace.slug) == (
        "Grace",
        "van der",
        "Hopper",
        "grace-van-der-hopper",
    )
    assert [tag.name for tag in grace.tags.all()] == ["looms"]
    assert Membership.objects.published().count() == 1


def test_news_becomes_posts(old):
    old.activity("news", "Our paper was accepted", start="2024-05", description="At **NeurIPS**.")
    old.activity("news", "2025", description="One.\n\nTwo.")
    old.activity("news", "Feed", state="draft", publish_at=None)

    old.upgrade()

    posts = Post.objects.order_by("pk")
    assert [(post.slug, post.date, post.summary, post.body, post.state) for post in posts] == [
        ("our-paper-was-accepted", "2024-05", "At **NeurIPS**.", "", "published"),
        ("post-2025", "2024-05-17", "", "One.\n\nTwo.", "published"),
        ("feed-2", "2024-06-01", "", "", "draft"),
    ]


def test_preview_links_follow_and_show_no_other_draft(old, client):
    secret = {"state": "draft", "publish_at": None}
    shown, _ = old.activity("talk", "On engines", event="Shown", **secret), old.activity("talk", "On engines", **secret)
    end = timezone.now() + timedelta(days=1)
    old.objects("PreviewLink").create(token="t" * 32, model="profiles.activity", object_id=shown.pk, expires_at=end)

    old.upgrade()

    link = PreviewLink.objects.get()
    assert link.model == "profiles.talk"
    assert [one.event for one in link.target.occasions.all()] == ["Shown"]


def test_the_home_page_keeps_showing_what_the_timeline_has_shown(old):
    look = old.objects("Look").create(
        person=old.owner, blocks=["biography", "projects", "timeline"],
        timeline={"education": 4, "talk": 3, "teaching": 0, "supervision": 2, "news": 3},
    )  # fmt: skip
    record_version("look", look.pk, {"blocks": ["timeline"], "timeline": {"talk": 1, "award": 2}})

    old.upgrade()

    look = Look.objects.get()
    assert look.blocks == ["biography", "news", "projects", "talks", "people", "timeline"]
    assert (look.timeline, look.news) == ({"education": 4}, 3)
    [row] = json.loads(Version.objects.get().serialized_data)
    assert row["fields"] == {"blocks": ["talks", "timeline"], "timeline": {"award": 2}}


def record_version(model, pk, fields):
    kind, _ = ContentType.objects.get_or_create(app_label="profiles", model=model)
    data = json.dumps([{"model": f"profiles.{model}", "pk": pk, "fields": fields}])
    Version.objects.create(
        revision=Revision.objects.create(date_created=CHANGED), object_id=str(pk), content_type=kind, db="default",
        format="json", serialized_data=data, object_repr="Title",
    )  # fmt: skip


def test_the_history_of_moved_activities_breaks_no_page_of_the_admin(old, editor_client):
    talk = old.activity("talk", "On engines")
    record_version("activity", talk.pk, {"kind": "talk", "title": "On engines", "person": old.owner.pk})

    old.upgrade()

    for path in ("/admin/", "/admin/profiles/awardactivity/deleted/", "/admin/profiles/talk/deleted/"):
        assert editor_client.get(path).status_code == 200, path
    history = f"/admin/profiles/awardactivity/{talk.pk}/history/"
    revision = editor_client.get(history).context["rows"][0][0]
    assert revision.state.root.values["title"] == "On engines"
    page = editor_client.post(history, {"restore": revision.pk}, follow=True).text
    assert "The revision could not be restored." in page
    assert not Activity.objects.exists()


def test_a_thousand_activities_move_within_seconds(old):
    kinds = ("talk", "teaching", "supervision", "news")
    model = old.apps.get_model("profiles", "Activity")
    model.objects.bulk_create(
        model(kind=kinds[number % 4], title=f"Number {number // 8}", person=old.owner, **PUBLIC)
        for number in range(1000)
    )
    started = time.perf_counter()

    old.upgrade()

    assert time.perf_counter() - started < 60
    assert [model.objects.count() for model in (Activity, Occasion, Membership, Post)] == [0, 250, 250, 250]
    assert (Talk.objects.count(), Course.objects.count()) == (125, 125)
