"""Names on works that may be people of the site: in an import, on works of the site, and when a person is added."""

import json
import re

import pytest
from django.contrib.auth.models import Group
from django.core.management import call_command

from profiles.history import revisions
from profiles.models import Person
from publications.models import Authorship, Publication
from tests import make
from tests.profiles.test_admin import person_form
from tests.publications.imports.test_review import fields, item, paste

pytestmark = pytest.mark.django_db

NAMES = "/admin/publications/publication/names/"
ROWS = ("affiliations", "links", "relations", "memberships")  # in the form of a person
ADA = {"family": "Lovelace", "given": "Ada"}
INITIAL = {"family": "Lovelace", "given": "A."}


def questions(page):
    return {question.printed: question for question in page.context["questions"]}


def works(*authors):
    """Return one CSL-JSON item for each author."""
    return [item(f"Engines of kind {number}", f"key{number}", author=[author]) for number, author in enumerate(authors)]


def answered(client, batch, **answers):
    """Post the preview page with answers by printed name, with underscores for blanks. Return the page."""
    found = questions(client.get(batch.get_absolute_url()))
    data = fields(client, batch)
    for printed, answer in answers.items():
        data[f"name-{found[printed.replace('_', ' ')].key}"] = answer
    return client.post(batch.get_absolute_url(), data, follow=True)


def unlinked(printed, *titles):
    for title in titles:
        make.publication(title, authors=[]).authorships.create(name=printed, position=1)


def answer(client, address, printed, value):
    question = questions(client.get(address))[printed]
    return client.post(address, {f"name-{question.key}": value}, follow=True)


def test_an_import_asks_once_per_name_and_remembers_a_yes(editor_client, client):
    owner = make.owner(orcid="")
    batch = paste(editor_client, *works(ADA, INITIAL, INITIAL))
    page = editor_client.get(batch.get_absolute_url())

    assert page.text.count("“A. Lovelace”, in 2 works:") == 1
    answered(editor_client, batch, **{"A._Lovelace": "yes"})

    owner.refresh_from_db()
    assert owner.other_names == "A. Lovelace"
    assert owner.publications.count() == 3
    again = paste(editor_client, item("Another engine", "another", author=[INITIAL]))
    page = editor_client.get(again.get_absolute_url())
    assert questions(page) == {}
    editor_client.post(again.get_absolute_url(), fields(editor_client, again))
    assert owner.publications.count() == 4
    Publication.objects.publish()
    assert client.get("/cv/").text.count("Engines of kind") == 3


def test_a_no_is_remembered(editor_client):
    owner = make.owner()
    batch = paste(editor_client, *works(INITIAL))

    answered(editor_client, batch, **{"A._Lovelace": "no"})

    owner.refresh_from_db()
    assert (owner.names_of_others, owner.publications.count()) == ("A. Lovelace", 0)
    again = paste(editor_client, item("Another engine", "another", author=[INITIAL]))
    assert questions(editor_client.get(again.get_absolute_url())) == {}
    assert questions(editor_client.get(NAMES)) == {}


def test_a_name_is_decided_for_each_work(editor_client):
    owner = make.owner()
    batch = paste(editor_client, *works(INITIAL, INITIAL))
    question = questions(editor_client.get(batch.get_absolute_url()))["A. Lovelace"]
    first = batch.rows.first()

    editor_client.post(
        batch.get_absolute_url(),
        {**fields(editor_client, batch), f"name-{question.key}": "later", f"person-{first.pk}": "author-0"},
    )

    assert [work.title for work in owner.publications.all()] == ["Engines of kind 0"]
    owner.refresh_from_db()
    assert owner.other_names == ""


@pytest.mark.parametrize(("others", "preset"), [(0, "yes"), (5, "later")])
def test_yes_is_preset_for_the_owner_in_a_list_of_their_own_works(editor_client, others, preset):
    make.owner()
    make.person("Luo Mai")
    batch = paste(editor_client, *works(ADA, INITIAL, *[{"family": "Mai", "given": "L."}] * others))

    found = questions(editor_client.get(batch.get_absolute_url()))

    assert next(iter(found)) == "A. Lovelace"
    assert found["A. Lovelace"].preset == preset
    assert all(question.preset == "later" for name, question in found.items() if name != "A. Lovelace")


def test_the_answer_to_another_question_is_not_applied(editor_client):
    owner = make.owner()
    batch = paste(editor_client, *works(INITIAL))
    data = fields(editor_client, batch)
    question = questions(editor_client.get(batch.get_absolute_url()))["A. Lovelace"]
    owner.name = "Alan Lovelace"
    owner.save()

    editor_client.post(batch.get_absolute_url(), {**data, f"name-{question.key}": "yes"})

    owner.refresh_from_db()
    assert Publication.objects.count() == 1
    assert (owner.other_names, owner.publications.count()) == ("", 0)


def test_the_orcid_of_a_file_helps_to_decide_and_another_one_is_another_person(editor_client):
    orcid = {"ORCID": "https://orcid.org/0000-0001-5109-3700"}
    owner = make.owner()
    batch = paste(editor_client, *works(INITIAL | orcid))

    undecided = editor_client.get(batch.get_absolute_url())
    owner.orcid = "0000-0002-1825-0097"
    owner.save()
    decided = editor_client.get(batch.get_absolute_url())

    assert "The file gives the ORCID iD 0000-0001-5109-3700" in undecided.text
    assert questions(decided) == {}


