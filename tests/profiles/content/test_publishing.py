import time
from datetime import timedelta

import pytest
from django.contrib.auth.models import AnonymousUser, User
from django.db import IntegrityError, transaction
from django.utils import timezone

from publications.models import Publication
from tests import make

pytestmark = pytest.mark.django_db

VISITOR = AnonymousUser()
EDITOR = User(is_staff=True)


def tomorrow():
    return timezone.now() + timedelta(days=1)


def test_a_visitor_sees_what_is_published_now():
    public = make.publication("Public")
    make.publication("Draft", state="draft")
    make.publication("Embargo", publish_at=tomorrow())

    assert list(Publication.objects.published()) == [public]
    assert list(Publication.objects.visible_to(VISITOR)) == [public]


def test_an_editor_sees_everything():
    make.publication("Public")
    make.publication("Draft", state="draft")
    make.publication("Embargo", publish_at=tomorrow())

    assert Publication.objects.visible_to(EDITOR).count() == 3


def test_publishing_without_a_time_is_immediate():
    publication = make.publication()

    assert publication.publish_at <= timezone.now()
    assert publication.is_public
    assert Publication.objects.published().exists()


def test_a_published_row_has_a_time():
    publication = make.publication()

    with pytest.raises(IntegrityError), transaction.atomic():
        Publication.objects.filter(pk=publication.pk).update(publish_at=None)


def test_publishing_many_publishes_drafts_and_keeps_embargoes():
    draft = make.publication("Draft", state="draft")
    embargo = make.publication("Embargo", state="draft", publish_at=tomorrow())

    count = Publication.objects.publish()

    assert count == 2
    assert list(Publication.objects.published()) == [draft]
    embargo.refresh_from_db()
    assert embargo.is_scheduled


def test_unpublishing_makes_drafts():
    make.publication()

    count = Publication.objects.unpublish()

    assert count == 1
    assert not Publication.objects.published().exists()


def test_publishing_many_updates_the_time_of_the_last_change():
    publication = make.publication(state="draft")
    before = publication.updated_at

    Publication.objects.publish()

    publication.refresh_from_db()
    assert publication.updated_at > before


def test_a_queryset_made_before_the_moment_sees_the_row_after_it():
    published = Publication.objects.published()
    moment = timezone.now() + timedelta(milliseconds=50)
    publication = make.publication(publish_at=moment)

    while timezone.now() <= moment:
        time.sleep(0.01)

    assert list(published) == [publication]


def test_is_public_agrees_with_the_queryset():
    draft = make.publication("Draft", state="draft")
    embargo = make.publication("Embargo", publish_at=tomorrow())

    assert (draft.is_public, draft.is_scheduled) == (False, False)
    assert (embargo.is_public, embargo.is_scheduled) == (False, True)


@pytest.mark.parametrize("hidden", [{"state": "draft"}, {"publish_at": timezone.now() + timedelta(days=400)}])
def test_a_preprint_is_listed_until_its_work_is_public(hidden):
    work = make.publication("Journal", **hidden)
    preprint = make.publication("Preprint", version_of=work)

    before = list(Publication.objects.visible_to(VISITOR).works(VISITOR))
    Publication.objects.filter(pk=work.pk).update(state="published", publish_at=timezone.now() - timedelta(days=1))
    after = list(Publication.objects.visible_to(VISITOR).works(VISITOR))

    assert before == [preprint]
    assert after == [work]


def test_an_editor_sees_each_work_once():
    work = make.publication("Journal", state="draft")
    make.publication("Preprint", version_of=work)

    assert list(Publication.objects.visible_to(EDITOR).works(EDITOR)) == [work]


def test_a_person_is_public_when_they_have_a_page():
    page = make.person("Ada Lovelace", is_public_page=True)
    make.person("Charles Babbage")

    assert list(type(page).objects.visible_to(VISITOR)) == [page]
    assert type(page).objects.visible_to(EDITOR).count() == 2
