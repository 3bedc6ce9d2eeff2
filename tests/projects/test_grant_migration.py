"""Upgrades of sites whose grants are activities."""

import json
from datetime import UTC, datetime, timedelta
from importlib import import_module

import pytest
from django.contrib.contenttypes.models import ContentType
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone
from reversion.models import Revision, Version

from profiles.models import Activity, Look, PreviewLink
from projects.models import Grant
from tests.profiles.test_migrations import texts_of

OPENED, CHANGED = datetime(2024, 5, 17, 9, tzinfo=UTC), datetime(2024, 6, 1, 8, tzinfo=UTC)
FILLED = {
    "title": "Engines", "role": "Lead", "organisation": "SNSF", "thesis": "Thesis", "amount": "about a lot",
    "co_investigators": "Others", "city": "Turin", "country": "Italy", "latitude": "45.07000",
    "longitude": "7.69000", "start": "2023-05-01", "end": "2023-05-03", "url": "https://example.org/x",
    "description": "A *description*.", "position": 7,
}  # fmt: skip


def migrate(*targets):
    MigrationExecutor(connection).migrate(list(targets))
    return MigrationExecutor(connection).loader.project_state(list(targets)).apps


@pytest.fixture
def old():
    """The models of a database of the version before, with its owner."""
    apps = migrate(("projects", "0013_saved_cvs"), ("profiles", "0041_saved_cvs"))
    objects = {name: apps.get_model("profiles", name).objects for name in ("Person", "Activity", "Tag", "Look")}
    objects |= {name: apps.get_model("profiles", name).objects for name in ("TaggedActivity", "PreviewLink")}
    objects["Person"].create(name="Ada Lovelace", slug="ada", is_owner=True, is_public_page=True)
    yield objects
    upgrade()


def upgrade():
    migrate(*MigrationExecutor(connection).loader.graph.leaf_nodes())


def activity(old, kind="grant", tags=(), **fields):
    values = {
        "title": "Engines",
        "person": old["Person"].get(is_owner=True),
        "state": "published",
        "publish_at": OPENED,
    }
    row = old["Activity"].create(kind=kind, **values | fields)
    old["Activity"].filter(pk=row.pk).update(updated_at=CHANGED)
    for name in tags:
        tag, _ = old["Tag"].get_or_create(name=name, slug=name, key=name)
        old["TaggedActivity"].create(tag=tag, content_object=row)
    return row


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
class TestUpgrade:
    def test_every_filled_field_has_a_place_in_the_grant(self, old):
        activity(old, tags=["looms"], **FILLED)
        activity(old, kind="award", **FILLED)

        upgrade()

        grant, award = Grant.objects.get(), Activity.objects.get()
        for items in ((grant, grant.investigators.get()), (award,)):
            text = texts_of(*items)
            wanted = [str(value) for name, value in FILLED.items() if name != "position"]
            assert [value for value in wanted if value not in text] == []
        assert (grant.funder_id, grant.position, grant.status) == ("https://ror.org/00yjd3n13", 7, "ended")
        assert (grant.state, grant.publish_at, grant.updated_at) == ("published", OPENED, CHANGED)
        assert grant.investigators.get().person.is_owner
        assert [tag.name for tag in grant.tags.all()] == ["looms"]

    def test_people_of_the_site_are_linked_and_slugs_differ(self, old):
        mary = old["Person"].create(name="Mary Somerville", slug="mary")
        others = "Charles Babbage, mary  Somerville and Ada Lovelace"
        activity(old, co_investigators=others, start="2020", is_ongoing=True)
        activity(old, state="draft", publish_at=None, amount="£1")

        upgrade()

        first, second = Grant.objects.order_by("pk")
        roles = [(one.person.name, one.role) for one in first.investigators.all()]
        assert roles == [("Ada Lovelace", ""), (mary.name, "Co-investigator")]
        assert (first.other_people, first.is_ongoing, first.slug) == ("Charles Babbage", True, "engines")
        assert (second.slug, second.state, second.public_amount) == ("engines-2", "draft", "£1")

    def test_previews_follow_and_the_home_page_shows_grants(self, old):
        shown = activity(old, state="draft", publish_at=None)
        end = timezone.now() + timedelta(days=1)
        old["PreviewLink"].create(token="t" * 32, model="profiles.activity", object_id=shown.pk, expires_at=end)
        owner = old["Person"].get(is_owner=True)
        look = old["Look"].create(person=owner, blocks=["timeline"], timeline={"award": 2, "grant": 3})
        kind, _ = ContentType.objects.get_or_create(app_label="profiles", model="look")
        fields = {"blocks": ["projects", "timeline"], "timeline": {"grant": 0, "award": 1}}
        Version.objects.create(
            revision=Revision.objects.create(date_created=CHANGED), object_id=str(look.pk), content_type=kind,
            db="default", format="json", object_repr="Look",
            serialized_data=json.dumps([{"model": "profiles.look", "pk": look.pk, "fields": fields}]),
        )  # fmt: skip

        upgrade()

        assert PreviewLink.objects.get().target == Grant.objects.get()
        assert (Look.objects.get().blocks, Look.objects.get().timeline) == (["grants", "timeline"], {"award": 2})
        [row] = json.loads(Version.objects.get().serialized_data)
        assert row["fields"] == {"blocks": ["projects", "timeline"], "timeline": {"award": 1}}


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("£250,000", "£250,000"), ("€1.2M", "€1,200,000"), ("CHF 812'450", "CHF 812,450"), ("300k EUR", "€300,000"),
        ("1500.50 GBP", "£1,500.50"), ("$5", ""), ("250.000 €", ""), ("about £5", ""), ("5", ""), ("EUR 5 GBP", ""),
        ("", ""), ("€99999999999999", ""),
    ],
)  # fmt: skip
def test_amounts_that_are_certain_become_numbers(text, shown):
    fields = import_module("projects.migrations.0015_activities_become_grants").read_amount(text)

    assert Grant(**fields).public_amount == shown
