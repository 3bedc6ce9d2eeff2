from io import BytesIO

import pytest
from django.core.exceptions import ValidationError
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from PIL import Image

from profiles.models import ACTIVITY_MODELS, Activity, Link, Person, Relation, Tag
from publications.models import Publication
from tests import make

pytestmark = pytest.mark.django_db


def portrait():
    file = BytesIO()
    Image.new("RGB", (800, 600)).save(file, "PNG")
    return SimpleUploadedFile("ada.png", file.getvalue(), "image/png")


def test_the_site_has_one_owner():
    make.owner()
    second = Person(name="Charles Babbage", is_owner=True)

    with pytest.raises(ValidationError, match=r"The site has an owner already. Untick that person first."):
        second.full_clean()
    with pytest.raises(IntegrityError), transaction.atomic():
        second.save()


def test_an_orcid_id_is_unique():
    make.person(orcid="0000-0002-1825-0097")
    second = Person(name="Charles Babbage", orcid="0000-0002-1825-0097")

    with pytest.raises(ValidationError, match=r"Another person has this ORCID iD."):
        second.full_clean()
    with pytest.raises(IntegrityError), transaction.atomic():
        second.save()


def test_many_people_can_have_no_orcid_id():
    make.person("Ada Lovelace")
    make.person("Charles Babbage")

    assert Person.objects.filter(orcid="").count() == 2


@pytest.mark.parametrize("orcid", ["0000-0002-1825-0097", "0000-0002-1694-233X"])
def test_a_valid_orcid_id_is_accepted(orcid):
    Person(name="Ada Lovelace", orcid=orcid).full_clean()


@pytest.mark.parametrize(
    ("orcid", "sentence"),
    [("0000-0002-1825-0098", "Look for a mistyped digit"), ("https://orcid.org", "Write the ORCID iD as 0000")],
)
def test_a_mistyped_orcid_id_is_refused_with_a_message(orcid, sentence):
    with pytest.raises(ValidationError, match=sentence):
        Person(name="Ada Lovelace", orcid=orcid).full_clean()


def test_the_alternative_text_of_a_photo_is_the_name_if_there_is_no_other():
    person = make.person()
    charles = Person(name="Charles Babbage", photo=portrait())
    charles.full_clean()

    assert charles.photo_alt == "Charles Babbage"
    with pytest.raises(IntegrityError), transaction.atomic():
        Person.objects.filter(pk=person.pk).update(photo="images/ada.png")


def test_the_name_as_alternative_text_of_a_photo_follows_a_new_name():
    ada = make.person("Ada Byron", photo=portrait(), photo_alt="Ada Byron")
    grace = make.person("Grace Murray", photo=portrait(), photo_alt="Grace at her desk")
    ada.name, grace.name = "Ada Lovelace", "Grace Hopper"
    ada.full_clean()
    grace.full_clean()

    assert (ada.photo_alt, grace.photo_alt) == ("Ada Lovelace", "Grace at her desk")


def test_a_photo_with_alternative_text_is_accepted():
    Person(name="Charles Babbage", photo=portrait(), photo_alt="Charles at his engine").full_clean()


@pytest.mark.parametrize("dates", [{"start": "2020-05", "end": "2019"}, {"start": "2020-05-02", "end": "2020-05-01"}])
def test_an_activity_does_not_end_before_it_starts(dates):
    activity = Activity(person=make.person(), kind="award", title="Prize", **dates)

    with pytest.raises(ValidationError, match=r"The end lies before the start. Swap the two, or clear the end."):
        activity.full_clean()
    with pytest.raises(IntegrityError), transaction.atomic():
        activity.save()


@pytest.mark.parametrize(
    "dates",
    [
        {},
        {"start": "2020"},
        {"end": "2020"},
        {"start": "2020", "end": "2020-05"},
        {"start": "2020-05", "end": "2020"},
        {"start": "2020-05-17", "end": "2020-05"},
    ],
)
def test_dates_of_different_precision_are_compared(dates):
    activity = Activity(person=make.person(), kind="award", title="Prize", **dates)

    activity.full_clean()
    activity.save()

    assert Activity.objects.count() == 1


def test_an_activity_needs_a_title_or_a_city():
    activity = Activity(person=make.person(), kind="travel", country="Italy")

    with pytest.raises(ValidationError, match=r"Enter a title or a city."):
        activity.full_clean()
    with pytest.raises(IntegrityError), transaction.atomic():
        activity.save()