def test_works_without_an_answer_are_listed_and_linked_at_once(editor_client, client):
    owner = make.owner()
    unlinked("A. Lovelace", "Engines", "Looms")
    make.publication("Cards", authors=[owner])
    assert "“A. Lovelace”, in 2 works: is this you?" in editor_client.get("/admin/").text
    assert client.get("/cv/").text.count("Looms") == 0

    page = answer(editor_client, f"{NAMES}?person={owner.pk}", "A. Lovelace", "yes")

    assert "linked to Ada Lovelace in 2 works" in page.text
    assert "is this you" not in editor_client.get("/admin/").text
    assert "Looms" in client.get("/cv/").text
    owner.refresh_from_db()
    assert owner.other_names == "A. Lovelace"
    assert revisions.get_revisions(Person, owner.pk)[0].comment == "Names on works"


def test_linking_is_undone_in_the_history_of_a_work(editor_client):
    make.owner()
    unlinked("A. Lovelace", "Engines")
    answer(editor_client, NAMES, "A. Lovelace", "yes")
    work = Publication.objects.get()
    newest, oldest = revisions.revision_ids(Publication, work.pk)

    editor_client.post(f"/admin/publications/publication/{work.pk}/history/", {"restore": oldest})

    assert revisions.get_revisions(Publication, work.pk, [newest])[0].comment == "“A. Lovelace” is Ada Lovelace"
    assert Authorship.objects.get().person is None


def test_the_content_check_lists_names_of_other_people(editor_client):
    person = make.person("Grace Hopper")
    unlinked("G. Hopper", "Engines")

    page = editor_client.get("/admin/health/?check=names").text

    assert "“G. Hopper”, in 1 work, may be Grace Hopper." in page
    assert f"{NAMES}?person={person.pk}" in page


@pytest.mark.parametrize("popup", ["", "?_popup=1"])
def test_adding_a_person_offers_to_link_the_works_that_carry_the_name(editor_client, popup):
    unlinked("Grace Hopper", "Engines", "Looms")
    unlinked("G. Hopper", "Cards")
    form = {
        "name": "Grace Hopper",
        **{f"{rows}-{kind}_FORMS": 0 for rows in ROWS for kind in ("TOTAL", "INITIAL")},
    }

    editor_client.post(f"/admin/profiles/person/add/{popup}", {**form, "_popup": popup and "1"})
    page = editor_client.get("/admin/")

    person = Person.objects.get()
    assert "3 works carry the name “Grace Hopper” or “G. Hopper”." in page.text
    found = questions(editor_client.get(re.search(r"href='([^']*person=\d+)'", page.text)[1]))
    assert {name: question.preset for name, question in found.items()} == {"Grace Hopper": "yes", "G. Hopper": "later"}
    assert person.publications.count() == 0


def test_an_assistant_links_names_on_drafts_only(client, django_user_model):
    user = django_user_model.objects.create_user("assistant", is_staff=True, password="x")
    user.groups.add(Group.objects.get(name="Assistant"))
    client.force_login(user)
    owner = make.owner()
    unlinked("A. Lovelace", "Published", "Draft")
    Publication.objects.filter(title="Draft").update(state="draft")

    page = answer(client, NAMES, "A. Lovelace", "yes")

    assert [work.title for work in owner.publications.all()] == ["Draft"]
    owner.refresh_from_db()
    assert owner.other_names == ""
    assert "Ask an editor" in page.text


def test_a_namesake_on_the_same_work_is_not_asked_about(editor_client):
    make.owner()
    batch = paste(editor_client, item(author=[ADA, INITIAL]))

    assert questions(editor_client.get(batch.get_absolute_url())) == {}


def test_a_name_of_someone_else_is_not_marked_as_the_owner(client):
    make.owner(names_of_others="A. Lovelace")
    unlinked("A. Lovelace", "Engines")

    page = client.get("/publications/").text

    assert "A. Lovelace" in page
    assert not re.search(r"<(strong|b)\b[^>]*>\s*A. Lovelace", page)


def test_the_owner_s_first_save_offers_to_link_works_that_were_imported_before(editor_client):
    owner = make.owner(name="Your Name")
    unlinked("Ada Lovelace", "Engines", "Looms")

    form = person_form(name="Ada Lovelace", given="Your", family="Name", is_owner="on", is_public_page="on")
    page = editor_client.post(f"/admin/profiles/person/{owner.pk}/change/", form, follow=True)

    assert "2 works carry the name “Ada Lovelace”." in page.text


def test_visitors_and_people_of_no_page_get_no_names(client, editor_client):
    assert client.get(NAMES).status_code == 302
    assert editor_client.get(f"{NAMES}?person=99").status_code == 404
    assert editor_client.get(f"{NAMES}?person=x").status_code == 404


@pytest.mark.parametrize("count", [1, 30])
def test_the_page_of_names_needs_as_many_queries_for_30_names_as_for_1(editor_client, django_assert_num_queries, count):
    make.owner()
    for number in range(count):
        unlinked(f"A. {chr(65 + number % 26)}. Lovelace{'' if number < 26 else 's'}", f"Engine {number}")

    with django_assert_num_queries(5):
        editor_client.get(NAMES)


def test_the_command_lists_each_name_once_and_links_it_with_owner(tmp_path, capsys):
    owner = make.owner()
    file = tmp_path / "works.json"
    file.write_text(json.dumps(works(ADA, INITIAL, INITIAL)))

    call_command("import_publications", str(file))
    listed = capsys.readouterr().out
    Publication.objects.all().delete()
    call_command("import_publications", str(file), owner=owner.slug)

    assert listed.count("“A. Lovelace” may be Ada Lovelace (2 works)") == 1
    assert NAMES in listed
    assert "“A. Lovelace” linked to Ada Lovelace" in capsys.readouterr().out
    owner.refresh_from_db()
    assert (owner.other_names, owner.publications.count()) == ("A. Lovelace", 3)
