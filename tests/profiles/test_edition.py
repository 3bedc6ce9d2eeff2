"""The edition of the site moves with whatever a visitor could see, and with nothing else."""

from datetime import timedelta

import pytest
from django.core.management import call_command
from django.db import connection, transaction
from django.utils import timezone

from profiles import edition
from profiles.models import Edition, LinkCheck, Look, Person, PreviewLink, Tag
from publications.models import Authorship, Publication, Resource
from tests import make

pytestmark = pytest.mark.django_db(transaction=True)


def key():
    current = edition.current()
    return current and current.key


CHANGES = {
    "a save": lambda work: work.save(),
    "a bulk update": lambda work: Publication.objects.update(title="Other"),
    "a bulk insert": lambda work: Authorship.objects.bulk_create([Authorship(publication=work, name="A", position=9)]),
    "a deleted row": lambda work: Authorship.objects.all().delete(),
    "a tag": lambda work: work.tags.add("looms"),
    "a renamed tag": lambda work: Tag.objects.update(name="Looms"),
    "a person": lambda work: Person.objects.update(headline="Countess"),
    "the look": lambda work: Look.objects.create(person=Person.objects.get(), hue=100),
    "a file": lambda work: Resource.objects.create(publication=work, kind="code", url="https://example.org/"),
    "a draft": lambda work: make.publication("Unseen", authors=(), state="draft"),
    "SQL": lambda work: connection.cursor().execute("UPDATE publications_publication SET title = 'By hand'"),
}


@pytest.mark.parametrize("change", CHANGES)
def test_whatever_changes_content_moves_it_once(change):
    work = make.publication(tags=["engines"])
    before = key()

    CHANGES[change](work)

    after = key()
    assert None not in (before, after)
    assert after != before
    assert key() == after


def test_what_no_visitor_sees_does_not_move_it(django_user_model, client):
    work = make.publication()
    before = key()

    django_user_model.objects.create_superuser("editor", password="x")
    client.force_login(django_user_model.objects.get())
    LinkCheck.objects.create(url="https://example.org/", checked_at=timezone.now())
    PreviewLink.objects.create(model="publications.publication", object_id=work.pk, expires_at=timezone.now())

    assert key() == before


def test_nothing_is_relied_on_within_a_transaction():
    make.publication()
    before = key()

    with transaction.atomic():
        Publication.objects.update(title="Not yet")
        assert edition.current() is None
        transaction.set_rollback(True)

    assert key() == before


def test_it_ends_when_something_is_published_by_its_hour():
    make.publication("Soon", publish_at=timezone.now() + timedelta(seconds=30))
    current = edition.current()
    seconds = current.ends - edition.time.monotonic()
    assert 20 < seconds <= 30

    # As time would do.
    Publication.objects.update(publish_at=timezone.now() - timedelta(seconds=1))
    following = edition.current()
    assert following.key != current.key
    assert following.began >= current.began
    assert following.ends - edition.time.monotonic() > 30 or timezone.localtime().hour == 23


def test_it_ends_when_the_authors_of_a_work_are_shown():
    make.publication(hides_authors=True, authors_from=timezone.now() + timedelta(seconds=40))

    assert 30 < edition.current().ends - edition.time.monotonic() <= 40


def test_it_ends_at_midnight_of_the_site(settings):
    make.publication()

    settings.TIME_ZONE = "Asia/Kathmandu"
    edition.move()
    now = timezone.localtime()
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)

    assert edition.current().ends - edition.time.monotonic() == pytest.approx((midnight - now).total_seconds(), abs=5)


def test_a_draft_with_an_hour_is_no_end():
    make.publication(state="draft", publish_at=timezone.now() + timedelta(seconds=30))

    left = edition.current().ends - edition.time.monotonic()

    assert left > 30 or timezone.localtime().hour == 23


def test_another_edition_within_the_same_second_has_not_its_date():
    make.publication()
    first = edition.current()
    dated = first.last_modified

    Publication.objects.update(title="Other")

    assert dated < int(first.began.timestamp()) or timezone.now() - first.began > timedelta(seconds=1)


def test_migrating_moves_it():
    make.publication()
    before = key()

    call_command("migrate", verbosity=0)

    assert key() != before


def test_without_a_row_nothing_is_kept():
    Edition.objects.all().delete()

    assert edition.current() is None


def test_a_database_that_does_not_answer_is_told(monkeypatch):
    make.publication()

    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE profiles_edition RENAME TO profiles_gone")
    try:
        with pytest.raises(edition.Unknown):
            edition.current()
    finally:
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE profiles_gone RENAME TO profiles_edition")


def test_memory_keeps_what_was_used_last_and_no_more_than_its_limit():
    make.publication()
    now, memory = edition.current(), edition.Memory(10_000)

    for name in "abcdefgh":
        memory.put(name, now, name, 1000)
        memory.get("a", now)

    assert memory.size <= 10_000
    assert memory.get("a", now) == "a"
    assert memory.get("b", now) is None
    memory.put("huge", now, "huge", 9_000)
    assert memory.get("huge", now) is None


def test_memory_gives_nothing_of_another_edition():
    make.publication()
    memory = edition.Memory(10_000)
    memory.put("a", edition.current(), "old", 100)

    Publication.objects.update(title="Other")

    assert memory.get("a", edition.current()) is None
    assert memory.last("a") == "old"
