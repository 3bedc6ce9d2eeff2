"""The parts of a person's name, and the slug, follow the name."""

from importlib import import_module

import pytest
from django.apps import apps

from profiles.content.names import NameParts, split_name
from profiles.history import revisions
from profiles.models import Person
from tests import make
from tests.profiles.test_admin import person_form

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("name", "parts", "cited"),
    [
        ("Ada Lovelace", ("Ada", "", "Lovelace", ""), "Lovelace, A."),
        ("Johanna van der Berg", ("Johanna", "van der", "Berg", ""), "van der Berg, J."),
        ("Juan de la Cruz y Ortega", ("Juan", "de la", "Cruz y Ortega", ""), "de la Cruz y Ortega, J."),
        ("Ahmad ibn Rustah", ("Ahmad", "ibn", "Rustah", ""), "ibn Rustah, A."),
        ("Jean-Luc B. Picard, Jr.", ("Jean-Luc B.", "", "Picard", "Jr."), "Picard, J.-L. B., Jr."),
        ("Henry Ford III", ("Henry", "", "Ford", "III"), "Ford, H., III"),
        ("Plato", ("", "", "Plato", ""), "Plato"),
        ("王小明", ("小明", "", "王", ""), "王小明"),
        ("김철수", ("철수", "", "김", ""), "김철수"),
        ("山田太郎", ("", "", "山田太郎", ""), "山田太郎"),
        ("The Engine Team", ("", "", "", ""), ""),
    ],
)
def test_a_name_is_split_and_cited(name, parts, cited):
    assert split_name(name) == NameParts(*parts)
    assert split_name(name).cited() == cited


def test_the_parts_follow_the_name_from_the_admin_without_javascript(editor_client):
    person = make.person("Your Name")
    address = f"/admin/profiles/person/{person.pk}/change/"

    answer = editor_client.post(address, person_form(name="Johanna van der Berg", given="Your", family="Name"))

    assert answer.status_code == 302
    person.refresh_from_db()
    assert person.parts == ("Johanna", "van der", "Berg", "")


def test_parts_that_an_editor_has_set_stay():
    person = make.person("Wang Xiaoming", given="Xiaoming", family="Wang")

    person.name = "Wang Xiao Ming"
    person.save()

    assert person.parts == ("Xiaoming", "", "Wang", "")


def test_parts_that_are_changed_together_with_the_name_stay():
    person = make.person("Gabriel Garcia")

    person.name, person.given, person.family = "Gabriel García Márquez", "Gabriel", "García Márquez"
    person.save()

    assert person.parts == ("Gabriel", "", "García Márquez", "")


def test_emptied_parts_are_made_again_from_the_name():
    person = make.person("Ada Lovelace", given="A.", family="King")

    person.given = person.family = ""
    person.save()

    assert person.parts == ("Ada", "", "Lovelace", "")


def test_a_slug_that_nobody_has_edited_follows_and_its_old_address_redirects(client):
    make.person("Ada Lovelace")
    person = make.person("Ada Lovelace", is_public_page=True)
    assert person.slug == "ada-lovelace-2"

    for name in ("Ada King", "Ada Byron", "Ada King"):
        person.name = name
        person.save()

    assert person.slug == "ada-king"
    for former in ("ada-lovelace-2", "ada-byron"):
        assert client.get(f"/people/{former}/").url == "/people/ada-king/"


def test_an_edited_slug_stays():
    person = make.person("Ada Lovelace", slug="ada")

    person.name = "Ada King"
    person.save()

    assert person.slug == "ada"


def test_a_merge_keeps_the_parts_that_belong_to_the_name():
    person, other = make.person("A. Lovelace"), make.person("Ada King")
    typed = make.person("A. Lovelace", given="Ada", family="Lovelace", suffix="II")

    person.absorb(other)
    kept = person.parts
    person.absorb(typed)

    assert kept == ("A.", "", "Lovelace", "")
    assert person.parts == ("Ada", "", "Lovelace", "II")


def test_the_form_shows_a_sample_citation_and_splits_a_name_that_is_typed(editor_client):
    person = make.person("Ada Lovelace")
    page = editor_client.get(f"/admin/profiles/person/{person.pk}/change/").text

    typed = editor_client.get("/admin/profiles/person/name/", {"name": "Johanna van der Berg"}).json()
    edited = editor_client.get("/admin/profiles/person/name/", {"name": "Ada Lovelace", "family": "King"}).json()

    assert "Lovelace, A. (2025)." in page
    assert typed["parts"] == {"given": "Johanna", "particle": "van der", "family": "Berg", "suffix": ""}
    assert typed["citation"].startswith("van der Berg, J. (2025)")
    assert edited["citation"].startswith("King (2025)")


def test_a_rename_is_undone_from_the_history(editor_client):
    person = make.person("Ada Lovelace")
    address = f"/admin/profiles/person/{person.pk}/change/"
    editor_client.post(address, person_form(name="Ada King", given="Ada", family="Lovelace"))

    oldest = revisions.revision_ids(Person, person.pk)[-1]
    editor_client.post(f"/admin/profiles/person/{person.pk}/history/", {"restore": oldest})

    person.refresh_from_db()
    assert (person.name, person.family, person.slug) == ("Ada Lovelace", "Lovelace", "ada-lovelace")


def test_a_migration_splits_a_name_whose_parts_are_still_those_of_the_placeholder():
    renamed, typed = make.person("Ada Lovelace"), make.person("Grace Hopper", given="Amazing")
    Person.objects.filter(pk=renamed.pk).update(given="Your", family="Name")

    import_module("profiles.migrations.0022_names").replace_placeholder_parts(apps, None)

    renamed.refresh_from_db()
    typed.refresh_from_db()
    assert (renamed.family, renamed.given, typed.given) == ("Lovelace", "Ada", "Amazing")
