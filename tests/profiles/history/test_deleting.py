"""The pages that ask before something is deleted, and what they offer."""

import pytest
from django.contrib.auth.models import Permission

from profiles.history import revisions
from profiles.models import Menu, MenuItem, Person, Tag, Talk
from publications.models import Authorship, Publication
from tests import make
from tests.profiles.history.test_publication_history import restore_last

pytestmark = pytest.mark.django_db

PEOPLE = "/admin/profiles/person/"


@pytest.fixture
def ada():
    """The author of two works, in one under another name."""
    ada = make.person("Ada King Lovelace", given="Ada", family="King Lovelace")
    make.publication("On Engines", authors=[ada, "Charles Babbage"])
    make.publication("On Mills", authors=[ada])
    Authorship.objects.filter(publication__title="On Mills").update(name="A. Lovelace", parts={"family": "Lovelace"})
    return ada


def authors():
    rows = Authorship.objects.order_by("publication__pk", "position")
    return [(str(row), row.as_name().family, row.person_id is not None) for row in rows]


def test_the_page_says_how_to_delete_an_author_and_deletes_nothing_yet(editor_client, ada):
    page = editor_client.get(f"{PEOPLE}{ada.pk}/delete/").text
    assert "is an author or editor of 2 works." in " ".join(page.split())
    assert "Turn into plain names and delete" in page
    assert '/change/">On Engines — ' in page
    assert f'<a href="{PEOPLE}?q=Lovelace">Find both in the list</a>' in page

    editor_client.post(f"{PEOPLE}{ada.pk}/delete/", {"post": "yes"})

    assert Person.objects.filter(pk=ada.pk).exists()
    assert authors()[0] == ("Ada King Lovelace", "King Lovelace", True)


def test_an_author_becomes_a_plain_name_and_a_person_again_when_restored(editor_client, client, ada):
    before = authors()

    editor_client.post(f"{PEOPLE}{ada.pk}/delete/", {"post": "yes", "_detach": "yes"})

    assert not Person.objects.filter(pk=ada.pk).exists()
    assert authors() == [(name, family, name == "Charles Babbage") for name, family, _ in before]
    assert "Ada King Lovelace" in client.get("/publications/on-engines/").text
    work = Publication.objects.get(title="On Engines")
    comments = [one.comment for one in revisions.get_revisions(Publication, work.pk)]
    assert comments == ["“Ada King Lovelace” was turned into a plain name", revisions.UNRECORDED]
    restore_last(editor_client, PEOPLE, ada)
    assert authors() == before


def test_several_authors_become_plain_names_together(editor_client, ada):
    people = {"action": "delete_selected", "_selected_action": [person.pk for person in Person.objects.all()]}
    page = editor_client.post(PEOPLE, people).text
    assert "are authors or editors of 2 works." in " ".join(page.split())
    assert "Turn into plain names and delete" in page

    editor_client.post(PEOPLE, {**people, "post": "yes", "_detach": "yes"})

    assert Person.objects.count() == 0
    assert [name for name, *_ in authors()] == ["Ada King Lovelace", "Charles Babbage", "A. Lovelace"]


def test_without_permission_to_change_works_no_author_becomes_a_plain_name(client, django_user_model, ada):
    user = django_user_model.objects.create_user("clerk", is_staff=True)
    user.user_permissions.set(Permission.objects.filter(content_type__app_label="profiles"))
    client.force_login(user)

    page = client.post(f"{PEOPLE}{ada.pk}/delete/", {"post": "yes", "_detach": "yes"}).text

    assert "Turn into plain names and delete" not in page
    assert authors()[0][2]


def test_the_page_says_what_a_tag_or_a_work_is_used_for(editor_client):
    work = make.publication(tags=["engines"])
    make.publication("A preprint", version_of=work)
    make.project(tags=["engines"]).publications.add(work)
    make.grant(publications=[work])

    tag = " ".join(editor_client.get(f"/admin/profiles/tag/{Tag.objects.get().pk}/delete/").text.split())
    page = editor_client.get(f"/admin/publications/publication/{work.pk}/delete/").text

    assert "2 entries use this tag and will lose it." in tag
    assert 'Is it a duplicate? <a href="/admin/profiles/tag/?q=engines">Merge it into another tag</a> instead' in tag
    assert "Its versions (1) stay, and become works of their own in the lists." in page
    assert "The projects that list it (1) stay, without it." in page
    assert "The grants that list it (1) stay, without it." in page


def test_restoring_a_talk_says_which_deleted_speakers_it_lacks(editor_client):
    grace, mary = make.person("Grace Hopper"), make.person("Mary Somerville")
    talk = make.talk("On Engines", speakers=[grace, mary])
    editor_client.post(f"/admin/profiles/talk/{talk.pk}/delete/", {"post": "yes"})
    editor_client.post(f"/admin/profiles/person/{grace.pk}/delete/", {"post": "yes"})

    messages = restore_last(editor_client, "/admin/profiles/talk/", talk)

    assert "“On Engines” was restored without all its speakers: 1 has been deleted." in messages
    assert list(Talk.objects.get().speakers.all()) == [mary]


def test_restoring_a_menu_says_once_that_the_page_of_an_entry_has_been_deleted(editor_client):
    page, menu = make.page("Join us"), Menu.objects.create(person=make.owner())
    menu.items.create(page=page, position=1)
    menu.items.create(built_in="cv", position=2)
    editor_client.post(f"/admin/profiles/menu/{menu.pk}/delete/", {"post": "yes"})
    editor_client.post(f"/admin/profiles/page/{page.pk}/delete/", {"post": "yes"})
    editor_client.get("/admin/")  # shows the messages about the deletions

    messages = restore_last(editor_client, "/admin/profiles/menu/", menu)

    lacking = "“Join us” could not be restored, because what it refers to has been deleted."
    assert [message for message in messages if "Join us" in message] == [lacking]
    assert [str(item) for item in MenuItem.objects.all()] == ["CV"]