@pytest.mark.parametrize(
    "point",
    [
        {"latitude": 45},
        {"longitude": 7},
        {"latitude": 91, "longitude": 7},
        {"latitude": -91, "longitude": 7},
        {"latitude": 45, "longitude": 181},
        {"latitude": 45, "longitude": -181},
    ],
)
def test_a_place_needs_two_valid_coordinates(point):
    activity = Activity(person=make.person(), kind="travel", city="Turin", **point)

    with pytest.raises(ValidationError):
        activity.full_clean()
    with pytest.raises(IntegrityError), transaction.atomic():
        activity.save()


def test_a_single_coordinate_is_refused_with_a_message():
    activity = Activity(person=make.person(), kind="travel", city="Turin", latitude=45)

    with pytest.raises(ValidationError, match="Enter both a latitude"):
        activity.full_clean()


def test_the_largest_coordinates_are_valid():
    make.activity(latitude=90, longitude=-180)
    make.activity(latitude=0, longitude=0)
    make.activity()

    assert Activity.objects.filter(latitude__isnull=False).count() == 2


def test_a_proxy_model_lists_and_creates_its_own_kind():
    trips, awards = ACTIVITY_MODELS["travel"].objects, ACTIVITY_MODELS["award"].objects
    trip = trips.create(person=make.person(), title="On engines")

    assert trip.kind == "travel"
    assert trips.count() == 1
    assert awards.count() == 0


def test_a_person_is_not_related_to_themselves():
    person = make.person()
    relation = Relation(person=person, related=person, role="student")

    with pytest.raises(ValidationError, match=r"cannot be related to themselves. Choose someone else."):
        relation.full_clean()
    with pytest.raises(IntegrityError), transaction.atomic():
        relation.save()


def test_a_relation_is_unique():
    ada, charles = make.person("Ada Lovelace"), make.person("Charles Babbage")
    Relation.objects.create(person=ada, related=charles, role="student")
    again = Relation(person=ada, related=charles, role="student")

    with pytest.raises(ValidationError, match=r"These two are related in this role already."):
        again.full_clean()
    with pytest.raises(IntegrityError), transaction.atomic():
        again.save()


def test_a_relation_does_not_end_before_it_starts():
    relation = Relation(
        person=make.person("Ada Lovelace"),
        related=make.person("Charles Babbage"),
        role="student",
        start="2021",
        end="2020",
    )

    with pytest.raises(ValidationError, match=r"The end lies before the start."):
        relation.full_clean()
    with pytest.raises(IntegrityError), transaction.atomic():
        relation.save()


def test_an_email_address_becomes_a_mailto_link():
    link = Link(person=make.person(), kind="email", url="ada@example.org")

    link.full_clean()

    assert link.url == "mailto:ada@example.org"


@pytest.mark.parametrize("url", ["hello", "javascript:alert(1)", "data:text/html,x", "JAVASCRIPT:https://x.org"])
def test_a_link_needs_a_complete_address(url):
    with pytest.raises(ValidationError, match=r"Write the whole address, starting with https://."):
        Link(person=make.person(), url=url).full_clean()


@pytest.mark.parametrize("spelling", ["KV Cache", "kv cache", "kv-cache", "KVCache", "kv_cache", "  KV   Cache "])
def test_all_spellings_are_one_tag(spelling):
    tag = make.tag("KV Cache")

    publication = make.publication(tags=[spelling])

    assert list(publication.tags.all()) == [tag]
    assert list(Publication.objects.filter(tags=tag)) == [publication]


def test_a_tag_is_added_once():
    publication = make.publication()

    publication.tags.add("KV Cache", "kv-cache")
    publication.tags.add("kvcache")

    assert [tag.name for tag in publication.tags.all()] == ["KV Cache"]


def test_a_tag_is_removed_by_any_spelling():
    publication = make.publication(tags=["KV Cache"])

    publication.tags.remove("kv-cache")

    assert list(publication.tags.all()) == []


def test_c_and_its_children_are_three_tags():
    publication = make.publication(tags=["C", "C++", "C#", "c++"])

    assert sorted(tag.name for tag in publication.tags.all()) == ["C", "C#", "C++"]
    assert len(set(Tag.objects.values_list("slug", flat=True))) == 3


def test_a_second_spelling_is_refused_with_the_first():
    make.tag("KV Cache")

    with pytest.raises(ValidationError, match=r"This tag exists already, spelt “KV Cache”. Use that one"):
        Tag(name="kv-cache").full_clean()
    with pytest.raises(IntegrityError), transaction.atomic():
        Tag(name="kv-cache").save()


def test_a_renamed_tag_keeps_its_address():
    tag = make.tag("LLM")

    tag.name = "Language models"
    tag.save()

    assert tag.slug == "llm"
    assert make.tag("language-models") == tag
